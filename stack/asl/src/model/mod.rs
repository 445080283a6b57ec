//! What a definition says, typed: built in code or parsed from text, and written back as the same JSON.
//!
//! These types hold exactly the fields that the interpreter supports. Mistakes that the types allow, such as a missing
//! target, are found by [`mod@crate::check`].

mod choice;
mod flow;
mod payload;
mod recovery;
mod resource;
mod state;
mod timestamp;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

pub use crate::jsonpath::{Path, PathError, ReferencePath};
pub use choice::{ChoiceRule, Comparison, Operand, Pattern, Rule, Test, TypeTest};
pub use payload::{Field, Placement, Selection, Template};
pub use recovery::{Catcher, ErrorPattern, Jitter, Retrier};
pub use resource::{Integration, Resource, ResourceError};
pub use state::{
    Branch, Choice, Fail, FailText, Parallel, Pass, State, StateKind, Succeed, Task, TaskTimeout, Transition,
    Wait, WaitFor,
};
pub(crate) use timestamp::read as timestamp_of;
pub use timestamp::{Timestamp, TimestampError};

/// The states of a machine or branch by name, in the order of the definition.
pub type States = IndexMap<String, State>;

/// The query language of a state machine. Only `JSONPath` is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum QueryLanguage {
    /// Paths, payload templates and `InputPath` to `OutputPath`.
    #[serde(rename = "JSONPath")]
    JsonPath,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StateMachine {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The query language, if the definition names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_language: Option<QueryLanguage>,
    /// Version of the language, "1.0" where it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The longest an execution may take, in seconds. Past it the execution ends as timed out and no catcher runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u64>,
    pub start_at: String,
    pub states: States,
}

impl StateMachine {
    /// A machine of these states without optional fields.
    #[must_use]
    pub fn new(start_at: impl Into<String>, states: States) -> Self {
        Self {
            comment: None,
            query_language: None,
            version: None,
            timeout_seconds: None,
            start_at: start_at.into(),
            states,
        }
    }

    /// The definition as JSON. Object keys come sorted; the order of the definition is in [`Self::to_json_string`].
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_else(|error| unreachable!("the model serialises: {error}"))
    }

    /// The definition as indented JSON text: fields in the order of AWS's examples, states in their own. Equal
    /// machines with equal order give equal bytes.
    pub fn to_json_string(&self) -> String {
        serde_json::to_string_pretty(self)
            .unwrap_or_else(|error| unreachable!("the model serialises: {error}"))
    }
}
