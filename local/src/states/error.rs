//! How Step Functions refuses a request, in AWS's names.

use super::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum StatesError {
    /// The name is taken by an execution that has ended or has another input.
    #[error("execution already exists: {arn}")]
    ExecutionAlreadyExists { arn: String },
    #[error("execution does not exist: {arn}")]
    ExecutionDoesNotExist { arn: String },
    #[error("state machine does not exist: {arn}")]
    StateMachineDoesNotExist { arn: String },
    #[error("invalid name: {name}")]
    InvalidName { name: String },
    /// The input is not JSON or is too large. Does not quote it: it may hold health data.
    #[error("invalid execution input: {reason}")]
    InvalidExecutionInput { reason: String },
    #[error("invalid state machine definition: {reason}")]
    InvalidDefinition { reason: String },
    #[error("invalid token")]
    InvalidToken,
    #[error("validation failed: {field}")]
    Validation { field: &'static str },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the environment is shutting down")]
    ShuttingDown,
}

impl StatesError {
    /// The exception's name on the wire.
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
