//! `missing-catcher`: a state of the workflow can fail and nobody takes its failure.
//!
//! **Why.** An uncaught failure leaves the session open until its deadline, and whoever ordered waits for it.
//!
//! **What it wants.** Every Task and Parallel on the workflow's top level has a last catcher for `States.ALL`. States
//! inside of a branch need no catcher: the Parallel state around them has one. A Choice, which cannot catch, is judged by
//! `choice-without-default`. The closer is not judged: when it fails, what is left to do is to count its failed execution.
//!
//! **What to do.** Catch to the states that record a failure.
//!
//! Source: States Language, "Fallback states"; Step Functions Developer Guide, "Handling errors in Step Functions
//! workflows" (what `States.ALL` does not take is the closer's).

use asl::model::{ErrorPattern, State};

use super::Subject;
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "missing-catcher";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (name, state) in &subject.app.machine().states {
        if matches!(state, State::Task(_) | State::Parallel(_)) && !catches_all(state) {
            let path = format!("state-machine.asl.json#/States/{name}");
            let message = format!("no catcher for States.ALL: {name}");
            report
                .findings
                .push(Finding::error(RULE, path, message).hint("catch to the states that record a failure"));
        }
    }
}

fn catches_all(state: &State) -> bool {
    let last = state.catch().last();
    last.is_some_and(|last| last.error_equals.iter().any(ErrorPattern::is_all))
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
    fn a_state_without_a_catcher() {
        check(
            |states| task(states, "CombineResults").catch.clear(),
            &[
                "error state-machine.asl.json#/States/CombineResults: no catcher for States.ALL: CombineResults",
            ],
        );
        check(
            |states| task(states, "HandleFailure").catch[0].error_equals = vec!["States.Timeout".into()],
            &["error state-machine.asl.json#/States/HandleFailure: no catcher for States.ALL: HandleFailure"],
        );
        check(
            |states| {
                if let Some(State::Parallel(parallel)) = states.get_mut("ParallelProcessing") {
                    parallel.catch.clear();
                }
            },
            &["error state-machine.asl.json#/States/ParallelProcessing: no catcher for States.ALL: \
                 ParallelProcessing"],
        );
    }
}
