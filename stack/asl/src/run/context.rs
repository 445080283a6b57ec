//! The context object, `$$`, of a state.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{Start, failure::Place};
use crate::jsonpath::{Missing, Path, Root};

/// What the context object of a state is made of. It is made only when a path asks for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ContextObject<'a> {
    pub(super) start: &'a Start,
    pub(super) place: Place<'a>,
    pub(super) entered_at: jiff::Timestamp,
    pub(super) retry_count: u32,
}

impl ContextObject<'_> {
    /// What `path` matches in `data`, or in the context object if it starts with `$$`.
    pub(super) fn read<'d>(&self, path: &Path, data: &'d Value) -> Result<Cow<'d, Value>, Missing> {
        match path.starts() {
            Root::State => path.read(data),
            Root::Context => path.read(&self.object(path)).map(|value| Cow::Owned(value.into_owned())),
        }
    }

    /// The context object, without the execution's input where `path` cannot reach it: it may be large.
    fn object(&self, path: &Path) -> Value {
        let start = self.start;
        let text = path.as_str();
        let input = if text.starts_with("$$.State") { Value::Null } else { start.input.clone() };
        json!({
            "Execution": {
                "Id": start.execution_arn,
                "Input": input,
                "Name": start.execution_name,
                "RoleArn": start.role_arn,
                "StartTime": milliseconds(start.started_at),
            },
            "StateMachine": {"Id": start.machine_arn, "Name": start.machine_name},
            "State": {
                "EnteredTime": milliseconds(self.entered_at),
                "Name": self.place.state,
                "RetryCount": self.retry_count,
            },
        })
    }
}

/// A point in time as the context object has it: `2026-11-23T09:00:00.000Z`.
fn milliseconds(at: jiff::Timestamp) -> String {
    format!("{at:.3}")
}
