//! The states.

use serde::Serialize;
use serde_json::Value;

use super::{
    Catcher, ChoiceRule, Path, Placement, ReferencePath, Resource, Retrier, Selection, States, Template,
    Timestamp,
};

/// A state of one of the kinds that are run here. A Map is refused while parsing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "Type")]
pub enum State {
    /// Calls a function or a service.
    Task(Task),
    /// Shapes data.
    Pass(Pass),
    /// Chooses the next state.
    Choice(Choice),
    /// Waits.
    Wait(Wait),
    /// Ends the execution or branch as succeeded.
    Succeed(Succeed),
    /// Ends the execution as failed.
    Fail(Fail),
    /// Runs branches at the same time.
    Parallel(Parallel),
}

/// The `Type` of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateKind {
    Task,
    Pass,
    Choice,
    Wait,
    Succeed,
    Fail,
    Parallel,
}

impl StateKind {
    /// The word of the States Language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Pass => "Pass",
            Self::Choice => "Choice",
            Self::Wait => "Wait",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Parallel => "Parallel",
        }
    }
}

/// What follows a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    Next(String),
    /// `"End": true`.
    End,
}

/// How long a task may take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum TaskTimeout {
    /// Seconds, more than 0.
    #[serde(rename = "TimeoutSeconds")]
    Seconds(u64),
    /// Seconds at this place of the data.
    #[serde(rename = "TimeoutSecondsPath")]
    Path(ReferencePath),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Task {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub resource: Resource,
    /// The part of the input that is used.
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub input_path: Selection,
    /// What the call gets; the input if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Template>,
    /// What the result becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_selector: Option<Template>,
    /// Where the result goes.
    #[serde(skip_serializing_if = "Placement::is_default")]
    pub result_path: Placement,
    /// The part that becomes the output.
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub output_path: Selection,
    /// How long the call may take; for ever if absent.
    #[serde(flatten)]
    pub timeout: Option<TaskTimeout>,
    /// Which errors are retried, how often and when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retry: Vec<Retrier>,
    /// Which errors are caught, and the state that follows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub catch: Vec<Catcher>,
    #[serde(flatten)]
    pub transition: Transition,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Pass {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub input_path: Selection,
    /// What the input becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Template>,
    /// A fixed result, in place of the input. Paths in it are plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    #[serde(skip_serializing_if = "Placement::is_default")]
    pub result_path: Placement,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub output_path: Selection,
    #[serde(flatten)]
    pub transition: Transition,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Choice {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub input_path: Selection,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub output_path: Selection,
    /// The rules; the first that holds decides.
    pub choices: Vec<ChoiceRule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// What a Wait state waits for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum WaitFor {
    /// Seconds.
    Seconds(u64),
    /// Seconds at this place of the data.
    SecondsPath(Path),
    /// A point in time.
    Timestamp(Timestamp),
    /// A point in time at this place of the data.
    TimestampPath(Path),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Wait {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub input_path: Selection,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub output_path: Selection,
    #[serde(flatten)]
    pub wait_for: WaitFor,
    #[serde(flatten)]
    pub transition: Transition,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Succeed {
    /// The `Comment` of the definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub input_path: Selection,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub output_path: Selection,
}

/// The error or the cause of a Fail state.
#[derive(Debug, Clone, PartialEq)]
pub enum FailText {
    /// `Error`, `Cause`.
    Literal(String),
    /// `ErrorPath`, `CausePath`: text at this place of the data.
    Path(Path),
}

#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(into = "FailWire")]
pub struct Fail {
    pub comment: Option<String>,
    pub error: Option<FailText>,
    pub cause: Option<FailText>,
}

/// A Fail state as it is written: a text or a path to one, by different names.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FailWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_path: Option<Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause_path: Option<Path>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parallel {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub input_path: Selection,
    /// What every branch gets; the input if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Template>,
    /// The branches. Their results are an array in this order.
    pub branches: Vec<Branch>,
    /// What the array becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_selector: Option<Template>,
    #[serde(skip_serializing_if = "Placement::is_default")]
    pub result_path: Placement,
    #[serde(skip_serializing_if = "Selection::is_default")]
    pub output_path: Selection,
    /// On which errors all branches are run again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retry: Vec<Retrier>,
    /// Which errors of a branch are caught, and the state that follows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub catch: Vec<Catcher>,
    #[serde(flatten)]
    pub transition: Transition,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Branch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub start_at: String,
    pub states: States,
}

impl Task {
    /// A task with nothing but its resource and what follows.
    #[must_use]
    pub fn new(resource: Resource, transition: Transition) -> Self {
        Self {
            comment: None,
            resource,
            input_path: Selection::default(),
            parameters: None,
            result_selector: None,
            result_path: Placement::default(),
            output_path: Selection::default(),
            timeout: None,
            retry: Vec::new(),
            catch: Vec::new(),
            transition,
        }
    }
}

impl Pass {
    /// A state that hands its input on.
    #[must_use]
    pub fn new(transition: Transition) -> Self {
        Self {
            comment: None,
            input_path: Selection::default(),
            parameters: None,
            result: None,
            result_path: Placement::default(),
            output_path: Selection::default(),
            transition,
        }
    }
}

impl Choice {
    /// A choice by these rules.
    #[must_use]
    pub fn new(choices: Vec<ChoiceRule>, default: Option<String>) -> Self {
        Self {
            comment: None,
            input_path: Selection::default(),
            output_path: Selection::default(),
            choices,
            default,
        }
    }
}

impl Wait {
    /// A wait that hands its input on.
    #[must_use]
    pub fn new(wait_for: WaitFor, transition: Transition) -> Self {
        Self {
            comment: None,
            input_path: Selection::default(),
            output_path: Selection::default(),
            wait_for,
            transition,
        }
    }
}

impl Parallel {
    /// Branches with nothing said about their data.
    #[must_use]
    pub fn new(branches: Vec<Branch>, transition: Transition) -> Self {
        Self {
            comment: None,
            input_path: Selection::default(),
            parameters: None,
            branches,
            result_selector: None,
            result_path: Placement::default(),
            output_path: Selection::default(),
            retry: Vec::new(),
            catch: Vec::new(),
            transition,
        }
    }
}

impl Branch {
    /// A branch of these states.
    #[must_use]
    pub fn new(start_at: impl Into<String>, states: States) -> Self {
        Self { comment: None, start_at: start_at.into(), states }
    }
}
