//! `lost-input`: a catcher puts the error where the input is still needed.
//!
//! **Why.** The session's id is in the input. Without it, the states that record the failure do not know whose it is, and
//! fail themselves. The state that goes on without the second pass reads the recipe and the first prices there: an
//! error in their place is combined as if it were a price, or fails the order on a path that nothing catches.
//!
//! **What it wants.** Every catcher on the workflow's top level has a `ResultPath` that keeps the input: a place in it, or
//! `null`. And no catcher, inside of a branch either, has one where the state that it leads to reads anything but the
//! error's own `Error` and `Cause`.
//!
//! **What to do.** Give the catcher a `ResultPath` of its own.
//!
//! Source: States Language, "Fallback states" (a catcher's `ResultPath` is `$` where it is not said; an error's output has
//! the fields `Error` and `Cause`).

use asl::model::{Fail, FailText, Field, Path, Placement, State, States, Template};

use super::Subject;
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "lost-input";

const HINT: &str = "give the catcher a ResultPath";
const OTHER_HINT: &str = "give the catcher a ResultPath of its own";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let states = &subject.app.machine().states;
    for (name, state) in states {
        for (at, catcher) in state.catch().iter().enumerate() {
            if catcher.result_path == Placement::default() {
                let path = format!("state-machine.asl.json#/States/{name}/Catch/{at}");
                let message = format!(
                    "catcher replaces the input with the error, and the session's id is lost: {name}"
                );
                report.findings.push(Finding::error(RULE, path, message).hint(HINT));
            }
        }
    }
    overwritten(states, "state-machine.asl.json#/States", true, report);
}

/// Finds the catchers whose error stands where the state behind them reads something else.
fn overwritten(states: &States, path: &str, is_top: bool, report: &mut Report) {
    for (name, state) in states {
        let path = format!("{path}/{name}");
        for (at, catcher) in state.catch().iter().enumerate() {
            let (Placement::At(place), Some(next)) = (&catcher.result_path, states.get(&catcher.next)) else {
                continue;
            };
            // Said already.
            if is_top && place.is_root() {
                continue;
            }
            let lost = reads(next).into_iter().find(|read| is_lost(read.as_str(), place.path().as_str()));
            if let Some(lost) = lost {
                let message = format!("the error is put where {} reads something else: {lost}", catcher.next);
                report
                    .findings
                    .push(Finding::error(RULE, format!("{path}/Catch/{at}"), message).hint(OTHER_HINT));
            }
        }
        for (index, branch) in state.branches().iter().enumerate() {
            let inside = format!("{path}/Branches/{index}/States");
            overwritten(&branch.states, &inside, false, report);
        }
    }
}

/// Whether what a path reads is not there any more, or not what it was, when an error stands at `place`.
fn is_lost(read: &str, place: &str) -> bool {
    match read.strip_prefix(place) {
        Some(".Error" | ".Cause") => false,
        Some(behind) if is_step(behind) => true,
        // Something around the place: the whole input may have an error in it, a part of it may not.
        _ => read != "$" && place.strip_prefix(read).is_some_and(is_step),
    }
}

/// Whether a path goes on like this, or ends.
fn is_step(behind: &str) -> bool {
    behind.is_empty() || behind.starts_with(['.', '['])
}

/// The paths that a state reads in its input.
fn reads(state: &State) -> Vec<&Path> {
    let mut found = Vec::new();
    match state {
        State::Task(task) => found.extend(task.parameters.iter().flat_map(paths)),
        State::Pass(pass) => found.extend(pass.parameters.iter().flat_map(paths)),
        State::Parallel(parallel) => found.extend(parallel.parameters.iter().flat_map(paths)),
        State::Fail(Fail { error, cause, .. }) => {
            found.extend([error, cause].into_iter().filter_map(|text| match text {
                Some(FailText::Path(path)) => Some(path),
                Some(FailText::Literal(_)) | None => None,
            }));
        }
        State::Choice(_) | State::Wait(_) | State::Succeed(_) => {}
    }
    found.retain(|path| path.starts() == asl::jsonpath::Root::State);
    found
}

fn paths(template: &Template) -> Vec<&Path> {
    match template {
        Template::Object(fields) => fields
            .values()
            .flat_map(|field| match field {
                Field::Path(path) => vec![path],
                Field::Value(template) => paths(template),
            })
            .collect(),
        Template::Array(items) => items.iter().flat_map(paths).collect(),
        Template::Null | Template::Bool(_) | Template::Number(_) | Template::Text(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use asl::model::{ReferencePath, States};

    use super::*;
    use crate::{
        check::tests::{branch_task, found, found_in_workflow, task},
        environment::PricesPolicy,
        tests::local_with,
    };

    #[track_caller]
    fn check(change: impl FnOnce(&mut States), expect: &[&str]) {
        assert_eq!(found_in_workflow(super::check, change), expect);
    }

    fn at(path: &str) -> Placement {
        Placement::At(ReferencePath::parse(path).unwrap())
    }

    #[test]
    fn a_catcher_that_keeps_the_order() {
        check(|states| task(states, "CombineResults").catch[0].result_path = Placement::Discard, &[]);
        check(|states| task(states, "PriceRecipe").catch[0].result_path = Placement::Discard, &[]);
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

    #[test]
    fn an_error_in_the_place_of_a_result() {
        for place in ["$.results.pricing", "$.results.pricing.error", "$.results", "$.sessionId"] {
            let lost =
                if place == "$.results" { "$.results.recipe" } else { place.trim_end_matches(".error") };
            check(
                |states| task(states, "PriceRecipe").catch[0].result_path = at(place),
                &[&format!(
                    "error state-machine.asl.json#/States/PriceRecipe/Catch/0: the error is put where CombineResults \
                     reads something else: {lost}"
                )],
            );
        }
        check(|states| task(states, "PriceRecipe").catch[0].result_path = at("$.resultsBeside"), &[]);
    }

    #[test]
    fn an_error_that_its_reader_does_not_find() {
        let mut app = local_with(PricesPolicy::BestEffort);
        assert!(found(super::check, &app, |_| {}).is_empty());
        branch_task(&mut app.machine.states, 1, "FetchPrices").catch[0].result_path = Placement::default();
        assert_eq!(
            found(super::check, &app, |_| {}),
            [
                "error state-machine.asl.json#/States/ParallelProcessing/Branches/1/States/FetchPrices/Catch/0: the error \
                 is put where PricesUnavailable reads something else: $.failure.Error"
            ]
        );
    }
}
