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
use serde_json::Value;
use tokio::sync::watch;

use super::{machine::Machine, store::Summary};
use crate::lock::lock;

/// Where an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not ended.
    Running,
    /// Ended with an output.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Took longer than its machine allows.
    TimedOut,
    /// Stopped from outside.
    Aborted,
}

impl Status {
    const ALL: [Self; 5] = [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];

    /// The word of Step Functions.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    /// The status of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == word)
    }
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Not [`Status::Running`].
    pub status: Status,
    /// When.
    pub at: Timestamp,
    /// What it gave, as JSON text.
    pub output: Option<String>,
    /// Its error.
    pub error: Option<String>,
    /// What was behind the error.
    pub cause: Option<String>,
}

impl Ended {
    pub(super) fn new(outcome: Outcome, at: Timestamp) -> Self {
        let (status, output, error, cause) = match outcome {
            Outcome::Succeeded { output } => (Status::Succeeded, Some(output.to_string()), None, None),
            Outcome::Failed { error, cause } => (Status::Failed, None, error, cause),
            Outcome::TimedOut => (Status::TimedOut, None, None, None),
            Outcome::Aborted { error, cause } => (Status::Aborted, None, error, cause),
        };
        Self { status, at, output, error, cause }
    }
}

/// An execution.
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

/// An execution as it stands at one moment.
#[derive(Clone, PartialEq)]
pub struct Snapshot {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its machine's ARN.
    pub machine_arn: String,
    /// Its input, as it was given.
    pub input: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// How it ended; nothing while it runs.
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
    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.ended.as_ref().map_or(Status::Running, |ended| ended.status)
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

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Its machine.
    #[must_use]
    pub fn machine(&self) -> &Arc<Machine> {
        &self.machine
    }

    /// When it was started.
    #[must_use]
    pub const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Whether it has this input, whatever the order of fields and the white space.
    #[must_use]
    pub fn has_input(&self, input: &Value) -> bool {
        serde_json::from_str::<Value>(&self.input).is_ok_and(|own| own == *input)
    }

    /// As it stands now.
    #[must_use]
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
    #[must_use]
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

    /// Waits for its end.
    pub async fn ended(&self) -> Ended {
        let mut changed = self.changed.subscribe();
        loop {
            if let Some(ended) = lock(&self.state).ended.clone() {
                return ended;
            }
            let _sent = changed.changed().await;
        }
    }

    /// Stops it, if it runs.
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

    /// Gives it the end that was stored.
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
