//! What a journal remembers of executions, and how those end that a crash interrupted. Who hears of it is the engine's
//! concern.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use asl::history::{Event, Reason, What};
use jiff::Timestamp;

use super::{
    execution::{Ended, Execution, Status},
    machine::Machine,
};
use crate::{clock, journal::Entry};

/// Why an execution ended that was running when its environment was.
pub const RESTARTED: &str = "environment restarted";

/// What is left of the history of an execution that a crash interrupted: its first event and its last.
pub(super) fn interrupted_history(execution: &Execution) -> [Event; 2] {
    let started = What::ExecutionStarted {
        input: execution.snapshot().input.into(),
        role_arn: execution.machine().role_arn.clone(),
    };
    let aborted = What::ExecutionAborted(Reason {
        error: None,
        cause: Some(RESTARTED.to_owned()),
    });
    let event = |timestamp, id, what| Event {
        timestamp,
        id,
        previous_event_id: 0,
        what,
    };
    [
        event(execution.started_at(), 1, started),
        event(clock::now(), 2, aborted),
    ]
}

/// What a journal remembers.
#[derive(Default)]
pub(super) struct Remembered {
    pub(super) executions: BTreeMap<String, Arc<Execution>>,
    /// The names of those whose machine is not there any more: they were acknowledged all the same.
    pub(super) left_out: BTreeSet<String>,
}

/// The executions of a journal.
pub(super) fn remembered(machines: &BTreeMap<String, Arc<Machine>>, entries: Vec<Entry>) -> Remembered {
    let Remembered {
        mut executions,
        mut left_out,
    } = Remembered::default();
    let moment = |ms| Timestamp::from_millisecond(ms).unwrap_or_default();
    for entry in entries {
        match entry {
            Entry::Started {
                execution_arn,
                machine_arn,
                input,
                at_ms,
            } => {
                let name = execution_arn.rsplit(':').next().unwrap_or_default().to_owned();
                let Some(machine) = machines.get(&machine_arn).map(Arc::clone) else {
                    left_out.insert(name);
                    continue;
                };
                let execution =
                    Execution::new(execution_arn.clone(), name, machine, input, moment(at_ms), None);
                executions.insert(execution_arn, Arc::new(execution));
            }
            Entry::Ended {
                execution_arn,
                status,
                output,
                error,
                cause,
                at_ms,
                history,
            } => {
                let (Some(execution), Some(status)) =
                    (executions.get(&execution_arn), Status::parse(&status))
                else {
                    continue;
                };
                let ended = Ended {
                    status,
                    at: moment(at_ms),
                    output,
                    error,
                    cause,
                };
                execution.restore(history, ended, true);
            }
        }
    }
    Remembered { executions, left_out }
}
