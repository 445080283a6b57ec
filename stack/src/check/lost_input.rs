//! `lost-input`: a catcher replaces the state's input with the error.
//!
//! **Why.** The session's id is in the input. Without it, the states that record the failure do not know whose it is, and
//! fail themselves (D2).
//!
//! **What it wants.** Every catcher of the workflow has a `ResultPath` that keeps the input: a place in it, or `null`.
//!
//! **What to do.** Give the catcher a `ResultPath`.
//!
//! Source: States Language, "Fallback states" (a catcher's `ResultPath` is `$` where it is not said).

use asl::model::Placement;

use super::Subject;
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "lost-input";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (name, state) in &subject.app.machine().states {
        for (at, catcher) in state.catch().iter().enumerate() {
            if catcher.result_path == Placement::default() {
                let path = format!("state-machine.asl.json#/States/{name}/Catch/{at}");
                let message = format!(
                    "catcher replaces the input with the error, and the session's id is lost: {name}"
                );
                report
                    .findings
                    .push(Finding::error(RULE, path, message).hint("give the catcher a ResultPath"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use asl::model::States;

    use super::*;
    use crate::check::tests::{found_in_workflow, task};

    #[track_caller]
    fn check(change: impl FnOnce(&mut States), expect: &[&str]) {
        assert_eq!(found_in_workflow(super::check, change), expect);
    }

    #[test]
    fn a_catcher_that_keeps_the_order() {
        check(|_| {}, &[]);
        check(
            |states| task(states, "CombineResults").catch[0].result_path = Placement::Discard,
            &[],
        );
    }

    #[test]
    fn a_catcher_that_loses_the_order() {
        check(
            |states| task(states, "CombineResults").catch[0].result_path = Placement::default(),
            &[
                "error state-machine.asl.json#/States/CombineResults/Catch/0: catcher replaces the input with the \
                 error, and the session's id is lost: CombineResults",
            ],
        );
    }
}
