//! Parallel states.

use std::time::Duration;

use serde_json::{Value, json};

use crate::run::fixture::{Answer, Script, run};

fn task(name: &str) -> Value {
    json!({"StartAt": name, "States": {name: {"Type": "Task", "Resource": "arn:f", "End": true}}})
}

fn both(extra: &Value) -> Value {
    let mut state = json!({"Type": "Parallel", "Branches": [task("A"), task("B")], "Next": "Done"});
    state.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    json!({"StartAt": "P", "States": {
        "P": state, "Done": {"Type": "Succeed"}, "Caught": {"Type": "Succeed"}}})
}

#[tokio::test(start_paused = true)]
async fn branches_run_at_the_same_time_and_keep_their_order() {
    let executor =
        Script::new([("A", vec![Answer::Slow(15, json!("a"))]), ("B", vec![Answer::Slow(10, json!("b"))])]);
    let run = run(both(&json!({})), json!({"in": 1}), executor.clone()).await;
    assert_eq!(run.output(), &json!(["a", "b"]));
    assert_eq!(run.took, Duration::from_secs(15));
    assert_eq!(executor.inputs(), [json!({"in": 1}), json!({"in": 1})]);
}

#[tokio::test(start_paused = true)]
async fn data_goes_in_and_comes_out_by_path() {
    let executor = Script::new([("A", vec![Answer::Ok(json!(1))]), ("B", vec![Answer::Ok(json!(2))])]);
    let extra = json!({"Parameters": {"p.$": "$.in"}, "ResultSelector": {"a.$": "$[0]", "b.$": "$[1]"},
        "ResultPath": "$.out"});
    let run = run(both(&extra), json!({"in": 0}), executor.clone()).await;
    assert_eq!(run.output(), &json!({"in": 0, "out": {"a": 1, "b": 2}}));
    assert_eq!(executor.inputs(), [json!({"p": 0}), json!({"p": 0})]);
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_ends_the_others() {
    let executor = Script::new([("A", vec![Answer::Hangs]), ("B", vec![Answer::Fails("E")])]);
    let run = run(both(&json!({})), json!({}), executor).await;
    assert_eq!(run.failure(), ("E", "E happened"));
    assert_eq!(run.took, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_branchs_failure_is_caught_by_its_name_or_as_a_branchs() {
    for pattern in ["E", "States.TaskFailed", "States.BranchFailed", "States.ALL"] {
        let executor = Script::new([("A", vec![Answer::Hangs]), ("B", vec![Answer::Fails("E")])]);
        let extra = json!({"Catch": [{"ErrorEquals": [pattern], "Next": "Caught"}]});
        let run = run(both(&extra), json!({}), executor).await;
        assert_eq!(run.output(), &json!({"Error": "E", "Cause": "E happened"}), "{pattern}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_runs_every_branch_again() {
    let executor = Script::new([
        ("A", vec![Answer::Ok(json!(1))]),
        ("B", vec![Answer::Fails("E"), Answer::Ok(json!(2))]),
    ]);
    let run = run(both(&json!({"Retry": [{"ErrorEquals": ["E"]}]})), json!({}), executor.clone()).await;
    assert_eq!(run.output(), &json!([1, 2]));
    assert_eq!(executor.inputs().len(), 4);
    assert_eq!(run.took, Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn branches_nest() {
    let inner = json!({"StartAt": "I", "States": {"I": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "X", "States": {"X": {"Type": "Pass", "Result": 1, "End": true}}},
        {"StartAt": "Y", "States": {"Y": {"Type": "Pass", "Result": 2, "End": true}}},
    ]}}});
    let machine = json!({"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "Branches": [inner, task("A")], "End": true}}});
    let executor = Script::new([("A", vec![Answer::Ok(json!(3))])]);
    assert_eq!(run(machine, json!({}), executor).await.output(), &json!([[1, 2], 3]));
}
