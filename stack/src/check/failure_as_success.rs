//! `failure-as-success`: a failure ends as a success.
//!
//! **Why.** An execution that caught a failure and then succeeds counts as one that succeeded: no metric, no alarm, and
//! whoever started it is told that all went well.
//!
//! **What it wants.** Every way from a catcher of the workflow ends in a Fail state, inside of a branch as well: what a
//! branch keeps to itself, the Parallel state never hears of. The closer is not judged: a session that needs no closing is
//! a success of the closer.
//!
//! Two failures are meant to end well, and only these. The second pass of the prices (`PriceRecipe`) improves a pricing
//! that is there already, so its catcher may go on to the state that follows it anyway. The first pass (`FetchPrices`) may
//! go on to `PricesUnavailable` where the environment says `prices = "best-effort"`. In both the plan says which
//! prices are missing, and the function's own metrics count the failure.
//!
//! **What to do.** Lead the way to `OrderFailed`, which fails with the original error.
//!
//! Source: Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch"
//! (`ExecutionsFailed` counts executions that end as failed).

use asl::model::{Catcher, State, States, Transition};

use super::Subject;
use crate::{
    environment::PricesPolicy,
    report::{Finding, Report},
    workflow::{FIRST_PASS, NO_PRICES, SECOND_PASS},
};

pub(super) const RULE: &str = "failure-as-success";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let policy = subject.app.environment().prices_policy;
    let is_allowed = |at: At, name: &str, state: &State, catcher: &Catcher| match at {
        At::Top => name == SECOND_PASS && state.transition() == Some(&Transition::Next(catcher.next.clone())),
        At::Branch => name == FIRST_PASS && catcher.next == NO_PRICES && policy == PricesPolicy::BestEffort,
    };
    check_scope(
        &subject.app.machine().states,
        (At::Top, "state-machine.asl.json#/States"),
        &is_allowed,
        report,
    );
}

#[derive(Clone, Copy)]
enum At {
    Top,
    Branch,
}

fn check_scope(
    states: &States,
    (at, path): (At, &str),
    is_allowed: &dyn Fn(At, &str, &State, &Catcher) -> bool,
    report: &mut Report,
) {
    for (name, state) in states {
        let path = format!("{path}/{name}");
        for catcher in state.catch() {
            if is_allowed(at, name, state, catcher) {
                continue;
            }
            if let Some(end) = good_end(&catcher.next, states, &mut Vec::new()) {
                let message = format!("a failure of {name} ends as a success: {end}");
                report.findings.push(
                    Finding::error(RULE, path.as_str(), message)
                        .hint("let every way from a catcher end in a Fail state"),
                );
            }
        }
        for (index, branch) in state.branches().iter().enumerate() {
            let inside = format!("{path}/Branches/{index}/States");
            check_scope(&branch.states, (At::Branch, &inside), is_allowed, report);
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
    state.targets().into_iter().find_map(|(_, next)| good_end(next, states, seen))
}

#[cfg(test)]
mod tests {
    use asl::model::ErrorPattern;

    use super::*;
    use crate::{
        check::tests::{branch_task, found, found_in_workflow, task},
        tests::local_with,
    };

    #[track_caller]
    fn check(change: impl FnOnce(&mut States), expect: &[&str]) {
        assert_eq!(found_in_workflow(super::check, change), expect);
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

    /// It may go on with what there was, and nowhere else.
    #[test]
    fn the_second_pass_skips_nothing() {
        check(|states| task(states, SECOND_PASS).catch[0].next = "Done".to_owned(), &[]);
        let skip = |states: &mut States| {
            states.insert("Done".to_owned(), State::Succeed(asl::model::Succeed::default()));
            task(states, SECOND_PASS).catch[0].next = "Done".to_owned();
        };
        check(
            skip,
            &[
                "error state-machine.asl.json#/States/PriceRecipe: a failure of PriceRecipe ends as a success: Done",
            ],
        );
    }

    #[test]
    fn only_the_second_pass_goes_on() {
        check(
            |states| {
                let next = Transition::Next("CombineResults".to_owned());
                let Some(State::Parallel(parallel)) = states.get_mut("ParallelProcessing") else { panic!() };
                parallel.transition = next;
                parallel.catch[0].next = "CombineResults".to_owned();
            },
            &[
                "error state-machine.asl.json#/States/ParallelProcessing: a failure of ParallelProcessing ends as a \
                 success: CombineResults",
            ],
        );
    }

    const HIDDEN: &str = "error state-machine.asl.json#/States/ParallelProcessing/Branches/1/States/FetchPrices: a failure \
                          of FetchPrices ends as a success: PricesUnavailable";

    #[test]
    fn prices_that_are_required_are_not_done_without() {
        let mut app = local_with(PricesPolicy::BestEffort);
        assert!(found(super::check, &app, |_| {}).is_empty());
        app.environment.prices_policy = PricesPolicy::Required;
        assert_eq!(found(super::check, &app, |_| {}), [HIDDEN]);
    }

    #[test]
    fn a_recipe_is_never_done_without() {
        let mut app = local_with(PricesPolicy::BestEffort);
        let recipe = branch_task(&mut app.machine.states, 0, "GenerateRecipe");
        recipe.catch = vec![Catcher::new([ErrorPattern::all()], "GenerateRecipe")];
        assert_eq!(
            found(super::check, &app, |_| {}),
            [
                "error state-machine.asl.json#/States/ParallelProcessing/Branches/0/States/GenerateRecipe: a failure of \
                 GenerateRecipe ends as a success: GenerateRecipe"
            ]
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
