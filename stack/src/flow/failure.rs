//! Where a failure goes: the states behind a Catch, and which states may catch to them.

use std::marker::PhantomData;

use asl::model::{Catcher, ErrorPattern, Path, Placement, ReferencePath, State};

use super::WithResults;

/// Where an error's name and cause stand beside the input that is kept.
pub(super) const FAILURE: &str = "failure";

pub(super) fn error() -> Path {
    Path::root().field(FAILURE).field("Error")
}

/// The states that a failure goes to. They read the fields of `K`, so only a state whose input keeps them may catch
/// to these.
pub struct OnFailure<K> {
    first: &'static str,
    pub(super) states: Vec<(&'static str, State)>,
    reads: PhantomData<fn(K)>,
}

/// An input that still has every field of `K`.
#[diagnostic::on_unimplemented(
    message = "what flows into this state has lost the fields that the failure's states read",
    label = "this state cannot catch to them"
)]
pub trait Keeps<K> {}

impl<K> Keeps<K> for K {}
impl<K, R> Keeps<K> for WithResults<K, R> {}

impl<K> OnFailure<K> {
    /// A first state and those behind it.
    pub fn new(
        first: (&'static str, State),
        behind: impl IntoIterator<Item = (&'static str, State)>,
    ) -> Self {
        let name = first.0;
        Self { first: name, states: std::iter::once(first).chain(behind).collect(), reads: PhantomData }
    }

    pub fn error() -> Path {
        error()
    }

    pub fn cause() -> Path {
        Path::root().field(FAILURE).field("Cause")
    }

    pub(super) fn catcher(&self) -> Catcher {
        Catcher {
            result_path: Placement::At(ReferencePath::root().field(FAILURE)),
            ..Catcher::new([ErrorPattern::all()], self.first)
        }
    }
}
