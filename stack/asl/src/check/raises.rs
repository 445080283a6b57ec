//! What a state can fail with, as far as the language and the called services tell. No rule: `dead` asks.
//!
//! Where nobody knows, the answer is yes: a rule that is wrong costs more trust than one that is silent.

use super::OwnErrors;
use crate::{
    errors,
    model::{Fail, FailText, Integration, Parallel, Placement, State, Task},
};

/// The beginnings of the names that Lambda itself reports: its API's, and its sandbox's about a function that died.
///
/// Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows" (`Lambda.`); Lambda Runtime API
/// and the errors it reports for a function (`Sandbox.Timedout`, `Runtime.ExitError`, `Extension.Crash`).
const LAMBDA: [&str; 4] = ["Lambda.", "Sandbox.", "Runtime.", "Extension."];

/// How services spell the beginning of their errors. Others are spelled as nobody here knows.
///
/// The optimised integration of `DynamoDB` has another spelling than the one through the SDK.
const SERVICES: [(&str, &str); 2] = [("dynamodb", "DynamoDB."), ("aws-sdk:dynamodb", "DynamoDb.")];

/// Whether a name is one that only the language may report.
pub(super) fn is_reserved(name: &str) -> bool {
    name.starts_with("States.")
}

/// Whether a state can fail with an error, or a wildcard take one of its errors.
pub(super) fn may_fail_with(state: &State, own_errors: &OwnErrors<'_>, name: &str) -> bool {
    match name {
        errors::ALL | errors::TASK_FAILED => true,
        errors::RUNTIME => false,
        _ => match state {
            State::Task(task) => of_task(task, own_errors, name),
            State::Parallel(parallel) => of_parallel(parallel, own_errors, name),
            State::Fail(fail) => says(fail, name),
            State::Choice(choice) => name == errors::CHOICE_WITHOUT_MATCH && choice.default.is_none(),
            State::Pass(pass) => shapes(name, &pass.result_path, pass.parameters.is_some()),
            State::Wait(_) | State::Succeed(_) => false,
        },
    }
}

fn of_task(task: &Task, own_errors: &OwnErrors<'_>, name: &str) -> bool {
    let templates = task.parameters.is_some() || task.result_selector.is_some();
    match name {
        errors::TIMEOUT => task.timeout.is_some(),
        errors::PERMISSIONS => true,
        _ if is_reserved(name) => {
            shapes(name, &task.result_path, templates)
                || (name.starts_with("States.Http.") && calls(task, "http"))
        }
        _ => match task.resource.integration() {
            Integration::Function => {
                is_lambdas(name) || own_errors(&task.resource).is_none_or(|own| own.contains(&name))
            }
            Integration::Service { resource_type: "lambda" | "aws-sdk:lambda", .. } => true,
            Integration::Service { resource_type, .. } => {
                let spelling = SERVICES.iter().find(|(service, _)| *service == resource_type);
                spelling.map_or_else(|| !is_lambdas(name), |(_, begins)| name.starts_with(begins))
            }
        },
    }
}

/// An error of a branch comes to the Parallel state by its own name, whether or not a catcher inside takes it first.
fn of_parallel(parallel: &Parallel, own_errors: &OwnErrors<'_>, name: &str) -> bool {
    let templates = parallel.parameters.is_some() || parallel.result_selector.is_some();
    name == errors::BRANCH_FAILED
        || shapes(name, &parallel.result_path, templates)
        || parallel
            .branches
            .iter()
            .flat_map(|branch| branch.states.values())
            .any(|state| may_fail_with(state, own_errors, name))
}

/// What shaping data can fail with. Intrinsic functions are refused while parsing, so none of them fails.
fn shapes(name: &str, result_path: &Placement, templates: bool) -> bool {
    match name {
        errors::RESULT_PATH_MATCH_FAILURE => {
            matches!(result_path, Placement::At(_)) && *result_path != Placement::default()
        }
        errors::PARAMETER_PATH_FAILURE => templates,
        errors::DATA_LIMIT_EXCEEDED => true,
        _ => false,
    }
}

fn says(fail: &Fail, name: &str) -> bool {
    match &fail.error {
        Some(FailText::Literal(error)) => error == name,
        Some(FailText::Path(_)) => true,
        None => false,
    }
}

fn is_lambdas(name: &str) -> bool {
    LAMBDA.iter().any(|begins| name.starts_with(begins))
}

fn calls(task: &Task, service: &str) -> bool {
    matches!(task.resource.integration(), Integration::Service { resource_type, .. } if resource_type == service)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::StateMachine;

    /// Whether the only state of a machine can fail with an error.
    #[track_caller]
    fn check(state: &Value, name: &str, expect: bool) {
        let machine = json!({"StartAt": "S", "States": {"S": state}}).to_string();
        let machine = machine.parse::<StateMachine>().unwrap();
        let state = &machine.states["S"];
        assert_eq!(may_fail_with(state, &|_| None, name), expect, "{name} of {state:?}");
    }

    #[test]
    fn shaping_fails_only_where_something_is_shaped() {
        for kind in ["Task", "Pass"] {
            let state = |more: &Value| {
                let mut state = json!({"Type": kind, "End": true});
                if kind == "Task" {
                    state["Resource"] = json!("arn:f");
                }
                for (field, value) in more.as_object().unwrap() {
                    state[field] = value.clone();
                }
                state
            };
            let misplaced = errors::RESULT_PATH_MATCH_FAILURE;
            check(&state(&json!({"ResultPath": "$.a"})), misplaced, true);
            check(&state(&json!({"ResultPath": "$"})), misplaced, false);
            check(&state(&json!({"ResultPath": null})), misplaced, false);
            check(&state(&json!({})), misplaced, false);
            let missing = errors::PARAMETER_PATH_FAILURE;
            check(&state(&json!({"Parameters": {"a.$": "$.a"}})), missing, true);
            check(&state(&json!({})), missing, false);
            check(&state(&json!({})), errors::DATA_LIMIT_EXCEEDED, true);
            check(&state(&json!({})), errors::INTRINSIC_FAILURE, false);
        }
        let selected =
            json!({"Type": "Task", "Resource": "arn:f", "End": true, "ResultSelector": {"a.$": "$.a"}});
        check(&selected, errors::PARAMETER_PATH_FAILURE, true);
    }

    #[test]
    fn each_kind_has_its_own() {
        let wait = json!({"Type": "Wait", "Seconds": 1, "End": true});
        let succeed = json!({"Type": "Succeed"});
        for state in [wait, succeed] {
            for name in [errors::DATA_LIMIT_EXCEEDED, errors::TIMEOUT, "MINE"] {
                check(&state, name, false);
            }
            check(&state, errors::ALL, true);
        }
        check(&json!({"Type": "Fail"}), "MINE", false);
        check(&json!({"Type": "Fail", "Error": "MINE"}), "MINE", true);
        check(&json!({"Type": "Fail", "ErrorPath": "$.e"}), "MINE", true);
    }

    #[test]
    fn what_each_service_reports() {
        let task = |service: &str| json!({"Type": "Task", "Resource": format!("arn:aws:states:::{service}"), "End": true});
        check(&task("aws-sdk:dynamodb:getItem"), "DynamoDb.ThrottlingException", true);
        check(&task("aws-sdk:dynamodb:getItem"), "DynamoDB.ThrottlingException", false);
        check(&task("dynamodb:getItem"), errors::PERMISSIONS, true);
        check(&task("aws-sdk:lambda:invoke"), "Lambda.Unknown", true);
        check(&task("sns:publish"), "SNS.AmazonSNSException", true);
        check(&task("sns:publish"), "Runtime.ExitError", false);
        check(&task("http:invoke"), "States.Http.StatusCode.404", true);
        check(&task("sns:publish"), "States.Http.StatusCode.404", false);
    }
}
