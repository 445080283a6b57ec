//! A run of states, from `StartAt` to an end: the machine itself, or a branch of a Parallel state.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use super::{
    choice,
    context::Context,
    data::Data,
    execution::Execution,
    failure::{Failure, Place},
    parallel,
    recovery::Recovered,
    shape, task, wait,
};
use crate::{
    history::{Kind, What},
    model::{Fail, FailText, Pass, State, States, Transition},
};

/// The chain of a branch's events, of which each names the one before it. The Parallel state around a branch looks at
/// this when it gives the branch up.
///
/// Which event continues a chain, and which only hangs on it, is what recorded histories show; see [`Trail::record_side_event`].
#[derive(Debug)]
pub(super) struct Trail(Mutex<At>);

/// Where a branch is.
#[derive(Debug, Default)]
struct At {
    /// Its last event.
    last: i64,
    /// The kind of the state that was entered and has told of no end.
    inside: Option<Kind>,
    /// The chains of that state's own branches.
    branches: Vec<Arc<Trail>>,
}

impl Trail {
    /// A branch whose first event will follow `last`.
    pub(super) fn new(last: i64) -> Self {
        Self(Mutex::new(At {
            last,
            ..At::default()
        }))
    }

    /// Tells of the branch's next event. Returns its id.
    pub(super) fn record(&self, execution: &Execution<'_>, what: What) -> Result<i64, Failure> {
        let mut at = self.at();
        at.last = execution.record(at.last, what)?;
        Ok(at.last)
    }

    /// Tells of an event that the branch's next one does not follow: AWS leaves `ParallelStateSucceeded` and
    /// `TaskStateAborted` out of the chain.
    pub(super) fn record_side_event(&self, execution: &Execution<'_>, what: What) -> Result<(), Failure> {
        execution.record(self.last(), what).map(drop)
    }

    /// Goes on behind an event of another branch.
    pub(super) fn follow(&self, last: i64) {
        self.at().last = last;
    }

    pub(super) fn last(&self) -> i64 {
        self.at().last
    }

    /// The state that the branch is in, and those branches of it that are still under way.
    pub(super) fn set_inside(&self, inside: Option<Kind>, branches: Vec<Arc<Self>>) {
        let mut at = self.at();
        at.inside = inside;
        at.branches = branches;
    }

    /// Tells of every state that was entered and has told of no end, inner ones first.
    pub(super) fn give_up(&self, execution: &Execution<'_>) -> Result<(), Failure> {
        let (inside, branches) = {
            let mut at = self.at();
            (at.inside.take(), mem::take(&mut at.branches))
        };
        for branch in branches {
            branch.give_up(execution)?;
        }
        match inside {
            Some(kind @ (Kind::Task | Kind::Wait | Kind::Parallel)) => {
                self.record_side_event(execution, What::StateAborted { kind })
            }
            // AWS has no such event for the others.
            Some(Kind::Pass | Kind::Choice | Kind::Succeed | Kind::Fail) | None => Ok(()),
        }
    }

    fn at(&self) -> MutexGuard<'_, At> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a state leaves behind: its output and the state that follows.
pub(super) struct Step<'m> {
    pub(super) output: Data,
    /// `None` ends the branch.
    pub(super) next: Option<&'m str>,
}

/// A state that was entered, with all that running it takes.
pub(super) struct Visit<'r, 'a> {
    pub(super) execution: &'r Execution<'a>,
    pub(super) name: &'r str,
    /// The raw input.
    pub(super) input: Data,
    /// The event of its entering.
    pub(super) entered: i64,
    pub(super) entered_at: jiff::Timestamp,
}

impl Visit<'_, '_> {
    pub(super) fn context(&self, retry_count: u32) -> Context<'_> {
        let place = Place {
            state: self.name,
            entered: self.entered,
        };
        Context {
            start: &self.execution.start,
            place,
            entered_at: self.entered_at,
            retry_count,
        }
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
    trail: &Trail,
) -> Result<Data, Failure> {
    let mut name = start_at;
    let mut data = input;
    loop {
        // A long run of states that wait for nothing gives way to others, a stop and a timeout among them.
        tokio::task::consume_budget().await;
        let Some((name_in_model, state)) = states.get_key_value(name) else {
            let place = Place {
                state: name,
                entered: trail.last(),
            };
            return Err(Failure::runtime(
                &place,
                &format!("The state does not exist: {name}"),
            ));
        };
        let step = visit(execution, name_in_model, state, data, trail).await?;
        data = step.output;
        match step.next {
            Some(next) => name = next,
            None => return Ok(data),
        }
    }
}

async fn visit<'m>(
    execution: &Execution<'_>,
    name: &str,
    state: &'m State,
    input: Data,
    trail: &Trail,
) -> Result<Step<'m>, Failure> {
    let kind = kind(state);
    let entering = What::StateEntered {
        kind,
        name: name.to_owned(),
        input: input.text(),
    };
    let entered = trail.record(execution, entering)?;
    trail.set_inside(Some(kind), Vec::new());
    let visit = Visit {
        execution,
        name,
        input,
        entered,
        entered_at: execution.now(),
    };
    let step = match state {
        State::Pass(state) => pass(state, &visit)?,
        State::Choice(state) => choice::run(state, &visit)?,
        State::Wait(state) => wait::run(state, &visit).await?,
        State::Succeed(state) => {
            let context = visit.context(0);
            let input = shape::select(&state.input_path, visit.input.value(), &context)?;
            Step {
                output: visit.output(shape::select(&state.output_path, &input, &context)?)?,
                next: None,
            }
        }
        State::Fail(state) => return Err(fail(state, &visit)),
        State::Task(state) => from(task::run(state, &visit, trail).await?, &state.transition),
        State::Parallel(state) => from(parallel::run(state, &visit, trail).await?, &state.transition),
    };
    let leaving = What::StateExited {
        kind,
        name: name.to_owned(),
        output: step.output.text(),
    };
    trail.record(execution, leaving)?;
    trail.set_inside(None, Vec::new());
    Ok(step)
}

/// Where a state that may have been caught goes on.
fn from<'m>(recovered: Recovered<'m>, transition: &'m Transition) -> Step<'m> {
    let next = recovered.caught_by.or(next(transition));
    Step {
        output: recovered.output,
        next,
    }
}

/// The name of the state that follows, if one does.
pub(super) fn next(transition: &Transition) -> Option<&str> {
    match transition {
        Transition::Next(name) => Some(name),
        Transition::End => None,
    }
}

fn pass<'m>(state: &'m Pass, visit: &Visit<'_, '_>) -> Result<Step<'m>, Failure> {
    let context = visit.context(0);
    let input = shape::select(&state.input_path, visit.input.value(), &context)?;
    let input = shape::fill(state.parameters.as_ref(), &input, &context)?;
    let result = state
        .result
        .as_ref()
        .map_or(input, |result| Arc::new(result.clone()));
    let output = shape::place(&state.result_path, visit.input.value(), result, &context)?;
    let output = shape::select(&state.output_path, &output, &context)?;
    Ok(Step {
        output: visit.output(output)?,
        next: next(&state.transition),
    })
}

fn fail(state: &Fail, visit: &Visit<'_, '_>) -> Failure {
    let context = visit.context(0);
    let say = |text: &Option<FailText>, field: &str| match text {
        None => Ok(None),
        Some(FailText::Literal(text)) => Ok(Some(text.clone())),
        Some(FailText::Path(path)) => {
            let found = shape::read(path, visit.input.value(), &context)?;
            let Some(text) = found.as_str() else {
                let cause = format!("The {field} parameter does not reference a string: {path} == {found}");
                return Err(Failure::runtime(&context.place, &cause));
            };
            Ok(Some(text.to_owned()))
        }
    };
    match (say(&state.error, "ErrorPath"), say(&state.cause, "CausePath")) {
        (Ok(error), Ok(cause)) => Failure::said(crate::history::Reason { error, cause }),
        (Err(failure), _) | (_, Err(failure)) => failure,
    }
}

const fn kind(state: &State) -> Kind {
    match state {
        State::Task(_) => Kind::Task,
        State::Pass(_) => Kind::Pass,
        State::Choice(_) => Kind::Choice,
        State::Wait(_) => Kind::Wait,
        State::Succeed(_) => Kind::Succeed,
        State::Fail(_) => Kind::Fail,
        State::Parallel(_) => Kind::Parallel,
    }
}
