//! `failure-as-success`: a failure ends as a success.
//!
//! **Why.** An execution that caught a failure and then succeeds counts as one that succeeded: no metric, no alarm, and
//! whoever started it is told that all went well.
//!
//! **What it wants.** Every way from a catcher of the workflow ends in a Fail state. The closer is not judged: a session
//! that needs no closing is a success of the closer.
//!
//! **What to do.** Lead the way to `OrderFailed`, which fails with the original error.
//!
//! Source: Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch"
//! (`ExecutionsFailed` counts executions that end as failed).

use asl::model::{State, States};

use super::Subject;
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "failure-as-success";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let states = &subject.app.machine().states;
    for (name, state) in states {
        for catcher in state.catch() {
            if let Some(end) = good_end(&catcher.next, states, &mut Vec::new()) {
                let path = format!("state-machine.asl.json#/States/{name}");
                let message = format!("a failure of {name} ends as a success: {end}");
                report.findings.push(
                    Finding::error(RULE, path, message)
                        .hint("let every way from a catcher end in a Fail state"),
                );
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
    use crate::check::tests::{found_in_workflow, task};

    #[track_caller]
    fn check(change: impl FnOnce(&mut States), expect: &[&str]) {
        assert_eq!(found_in_workflow(super::check, change), expect);
    }

    #[test]
    fn every_failure_ends_as_one() {
        check(|_| {}, &[]);
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

    /// A circle has no end, good or bad: that is another rule's.
    #[test]
    fn a_circle_is_no_success() {
        check(
            |states| task(states, "HandleFailure").transition = Transition::Next("HandleFailure".to_owned()),
            &[],
        );
    }
}
