//! The history of an execution in the shape of AWS's `GetExecutionHistory`.
//!
//! The interpreter hands each event to its caller as it happens; storing events is the caller's part.
//!
//! Source: Step Functions API Reference, `HistoryEvent`.

mod wire;

use std::sync::Arc;

use serde::Serialize;

/// An event of an execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When.
    pub timestamp: jiff::Timestamp,
    /// From 1, in the order of happening, over all branches.
    pub id: i64,
    /// The event that it follows in the same branch; 0 for the first two, and for one that ends the execution from
    /// outside.
    pub previous_event_id: i64,
    /// What happened.
    pub what: What,
}

/// The type of the state of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Task state.
    Task,
    /// A Pass state.
    Pass,
    /// A Choice state.
    Choice,
    /// A Wait state.
    Wait,
    /// A Succeed state.
    Succeed,
    /// A Fail state.
    Fail,
    /// A Parallel state.
    Parallel,
}

/// The service and action of a `Task..` event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAction {
    /// `dynamodb`, `aws-sdk:s3`.
    pub resource_type: String,
    /// `updateItem`.
    pub resource: String,
}

/// What happened. Data is JSON text, as AWS has it.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The execution began.
    ExecutionStarted {
        /// Its input.
        input: Arc<str>,
        /// The role it runs as.
        role_arn: String,
    },
    /// The execution ended well.
    ExecutionSucceeded {
        /// Its output.
        output: Arc<str>,
    },
    /// The execution failed.
    ExecutionFailed(Reason),
    /// The execution took longer than the machine allows.
    ExecutionTimedOut,
    /// The execution was stopped from outside.
    ExecutionAborted(Reason),
    /// A state was entered: `TaskStateEntered` ..
    StateEntered {
        /// What kind of state.
        kind: Kind,
        /// Its name.
        name: String,
        /// What it got.
        input: Arc<str>,
    },
    /// A state was left: `TaskStateExited` ..
    StateExited {
        /// What kind of state.
        kind: Kind,
        /// Its name.
        name: String,
        /// What it gave.
        output: Arc<str>,
    },
    /// A state was given up because its branch or another one failed: `TaskStateAborted`, `WaitStateAborted`,
    /// `ParallelStateAborted`.
    StateAborted {
        /// What kind of state.
        kind: Kind,
    },
    /// A function is to be called.
    LambdaFunctionScheduled {
        /// Its ARN.
        resource: String,
        /// What it gets.
        input: Arc<str>,
        /// How long it may take.
        timeout_s: Option<u64>,
    },
    /// The function was called.
    LambdaFunctionStarted,
    /// The function answered.
    LambdaFunctionSucceeded {
        /// Its answer.
        output: Arc<str>,
    },
    /// The function failed.
    LambdaFunctionFailed(Reason),
    /// The function took longer than its task allows.
    LambdaFunctionTimedOut(Reason),
    /// A service is to be called.
    TaskScheduled {
        /// Which one.
        action: ServiceAction,
        /// The region of the execution.
        region: String,
        /// What it gets.
        parameters: Arc<str>,
        /// How long it may take.
        timeout_s: Option<u64>,
    },
    /// The service was called.
    TaskStarted(ServiceAction),
    /// The service answered.
    TaskSucceeded {
        /// Which one.
        action: ServiceAction,
        /// Its answer.
        output: Arc<str>,
    },
    /// The service failed.
    TaskFailed {
        /// Which one.
        action: ServiceAction,
        /// Why.
        reason: Reason,
    },
    /// The service took longer than its task allows.
    TaskTimedOut {
        /// Which one.
        action: ServiceAction,
        /// Why.
        reason: Reason,
    },
    /// The branches of a Parallel state began.
    ParallelStateStarted,
    /// Every branch of a Parallel state ended well.
    ParallelStateSucceeded,
    /// A branch of a Parallel state failed, and the state does not try again.
    ParallelStateFailed(Reason),
}

/// Error and cause of a failure; AWS leaves out what is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reason {
    /// The error's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Text, or JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}
