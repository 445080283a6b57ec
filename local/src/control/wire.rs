//! The JSON of both sides: requests and responses.

use contract::ExecutionId;
use jiff::Timestamp;
#[cfg(test)]
use platform::Location;
use platform::{Execution, ExecutionStatus};
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
    status: ExecutionStatus,
    started_at: String,
    stopped_at: Option<String>,
    output: Option<Value>,
    error: Option<String>,
    cause: Option<String>,
}

impl From<Execution> for DescribeResponse {
    fn from(execution: Execution) -> Self {
        Self {
            id: execution.id,
            status: execution.status,
            started_at: execution.started_at.to_string(),
            stopped_at: execution.stopped_at.map(|at| at.to_string()),
            output: execution.output,
            error: execution.error,
            cause: execution.cause,
        }
    }
}

impl DescribeResponse {
    /// `None` when a moment of the other side cannot be read.
    pub(super) fn into_execution(self) -> Option<Execution> {
        let moment = |text: String| text.parse::<Timestamp>().ok();
        Some(Execution {
            id: self.id,
            status: self.status,
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

/// How many of these types read the bytes.
#[cfg(test)]
pub(crate) fn read_each(bytes: &[u8]) -> usize {
    let described =
        serde_json::from_slice::<DescribeResponse>(bytes).is_ok_and(|d| d.into_execution().is_some());
    let others = [
        serde_json::from_slice::<Vec<Location>>(bytes).is_ok(),
        serde_json::from_slice::<StartResponse>(bytes).is_ok(),
        serde_json::from_slice::<ExecutionRequest>(bytes).is_ok(),
        serde_json::from_slice::<EventsResponse>(bytes).is_ok(),
    ];
    others.into_iter().chain([described]).filter(|read| *read).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for status in ExecutionStatus::ALL {
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
