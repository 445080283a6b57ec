//! `missing-catcher`: a state of the workflow can fail and nobody takes its failure.
//!
//! **Why.** An uncaught failure leaves the session open until its deadline, and whoever ordered waits for it (D2).
//!
//! **What it wants.** Every Task and Parallel on the workflow's top level has a last catcher for `States.ALL`. A Choice,
//! which cannot catch, has a Default. States inside of a branch need no catcher: the Parallel state around them has one.
//! The closer is not judged: when it fails, what is left to do is to count its failed execution.
//!
//! **What to do.** Catch to the states that record a failure.
//!
//! Source: States Language, "Fallback states"; Step Functions Developer Guide, "Handling errors in Step Functions
//! workflows" (a Choice fails with `States.NoChoiceMatched`; what `States.ALL` does not take is the closer's).

use asl::model::{Choice, ErrorPattern, State};

use super::Subject;
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "missing-catcher";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (name, state) in &subject.app.machine().states {
        let (message, hint) = match state {
            State::Task(_) | State::Parallel(_) if !catches_all(state) => (
                "no catcher for States.ALL",
                "catch to the states that record a failure",
            ),
            State::Choice(Choice { default: None, .. }) => (
                "choice without a default fails when no rule holds",
                "add a Default",
            ),
            State::Task(_)
            | State::Parallel(_)
            | State::Choice(_)
            | State::Pass(_)
            | State::Wait(_)
            | State::Succeed(_)
            | State::Fail(_) => continue,
        };
        let path = format!("state-machine.asl.json#/States/{name}");
        report
            .findings
            .push(Finding::error(RULE, path, format!("{message}: {name}")).hint(hint));
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
    fn the_workflow_catches_everything() {
        check(|_| {}, &[]);
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
            &[
                "error state-machine.asl.json#/States/ParallelProcessing: no catcher for States.ALL: \
                 ParallelProcessing",
            ],
        );
    }

    #[test]
    fn a_choice_without_a_default() {
        let choice = |default: Option<&str>| State::Choice(Choice::new(vec![], default.map(str::to_owned)));
        check(
            |states| {
                states.insert("WhichWay".to_owned(), choice(None));
            },
            &[
                "error state-machine.asl.json#/States/WhichWay: choice without a default fails when no rule holds: \
                 WhichWay",
            ],
        );
        check(
            |states| {
                states.insert("WhichWay".to_owned(), choice(Some("OrderFailed")));
            },
            &[],
        );
    }
}
