//! `dead-catcher`: a catcher names an error that never comes to it.
//!
//! **Why.** The way out that it promises is one that no execution takes: what should be handled there is handled
//! elsewhere, or by nobody.
//!
//! **What it wants.** Every name of a catcher is one that the state can fail with, and no earlier catcher takes it.
//! `dead-retry` says what never comes; the same holds here. A Parallel state fails with what its branches fail with.
//!
//! **What to do.** Correct the name, move the catcher before the one that takes its error, or take it away.
//!
//! Source: States Language, "Errors" and "Fallback states"; Step Functions Developer Guide, "Handling errors in Step
//! Functions workflows".

use super::{Problem, Scope, dead};

pub(super) const RULE: &str = "dead-catcher";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    dead::check(RULE, "Catch", scopes)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::check::fixture::{catching, check};

    #[test]
    fn a_name_that_stands_twice() {
        check(
            &catching(&[&["A"], &["B", "A"]]),
            &[("dead-catcher", "/States/A/Catch/1/ErrorEquals", "an earlier entry takes this error: A")],
        );
    }

    #[test]
    fn task_failed_takes_every_name_behind_it() {
        let by_wildcard =
            |name: &str| format!("an earlier entry takes this error by States.TaskFailed: {name}");
        let at = |entry| format!("/States/A/Catch/{entry}/ErrorEquals");
        check(
            &catching(&[&["States.TaskFailed"], &["A", "States.Permissions"], &["Lambda.Unknown"]]),
            &[
                ("dead-catcher", &at(1), &by_wildcard("A")),
                ("dead-catcher", &at(1), &by_wildcard("States.Permissions")),
                ("dead-catcher", &at(2), &by_wildcard("Lambda.Unknown")),
            ],
        );
    }

    #[test]
    fn what_task_failed_does_not_take_may_stand_behind_it() {
        let behind: [&[&str]; 4] = [
            &["A", "States.TaskFailed"],
            &["States.Timeout"],
            &["States.DataLimitExceeded"],
            &["States.ALL"],
        ];
        check(&catching(&behind), &[]);
    }

    /// A Parallel state with one branch of one state.
    fn parallel(inner: &Value, error: &str) -> Value {
        json!({"StartAt": "P", "States": {
            "P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "I", "States": {"I": inner}}],
                  "Catch": [{"ErrorEquals": [error], "Next": "B"}]},
            "B": {"Type": "Fail"},
        }})
    }

    #[track_caller]
    fn check_parallel(inner: &Value, error: &str, lives: bool) {
        let message = format!("the state never fails with this error: {error}");
        let dead = [("dead-catcher", "/States/P/Catch/0/ErrorEquals", message.as_str())];
        check(&parallel(inner, error), if lives { &[] } else { &dead });
    }

    #[test]
    fn a_parallel_state_fails_as_its_branches_do() {
        let task = json!({"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "End": true});
        check_parallel(&task, "DynamoDB.ThrottlingException", true);
        check_parallel(&task, "States.BranchFailed", true);
        check_parallel(&task, "Lambda.Unknown", false);
        check_parallel(&task, "States.Timeout", false);
        check_parallel(&json!({"Type": "Fail", "Error": "MINE"}), "MINE", true);
        check_parallel(&json!({"Type": "Fail", "Error": "MINE"}), "YOURS", false);
    }

    /// A choice alone has no end and no default, which other rules say: only this one's words count.
    #[test]
    fn a_choice_without_a_match_comes_to_no_catcher() {
        let choice = json!({"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "I"}]});
        let machine = parallel(&choice, "States.NoChoiceMatched").to_string();
        let problems = crate::check(&machine.parse::<crate::StateMachine>().unwrap());
        assert!(problems.iter().any(|problem| problem.rule == "dead-catcher"), "{problems:?}");
    }

    #[test]
    fn what_belongs_to_another_kind_of_state() {
        for name in ["States.BranchFailed", "States.NoChoiceMatched"] {
            check(
                &catching(&[&[name]]),
                &[(
                    "dead-catcher",
                    "/States/A/Catch/0/ErrorEquals",
                    &format!("the state never fails with this error: {name}"),
                )],
            );
        }
    }
}
