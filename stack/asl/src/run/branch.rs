//! A run of states, from `StartAt` to an end: the machine itself, or a branch of a Parallel state.

use std::sync::{Arc, Mutex, PoisonError};

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

/// Where a branch is: its last event, and the state it is in. The Parallel state around it looks at this when it gives
/// the branch up.
#[derive(Debug)]
pub(super) struct Trail(Mutex<(i64, Option<Kind>)>);

impl Trail {
    /// A branch whose first event will follow `last`.
    pub(super) const fn new(last: i64) -> Self {
        Self(Mutex::new((last, None)))
    }

    /// Tells of the branch's next event. Returns its id.
    pub(super) fn record(&self, execution: &Execution<'_>, what: What) -> i64 {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.0 = execution.record(at.0, what);
        at.0
    }

    /// Goes on behind an event of another branch.
    pub(super) fn follow(&self, last: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = last;
    }

    fn set_inside(&self, inside: Option<Kind>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = inside;
    }

    /// The last event, and the kind of the state that was entered and not left.
    pub(super) fn get(&self) -> (i64, Option<Kind>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
                entered: trail.get().0,
            };
            return Err(Failure::runtime(
                &place,
                &format!("The state does not exist: {name}"),
            ));
        };
        if !execution.has_room() {
            return Err(Failure::history_full());
        }
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
    let entered = trail.record(execution, entering);
    trail.set_inside(Some(kind));
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
    trail.record(execution, leaving);
    trail.set_inside(None);
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
