//! What happens when a machine is executed: as on Step Functions, Standard type.
//!
//! Time is `tokio::time` and nothing else, so an execution is deterministic under a paused clock. Tasks are called
//! through [`TaskExecutor`]. Storing executions and telling others of their status is the caller's part.

mod abort;
mod branch;
mod choice;
mod context;
mod data;
mod execution;
mod failure;
mod parallel;
mod recovery;
mod shape;
mod task;
mod wait;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use std::{fmt, time::Duration};

use futures::future::BoxFuture;
use serde_json::Value;

pub use abort::{AbortSignal, Aborter, abort};
pub use execution::execute;

/// The largest input or output of a state or task, in bytes of UTF-8 JSON.
/// Source: Step Functions quotas, "Maximum input or output size for a task, state, or execution".
pub const MAX_PAYLOAD_BYTES: usize = 262_144;

/// The most events an execution may have. Source: Step Functions quotas, "Maximum execution history size".
pub const MAX_EVENTS: i64 = 25_000;

/// The deepest nesting of data, in levels. The interpreter's own bound: deeper JSON would need an unbounded stack. Only
/// a definition that wraps its data in a loop reaches it.
pub const MAX_DEPTH: usize = 500;

/// Calls the resources of Task states.
pub trait TaskExecutor: Send + Sync + 'static {
    /// Calls the resource of a Task state. The future is dropped when the task times out, a sibling branch fails or the
    /// execution is stopped.
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>>;
}

/// A call of a Task state. Its `Debug` leaves the input out: it may hold personal data.
#[derive(Clone, PartialEq)]
pub struct TaskCall {
    /// The task's `Resource`, as written.
    pub resource: String,
    /// The payload, after `InputPath` and `Parameters`.
    pub input: Value,
    pub state: String,
    /// Which execution calls.
    pub execution_arn: String,
    /// How long the interpreter waits, if the task says.
    pub timeout: Option<Duration>,
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("task failed: {error}")]
pub struct TaskFailure {
    /// The error's name, as Retry and Catch match it.
    pub error: String,
    /// What went wrong: text, or JSON text as Lambda's errors are.
    pub cause: String,
}

/// What an execution starts with. Its `Debug` leaves the input out: it may hold personal data.
#[derive(Clone, PartialEq)]
pub struct Start {
    /// `$$.Execution.Id`.
    pub execution_arn: String,
    /// `$$.Execution.Name`.
    pub execution_name: String,
    /// `$$.StateMachine.Id`; its region is the one of `Task..` events.
    pub machine_arn: String,
    /// `$$.StateMachine.Name`.
    pub machine_name: String,
    /// `$$.Execution.RoleArn`.
    pub role_arn: String,
    pub input: Value,
    /// Now, on the wall. Every later timestamp is this and the time that tokio's clock has moved on.
    pub started_at: jiff::Timestamp,
    /// Seeds the jitter of retries: the same seed gives the same delays.
    pub jitter_seed: u64,
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// `SUCCEEDED`.
    Succeeded { output: Value },
    /// `FAILED`.
    Failed {
        /// The error's name, unless a Fail state gave none.
        error: Option<String>,
        /// What went wrong, if it is known: a timeout has none.
        cause: Option<String>,
    },
    /// `TIMED_OUT`: the machine's own timeout. No catcher ran.
    TimedOut,
    /// `ABORTED`: stopped from outside. No catcher ran.
    Aborted { error: Option<String>, cause: Option<String> },
}

impl fmt::Debug for TaskCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resource, input: _, state, execution_arn, timeout } = self;
        f.debug_struct("TaskCall")
            .field("resource", resource)
            .field("state", state)
            .field("execution_arn", execution_arn)
            .field("timeout", timeout)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("execution_arn", &self.execution_arn)
            .field("machine_arn", &self.machine_arn)
            .field("started_at", &self.started_at)
            .finish_non_exhaustive()
    }
}

impl Outcome {
    /// AWS's status: `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Succeeded { .. } => "SUCCEEDED",
            Self::Failed { .. } => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted { .. } => "ABORTED",
        }
    }
}
