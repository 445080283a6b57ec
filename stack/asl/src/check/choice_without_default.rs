//! `choice-without-default`: a Choice has no way on when none of its rules holds.
//!
//! **Why.** The execution then fails, and nobody can take the failure: Step Functions reports `States.Runtime`, which goes
//! past every retrier and catcher, those of a Parallel state around the Choice as well.
//!
//! **What it wants.** Every Choice has a Default, in branches too.
//!
//! **What to do.** Add a Default. Lead it to a Fail state if the case must not happen: that failure can be caught.
//!
//! Source: measured on AWS, floci-io/floci, pull request 3167. The States Language and the Step Functions Developer Guide,
//! "Handling errors in Step Functions workflows", say `States.NoChoiceMatched`.

use super::{Problem, Scope};
use crate::{
    errors,
    model::{Choice, State},
};

pub(super) const RULE: &str = "choice-without-default";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let states = scopes.iter().flat_map(Scope::each);
    let without = states.filter(|(_, _, state)| matches!(state, State::Choice(Choice { default: None, .. })));
    without
        .map(|(path, name, _)| Problem {
            rule: RULE,
            path,
            message: format!(
                "when no rule holds it fails with {}, which nobody catches: {name}",
                errors::CHOICE_WITHOUT_MATCH
            ),
            hint: Some("add a Default".to_owned()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{StateMachine, check::fixture::check};

    /// A choice on the top level and one in a branch.
    fn choices(default: bool) -> Value {
        let choice = |next: &str| {
            let mut choice =
                json!({"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": next}]});
            if default {
                choice["Default"] = json!(next);
            }
            choice
        };
        let branch = json!({"StartAt": "I", "States": {"I": choice("D"), "D": {"Type": "Succeed"}}});
        json!({"StartAt": "C", "States": {
            "C": choice("P"),
            "P": {"Type": "Parallel", "Branches": [branch], "End": true,
                  "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}]},
            "E": {"Type": "Succeed"},
        }})
    }

    #[test]
    fn on_the_top_level_and_in_a_branch() {
        let message = |name: &str| {
            format!("when no rule holds it fails with States.Runtime, which nobody catches: {name}")
        };
        check(
            &choices(false),
            &[
                ("choice-without-default", "/States/C", &message("C")),
                ("choice-without-default", "/States/P/Branches/0/States/I", &message("I")),
            ],
        );
        check(&choices(true), &[]);
    }

    #[test]
    fn step_functions_takes_it() {
        let machine = choices(false).to_string().parse::<StateMachine>().unwrap();
        assert_eq!(crate::check::errors(&machine), []);
    }
}
