//! A run of states, from `StartAt` to an end: the machine itself, or a branch of a Parallel state.
//!
//! This file and `parallel` call each other, as States Language nests: a branch runs Parallel states, a Parallel state runs
//! branches. `task`, `wait` and `choice` take the [`StateContext`] that is made here.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use super::{
    choice,
    context::ContextObject,
    data::Data,
    execution::Execution,
    failure::{Failure, Place},
    parallel,
    recovery::Recovered,
    shape, task, wait,
};
use crate::{
    history::EventKind,
    model::{Fail, FailText, Pass, State, StateKind, States, Transition},
};

/// The place of a branch in the history: each event names the one before it. The Parallel state around a branch uses the
/// cursor to abort the branch's states.
///
/// Source: recorded histories, which show which events name the branch's last one and which are left out of the chain; see
/// [`HistoryCursor::record_side_event`].
#[derive(Debug)]
pub(super) struct HistoryCursor(Mutex<Position>);

/// Where a branch is.
#[derive(Debug, Default)]
struct Position {
    /// Its last event.
    last: i64,
    /// The kind of the state that was entered and has no event of its end.
    current_state: Option<StateKind>,
    /// The cursors of that state's own branches.
    branches: Vec<Arc<HistoryCursor>>,
}

impl HistoryCursor {
    /// A branch whose first event will follow `last`.
    pub(super) fn new(last: i64) -> Self {
        Self(Mutex::new(Position { last, ..Position::default() }))
    }

    /// Records the branch's next event. Returns its id.
    pub(super) fn record(&self, execution: &Execution<'_>, kind: EventKind) -> Result<i64, Failure> {
        let mut position = self.position();
        position.last = execution.record(position.last, kind)?;
        Ok(position.last)
    }

    /// Records an event that the branch's next one does not follow: AWS leaves `ParallelStateSucceeded` and
    /// `TaskStateAborted` out of the chain.
    pub(super) fn record_side_event(
        &self,
        execution: &Execution<'_>,
        kind: EventKind,
    ) -> Result<(), Failure> {
        execution.record(self.last(), kind).map(drop)
    }

    /// Continues after an event of another branch.
    pub(super) fn continue_from(&self, last: i64) {
        self.position().last = last;
    }

    pub(super) fn last(&self) -> i64 {
        self.position().last
    }

    /// Sets the state that the branch is in, and the branches of that state that are running.
    pub(super) fn set_current_state(&self, state: Option<StateKind>, branches: Vec<Arc<Self>>) {
        let mut position = self.position();
        position.current_state = state;
        position.branches = branches;
    }

    /// Records the abort of every state that was entered and has no event of its end, inner ones first.
    pub(super) fn abort_entered_states(&self, execution: &Execution<'_>) -> Result<(), Failure> {
        let (state, branches) = {
            let mut position = self.position();
            (position.current_state.take(), mem::take(&mut position.branches))
        };
        for branch in branches {
            branch.abort_entered_states(execution)?;
        }
        match state {
            Some(kind @ (StateKind::Task | StateKind::Wait | StateKind::Parallel)) => {
                self.record_side_event(execution, EventKind::StateAborted { kind })
            }
            // AWS has no such event for the others.
            Some(StateKind::Pass | StateKind::Choice | StateKind::Succeed | StateKind::Fail) | None => Ok(()),
        }
    }

    fn position(&self) -> MutexGuard<'_, Position> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The result of a state: its output and the state that follows.
pub(super) struct Step<'m> {
    pub(super) output: Data,
    pub(super) next: Option<&'m str>,
}

/// The state that is running: its name, input and execution.
pub(super) struct StateContext<'r, 'a> {
    pub(super) execution: &'r Execution<'a>,
    pub(super) name: &'r str,
    /// The raw input.
    pub(super) input: Data,
    /// The id of its `StateEntered` event.
    pub(super) entered: i64,
    pub(super) entered_at: jiff::Timestamp,
}

impl StateContext<'_, '_> {
    pub(super) fn context(&self, retry_count: u32) -> ContextObject<'_> {
        let place = Place { state: self.name, entered: self.entered };
        ContextObject { start: &self.execution.start, place, entered_at: self.entered_at, retry_count }
    }

    /// The output of a state whose shaped data is `value`.
    pub(super) fn output(&self, value: Arc<Value>) -> Result<Data, Failure> {
        self.input.or_new(value, self.name)
    }
}

/// Runs `states` from `start_at` until one ends the branch.
pub(super) async fn run(
    execution: &Execution<'_>,
    states: &States,
    start_at: &str,
    input: Data,
    cursor: &HistoryCursor,
) -> Result<Data, Failure> {
    let mut name = start_at;
    let mut data = input;
    loop {
        // States that never wait would starve other futures, among them the stop and the timeout of the execution.
        tokio::task::consume_budget().await;
        let Some((name_in_model, state)) = states.get_key_value(name) else {
            let place = Place { state: name, entered: cursor.last() };
            return Err(Failure::runtime(&place, &format!("The state does not exist: {name}")));
        };
        let step = run_state(execution, name_in_model, state, data, cursor).await?;
        data = step.output;
        match step.next {
            Some(next) => name = next,
            None => return Ok(data),
        }
    }
}

async fn run_state<'m>(
    execution: &Execution<'_>,
    name: &str,
    state: &'m State,
    input: Data,
    cursor: &HistoryCursor,
) -> Result<Step<'m>, Failure> {
    let kind = state.kind();
    let entering = EventKind::StateEntered { kind, name: name.to_owned(), input: input.text() };
    let entered = cursor.record(execution, entering)?;
    cursor.set_current_state(Some(kind), Vec::new());
    let cx = StateContext { execution, name, input, entered, entered_at: execution.now() };
    let step = match state {
        State::Pass(state) => pass(state, &cx)?,
        State::Choice(state) => choice::run(state, &cx)?,
        State::Wait(state) => wait::run(state, &cx).await?,
        State::Succeed(state) => {
            let context = cx.context(0);
            let input = shape::select(&state.input_path, cx.input.value(), &context)?;
            Step { output: cx.output(shape::select(&state.output_path, &input, &context)?)?, next: None }
        }
        State::Fail(state) => return Err(fail(state, &cx)),
        State::Task(state) => from(task::run(state, &cx, cursor).await?, &state.transition),
        State::Parallel(state) => from(parallel::run(state, &cx, cursor).await?, &state.transition),
    };
    let leaving = EventKind::StateExited { kind, name: name.to_owned(), output: step.output.text() };
    cursor.record(execution, leaving)?;
    cursor.set_current_state(None, Vec::new());
    Ok(step)
}

/// Where a state that may have been caught goes on.
fn from<'m>(recovered: Recovered<'m>, transition: &'m Transition) -> Step<'m> {
    let next = recovered.caught_by.or(next(transition));
    Step { output: recovered.output, next }
}

/// The name of the state that follows, if one does.
pub(super) fn next(transition: &Transition) -> Option<&str> {
    match transition {
        Transition::Next(name) => Some(name),
        Transition::End => None,
    }
}

fn pass<'m>(state: &'m Pass, cx: &StateContext<'_, '_>) -> Result<Step<'m>, Failure> {
    let context = cx.context(0);
    let input = shape::select(&state.input_path, cx.input.value(), &context)?;
    let input = shape::fill(state.parameters.as_ref(), &input, &context)?;
    let result = state.result.as_ref().map_or(input, |result| Arc::new(result.clone()));
    let output = shape::place(&state.result_path, cx.input.value(), result, &context)?;
    let output = shape::select(&state.output_path, &output, &context)?;
    Ok(Step { output: cx.output(output)?, next: next(&state.transition) })
}

fn fail(state: &Fail, cx: &StateContext<'_, '_>) -> Failure {
    let context = cx.context(0);
    let read = |text: &Option<FailText>, field: &str| match text {
        None => Ok(None),
        Some(FailText::Literal(text)) => Ok(Some(text.clone())),
        Some(FailText::Path(path)) => {
            let found = shape::read(path, cx.input.value(), &context)?;
            let Some(text) = found.as_str() else {
                let cause = format!("The {field} parameter does not reference a string: {path} == {found}");
                return Err(Failure::runtime(&context.place, &cause));
            };
            Ok(Some(text.to_owned()))
        }
    };
    match (read(&state.error, "ErrorPath"), read(&state.cause, "CausePath")) {
        (Ok(error), Ok(cause)) => Failure::with_reason(crate::history::Reason { error, cause }),
        (Err(failure), _) | (_, Err(failure)) => failure,
    }
}
