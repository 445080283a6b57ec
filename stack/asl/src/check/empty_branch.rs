//! `empty-branch`: a machine or a branch without states, or a Parallel state without branches.
//!
//! **Why.** There is nothing to run; Step Functions refuses it.
//!
//! **What it wants.** A machine and every branch has states, and a Parallel state has branches.
//!
//! **What to do.** Fill it, or take the state away.
//!
//! Source: States Language, "Parallel State" ("Branches", a non-empty array) and "Top-level fields".

use super::{Problem, Scope};
use crate::model::State;

pub(super) const RULE: &str = "empty-branch";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let problem =
        |path: String, message: &str| Problem { rule: RULE, path, message: message.to_owned(), hint: None };
    let mut problems = Vec::new();
    for scope in scopes {
        if scope.states.is_empty() {
            problems.push(problem(format!("{}/States", scope.path), "there are no states"));
        }
        for (path, _, state) in scope.each() {
            if let State::Parallel(parallel) = state
                && parallel.branches.is_empty()
            {
                problems.push(problem(format!("{path}/Branches"), "there are no branches"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::check::fixture::check;

    #[test]
    fn no_branches_or_no_states() {
        let machine = |branches| json!({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": branches}}});
        check(&machine(json!([])), &[("empty-branch", "/States/P/Branches", "there are no branches")]);
        check(
            &machine(json!([{"StartAt": "A", "States": {}}])),
            &[
                ("missing-target", "/States/P/Branches/0/StartAt", "there is no such state here: A"),
                ("empty-branch", "/States/P/Branches/0/States", "there are no states"),
            ],
        );
    }
}
