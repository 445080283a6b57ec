//! One execution from its start to its outcome: what all of its branches share.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::time::Instant;

use super::{AbortSignal, MAX_EVENTS, Outcome, Start, World, branch, data::Data, failure::Failure};
use crate::{
    history::{Event, Reason, What},
    model::StateMachine,
};

/// What the branches of an execution share.
pub(super) struct Execution<'a> {
    pub(super) start: Start,
    pub(super) world: Arc<dyn World>,
    history: &'a (dyn Fn(Event) + Send + Sync),
    began: Instant,
    last_event: AtomicI64,
    jitter: Mutex<StdRng>,
}

/// Executes `machine` once. Every event goes to `history` as it happens, in the order of its id.
///
/// The future does all the work: nothing is spawned, and dropping it drops every call under way without a further
/// event. To end an execution as aborted, use [`super::abort`].
pub async fn execute(
    machine: &StateMachine,
    start: Start,
    world: Arc<dyn World>,
    abort: AbortSignal,
    history: impl Fn(Event) + Send + Sync,
) -> Outcome {
    let execution = Execution {
        jitter: Mutex::new(StdRng::seed_from_u64(start.jitter_seed)),
        start,
        world,
        history: &history,
        began: Instant::now(),
        last_event: AtomicI64::new(0),
    };
    let run = execution.run(machine);
    let limit = machine.timeout_seconds.map(Duration::from_secs);
    let timed = async {
        match limit {
            Some(limit) => tokio::time::timeout(limit, run).await.ok(),
            None => Some(run.await),
        }
    };
    // Biased: a stop that came first wins, and the same inputs give the same outcome.
    tokio::select! {
        biased;
        reason = abort.given() => {
            execution.record(execution.last(), What::ExecutionAborted(reason.clone()));
            Outcome::Aborted { error: reason.error, cause: reason.cause }
        }
        outcome = timed => outcome.unwrap_or_else(|| {
            execution.record(execution.last(), What::ExecutionTimedOut);
            Outcome::TimedOut
        }),
    }
}

impl Execution<'_> {
    async fn run(&self, machine: &StateMachine) -> Outcome {
        let input = Data::new(Arc::new(self.start.input.clone()), &self.start.execution_name);
        // StartExecution refuses an input over the limit, so no history on AWS tells of one.
        let text = input.as_ref().map_or_else(|_| "".into(), Data::text);
        let role_arn = self.start.role_arn.clone();
        let started = self.record(
            0,
            What::ExecutionStarted {
                input: text,
                role_arn,
            },
        );
        let trail = branch::Trail::new(started);
        let ended = match input {
            Ok(input) => branch::run(self, &machine.states, &machine.start_at, input, &trail).await,
            Err(failure) => Err(failure),
        };
        match ended {
            Ok(output) => {
                trail.record(
                    self,
                    What::ExecutionSucceeded {
                        output: output.text(),
                    },
                );
                Outcome::Succeeded {
                    output: output.into_value(),
                }
            }
            Err(Failure { reason, .. }) => {
                trail.record(self, What::ExecutionFailed(reason.clone()));
                let Reason { error, cause } = reason;
                Outcome::Failed { error, cause }
            }
        }
    }

    /// Tells of an event that follows `previous`. Returns its id.
    pub(super) fn record(&self, previous: i64, what: What) -> i64 {
        let id = self.last_event.fetch_add(1, Ordering::Relaxed) + 1;
        (self.history)(Event {
            timestamp: self.now(),
            id,
            previous_event_id: previous,
            what,
        });
        id
    }

    fn last(&self) -> i64 {
        self.last_event.load(Ordering::Relaxed)
    }

    /// Whether the history has room for what one state may still add.
    pub(super) fn has_room(&self) -> bool {
        /// Entering, a task's three events, leaving, and the end of the execution.
        const ROOM: i64 = 8;
        self.last() + ROOM <= MAX_EVENTS
    }

    /// The time on the wall.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.start
            .started_at
            .saturating_add(self.began.elapsed())
            .unwrap_or(jiff::Timestamp::MAX)
    }

    /// A part of `delay`, all of its values equally likely.
    pub(super) fn part_of(&self, delay: Duration) -> Duration {
        // A panic elsewhere cannot leave a random generator in a bad state.
        let mut jitter = self.jitter.lock().unwrap_or_else(PoisonError::into_inner);
        delay.mul_f64(jitter.random::<f64>())
    }
}
