//! What a definition says, typed: built by hand or by [`crate::parse`], and written back as the same JSON.
//!
//! A field of the language that no type here has is one that the interpreter does not run. What is wrong with a
//! definition that can be written in these types (a missing target, say) is found by [`mod@crate::check`].

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
pub use choice::{ChoiceRule, Is, Operand, Order, Pattern, Rule, Test};
pub use payload::{Field, Placement, Selection, Template};
pub use recovery::{Catcher, ErrorPattern, Jitter, Retrier};
pub use resource::{Integration, Resource, ResourceError};
pub use state::{
    Branch, Choice, Fail, FailText, Parallel, Pass, State, Succeed, Task, TaskTimeout, Transition, Wait,
    WaitFor,
};
pub(crate) use timestamp::read as timestamp_of;
pub use timestamp::{Timestamp, TimestampError};

use crate::parse::{self, Refusal};

/// The states of a machine or branch by name, in the order of the definition.
pub type States = IndexMap<String, State>;

/// The language in which states choose and shape their data. Only `JSONPath` is run here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum QueryLanguage {
    /// Paths, payload templates and `InputPath` to `OutputPath`.
    #[serde(rename = "JSONPath")]
    JsonPath,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StateMachine {
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Where it is said and not only meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_language: Option<QueryLanguage>,
    /// Version of the language, "1.0" where it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The longest an execution may take, in seconds. Past it the execution ends as timed out and no catcher runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u64>,
    /// The first state.
    pub start_at: String,
    /// Every state.
    pub states: States,
}

impl StateMachine {
    /// A machine with nothing but its states.
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

    /// Reads a definition.
    ///
    /// # Errors
    /// Every refusal, not only the first: what is no States Language, and what this crate does not run.
    pub fn parse(text: &str) -> Result<Self, Vec<Refusal>> {
        parse::machine(text)
    }

    /// The definition as JSON. Object keys come sorted; the order of the definition is in [`Self::to_json_string`].
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_else(|error| unreachable!("the model serialises: {error}"))
    }

    /// The definition as indented JSON text: fields in the order of AWS's examples, states in their own. Equal
    /// machines with equal order give equal bytes.
    #[must_use]
    pub fn to_json_string(&self) -> String {
        serde_json::to_string_pretty(self)
            .unwrap_or_else(|error| unreachable!("the model serialises: {error}"))
    }
}
