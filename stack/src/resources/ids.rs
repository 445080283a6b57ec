//! Logical ids: the names of the template's parts, which are the same in every environment.
//!
//! A function's logical id is its task's name. Physical names live in [`names`](crate::names).

use alarms::Severity;
use cfn::{LogicalId, checked};
use contract::task::TaskKind;

use crate::expect_valid::expect_valid;

/// Parameter: the bucket that holds the functions' code.
pub const ARTIFACTS_BUCKET: LogicalId = checked!(LogicalId, "ArtifactsBucket");
/// Parameter: the ARN of the environment's key.
pub const KEY_ARN: LogicalId = checked!(LogicalId, "KeyArn");

pub const RESULTS_TABLE: LogicalId = checked!(LogicalId, "ResultsTable");
pub const SESSIONS_TABLE: LogicalId = checked!(LogicalId, "SessionsTable");
pub const PRICES_TABLE: LogicalId = checked!(LogicalId, "PricesTable");

pub const MACHINE: LogicalId = checked!(LogicalId, "StateMachine");
pub const MACHINE_ROLE: LogicalId = checked!(LogicalId, "StateMachineRole");
pub const MACHINE_LOGS: LogicalId = checked!(LogicalId, "StateMachineLogs");

pub const CLOSER: LogicalId = checked!(LogicalId, "Closer");
pub const CLOSER_ROLE: LogicalId = checked!(LogicalId, "CloserRole");
pub const CLOSER_LOGS: LogicalId = checked!(LogicalId, "CloserLogs");
pub const CLOSER_RULE: LogicalId = checked!(LogicalId, "CloserRule");
pub const CLOSER_RULE_ROLE: LogicalId = checked!(LogicalId, "CloserRuleRole");
/// Where events go that could not start the closer.
pub const CLOSER_DEAD_LETTERS: LogicalId = checked!(LogicalId, "CloserDeadLetters");
/// Who may put events there.
pub const CLOSER_DEAD_LETTERS_POLICY: LogicalId = checked!(LogicalId, "CloserDeadLettersPolicy");

/// Who may publish to the topics.
pub const TOPICS_POLICY: LogicalId = checked!(LogicalId, "TopicsPolicy");

pub const fn topic(severity: Severity) -> LogicalId {
    match severity {
        Severity::Page => checked!(LogicalId, "PageTopic"),
        Severity::Ticket => checked!(LogicalId, "TicketTopic"),
    }
}

/// A subscriber, by its place in the environment's list.
pub fn subscription(at: usize) -> LogicalId {
    expect_valid(LogicalId::new(format!("Subscription{}", at + 1)))
}

/// The filter that makes a metric from lines of one format.
pub fn filter(metric: &str, format: &str) -> LogicalId {
    expect_valid(LogicalId::new(format!("{metric}{format}")))
}

/// An alarm, by its id.
pub fn alarm(id: &str) -> LogicalId {
    expect_valid(LogicalId::new(format!("{id}Alarm")))
}

pub const fn function(task: TaskKind) -> LogicalId {
    LogicalId::from_const(task.name())
}

/// Parameter: the key of a task's code in the artifacts bucket.
pub fn code_key(task: TaskKind) -> LogicalId {
    beside(task, "CodeKey")
}

pub fn function_role(task: TaskKind) -> LogicalId {
    beside(task, "Role")
}

pub fn function_logs(task: TaskKind) -> LogicalId {
    beside(task, "Logs")
}

fn beside(task: TaskKind, what: &str) -> LogicalId {
    expect_valid(LogicalId::new(format!("{}{what}", task.name())))
}
