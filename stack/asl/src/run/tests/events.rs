//! The history of whole executions.

use serde_json::json;

use crate::run::fixture::{Answer, Script, one, run, run_alone};

#[tokio::test(start_paused = true)]
async fn a_function_that_answers_after_a_retry() {
    let executor = Script::new([("S", vec![Answer::Fails("E"), Answer::Ok(json!(1))])]);
    let state =
        json!({"Type": "Task", "Resource": "arn:f", "TimeoutSeconds": 9, "Retry": [{"ErrorEquals": ["E"]}]});
    let run = run(one(state), json!({"a": 1}), executor).await;
    insta::assert_json_snapshot!(run.events);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_and_is_caught() {
    let executor = Script::new([("S", vec![Answer::Fails("DynamoDB.X")])]);
    let machine = json!({"StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem", "Parameters": {"T": "t"}, "End": true,
              "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "F"}]},
        "F": {"Type": "Fail", "ErrorPath": "$.e.Error", "CausePath": "$.e.Cause"},
    }});
    let run = run(machine, json!({"a": 1}), executor).await;
    insta::assert_json_snapshot!(run.events);
}

#[tokio::test(start_paused = true)]
async fn the_types_of_every_other_state() {
    let machine = json!({"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$", "IsPresent": true, "Next": "W"}]},
        "W": {"Type": "Wait", "Seconds": 1, "Next": "P"},
        "P": {"Type": "Parallel", "Next": "S", "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}]},
        "S": {"Type": "Succeed"},
    }});
    let run = run_alone(machine, json!({})).await;
    assert_eq!(
        run.types(),
        [
            "ExecutionStarted",
            "ChoiceStateEntered",
            "ChoiceStateExited",
            "WaitStateEntered",
            "WaitStateExited",
            "ParallelStateEntered",
            "ParallelStateStarted",
            "PassStateEntered",
            "PassStateExited",
            "ParallelStateSucceeded",
            "ParallelStateExited",
            "SucceedStateEntered",
            "SucceedStateExited",
            "ExecutionSucceeded",
        ]
    );
}
