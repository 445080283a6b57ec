//! Where a task's input comes from, field by field, with types.
//!
//! A task takes a tuple with one source for each field of its input. The tuple's length is the input's number of
//! fields, so no field can be missing; each source has the field's type and reads from what the state really gets.

use std::marker::PhantomData;

use asl::model::{Path, ReferencePath};
use contract::{ExecutionId, Field, task::Part};

pub(super) const RESULTS: &str = "results";

/// What flows behind a Parallel state that keeps its input: every field of `In` and, beside them, the results of the
/// branches. By itself a Parallel state replaces its input with an array, and the session's id would be lost.
pub struct WithResults<In, Results>(PhantomData<fn(In) -> Results>);

/// Where a result stands beside the input.
pub(super) fn place_of<P: Part>() -> ReferencePath {
    ReferencePath::root().field(RESULTS).field(P::NAME)
}

/// Something in a state's input `In` (or about the execution) that has the type `T`.
#[diagnostic::on_unimplemented(
    message = "this source does not give what the task's field takes",
    label = "not this type, or not from what flows into the state",
    note = "a source has the type of the task's field and reads from what really flows into the state"
)]
pub trait Source<In, T>: Sized {
    fn path(self) -> Path;
}

/// One source for each field of a task's input, in the order of the fields.
#[diagnostic::on_unimplemented(
    message = "a task takes exactly one source for each field of its input",
    label = "a source is missing, or there is one too many",
    note = "the fields and their order stand in the `record!` of the task's input"
)]
pub trait Sources<In, Fields>: Sized {
    fn paths(self) -> Vec<Path>;
}

/// A field of what flows into the state.
pub struct Input<S, T>(Field<S, T>);

pub const fn input<S, T>(field: Field<S, T>) -> Input<S, T> {
    Input(field)
}

impl<S, T> Source<S, T> for Input<S, T> {
    fn path(self) -> Path {
        Path::root().field(self.0.name())
    }
}

/// A field of the input that a Parallel state kept beside its results.
pub struct OriginalInput<S, T>(Field<S, T>);

pub const fn original<S, T>(field: Field<S, T>) -> OriginalInput<S, T> {
    OriginalInput(field)
}

impl<S, T, R> Source<WithResults<S, R>, T> for OriginalInput<S, T> {
    fn path(self) -> Path {
        Path::root().field(self.0.name())
    }
}

/// The result of the first branch.
pub struct First;

pub const fn first() -> First {
    First
}

impl<In, A: Part, B> Source<WithResults<In, (A, B)>, A> for First {
    fn path(self) -> Path {
        place_of::<A>().path().clone()
    }
}

impl<A, B> Source<(A, B), A> for First {
    fn path(self) -> Path {
        Path::root().index(0)
    }
}

/// A field of the result of the first branch.
pub struct OfFirst<A, T>(Field<A, T>);

pub const fn of_first<A, T>(field: Field<A, T>) -> OfFirst<A, T> {
    OfFirst(field)
}

impl<In, A: Part, B, T> Source<WithResults<In, (A, B)>, T> for OfFirst<A, T> {
    fn path(self) -> Path {
        place_of::<A>().field(self.0.name()).path().clone()
    }
}

/// The result of the second branch.
pub struct Second;

pub const fn second() -> Second {
    Second
}

impl<In, A, B: Part> Source<WithResults<In, (A, B)>, B> for Second {
    fn path(self) -> Path {
        place_of::<B>().path().clone()
    }
}

impl<A, B> Source<(A, B), B> for Second {
    fn path(self) -> Path {
        Path::root().index(1)
    }
}

/// The execution's ARN, from the context object.
pub struct Execution;

pub const EXECUTION_ID: Execution = Execution;

impl<In> Source<In, ExecutionId> for Execution {
    fn path(self) -> Path {
        Path::context().field("Execution").field("Id")
    }
}

macro_rules! sources {
    ($(($source:ident, $type:ident, $index:tt)),+) => {
        impl<In, $($source, $type),+> Sources<In, ($($type,)+)> for ($($source,)+)
        where
            $($source: Source<In, $type>),+
        {
            fn paths(self) -> Vec<Path> {
                vec![$(self.$index.path()),+]
            }
        }
    };
}

sources!((A, TA, 0));
sources!((A, TA, 0), (B, TB, 1));
sources!((A, TA, 0), (B, TB, 1), (C, TC, 2));
sources!((A, TA, 0), (B, TB, 1), (C, TC, 2), (D, TD, 3));
sources!((A, TA, 0), (B, TB, 1), (C, TC, 2), (D, TD, 3), (E, TE, 4));
sources!((A, TA, 0), (B, TB, 1), (C, TC, 2), (D, TD, 3), (E, TE, 4), (F, TF, 5));

#[cfg(test)]
mod tests {
    use contract::{Order, Pricing, Recipe};

    use super::*;

    #[track_caller]
    fn check<In, T>(source: impl Source<In, T>, expect: &str) {
        assert_eq!(source.path().as_str(), expect);
    }

    #[test]
    fn sources_are_paths() {
        type Results = WithResults<Order, (Recipe, Pricing)>;
        check::<Order, _>(input(Order::PROFILE), "$.profile");
        check::<Order, _>(EXECUTION_ID, "$$.Execution.Id");
        check::<Results, _>(original(Order::SESSION_ID), "$.sessionId");
        check::<Results, Recipe>(first(), "$.results.recipe");
        check::<Results, _>(of_first(Recipe::INGREDIENTS), "$.results.recipe.ingredients");
        check::<Results, Pricing>(second(), "$.results.pricing");
        check::<(Recipe, Pricing), Recipe>(first(), "$[0]");
        check::<(Recipe, Pricing), Pricing>(second(), "$[1]");
    }
}
