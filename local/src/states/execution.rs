//! One execution: what is known of it while it runs and after it ended.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use asl::{
    history::Event,
    run::{Aborter, Outcome},
};
use jiff::Timestamp;
use platform::ExecutionStatus;
use serde_json::Value;
use tokio::sync::watch;

use super::{machine::Machine, store::Summary};
use crate::lock::lock;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Not [`ExecutionStatus::Running`].
    pub status: ExecutionStatus,
    pub at: Timestamp,
    /// What it gave, as JSON text.
    pub output: Option<String>,
    pub error: Option<String>,
    pub cause: Option<String>,
}

impl Ended {
    pub(super) fn new(outcome: Outcome, at: Timestamp) -> Self {
        let (status, output, error, cause) = match outcome {
            Outcome::Succeeded { output } => {
                (ExecutionStatus::Succeeded, Some(output.to_string()), None, None)
            }
            Outcome::Failed { error, cause } => (ExecutionStatus::Failed, None, error, cause),
            Outcome::TimedOut => (ExecutionStatus::TimedOut, None, None, None),
            Outcome::Aborted { error, cause } => (ExecutionStatus::Aborted, None, error, cause),
        };
        Self { status, at, output, error, cause }
    }
}

pub struct Execution {
    arn: String,
    name: String,
    machine: Arc<Machine>,
    /// As it was given.
    input: String,
    started_at: Timestamp,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    events: Vec<Value>,
    ended: Option<Ended>,
    aborter: Option<Aborter>,
}

#[derive(Clone, PartialEq)]
pub struct Snapshot {
    pub arn: String,
    pub name: String,
    pub machine_arn: String,
    pub input: String,
    pub started_at: Timestamp,
    pub ended: Option<Ended>,
}

/// Prints no input: it may hold health data.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("arn", &self.arn)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// Prints no input and no event: they may hold health data.
impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl Snapshot {
    pub fn status(&self) -> ExecutionStatus {
        self.ended.as_ref().map_or(ExecutionStatus::Running, |ended| ended.status)
    }

    pub(super) fn summary(&self) -> Summary {
        Summary {
            name: self.name.clone(),
            status: self.status(),
            started_at: self.started_at,
            ended_at: self.ended.as_ref().map(|ended| ended.at),
            recovered: false,
        }
    }
}

impl Execution {
    pub(super) fn new(
        arn: String,
        name: String,
        machine: Arc<Machine>,
        input: String,
        started_at: Timestamp,
        aborter: Option<Aborter>,
    ) -> Self {
        Self {
            arn,
            name,
            machine,
            input,
            started_at,
            state: Mutex::new(State { aborter, ..State::default() }),
            changed: watch::Sender::new(()),
        }
    }

    pub fn arn(&self) -> &str {
        &self.arn
    }

    pub fn machine(&self) -> &Arc<Machine> {
        &self.machine
    }

    pub const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Whether it has this input, whatever the order of fields and the white space.
    pub fn has_input(&self, input: &Value) -> bool {
        serde_json::from_str::<Value>(&self.input).is_ok_and(|own| own == *input)
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            arn: self.arn.clone(),
            name: self.name.clone(),
            machine_arn: self.machine.arn.clone(),
            input: self.input.clone(),
            started_at: self.started_at,
            ended: lock(&self.state).ended.clone(),
        }
    }

    /// Its events after the first `seen`, in the shape of `GetExecutionHistory`, oldest first.
    pub fn events(&self, seen: usize) -> Vec<Value> {
        lock(&self.state).events.get(seen..).unwrap_or_default().to_vec()
    }

    /// Waits until there are more than `seen` events or it has ended, and gives what is new and whether it has ended.
    pub async fn news(&self, seen: usize) -> (Vec<Value>, bool) {
        let mut changed = self.changed.subscribe();
        loop {
            {
                let state = lock(&self.state);
                let new = state.events.get(seen..).unwrap_or_default();
                if !new.is_empty() || state.ended.is_some() {
                    return (new.to_vec(), state.ended.is_some());
                }
            }
            // The sender lives in `self`.
            let _sent = changed.changed().await;
        }
    }

    pub async fn ended(&self) -> Ended {
        let mut changed = self.changed.subscribe();
        loop {
            if let Some(ended) = lock(&self.state).ended.clone() {
                return ended;
            }
            let _sent = changed.changed().await;
        }
    }

    pub fn stop(&self, error: Option<String>, cause: Option<String>) {
        if let Some(aborter) = lock(&self.state).aborter.take() {
            aborter.abort(error, cause);
        }
    }

    pub(super) fn record(&self, event: Event) {
        // An event is made of texts and numbers: it always has a JSON form.
        let event = serde_json::to_value(event).unwrap_or_default();
        lock(&self.state).events.push(event);
        self.changed.send_replace(());
    }

    pub(super) fn restore(&self, events: Vec<Value>, ended: Ended) {
        let mut state = lock(&self.state);
        state.events = events;
        state.ended = Some(ended);
    }

    pub(super) fn end(&self, ended: Ended) {
        lock(&self.state).ended = Some(ended);
        self.changed.send_replace(());
    }
}
