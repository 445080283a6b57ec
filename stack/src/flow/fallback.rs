//! The two ways in which a failure of a task does not end the flow.
//!
//! [`TaskState::improves_second`] goes on with the result that was there before, [`TaskState::or_else`] with a value that
//! says what happened. Whoever goes on says so in the wiring; where all other failures end is in
//! [`failure`](mod@super::failure).

use asl::model::{
    Catcher, ErrorPattern, Field, Pass, Path, Placement, ReferencePath, State, Template, Transition,
};
use contract::{
    Task,
    task::{Call, Part},
};
use serde_json::Value;

use super::{
    Flow, Step, TaskState, WithResults,
    failure::{self, FAILURE},
    set_next, source, start,
};
use crate::expect_valid::expect_valid;

/// Where the error of a result that was not improved stands beside the results: for whoever reads the history. No state
/// reads it.
const NOT_IMPROVED: &str = "secondPass";

/// Stands in a value for the name of the error. No text of a value has a control character.
const ERROR_NAME: &str = "\u{0}error";

impl<C: Call, In, A, B: Part> TaskState<C, WithResults<In, (A, B)>> {
    /// Puts this task's answer in the place of the second result, and goes on with `next`. A failure goes on as well,
    /// with the second result as it was, once every retry is used up; its error is kept in `$.secondPass`.
    ///
    /// What `States.ALL` does not take (`States.Runtime`, a state that outgrows what Step Functions carries) still ends the
    /// execution.
    pub fn improves_second<Next>(self, next: Next) -> Flow<WithResults<In, (A, B)>, Next::Out>
    where
        C::Task: Task<Output = B>,
        Next: Step<In = WithResults<In, (A, B)>>,
    {
        let mut task = self.task;
        let next = next.into_flow().states;
        let first = start(&next);
        task.result_path = Placement::At(source::place_of::<B>());
        task.catch.push(Catcher {
            result_path: Placement::At(ReferencePath::root().field(NOT_IMPROVED)),
            ..Catcher::new([ErrorPattern::all()], first)
        });
        let mut state = State::Task(task);
        set_next(&mut state, first);
        Flow::of(std::iter::once((self.name, state)).chain(next))
    }
}

impl<C: Call, In> TaskState<C, In> {
    /// Gives another value where this task fails, once every retry is used up: a Pass state of its own with that name.
    /// `value` gets a text that becomes the name of the error, wherever it puts it; the error's cause goes nowhere, since
    /// AWS's own may quote what somebody ordered.
    ///
    /// The Pass state is written from the value itself, so it has every field that the value has.
    pub fn or_else(
        self,
        name: &'static str,
        value: impl FnOnce(&str) -> <C::Task as Task>::Output,
    ) -> Flow<In, <C::Task as Task>::Output> {
        let mut task = self.task;
        task.catch.push(Catcher {
            result_path: Placement::At(ReferencePath::root().field(FAILURE)),
            ..Catcher::new([ErrorPattern::all()], name)
        });
        let value = expect_valid(serde_json::to_value(value(ERROR_NAME)));
        let instead =
            Pass { parameters: Some(template(value, &failure::error())), ..Pass::new(Transition::End) };
        Flow::of([(self.name, State::Task(task)), (name, State::Pass(instead))])
    }
}

/// A value as a payload template, with a path in place of each field whose value is [`ERROR_NAME`].
fn template(value: Value, error: &Path) -> Template {
    let Value::Object(fields) = value else {
        return Template::literal(value);
    };
    Template::object(fields.into_iter().map(|(name, value)| match value {
        Value::String(text) if text == ERROR_NAME => (name, Field::Path(error.clone())),
        other => (name, Field::Value(template(other, error))),
    }))
}
