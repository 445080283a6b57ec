//! The JSON of both sides: requests and responses.

use contract::ExecutionId;
use jiff::Timestamp;
use platform::{Execution, ExecutionStatus, Location};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StartResponse {
    pub(super) execution: ExecutionId,
    pub(super) fresh: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ExecutionRequest {
    pub(super) execution: ExecutionId,
    /// How many events are known already.
    pub(super) seen: usize,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EventsResponse {
    pub(super) events: Vec<Value>,
    pub(super) ended: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeResponse {
    id: ExecutionId,
    status: String,
    started_at: String,
    stopped_at: Option<String>,
    output: Option<Value>,
    error: Option<String>,
    cause: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LocationWire {
    pub(super) what: String,
    pub(super) location: String,
}

/// Every status, to find one by its word.
const STATUSES: [ExecutionStatus; 5] = [
    ExecutionStatus::Running,
    ExecutionStatus::Succeeded,
    ExecutionStatus::Failed,
    ExecutionStatus::TimedOut,
    ExecutionStatus::Aborted,
];

/// The names of an environment's links.
const LINK_NAMES: [&str; 4] = ["result", "history", "logs", "console"];

impl From<Execution> for DescribeResponse {
    fn from(execution: Execution) -> Self {
        Self {
            id: execution.id,
            status: execution.status.name().to_owned(),
            started_at: execution.started_at.to_string(),
            stopped_at: execution.stopped_at.map(|at| at.to_string()),
            output: execution.output,
            error: execution.error,
            cause: execution.cause,
        }
    }
}

impl DescribeResponse {
    /// Nothing when the other side speaks other words.
    pub(super) fn into_execution(self) -> Option<Execution> {
        let moment = |text: String| text.parse::<Timestamp>().ok();
        Some(Execution {
            id: self.id,
            status: STATUSES.into_iter().find(|status| status.name() == self.status)?,
            started_at: moment(self.started_at)?,
            stopped_at: match self.stopped_at {
                None => None,
                Some(text) => Some(moment(text)?),
            },
            output: self.output,
            error: self.error,
            cause: self.cause,
        })
    }
}

impl From<Location> for LocationWire {
    fn from(link: Location) -> Self {
        Self { what: link.what.to_owned(), location: link.location }
    }
}

impl LocationWire {
    /// Nothing when the other side knows a place that we have no word for.
    pub(super) fn into_link(self) -> Option<Location> {
        let what = LINK_NAMES.into_iter().find(|known| *known == self.what)?;
        Some(Location { what, location: self.location })
    }
}

/// How many of these words the bytes are: each side reads what the other sends.
#[cfg(test)]
pub(crate) fn read_each(bytes: &[u8]) -> usize {
    let described =
        serde_json::from_slice::<DescribeResponse>(bytes).is_ok_and(|d| d.into_execution().is_some());
    let places = serde_json::from_slice::<Vec<LocationWire>>(bytes);
    let places = places.is_ok_and(|places| places.into_iter().all(|place| place.into_link().is_some()));
    let others = [
        serde_json::from_slice::<StartResponse>(bytes).is_ok(),
        serde_json::from_slice::<ExecutionRequest>(bytes).is_ok(),
        serde_json::from_slice::<EventsResponse>(bytes).is_ok(),
    ];
    others.into_iter().chain([described, places]).filter(|read| *read).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for status in STATUSES {
            let execution = Execution {
                id: ExecutionId("arn".into()),
                status,
                started_at: "2026-11-23T00:00:00.123456Z".parse().unwrap(),
                stopped_at: (status != ExecutionStatus::Running).then_some(Timestamp::UNIX_EPOCH),
                output: Some(Value::from(1)),
                error: None,
                cause: Some("why".into()),
            };
            let text = serde_json::to_string(&DescribeResponse::from(execution.clone())).unwrap();
            let back: DescribeResponse = serde_json::from_str(&text).unwrap();
            assert_eq!(back.into_execution(), Some(execution));
        }
    }
}
