//! Data on its way through states: selection, templates, placement, the context object, the limits.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::run::{
    MAX_PAYLOAD_BYTES,
    fixture::{Answer, Script, one, run, run_alone, run_one},
};

#[tokio::test]
async fn null_selects_nothing_and_places_nothing() {
    let input = json!({"a": 1});
    let state = json!({"Type": "Pass", "InputPath": null});
    assert_eq!(run_one(state, input.clone()).await.output(), &json!({}));
    let state = json!({"Type": "Pass", "OutputPath": null});
    assert_eq!(run_one(state, input.clone()).await.output(), &json!({}));
    let state = json!({"Type": "Pass", "Result": 7, "ResultPath": null});
    assert_eq!(run_one(state, input.clone()).await.output(), &input);
}

#[tokio::test]
async fn a_result_is_placed_in_the_raw_input() {
    let state = json!({"Type": "Pass", "InputPath": "$.a", "ResultPath": "$.copy"});
    assert_eq!(run_one(state, json!({"a": 1, "b": 2})).await.output(), &json!({"a": 1, "b": 2, "copy": 1}));
}

#[tokio::test]
async fn a_result_that_cannot_be_placed_has_its_own_error() {
    let state = json!({"Type": "Pass", "ResultPath": "$.a.b"});
    assert_eq!(run_one(state, json!({"a": 1})).await.failure().0, "States.ResultPathMatchFailure");
}

#[tokio::test]
async fn a_path_to_nothing_is_said_in_awss_words() {
    let place = "An error occurred while executing the state 'S' (entered at the event id #2).";
    for (state, cause) in [
        (json!({"InputPath": "$.x"}), "Invalid path '$.x' : No results for path: $['x']"),
        (json!({"OutputPath": "$.x"}), "Invalid path '$.x' : No results for path: $['x']"),
        (
            json!({"Parameters": {"missing.$": "$.nope.deep"}}),
            "The JSONPath '$.nope.deep' specified for the field 'missing.$' could not be found in the input \
             '{\"other\":1}'",
        ),
    ] {
        let mut state = state;
        state["Type"] = json!("Pass");
        let run = run_one(state, json!({"other": 1})).await;
        assert_eq!(run.failure(), ("States.Runtime", format!("{place} {cause}").as_str()));
    }
}

#[tokio::test]
async fn the_context_object_knows_execution_machine_and_state() {
    let state = json!({"Type": "Pass", "Parameters": {"all.$": "$$", "id.$": "$$.Execution.Id"}});
    let run = run_one(state, json!({"a": 1})).await;
    let id = "arn:aws:states:us-east-1:111122223333:execution:machine:run";
    assert_eq!(
        run.output(),
        &json!({"id": id, "all": {
            "Execution": {
                "Id": id, "Input": {"a": 1}, "Name": "run", "RoleArn": "arn:aws:iam::111122223333:role/machine",
                "StartTime": "2026-11-23T00:00:00.000Z",
            },
            "StateMachine": {
                "Id": "arn:aws:states:us-east-1:111122223333:stateMachine:machine", "Name": "machine",
            },
            "State": {"EnteredTime": run.output()["all"]["State"]["EnteredTime"], "Name": "S", "RetryCount": 0},
        }})
    );
}

#[tokio::test]
async fn the_context_objects_input_stays_what_the_execution_got() {
    let machine = json!({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Result": "other", "Next": "B"},
        "B": {"Type": "Pass", "InputPath": "$$.Execution.Input.a", "End": true},
    }});
    assert_eq!(run_alone(machine, json!({"a": [1]})).await.output(), &json!([1]));
}

/// Text whose JSON has this many bytes.
fn text_of(bytes: usize) -> Value {
    json!("x".repeat(bytes - 2))
}

#[tokio::test]
async fn a_states_output_has_a_limit_in_bytes() {
    let pass = |result: Value| json!({"Type": "Pass", "Result": result});
    assert_eq!(run_one(pass(text_of(MAX_PAYLOAD_BYTES)), json!({})).await.outcome.status(), "SUCCEEDED");
    let over = run_one(pass(text_of(MAX_PAYLOAD_BYTES + 1)), json!({})).await;
    let cause = "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit.";
    assert_eq!(over.failure(), ("States.DataLimitExceeded", cause));
    // Three bytes a syllable, so that fewer characters than the limit are over it.
    let korean = json!("가".repeat(MAX_PAYLOAD_BYTES / 3));
    assert_eq!(run_one(pass(korean), json!({})).await.failure().0, "States.DataLimitExceeded");
}

#[tokio::test]
async fn a_tasks_result_over_the_limit_is_the_tasks_failure() {
    let catch = json!([{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]);
    let machine = |resource: &str| {
        json!({"StartAt": "S", "States": {
            "S": {"Type": "Task", "Resource": resource, "End": true, "Catch": catch}, "Caught": {"Type": "Succeed"},
        }})
    };
    for (resource, named) in [("arn:f", "arn:f"), ("arn:aws:states:::aws-sdk:s3:getObject", "aws-sdk:s3")] {
        let executor = Script::new([("S", vec![Answer::Ok(text_of(MAX_PAYLOAD_BYTES + 1))])]);
        let run = run(machine(resource), json!({}), executor).await;
        let cause = format!(
            "The state/task '{named}' returned a result with a size exceeding the maximum number of bytes service limit."
        );
        assert_eq!(run.output(), &json!({"Error": "States.DataLimitExceeded", "Cause": cause}));
    }
}

#[tokio::test]
async fn a_state_whose_output_grew_over_the_limit_is_past_states_all() {
    let executor = Script::new([("S", vec![Answer::Ok(text_of(MAX_PAYLOAD_BYTES / 2))])]);
    let machine = json!({"StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:f", "ResultPath": "$.b", "End": true,
              "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]},
        "Caught": {"Type": "Succeed"},
    }});
    let run = run(machine, json!({"a": text_of(MAX_PAYLOAD_BYTES / 2)}), executor).await;
    assert_eq!(run.failure().0, "States.DataLimitExceeded");
}

#[tokio::test]
async fn data_that_wraps_itself_for_ever_ends() {
    let machine = json!({"StartAt": "S", "States": {
        "S": {"Type": "Pass", "Parameters": {"a.$": "$"}, "Next": "S"}}});
    let run = run_alone(machine, json!(0)).await;
    assert_eq!(
        run.failure(),
        ("States.Runtime", "The state/task 'S' returned a result nested deeper than 500 levels.")
    );
}

#[tokio::test]
async fn other_shapes_of_a_task_keep_their_input() {
    let executor = Script::new([("S", vec![Answer::Ok(json!(9))])]);
    let state = json!({"Type": "Task", "Resource": "arn:f", "ResultPath": "$.r", "OutputPath": "$['a','r']"});
    assert_eq!(run(one(state), json!({"a": 1}), executor).await.output(), &json!([1, 9]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// `ResultPath` at a name adds or replaces that name and nothing else, whatever the input and the result.
    #[test]
    fn result_path_changes_one_field(
        input in prop::collection::btree_map("[a-d]", 0..9_i32, 0..4),
        name in "[a-d]",
        result in prop_oneof![Just(json!(null)), (0..9_i32).prop_map(|n| json!([n])), Just(json!({"deep": {"x": 1}}))],
    ) {
        let state = json!({"Type": "Pass", "Result": result, "ResultPath": format!("$.{name}")});
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let run = runtime.block_on(run_one(state, json!(input)));
        let mut expect = json!(input);
        expect[&name] = result;
        prop_assert_eq!(run.output(), &expect);
    }
}
