//! The JSON of events: AWS's names of their types and details.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Event, EventKind, Reason, ServiceAction};
use crate::errors;

impl EventKind {
    /// AWS's name for it: `LambdaFunctionScheduled`.
    pub fn event_type(&self) -> String {
        let fixed = match self {
            Self::StateEntered { kind, .. } => return format!("{}StateEntered", kind.name()),
            Self::StateExited { kind, .. } => return format!("{}StateExited", kind.name()),
            Self::StateAborted { kind } => return format!("{}StateAborted", kind.name()),
            Self::ExecutionStarted { .. } => "ExecutionStarted",
            Self::ExecutionSucceeded { .. } => "ExecutionSucceeded",
            Self::ExecutionFailed(_) => "ExecutionFailed",
            Self::ExecutionTimedOut => "ExecutionTimedOut",
            Self::ExecutionAborted(_) => "ExecutionAborted",
            Self::LambdaFunctionScheduled { .. } => "LambdaFunctionScheduled",
            Self::LambdaFunctionStarted => "LambdaFunctionStarted",
            Self::LambdaFunctionSucceeded { .. } => "LambdaFunctionSucceeded",
            Self::LambdaFunctionFailed(_) => "LambdaFunctionFailed",
            Self::LambdaFunctionTimedOut(_) => "LambdaFunctionTimedOut",
            Self::TaskScheduled { .. } => "TaskScheduled",
            Self::TaskStarted(_) => "TaskStarted",
            Self::TaskSucceeded { .. } => "TaskSucceeded",
            Self::TaskFailed { .. } => "TaskFailed",
            Self::TaskTimedOut { .. } => "TaskTimedOut",
            Self::ParallelStateStarted => "ParallelStateStarted",
            Self::ParallelStateSucceeded => "ParallelStateSucceeded",
            Self::ParallelStateFailed(_) => "ParallelStateFailed",
        };
        fixed.to_owned()
    }

    fn details<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::ExecutionStarted { input, role_arn } => {
                let role_arn = Some(role_arn.as_str());
                map.serialize_entry(
                    "executionStartedEventDetails",
                    &Details { role_arn, ..Details::input(input) },
                )
            }
            Self::ExecutionSucceeded { output } => {
                map.serialize_entry("executionSucceededEventDetails", &Details::output(output))
            }
            Self::ExecutionFailed(reason) => map.serialize_entry("executionFailedEventDetails", reason),
            Self::ExecutionTimedOut => map.serialize_entry(
                "executionTimedOutEventDetails",
                &Details { error: Some(errors::TIMEOUT), ..Details::default() },
            ),
            Self::ExecutionAborted(reason) => map.serialize_entry("executionAbortedEventDetails", reason),
            Self::StateEntered { name, input, .. } => map.serialize_entry(
                "stateEnteredEventDetails",
                &Details { name: Some(name), ..Details::input(input) },
            ),
            Self::StateExited { name, output, .. } => map.serialize_entry(
                "stateExitedEventDetails",
                &Details { name: Some(name), ..Details::output(output) },
            ),
            Self::LambdaFunctionScheduled { resource, input, timeout_s } => map.serialize_entry(
                "lambdaFunctionScheduledEventDetails",
                &Details {
                    resource: Some(resource),
                    timeout_in_seconds: *timeout_s,
                    ..Details::input(input)
                },
            ),
            Self::LambdaFunctionSucceeded { output } => {
                map.serialize_entry("lambdaFunctionSucceededEventDetails", &Details::output(output))
            }
            Self::LambdaFunctionFailed(reason) => {
                map.serialize_entry("lambdaFunctionFailedEventDetails", reason)
            }
            Self::LambdaFunctionTimedOut(reason) => {
                map.serialize_entry("lambdaFunctionTimedOutEventDetails", reason)
            }
            Self::TaskScheduled { action, region, parameters, timeout_s } => map.serialize_entry(
                "taskScheduledEventDetails",
                &Details {
                    region: Some(region),
                    parameters: Some(parameters),
                    timeout_in_seconds: *timeout_s,
                    ..Details::action(action)
                },
            ),
            Self::TaskStarted(action) => map.serialize_entry("taskStartedEventDetails", action),
            Self::TaskSucceeded { action, output } => {
                let Details { output, output_note, .. } = Details::output(output);
                map.serialize_entry(
                    "taskSucceededEventDetails",
                    &Details { output, output_note, ..Details::action(action) },
                )
            }
            Self::TaskFailed { action, reason } => {
                map.serialize_entry("taskFailedEventDetails", &Details::failed(action, reason))
            }
            Self::TaskTimedOut { action, reason } => {
                map.serialize_entry("taskTimedOutEventDetails", &Details::failed(action, reason))
            }
            Self::ParallelStateFailed(_)
            | Self::LambdaFunctionStarted
            | Self::ParallelStateStarted
            | Self::ParallelStateSucceeded
            | Self::StateAborted { .. } => Ok(()),
        }
    }
}

/// Whether AWS cut a text short; it never is here.
#[derive(Serialize)]
struct Truncation {
    truncated: bool,
}

/// The details of an event: what one does not have is left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(rename = "inputDetails", skip_serializing_if = "Option::is_none")]
    input_note: Option<Truncation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    #[serde(rename = "outputDetails", skip_serializing_if = "Option::is_none")]
    output_note: Option<Truncation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
}

impl<'a> Details<'a> {
    fn input(input: &'a str) -> Self {
        let input_note = Some(Truncation { truncated: false });
        Self { input: Some(input), input_note, ..Self::default() }
    }

    fn output(output: &'a str) -> Self {
        let output_note = Some(Truncation { truncated: false });
        Self { output: Some(output), output_note, ..Self::default() }
    }

    fn action(action: &'a ServiceAction) -> Self {
        Self {
            resource_type: Some(&action.resource_type),
            resource: Some(&action.resource),
            ..Self::default()
        }
    }

    fn failed(action: &'a ServiceAction, reason: &'a Reason) -> Self {
        Self { error: reason.error.as_deref(), cause: reason.cause.as_deref(), ..Self::action(action) }
    }
}

impl Serialize for Event {
    /// As the JSON protocol has it: the timestamp in seconds since 1970, to the millisecond.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^52")]
        let seconds = self.timestamp.as_millisecond() as f64 / 1000.0;
        map.serialize_entry("timestamp", &seconds)?;
        map.serialize_entry("type", &self.kind.event_type())?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("previousEventId", &self.previous_event_id)?;
        self.kind.details(&mut map)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::StateKind;

    fn check(kind: EventKind, expect: &Value) {
        let timestamp = "2026-11-23T00:00:00.250Z".parse().unwrap();
        let event = Event { timestamp, id: 7, previous_event_id: 6, kind };
        let mut found = serde_json::to_value(event).unwrap();
        let head = found.as_object_mut().unwrap();
        assert_eq!(head.remove("timestamp"), Some(json!(1_795_392_000.25)));
        assert_eq!(head.remove("id"), Some(json!(7)));
        assert_eq!(head.remove("previousEventId"), Some(json!(6)));
        assert_eq!(&found, expect);
    }

    #[test]
    fn an_event_has_awss_shape() {
        check(
            EventKind::StateEntered { kind: StateKind::Task, name: "Cook".to_owned(), input: "{}".into() },
            &json!({
                "type": "TaskStateEntered",
                "stateEnteredEventDetails": {"name": "Cook", "input": "{}", "inputDetails": {"truncated": false}},
            }),
        );
        check(
            EventKind::LambdaFunctionScheduled {
                resource: "arn:f".to_owned(),
                input: "1".into(),
                timeout_s: Some(30),
            },
            &json!({
                "type": "LambdaFunctionScheduled",
                "lambdaFunctionScheduledEventDetails": {
                    "resource": "arn:f", "input": "1", "inputDetails": {"truncated": false}, "timeoutInSeconds": 30,
                },
            }),
        );
        let action =
            ServiceAction { resource_type: "dynamodb".to_owned(), resource: "updateItem".to_owned() };
        let reason = Reason { error: Some("DynamoDB.X".to_owned()), cause: None };
        check(
            EventKind::TaskFailed { action, reason },
            &json!({
                "type": "TaskFailed",
                "taskFailedEventDetails": {
                    "resourceType": "dynamodb", "resource": "updateItem", "error": "DynamoDB.X",
                },
            }),
        );
        check(EventKind::LambdaFunctionStarted, &json!({"type": "LambdaFunctionStarted"}));
        check(
            EventKind::ExecutionTimedOut,
            &json!({"type": "ExecutionTimedOut", "executionTimedOutEventDetails": {"error": "States.Timeout"}}),
        );
    }
}
