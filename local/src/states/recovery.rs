//! How executions end that a crash interrupted.

use asl::{
    history::{Event, EventKind, Reason},
    run::Outcome,
};

use super::execution::Execution;
use crate::clock;

/// Why an execution ended that was running when its environment was killed.
pub const RESTARTED: &str = "environment restarted";

/// Records what is left of the history: its first event and its last.
pub(super) fn interrupt(execution: &Execution) -> Outcome {
    let cause = Some(RESTARTED.to_owned());
    let started = EventKind::ExecutionStarted {
        input: execution.snapshot().input.into(),
        role_arn: execution.machine().role_arn.clone(),
    };
    let aborted = EventKind::ExecutionAborted(Reason { error: None, cause: cause.clone() });
    let events = [(execution.started_at(), started), (clock::now(), aborted)];
    for (id, (timestamp, kind)) in (1..).zip(events) {
        execution.record(Event { timestamp, id, previous_event_id: 0, kind });
    }
    Outcome::Aborted { error: None, cause }
}
