//! The history of an execution in the shape of AWS's `GetExecutionHistory`.
//!
//! The interpreter hands each event to its caller as it happens; storing events is the caller's part.
//!
//! Source: Step Functions API Reference, `HistoryEvent`.

mod wire;

use std::sync::Arc;

use serde::Serialize;

use crate::model::StateKind;

/// An event of an execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub timestamp: jiff::Timestamp,
    /// From 1, in the order of happening, over all branches.
    pub id: i64,
    /// The event that it follows in the same branch; 0 for the first two, and for one that ends the execution from
    /// outside.
    pub previous_event_id: i64,
    /// The type of the event, with its details.
    pub kind: EventKind,
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

/// The type of an event, with its details. Data is JSON text, as AWS has it.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// The execution began.
    ExecutionStarted {
        input: Arc<str>,
        /// The role it runs as.
        role_arn: String,
    },
    /// The execution ended well.
    ExecutionSucceeded { output: Arc<str> },
    /// The execution failed.
    ExecutionFailed(Reason),
    /// The execution took longer than the machine allows.
    ExecutionTimedOut,
    /// The execution was stopped from outside.
    ExecutionAborted(Reason),
    /// A state was entered: `TaskStateEntered` ..
    StateEntered { kind: StateKind, name: String, input: Arc<str> },
    /// A state was left: `TaskStateExited` ..
    StateExited { kind: StateKind, name: String, output: Arc<str> },
    /// A state was given up because its branch or another one failed: `TaskStateAborted`, `WaitStateAborted`,
    /// `ParallelStateAborted`.
    StateAborted { kind: StateKind },
    /// A function is to be called.
    LambdaFunctionScheduled {
        /// Its ARN.
        resource: String,
        input: Arc<str>,
        /// How long it may take.
        timeout_s: Option<u64>,
    },
    /// The function was called.
    LambdaFunctionStarted,
    /// The function answered.
    LambdaFunctionSucceeded { output: Arc<str> },
    /// The function failed.
    LambdaFunctionFailed(Reason),
    /// The function took longer than its task allows.
    LambdaFunctionTimedOut(Reason),
    /// A service is to be called.
    TaskScheduled {
        action: ServiceAction,
        /// The region of the execution.
        region: String,
        parameters: Arc<str>,
        /// How long it may take.
        timeout_s: Option<u64>,
    },
    /// The service was called.
    TaskStarted(ServiceAction),
    /// The service answered.
    TaskSucceeded { action: ServiceAction, output: Arc<str> },
    /// The service failed.
    TaskFailed { action: ServiceAction, reason: Reason },
    /// The service took longer than its task allows.
    TaskTimedOut { action: ServiceAction, reason: Reason },
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Text, or JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}
