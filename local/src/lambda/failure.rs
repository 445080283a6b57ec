//! How an invocation fails, in Lambda's names and words.

use std::{fmt, io, sync::Arc, time::Duration};

use serde_json::{Value, json};

/// Largest answer of a function in bytes. Source: Lambda's quota of 6 MB for synchronous payloads, as its error says it.
pub const MAX_RESPONSE_BYTES: usize = 6_291_556;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Code(i32),
    Signal(i32),
}

impl fmt::Display for Ending {
    /// In the words of Go's `ProcessState`, which Lambda quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit status {code}"),
            Self::Signal(9) => f.write_str("signal: killed"),
            Self::Signal(6) => f.write_str("signal: aborted"),
            Self::Signal(11) => f.write_str("signal: segmentation fault"),
            Self::Signal(15) => f.write_str("signal: terminated"),
            Self::Signal(number) => write!(f, "signal: {number}"),
        }
    }
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("invocation failed with {}: {request_id}", failure.error_type())]
pub struct FailedInvocation {
    pub request_id: String,
    pub failure: Failure,
}

#[derive(Debug, Clone)]
pub enum Failure {
    Reported { error_type: String, payload: Value },
    TimedOut { after: Duration },
    Exited(Ending),
    OutOfMemory,
    ResponseTooLarge,
    Throttled,
    NotFound { function: String },
    NotStarted(Arc<io::Error>),
    ShuttingDown,
}

impl Failure {
    /// The error's name: what a state machine matches.
    pub fn error_type(&self) -> &str {
        match self {
            Self::Reported { error_type, .. } => error_type,
            Self::TimedOut { .. } => "Sandbox.Timedout",
            Self::Exited(_) | Self::OutOfMemory => "Runtime.ExitError",
            Self::ResponseTooLarge => "Function.ResponseSizeTooLarge",
            Self::Throttled => "Lambda.TooManyRequestsException",
            Self::NotFound { .. } => "Lambda.ResourceNotFoundException",
            Self::NotStarted(_) => "Runtime.InvalidEntrypoint",
            Self::ShuttingDown => "Lambda.ServiceException",
        }
    }

    /// The name in `platform.report`, which is more precise than the response's.
    pub(super) fn reported_type(&self) -> &str {
        match self {
            Self::OutOfMemory => "Runtime.OutOfMemory",
            _ => self.error_type(),
        }
    }
}

impl FailedInvocation {
    /// The body of Lambda's answer: `{"errorType", "errorMessage"}`, or what the function reported.
    pub fn payload(&self) -> Value {
        let id = &self.request_id;
        let message = match &self.failure {
            Failure::Reported { payload, .. } => return payload.clone(),
            Failure::TimedOut { after } => {
                format!("RequestId: {id} Error: Task timed out after {:.2} seconds", after.as_secs_f64())
            }
            // AWS's words for an exit code of 0: aws-lambda-rust-runtime#272 and many others.
            Failure::Exited(Ending::Code(0)) => {
                format!("RequestId: {id} Error: Runtime exited without providing a reason")
            }
            Failure::Exited(ending) => {
                format!("RequestId: {id} Error: Runtime exited with error: {ending}")
            }
            Failure::OutOfMemory => {
                let ending = Ending::Signal(9);
                format!("RequestId: {id} Error: Runtime exited with error: {ending}")
            }
            Failure::ResponseTooLarge => format!(
                "Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            ),
            Failure::Throttled => "Rate Exceeded.".to_owned(),
            Failure::NotFound { function } => format!("Function not found: {function}"),
            Failure::NotStarted(error) => format!("RequestId: {id} Error: {error}"),
            Failure::ShuttingDown => "the environment is shutting down".to_owned(),
        };
        json!({ "errorType": self.failure.error_type(), "errorMessage": message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(failure: Failure, error_type: &str, message: &str) {
        let failed = FailedInvocation { request_id: "r-1".into(), failure };
        assert_eq!(failed.payload(), json!({ "errorType": error_type, "errorMessage": message }));
    }

    #[test]
    fn in_the_words_of_lambda() {
        check(
            Failure::TimedOut { after: Duration::from_secs(3) },
            "Sandbox.Timedout",
            "RequestId: r-1 Error: Task timed out after 3.00 seconds",
        );
        check(
            Failure::Exited(Ending::Code(1)),
            "Runtime.ExitError",
            "RequestId: r-1 Error: Runtime exited with error: exit status 1",
        );
        check(
            Failure::Exited(Ending::Code(0)),
            "Runtime.ExitError",
            "RequestId: r-1 Error: Runtime exited without providing a reason",
        );
        check(
            Failure::OutOfMemory,
            "Runtime.ExitError",
            "RequestId: r-1 Error: Runtime exited with error: signal: killed",
        );
        check(
            Failure::ResponseTooLarge,
            "Function.ResponseSizeTooLarge",
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        );
    }
}
