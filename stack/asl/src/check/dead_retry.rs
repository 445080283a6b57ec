//! `dead-retry`: a retrier names an error that never comes to it.
//!
//! **Why.** Whoever reads the retrier believes in a second attempt that nobody makes: the error was spelled wrong, it is
//! another task's, or an earlier retrier takes it. Each retrier counts its own attempts, so the order is a decision.
//!
//! **What it wants.** Every name of a retrier is one that the state can fail with, and no earlier retrier takes it, by its
//! name, by `States.TaskFailed` or by `States.ALL`. `MaxAttempts: 0` is no fault: it is how an error is kept from a later
//! retrier. What never comes: `States.Runtime`, which no retrier takes; `States.Timeout` to a task without a timeout;
//! `Lambda.*` and its like to a task that calls another service; a name outside of the closed list of the function that
//! is called; a `States.` name that the language does not have, or that belongs to another kind of state.
//!
//! **What to do.** Correct the name, move the retrier before the one that takes its error, or take it away.
//!
//! Source: States Language, "Errors" and "Retrying after error"; Step Functions Developer Guide, "Handling errors in Step
//! Functions workflows".

use super::{Problem, Scope, dead};

pub(super) const RULE: &str = "dead-retry";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    dead::check(RULE, "Retry", scopes)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::check::fixture::check;

    /// A task with a timeout whose only retriers take these errors.
    fn retrying(resource: &str, lists: &[&[&str]]) -> Value {
        let retry: Vec<_> = lists.iter().map(|errors| json!({"ErrorEquals": errors})).collect();
        json!({"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": resource, "TimeoutSeconds": 9, "End": true, "Retry": retry},
        }})
    }

    /// The first name of the second retrier is dead, with these words.
    #[track_caller]
    fn check_second(resource: &str, lists: &[&[&str]], message: &str) {
        check(&retrying(resource, lists), &[("dead-retry", "/States/A/Retry/1/ErrorEquals", message)]);
    }

    #[test]
    fn what_a_function_fails_with() {
        let alive: [&[&str]; 5] = [
            &["Lambda.ServiceException", "Sandbox.Timedout"],
            &["MINE", "States.Timeout", "States.Permissions"],
            &["States.DataLimitExceeded"],
            &["States.TaskFailed"],
            &["States.ALL"],
        ];
        check(&retrying("arn:f", &alive), &[]);
    }

    #[test]
    fn never_is_said_before_a_wildcard() {
        let mut machine = retrying("arn:f", &[&["A"], &["States.ALL"]]);
        machine["States"]["A"]["Retry"][0]["MaxAttempts"] = json!(0);
        check(&machine, &[]);
    }

    #[test]
    fn another_services_errors() {
        let update = "arn:aws:states:::dynamodb:updateItem";
        let fine: &[&str] = &["DynamoDB.ConditionalCheckFailedException", "States.Timeout"];
        check(&retrying(update, &[fine]), &[]);
        let never = "the state never fails with this error";
        for name in [
            "Lambda.ServiceException",
            "Sandbox.Timedout",
            "DynamoDb.ConditionalCheckFailedException",
            "SESSION_CLOSED",
        ] {
            check_second(update, &[fine, &[name]], &format!("{never}: {name}"));
        }
        // Nobody knows how every service spells its errors, only that they are not Lambda's.
        let send = "arn:aws:states:::sqs:sendMessage";
        check(&retrying(send, &[&["SQS.SqsException"]]), &[]);
        check_second(send, &[fine, &["Lambda.Unknown"]], &format!("{never}: Lambda.Unknown"));
        check(&retrying("arn:aws:states:::lambda:invoke", &[&["Lambda.Unknown", "MINE"]]), &[]);
    }

    #[test]
    fn errors_that_no_retrier_takes() {
        check_second(
            "arn:f",
            &[&["A"], &["States.Runtime"]],
            "no retrier or catcher takes this error: States.Runtime",
        );
        check_second(
            "arn:f",
            &[&["A"], &["States.Timeot"]],
            "no state here fails with this error: States.Timeot",
        );
        check_second(
            "arn:f",
            &[&["A"], &["States.HeartbeatTimeout"]],
            "the state never fails with this error: States.HeartbeatTimeout",
        );
    }

    #[test]
    fn a_timeout_needs_a_timeout() {
        let mut machine = retrying("arn:f", &[&["States.Timeout"]]);
        check(&machine, &[]);
        let task = machine["States"]["A"].as_object_mut().unwrap();
        task.remove("TimeoutSeconds").unwrap();
        check(
            &machine,
            &[(
                "dead-retry",
                "/States/A/Retry/0/ErrorEquals",
                "the state never fails with this error: States.Timeout",
            )],
        );
    }

    #[test]
    fn a_closed_list_of_errors() {
        let machine = retrying("${Cook.Arn}", &[&["BURNT"], &["SALTY"], &["Lambda.Unknown"]]);
        let machine = machine.to_string().parse::<crate::StateMachine>().unwrap();
        assert_eq!(crate::check(&machine), []);
        let problems = crate::check::check_knowing(&machine, &|resource| {
            (resource.as_str() == "${Cook.Arn}").then(|| vec!["BURNT"])
        });
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(problem.path, "/States/A/Retry/1/ErrorEquals");
        assert_eq!(problem.message, "the state never fails with this error: SALTY");
        assert_eq!(problem.hint.as_deref(), Some("its function fails with BURNT"));
    }
}
