//! `uncaught-failure`: a state of the workflow can fail and nobody records it, or a failure ends as a success.
//!
//! **Why.** An uncaught failure leaves the session open until its deadline (D2). A catcher that replaces the input
//! loses the session's id. A failure that ends in anything but Fail does not count: no metric, no alarm.
//!
//! **What it wants.** Every Task and Parallel on the workflow's top level has a last catcher for `States.ALL` that
//! keeps its input, and every way from a catcher ends in a Fail state. A Choice has a Default. States inside of a
//! branch need no catcher: the Parallel state around them has one. The closer is not judged: when it fails, what is
//! left to do is to count its failed execution.

use asl::model::{Choice, Placement, State, States};

use super::Subject;
use crate::report::{Finding, Report};

const RULE: &str = "uncaught-failure";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let states = &subject.app.machine().states;
    for (name, state) in states {
        let path = format!("state-machine.asl.json#/States/{name}");
        let finding = |message: String, hint: &str| Finding::error(RULE, path.clone(), message).hint(hint);
        match state {
            State::Task(_) | State::Parallel(_) => match state.catch().last() {
                Some(last) if last.error_equals.iter().any(asl::model::ErrorPattern::is_all) => {
                    if last.result_path == Placement::default() {
                        let message = format!(
                            "catcher replaces the input with the error, and the session's id is lost: {name}"
                        );
                        report
                            .findings
                            .push(finding(message, "give the catcher a ResultPath"));
                    }
                }
                Some(_) | None => {
                    let message = format!("no catcher for States.ALL: {name}");
                    report
                        .findings
                        .push(finding(message, "catch to the states that record a failure"));
                }
            },
            State::Choice(Choice { default: None, .. }) => {
                let message = format!("choice without a default fails when no rule holds: {name}");
                report.findings.push(finding(message, "add a Default"));
            }
            State::Choice(_) | State::Pass(_) | State::Wait(_) | State::Succeed(_) | State::Fail(_) => {}
        }
        for catcher in state.catch() {
            if let Some(end) = good_end(&catcher.next, states, &mut Vec::new()) {
                let message = format!("a failure of {name} ends as a success: {end}");
                report.findings.push(finding(
                    message,
                    "let every way from a catcher end in a Fail state",
                ));
            }
        }
    }
}

/// A state behind `name` with which the execution ends and that is no Fail.
fn good_end<'m>(name: &'m str, states: &'m States, seen: &mut Vec<&'m str>) -> Option<&'m str> {
    let state = states.get(name)?;
    if seen.contains(&name) {
        return None;
    }
    seen.push(name);
    if state.may_end() && !matches!(state, State::Fail(_)) {
        return Some(name);
    }
    state
        .targets()
        .into_iter()
        .find_map(|(_, next)| good_end(next, states, seen))
}

#[cfg(test)]
mod tests {
    use asl::model::Transition;

    use super::*;
    use crate::{check::tests::found, tests::local};

    #[track_caller]
    fn check(change: impl FnOnce(&mut States), expect: &[&str]) {
        let mut app = local();
        change(&mut app.machine.states);
        assert_eq!(found(super::check, &app, |_| {}), expect);
    }

    fn task<'s>(states: &'s mut States, name: &str) -> &'s mut asl::model::Task {
        match states.get_mut(name) {
            Some(State::Task(task)) => task,
            other => panic!("{other:?}"),
        }
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
    }

    #[test]
    fn a_catcher_that_loses_the_order() {
        check(
            |states| task(states, "CombineResults").catch[0].result_path = Placement::default(),
            &[
                "error state-machine.asl.json#/States/CombineResults: catcher replaces the input with the error, and \
               the session's id is lost: CombineResults",
            ],
        );
    }

    #[test]
    fn a_failure_that_counts_as_a_success() {
        check(
            |states| task(states, "HandleFailure").transition = Transition::End,
            &[
                "error state-machine.asl.json#/States/ParallelProcessing: a failure of ParallelProcessing ends as a \
                 success: HandleFailure",
                "error state-machine.asl.json#/States/CombineResults: a failure of CombineResults ends as a success: \
                 HandleFailure",
            ],
        );
    }
}
