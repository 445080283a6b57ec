//! `missing-target`: a state leads to one that is not there.
//!
//! **Why.** Step Functions refuses such a definition when it is deployed, after everything else was uploaded. A state of
//! another branch, or of the machine around a branch, counts as missing: nobody leaves a branch but by its end.
//!
//! **What it wants.** `StartAt`, `Next`, `Default` and a catcher's `Next` name a state beside them.
//!
//! **What to do.** The hint has the nearest name. Else wire the state in, or end the one before it.
//!
//! Source: `ValidateStateMachineDefinition`, code `MISSING_TRANSITION_TARGET`; States Language, "Transitions".

use super::{Problem, Scope};
use crate::parse::nearest;

pub(super) const RULE: &str = "missing-target";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for scope in scopes {
        let mut missing = |path: String, target: &str| {
            if !scope.states.contains_key(target) {
                problems.push(Problem {
                    rule: RULE,
                    path,
                    message: format!("there is no such state here: {target}"),
                    hint: nearest(target, scope.states.keys().map(String::as_str)),
                });
            }
        };
        missing(format!("{}/StartAt", scope.path), scope.start_at);
        for (path, _, state) in scope.each() {
            for (field, target) in state.targets() {
                missing(format!("{path}/{field}"), target);
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
    fn a_start_without_its_state() {
        let machine = json!({"StartAt": "B", "States": {"A": {"Type": "Succeed"}}});
        check(
            &machine,
            &[
                ("missing-target", "/StartAt", "there is no such state here: B"),
                ("unreachable-state", "/States/A", "nothing leads to this state: A"),
            ],
        );
    }

    #[test]
    fn every_way_on_is_looked_at() {
        let machine = json!({"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:f", "Next": "B",
                  "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "X"}]},
            "B": {"Type": "Choice", "Default": "Y",
                  "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "Z"},
                              {"Variable": "$.a", "IsNull": false, "Next": "C"}]},
            "C": {"Type": "Pass", "Next": "W"},
            "D": {"Type": "Succeed"},
        }});
        check(
            &machine,
            &[
                ("missing-target", "/States/A/Catch/0/Next", "there is no such state here: X"),
                ("missing-target", "/States/B/Choices/0/Next", "there is no such state here: Z"),
                ("missing-target", "/States/B/Default", "there is no such state here: Y"),
                ("missing-target", "/States/C/Next", "there is no such state here: W"),
                ("unreachable-state", "/States/D", "nothing leads to this state: D"),
            ],
        );
    }

    #[test]
    fn a_branch_cannot_leave_itself() {
        let machine = json!({"StartAt": "P", "States": {
            "P": {"Type": "Parallel", "Next": "Done", "Branches": [
                {"StartAt": "In", "States": {"In": {"Type": "Pass", "Next": "Done"}}},
            ]},
            "Done": {"Type": "Succeed"},
        }});
        let expect =
            ("missing-target", "/States/P/Branches/0/States/In/Next", "there is no such state here: Done");
        check(&machine, &[expect]);
    }

    #[test]
    fn the_nearest_name_is_the_hint() {
        let text = r#"{"StartAt": "GenerateRecepi", "States": {"GenerateRecipe": {"Type": "Succeed"}}}"#;
        let problems = crate::check(&text.parse::<crate::StateMachine>().unwrap());
        assert_eq!(problems[0].hint.as_deref(), Some("GenerateRecipe"));
    }
}
