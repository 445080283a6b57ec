//! The reserved error names, spelled once: those of the States Language and those that Lambda's integration reports.
//!
//! What a state machine's own tasks report does not live here.
//!
//! Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows".

/// Wildcard: every error but [`RUNTIME`] and a terminal [`DATA_LIMIT_EXCEEDED`]. Stands alone and last.
pub const ALL: &str = "States.ALL";
/// Wildcard in Retry and Catch: every error that [`ALL`] matches, but not [`TIMEOUT`].
pub const TASK_FAILED: &str = "States.TaskFailed";
/// A task ran longer than its timeout.
pub const TIMEOUT: &str = "States.Timeout";
/// A task sent no heartbeat for longer than `HeartbeatSeconds`.
pub const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
/// The role may not do what the task asked.
pub const PERMISSIONS: &str = "States.Permissions";
/// A result cannot be placed in the input at `ResultPath`.
pub const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";
/// A path in `Parameters` matches nothing. Step Functions reports [`RUNTIME`] instead.
pub const PARAMETER_PATH_FAILURE: &str = "States.ParameterPathFailure";
/// A branch of a Parallel state failed. Matches as a pattern; the reported name is the branch's own.
pub const BRANCH_FAILED: &str = "States.BranchFailed";
/// No rule of a Choice state matched, and it has no Default: what the language says. See [`CHOICE_WITHOUT_MATCH`].
pub const NO_CHOICE_MATCHED: &str = "States.NoChoiceMatched";
/// An intrinsic function failed.
pub const INTRINSIC_FAILURE: &str = "States.IntrinsicFailure";
/// An input, output or result is larger than the payload limit.
pub const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
/// The execution itself went wrong, by a path to nothing for example. Never retried, never caught.
pub const RUNTIME: &str = "States.Runtime";
/// What a Choice state without a Default fails with when no rule matches, so that nobody catches it.
///
/// Measured on AWS: `States.Runtime` (floci-io/floci, pull request 3167). The Step Functions Developer Guide, "Handling
/// errors in Step Functions workflows", and the States Language say [`NO_CHOICE_MATCHED`].
pub const CHOICE_WITHOUT_MATCH: &str = RUNTIME;

/// Lambda answered with a server error.
pub const LAMBDA_SERVICE: &str = "Lambda.ServiceException";
/// Lambda answered with an error of its API.
pub const LAMBDA_AWS: &str = "Lambda.AWSLambdaException";
/// Lambda could not be reached.
pub const LAMBDA_SDK_CLIENT: &str = "Lambda.SdkClientException";
/// Lambda throttled the call.
pub const LAMBDA_TOO_MANY_REQUESTS: &str = "Lambda.TooManyRequestsException";

/// Every name that the States Language reserves.
pub const RESERVED: [&str; 12] = [
    ALL,
    TASK_FAILED,
    TIMEOUT,
    HEARTBEAT_TIMEOUT,
    PERMISSIONS,
    RESULT_PATH_MATCH_FAILURE,
    PARAMETER_PATH_FAILURE,
    BRANCH_FAILED,
    NO_CHOICE_MATCHED,
    INTRINSIC_FAILURE,
    DATA_LIMIT_EXCEEDED,
    RUNTIME,
];
