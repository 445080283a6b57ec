//! One execution of the state machine, as every target describes it, and its history without anybody's data.

use contract::{ExecutionId, SessionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    pub execution: ExecutionId,
    /// The session, which is also the execution's name.
    pub session: SessionId,
    /// False when the same order had been taken before: this is that execution, ended or not.
    pub fresh: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionStatus {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

impl ExecutionStatus {
    pub const ALL: [Self; 5] = [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];

    /// The word of Step Functions.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What Step Functions' `DescribeExecution` tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    pub id: ExecutionId,
    pub status: ExecutionStatus,
    pub started_at: Timestamp,
    pub stopped_at: Option<Timestamp>,
    pub output: Option<Value>,
    /// The error's name, when it has one. A timed-out execution has none.
    pub error: Option<String>,
    /// What was behind the error, as the last state told it: often a JSON text.
    pub cause: Option<String>,
}

impl Execution {
    /// From start to end in milliseconds; nothing while it runs.
    pub fn duration_ms(&self) -> Option<u64> {
        let elapsed = self.stopped_at?.duration_since(self.started_at);
        Some(u64::try_from(elapsed.as_millis()).unwrap_or(0))
    }
}

/// A history event in the shape of Step Functions' `GetExecutionHistory`: `id`, `previousEventId`, `type`, `timestamp`
/// (RFC 3339, or epoch seconds as on the wire) and the `..EventDetails` of its type.
pub type Event = Value;

/// The event without what went in and came out of states, as `includeExecutionData: false` gives it: an order's
/// profile is health data and has no place in a report.
pub fn without_execution_data(mut event: Event) -> Event {
    let Some(fields) = event.as_object_mut() else {
        return event;
    };
    let details = fields.iter_mut().filter(|(name, _)| name.ends_with("EventDetails"));
    for details in details.filter_map(|(_, details)| details.as_object_mut()) {
        for data in ["input", "inputDetails", "output", "outputDetails", "parameters"] {
            details.remove(data);
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_history_is_shown_without_data() {
        let event = json!({
            "id": 2, "previousEventId": 0, "type": "TaskStateEntered", "timestamp": "2026-11-23T00:00:00Z",
            "stateEnteredEventDetails": { "name": "GenerateRecipe", "input": "{\"medication\":[\"x\"]}" },
        });
        assert_eq!(
            without_execution_data(event),
            json!({
                "id": 2, "previousEventId": 0, "type": "TaskStateEntered", "timestamp": "2026-11-23T00:00:00Z",
                "stateEnteredEventDetails": { "name": "GenerateRecipe" },
            })
        );
    }

    #[test]
    fn errors_stay_in_the_history() {
        let event =
            json!({ "lambdaFunctionFailedEventDetails": { "error": "PRICE_FETCH_FAILED", "cause": "{}" } });
        assert_eq!(without_execution_data(event.clone()), event);
    }
}
