//! How Step Functions refuses a request, in AWS's names.

use super::store::StoreError;

/// A refused request.
#[derive(Debug, thiserror::Error)]
pub enum StatesError {
    /// The name is taken by an execution that has ended or has another input.
    #[error("execution already exists: {arn}")]
    ExecutionAlreadyExists {
        /// The execution that has the name.
        arn: String,
    },
    /// No such execution.
    #[error("execution does not exist: {arn}")]
    ExecutionDoesNotExist {
        /// What was asked for.
        arn: String,
    },
    /// No such machine.
    #[error("state machine does not exist: {arn}")]
    StateMachineDoesNotExist {
        /// What was asked for.
        arn: String,
    },
    /// The name has 0 or more than 80 characters, or one that is not allowed.
    #[error("invalid name: {name}")]
    InvalidName {
        /// What was asked for.
        name: String,
    },
    /// The input is not JSON or is too large. Does not quote it: it may hold health data.
    #[error("invalid execution input: {reason}")]
    InvalidExecutionInput {
        /// What is wrong with it.
        reason: String,
    },
    /// The definition is refused.
    #[error("invalid state machine definition: {reason}")]
    InvalidDefinition {
        /// Every reason.
        reason: String,
    },
    /// The token is not one that was given out.
    #[error("invalid token")]
    InvalidToken,
    /// A field is out of its bounds.
    #[error("validation failed: {field}")]
    Validation {
        /// The field.
        field: &'static str,
    },
    /// The execution cannot be stored, so it was not accepted, or not read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The environment is being shut down.
    #[error("the environment is shutting down")]
    ShuttingDown,
}

impl StatesError {
    /// The exception's name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ExecutionAlreadyExists { .. } => "ExecutionAlreadyExists",
            Self::ExecutionDoesNotExist { .. } => "ExecutionDoesNotExist",
            Self::StateMachineDoesNotExist { .. } => "StateMachineDoesNotExist",
            Self::InvalidName { .. } => "InvalidName",
            Self::InvalidExecutionInput { .. } => "InvalidExecutionInput",
            Self::InvalidDefinition { .. } => "InvalidDefinition",
            Self::InvalidToken => "InvalidToken",
            Self::Validation { .. } => "ValidationException",
            Self::Store(_) | Self::ShuttingDown => "ServiceUnavailable",
        }
    }
}
