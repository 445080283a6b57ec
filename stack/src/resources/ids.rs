//! Logical ids: the names of the template's parts, which are the same in every environment.
//!
//! A function's logical id is its task's name. Physical names live in [`names`](crate::names).

use cfn::{LogicalId, checked};
use contract::task::TaskKind;

use crate::expect_valid::expect_valid;

/// Parameter: the bucket that holds the functions' code.
pub const ARTIFACTS_BUCKET: LogicalId = checked!(LogicalId, "ArtifactsBucket");
/// Parameter: the ARN of the environment's key.
pub const KEY_ARN: LogicalId = checked!(LogicalId, "KeyArn");

/// The table of results.
pub const RESULTS_TABLE: LogicalId = checked!(LogicalId, "ResultsTable");
/// The table of sessions.
pub const SESSIONS_TABLE: LogicalId = checked!(LogicalId, "SessionsTable");
/// The table of kept prices.
pub const PRICES_TABLE: LogicalId = checked!(LogicalId, "PricesTable");

/// The state machine.
pub const MACHINE: LogicalId = checked!(LogicalId, "StateMachine");
/// What the state machine may do.
pub const MACHINE_ROLE: LogicalId = checked!(LogicalId, "StateMachineRole");
/// Where the state machine logs.
pub const MACHINE_LOGS: LogicalId = checked!(LogicalId, "StateMachineLogs");

/// The machine that closes sessions from outside.
pub const CLOSER: LogicalId = checked!(LogicalId, "Closer");
/// What the closer may do.
pub const CLOSER_ROLE: LogicalId = checked!(LogicalId, "CloserRole");
/// Where the closer logs.
pub const CLOSER_LOGS: LogicalId = checked!(LogicalId, "CloserLogs");
/// The rule that starts the closer.
pub const CLOSER_RULE: LogicalId = checked!(LogicalId, "CloserRule");
/// What that rule may do.
pub const CLOSER_RULE_ROLE: LogicalId = checked!(LogicalId, "CloserRuleRole");
/// Where events go that could not start the closer.
pub const CLOSER_DEAD_LETTERS: LogicalId = checked!(LogicalId, "CloserDeadLetters");
/// Who may put events there.
pub const CLOSER_DEAD_LETTERS_POLICY: LogicalId = checked!(LogicalId, "CloserDeadLettersPolicy");

/// The function of a task.
pub const fn function(task: TaskKind) -> LogicalId {
    LogicalId::from_const(task.name())
}

/// Parameter: the key of a task's code in the artifacts bucket.
pub fn code_key(task: TaskKind) -> LogicalId {
    beside(task, "CodeKey")
}

/// What the function of a task may do.
pub fn function_role(task: TaskKind) -> LogicalId {
    beside(task, "Role")
}

/// Where the function of a task logs.
pub fn function_logs(task: TaskKind) -> LogicalId {
    beside(task, "Logs")
}

fn beside(task: TaskKind, what: &str) -> LogicalId {
    expect_valid(LogicalId::new(format!("{}{what}", task.name())))
}
