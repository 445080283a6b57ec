//! One execution from its start to its outcome, and the state that all of its branches share.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::time::Instant;

use super::{AbortSignal, MAX_EVENTS, Outcome, Start, TaskExecutor, branch, data::Data, failure::Failure};
use crate::{
    history::{Event, EventKind, Reason},
    model::StateMachine,
};

/// What the branches of an execution share.
pub(super) struct Execution<'a> {
    pub(super) start: Start,
    pub(super) executor: Arc<dyn TaskExecutor>,
    history: &'a (dyn Fn(Event) + Send + Sync),
    began: Instant,
    last_event: AtomicI64,
    jitter: Mutex<StdRng>,
}

/// Executes `machine` once. Every event goes to `history` as it happens, in the order of its id.
///
/// Nothing is spawned: dropping the future drops every pending call without a further event. To end an execution as
/// aborted, use [`super::abort()`].
pub async fn execute(
    machine: &StateMachine,
    start: Start,
    executor: Arc<dyn TaskExecutor>,
    abort: AbortSignal,
    history: impl Fn(Event) + Send + Sync,
) -> Outcome {
    let execution = Execution {
        jitter: Mutex::new(StdRng::seed_from_u64(start.jitter_seed)),
        start,
        executor,
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
    // Biased, so that the same inputs give the same outcome: an abort wins.
    tokio::select! {
        biased;
        reason = abort.given() => {
            execution.end(0, EventKind::ExecutionAborted(reason.clone()));
            Outcome::Aborted { error: reason.error, cause: reason.cause }
        }
        outcome = timed => outcome.unwrap_or_else(|| {
            execution.end(0, EventKind::ExecutionTimedOut);
            Outcome::TimedOut
        }),
    }
}

impl Execution<'_> {
    async fn run(&self, machine: &StateMachine) -> Outcome {
        // No event follows the first: that of the first state has no previous one, as recorded on AWS.
        let cursor = branch::HistoryCursor::new(0);
        let ended = self.states(machine, &cursor).await;
        match ended {
            Ok(output) => {
                self.end(cursor.last(), EventKind::ExecutionSucceeded { output: output.text() });
                Outcome::Succeeded { output: output.into_value() }
            }
            Err(Failure { reason, .. }) => {
                self.end(cursor.last(), EventKind::ExecutionFailed(reason.clone()));
                let Reason { error, cause } = reason;
                Outcome::Failed { error, cause }
            }
        }
    }

    async fn states(&self, machine: &StateMachine, cursor: &branch::HistoryCursor) -> Result<Data, Failure> {
        let input = Data::new(Arc::new(self.start.input.clone()), &self.start.execution_name);
        // StartExecution refuses an input over the limit, so no history on AWS has one.
        let text = input.as_ref().map_or_else(|_| "".into(), Data::text);
        let role_arn = self.start.role_arn.clone();
        self.record(0, EventKind::ExecutionStarted { input: text, role_arn })?;
        branch::run(self, &machine.states, &machine.start_at, input?, cursor).await
    }

    /// Records an event that follows `previous`. Returns its id, or a failure if only the last event of the history is
    /// left.
    pub(super) fn record(&self, previous: i64, kind: EventKind) -> Result<i64, Failure> {
        let next = |last| Some(last + 1).filter(|id| *id < MAX_EVENTS);
        let before = self.last_event.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let id = before.map_err(|_| Failure::history_full())? + 1;
        self.emit(id, previous, kind);
        Ok(id)
    }

    /// Records the event that ends the execution, for which one event is reserved.
    fn end(&self, previous: i64, kind: EventKind) {
        let id = self.last_event.fetch_add(1, Ordering::Relaxed) + 1;
        self.emit(id, previous, kind);
    }

    fn emit(&self, id: i64, previous: i64, kind: EventKind) {
        (self.history)(Event { timestamp: self.now(), id, previous_event_id: previous, kind });
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.start.started_at.saturating_add(self.began.elapsed()).unwrap_or(jiff::Timestamp::MAX)
    }

    pub(super) fn part_of(&self, delay: Duration) -> Duration {
        // A panic elsewhere cannot leave a random generator in a bad state.
        let mut jitter = self.jitter.lock().unwrap_or_else(PoisonError::into_inner);
        delay.mul_f64(jitter.random::<f64>())
    }
}
