//! Typed state machines: a `Flow<In, Out>` turns an `In` into an `Out`, and states whose types do not match do not compile.
//!
//! Here live the combinators: [`task`], [`parallel`], [`Step::then`], and [`Parallel::keep_input`], which keeps the
//! input beside the results of the branches. Where a task's fields come from is in [`source`], when it is tried again
//! in [`retry`], where failures go in [`failure`], and which failures do not end the flow in [`fallback`]. The machine of
//! this application is in [`workflow`](crate::workflow).

pub mod failure;
pub mod fallback;
pub mod retry;
pub mod source;

use std::marker::PhantomData;

use asl::{
    StateMachine,
    model::{
        self, Branch, Path, Placement, ReferencePath, Resource, State, States, TaskTimeout, Template,
        Transition,
    },
};
use contract::{
    Record, Task,
    task::{Call, Part},
};

pub use failure::{Keeps, OnFailure};
pub use retry::Retry;
pub use source::{EXECUTION_ID, Source, Sources, WithResults, first, input, of_first, original, second};

use crate::expect_valid::expect_valid;

/// How much longer than its function a task may take, in seconds: Lambda gives a new instance 10 s to start before the
/// function's own timeout begins, and the call itself takes time. So the function's timeout always comes first: a
/// `States.Timeout` of the task would be neither logged nor counted by the function.
pub const TASK_MARGIN_S: u32 = 15;

/// States one after another that turn an `In` into an `Out`.
pub struct Flow<In, Out> {
    states: Vec<(&'static str, State)>,
    types: PhantomData<fn(In) -> Out>,
}

/// Something that can stand in a flow.
pub trait Step: Sized {
    type In;
    type Out;

    fn into_flow(self) -> Flow<Self::In, Self::Out>;

    /// This step and then another, which takes what this one gives.
    fn then<Next: Step<In = Self::Out>>(self, next: Next) -> Flow<Self::In, Next::Out> {
        let mut states = self.into_flow().states;
        let next = next.into_flow().states;
        if let (Some((_, last)), Some((name, _))) = (states.last_mut(), next.first()) {
            set_next(last, name);
        }
        states.extend(next);
        Flow::of(states)
    }
}

impl<In, Out> Step for Flow<In, Out> {
    type In = In;
    type Out = Out;
    fn into_flow(self) -> Self {
        self
    }
}

impl<In, Out> Flow<In, Out> {
    fn of(states: impl IntoIterator<Item = (&'static str, State)>) -> Self {
        Self { states: states.into_iter().collect(), types: PhantomData }
    }

    /// The machine of this flow, with the states that its failures go to.
    pub fn machine<K>(self, comment: &str, on_failure: OnFailure<K>) -> StateMachine {
        let start_at = start(&self.states);
        let states = collect(self.states.into_iter().chain(on_failure.states));
        StateMachine { comment: Some(comment.to_owned()), ..StateMachine::new(start_at, states) }
    }
}

/// A Task state that calls the function of a task in the way of `C`.
pub struct TaskState<C, In> {
    name: &'static str,
    task: model::Task,
    types: PhantomData<fn(In) -> C>,
}

/// A way to call a task, its state's name, and where each field of its input comes from.
pub fn task<C: Call, In>(
    name: &'static str,
    sources: impl Sources<In, <C::Input as Record>::Fields>,
) -> TaskState<C, In> {
    let fields = C::Input::FIELDS.iter().copied();
    let parameters = fields.zip(sources.paths()).map(|(field, path)| (field, path.into()));
    // The function's ARN itself, as in the seed's machine: the form of the resource decides which history events and
    // metrics exist. Its logical id is the task's name.
    let resource = expect_valid(Resource::parse(&format!("${{{}.Arn}}", C::Task::NAME)));
    let task = model::Task {
        parameters: Some(Template::object(parameters)),
        timeout: Some(TaskTimeout::Seconds(u64::from(C::Task::TIMEOUT_S + TASK_MARGIN_S))),
        ..model::Task::new(resource, Transition::End)
    };
    TaskState { name, task, types: PhantomData }
}

impl<C: Call, In> TaskState<C, In> {
    /// Adds a retrier behind those that are there. It can name errors of this task only.
    #[must_use]
    pub fn retry(mut self, retry: Retry<<C::Task as Task>::Error>) -> Self {
        self.task.retry.push(retry.into_retrier());
        self
    }

    /// Sends every failure that can be caught to these states.
    #[must_use]
    pub fn catch_all<K>(mut self, on_failure: &OnFailure<K>) -> Self
    where
        In: Keeps<K>,
    {
        self.task.catch.push(on_failure.catcher());
        self
    }
}

impl<C: Call, In> Step for TaskState<C, In> {
    type In = In;
    type Out = <C::Task as Task>::Output;
    fn into_flow(self) -> Flow<In, Self::Out> {
        Flow::of([(self.name, State::Task(self.task))])
    }
}

/// A Parallel state: both branches get its input, its result is both results.
pub struct Parallel<In, Out> {
    name: &'static str,
    state: model::Parallel,
    types: PhantomData<fn(In) -> Out>,
}

/// Runs two steps at the same time on the same input.
pub fn parallel<In, A, B>(
    name: &'static str,
    first: impl Step<In = In, Out = A>,
    second: impl Step<In = In, Out = B>,
) -> Parallel<In, (A, B)> {
    let branches = vec![branch(first.into_flow()), branch(second.into_flow())];
    Parallel { name, state: model::Parallel::new(branches, Transition::End), types: PhantomData }
}

impl<In, A: Part, B: Part> Parallel<In, (A, B)> {
    /// Keeps the input and puts the results beside it, each under the name that it has in the meal plan.
    pub fn keep_input(self) -> Parallel<In, WithResults<In, (A, B)>> {
        const {
            assert!(!is_same(A::NAME, B::NAME), "two results of one name");
        }
        let (first, second) = (Path::root().index(0), Path::root().index(1));
        let state = model::Parallel {
            result_selector: Some(Template::object([(A::NAME, first.into()), (B::NAME, second.into())])),
            result_path: Placement::At(ReferencePath::root().field(source::RESULTS)),
            ..self.state
        };
        Parallel { name: self.name, state, types: PhantomData }
    }
}

impl<In, Out> Parallel<In, Out> {
    /// Sends every failure of a branch that can be caught to these states.
    #[must_use]
    pub fn catch_all<K>(mut self, on_failure: &OnFailure<K>) -> Self
    where
        In: Keeps<K>,
    {
        self.state.catch.push(on_failure.catcher());
        self
    }
}

impl<In, Out> Step for Parallel<In, Out> {
    type In = In;
    type Out = Out;
    fn into_flow(self) -> Flow<In, Out> {
        Flow::of([(self.name, State::Parallel(self.state))])
    }
}

/// Whether two texts are the same, while compiling.
const fn is_same(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let (Some((a, rest)), Some((b, others))) = (one.split_first(), other.split_first()) {
        if *a != *b {
            return false;
        }
        (one, other) = (rest, others);
    }
    one.is_empty() && other.is_empty()
}

fn branch<In, Out>(flow: Flow<In, Out>) -> Branch {
    Branch::new(start(&flow.states), collect(flow.states))
}

fn start(states: &[(&'static str, State)]) -> &'static str {
    states.first().map_or("", |(name, _)| name)
}

/// The states by name. The first of two with the same name stays, and leads to itself: the timing finds the circle.
fn collect(states: impl IntoIterator<Item = (&'static str, State)>) -> States {
    let mut named = States::new();
    for (name, state) in states {
        named.entry(name.to_owned()).or_insert(state);
    }
    named
}

/// Steps end in a state that has a transition: a Task or a Parallel.
fn set_next(state: &mut State, next: &str) {
    let transition = Transition::Next(next.to_owned());
    match state {
        State::Task(task) => task.transition = transition,
        State::Parallel(parallel) => parallel.transition = transition,
        State::Pass(pass) => pass.transition = transition,
        State::Wait(wait) => wait.transition = transition,
        State::Choice(_) | State::Succeed(_) | State::Fail(_) => {}
    }
}
