//! Retry and Catch.

use std::time::Duration;

use serde_json::{Value, json};

use crate::run::fixture::{Answer, Run, Script, run};

/// A task that recovers as said, and a state for what it catches.
fn machine(retry: &Value, catch: &Value) -> Value {
    json!({"StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:f", "Parameters": {"count.$": "$$.State.RetryCount"},
              "Retry": retry, "Catch": catch, "End": true},
        "Caught": {"Type": "Succeed"},
    }})
}

async fn play(retry: Value, catch: Value, answers: Vec<Answer>) -> (Run, Vec<Value>) {
    let executor = Script::new([("S", answers)]);
    let run = run(machine(&retry, &catch), json!({"in": 1}), executor.clone()).await;
    let inputs = executor.inputs();
    (run, inputs)
}

#[tokio::test(start_paused = true)]
async fn a_retrier_waits_longer_each_time() {
    let answers = vec![Answer::Fails("E"), Answer::Fails("E"), Answer::Fails("E"), Answer::Ok(json!("done"))];
    let (run, inputs) = play(json!([{"ErrorEquals": ["E"]}]), json!([]), answers).await;
    assert_eq!(run.output(), &json!("done"));
    assert_eq!(run.took, Duration::from_secs(1 + 2 + 4));
    assert_eq!(inputs, [json!({"count": 0}), json!({"count": 1}), json!({"count": 2}), json!({"count": 3})]);
}

#[tokio::test(start_paused = true)]
async fn interval_rate_and_longest_delay() {
    let retry = json!([{"ErrorEquals": ["E"], "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 3,
        "MaxDelaySeconds": 10, "JitterStrategy": "NONE"}]);
    let (run, inputs) = play(retry, json!([]), vec![Answer::Fails("E")]).await;
    assert_eq!(run.failure(), ("E", "E happened"));
    assert_eq!(run.took, Duration::from_secs(2 + 6 + 10 + 10));
    assert_eq!(inputs.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn full_jitter_is_less_and_the_same_for_the_same_seed() {
    let retry =
        json!([{"ErrorEquals": ["E"], "IntervalSeconds": 100, "MaxAttempts": 2, "JitterStrategy": "FULL"}]);
    let (first, _) = play(retry.clone(), json!([]), vec![Answer::Fails("E")]).await;
    let (second, _) = play(retry, json!([]), vec![Answer::Fails("E")]).await;
    assert_eq!(first.took, second.took);
    assert!(first.took < Duration::from_mins(5) && first.took > Duration::ZERO, "{:?}", first.took);
}

#[tokio::test(start_paused = true)]
async fn no_attempts_is_no_retry() {
    let retry = json!([{"ErrorEquals": ["E"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]);
    let (run, inputs) = play(retry, json!([]), vec![Answer::Fails("E")]).await;
    assert_eq!(run.failure().0, "E");
    assert_eq!(inputs.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn each_retrier_counts_for_itself() {
    let retry = json!([{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["B"], "MaxAttempts": 1}]);
    let answers = vec![Answer::Fails("A"), Answer::Fails("B"), Answer::Fails("A"), Answer::Ok(json!(1))];
    let (run, inputs) = play(retry, json!([]), answers).await;
    assert_eq!(run.failure().0, "A");
    assert_eq!(inputs.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_catcher_gets_error_and_cause() {
    let catch =
        json!([{"ErrorEquals": ["Other"], "Next": "S"}, {"ErrorEquals": ["States.ALL"], "Next": "Caught"}]);
    let (run, _) = play(json!([]), catch, vec![Answer::Fails("E")]).await;
    assert_eq!(run.output(), &json!({"Error": "E", "Cause": "E happened"}));
    assert_eq!(run.entered(), ["S", "Caught"]);
}

#[tokio::test(start_paused = true)]
async fn the_first_catcher_that_takes_the_error_wins() {
    let catch = json!([{"ErrorEquals": ["E"], "ResultPath": null, "Next": "Caught"},
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.second", "Next": "Caught"}]);
    let (run, _) = play(json!([]), catch, vec![Answer::Fails("E")]).await;
    assert_eq!(run.output(), &json!({"in": 1}));
}

#[tokio::test(start_paused = true)]
async fn a_catcher_places_what_it_got() {
    let catch = |path: Value| json!([{"ErrorEquals": ["E"], "ResultPath": path, "Next": "Caught"}]);
    let (run, _) = play(json!([]), catch(json!("$.error")), vec![Answer::Fails("E")]).await;
    assert_eq!(run.output(), &json!({"in": 1, "error": {"Error": "E", "Cause": "E happened"}}));
    let (run, _) = play(json!([]), catch(json!(null)), vec![Answer::Fails("E")]).await;
    assert_eq!(run.output(), &json!({"in": 1}));
}

#[tokio::test(start_paused = true)]
async fn retry_comes_before_catch() {
    let retry = json!([{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 1}]);
    let catch = json!([{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}]);
    let (run, inputs) = play(retry, catch, vec![Answer::Fails("E")]).await;
    assert_eq!(run.entered(), ["S", "Caught"]);
    assert_eq!(inputs.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_path_to_nothing_is_past_every_retrier_and_catcher() {
    let machine = json!({"StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:f", "Parameters": {"x.$": "$.nothing"}, "End": true,
              "Retry": [{"ErrorEquals": ["States.ALL"]}],
              "Catch": [{"ErrorEquals": ["States.Runtime"], "Next": "C"}, {"ErrorEquals": ["States.ALL"], "Next": "C"}]},
        "C": {"Type": "Succeed"},
    }});
    let run = run(machine, json!({}), Script::new([])).await;
    assert_eq!(run.failure().0, "States.Runtime");
    assert_eq!((run.entered(), run.took), (vec!["S"], Duration::ZERO));
}
