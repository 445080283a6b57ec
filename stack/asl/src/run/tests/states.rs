//! Each kind of state by itself.

use serde_json::{Value, json};

use crate::{
    errors,
    run::fixture::{Answer, Script, one, run, run_alone, run_one},
};

#[tokio::test]
async fn a_pass_hands_on_shapes_or_replaces() {
    let input = json!({"a": 1});
    assert_eq!(run_one(json!({"Type": "Pass"}), input.clone()).await.output(), &input);
    let fixed = json!({"Type": "Pass", "Result": {"x.$": "$.a"}});
    assert_eq!(run_one(fixed, input.clone()).await.output(), &json!({"x.$": "$.a"}));
    let shaped = json!({"Type": "Pass", "Parameters": {"x.$": "$.a", "y": [{"z.$": "$"}], "n": null}});
    assert_eq!(run_one(shaped, input).await.output(), &json!({"x": 1, "y": [{"z": {"a": 1}}], "n": null}));
}

#[tokio::test]
async fn a_succeed_ends_with_its_part() {
    let machine = json!({"StartAt": "S", "States": {"S": {"Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b"}}});
    let input = json!({"a": {"b": 7}});
    assert_eq!(run_alone(machine, input).await.output(), &json!(7));
}

#[tokio::test]
async fn a_fail_says_what_it_says() {
    let fail = |fields: Value| {
        let mut state = json!({"Type": "Fail"});
        state.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({"StartAt": "S", "States": {"S": state}})
    };
    let input = json!({"e": "Name", "c": "why", "n": 1});
    let run = run_alone(fail(json!({"Error": "E", "Cause": "C"})), input.clone()).await;
    assert_eq!(run.failure(), ("E", "C"));
    let run = run_alone(fail(json!({"ErrorPath": "$.e", "CausePath": "$.c"})), input.clone()).await;
    assert_eq!(run.failure(), ("Name", "why"));
    let run = run_alone(fail(json!({})), input.clone()).await;
    assert_eq!(run.failure(), ("none", "none"));
    let run = run_alone(fail(json!({"ErrorPath": "$.n"})), input).await;
    assert_eq!(run.failure().0, "States.Runtime");
}

#[tokio::test]
async fn a_task_hands_over_and_takes_back() {
    let executor = Script::new([("S", vec![Answer::Ok(json!({"r": 2}))])]);
    let state = json!({"Type": "Task", "Resource": "arn:f", "InputPath": "$.in", "Parameters": {"p.$": "$.v"},
        "ResultSelector": {"s.$": "$.r"}, "ResultPath": "$.out", "OutputPath": "$.out"});
    let run = run(one(state), json!({"in": {"v": 1}}), executor.clone()).await;
    assert_eq!(run.output(), &json!({"s": 2}));
    assert_eq!(executor.inputs(), [json!({"p": 1})]);
    let call = executor.calls.lock().unwrap().pop().unwrap();
    assert_eq!((call.resource.as_str(), call.state.as_str(), call.timeout), ("arn:f", "S", None));
    assert_eq!(call.execution_arn, "arn:aws:states:us-east-1:111122223333:execution:machine:run");
}

/// Runs a choice with one rule and says whether it held.
async fn choose(rule: Value, input: Value) -> bool {
    let mut choice = rule;
    choice["Next"] = json!("Yes");
    let machine = json!({"StartAt": "S", "States": {
        "S": {"Type": "Choice", "Choices": [choice], "Default": "No"},
        "Yes": {"Type": "Succeed"}, "No": {"Type": "Succeed"},
    }});
    run_alone(machine, input).await.entered() == ["S", "Yes"]
}

/// One comparison, with the operand in the definition and with it in the data.
async fn compares(operator: &str, variable: Value, operand: Value, expect: bool) {
    let input = json!({"v": variable, "o": operand});
    let literal = json!({"Variable": "$.v", operator: operand});
    assert_eq!(choose(literal, input.clone()).await, expect, "{operator} of {input}");
    let by_path = json!({"Variable": "$.v", format!("{operator}Path"): "$.o"});
    assert_eq!(choose(by_path, input.clone()).await, expect, "{operator}Path of {input}");
}

#[tokio::test]
async fn numbers_compare_by_value() {
    compares("NumericEquals", json!(1), json!(1.0), true).await;
    compares("NumericEquals", json!(u64::MAX), json!(u64::MAX - 1), false).await;
    compares("NumericEquals", json!("1"), json!(1), false).await;
    compares("NumericLessThan", json!(-0.5), json!(0), true).await;
    compares("NumericLessThanEquals", json!(2), json!(2), true).await;
    compares("NumericGreaterThan", json!(2), json!(2), false).await;
    compares("NumericGreaterThanEquals", json!(3), json!(2.5), true).await;
}

#[tokio::test]
async fn texts_compare_by_utf16() {
    compares("StringEquals", json!("가"), json!("가"), true).await;
    compares("StringEquals", json!(1), json!("1"), false).await;
    compares("StringLessThan", json!("A"), json!("AB"), true).await;
    compares("StringLessThanEquals", json!("A"), json!("A"), true).await;
    compares("StringGreaterThan", json!("b"), json!("B"), true).await;
    compares("StringGreaterThanEquals", json!("A"), json!("B"), false).await;
    // U+1F35A is above U+FF5E, and its first code unit is below.
    compares("StringLessThan", json!("\u{1F35A}"), json!("\u{FF5E}"), true).await;
}

#[tokio::test]
async fn timestamps_compare_by_point_in_time() {
    let (early, late) = (json!("2026-11-23T00:00:00Z"), json!("2026-11-23T00:00:01Z"));
    compares("TimestampEquals", json!("2026-11-23T09:00:00+09:00"), early.clone(), true).await;
    compares("TimestampLessThan", early.clone(), late.clone(), true).await;
    compares("TimestampLessThanEquals", late.clone(), early.clone(), false).await;
    compares("TimestampGreaterThan", late.clone(), early.clone(), true).await;
    compares("TimestampGreaterThanEquals", early.clone(), early.clone(), true).await;
    compares("TimestampEquals", json!("2026-11-23"), early, false).await;
}

#[tokio::test]
async fn booleans_compare() {
    compares("BooleanEquals", json!(true), json!(true), true).await;
    compares("BooleanEquals", json!(false), json!(true), false).await;
    compares("BooleanEquals", json!("true"), json!(true), false).await;
}

#[tokio::test]
async fn questions_about_a_type() {
    let samples = [
        ("IsNull", json!(null)),
        ("IsNumeric", json!(1.5)),
        ("IsBoolean", json!(false)),
        ("IsString", json!("x")),
        ("IsTimestamp", json!("2026-11-23T00:00:00Z")),
    ];
    for (question, _) in &samples {
        for (answer, sample) in &samples {
            let expect = question == answer || (*question == "IsString" && *answer == "IsTimestamp");
            for asked in [true, false] {
                let held = choose(json!({"Variable": "$.v", *question: asked}), json!({"v": sample})).await;
                assert_eq!(held, expect == asked, "{question}: {asked} of {sample}");
            }
        }
    }
}

#[tokio::test]
async fn only_presence_may_be_asked_of_nothing() {
    assert!(choose(json!({"Variable": "$.x.y", "IsPresent": false}), json!({})).await);
    assert!(choose(json!({"Variable": "$.x", "IsPresent": true}), json!({"x": null})).await);
    let machine = json!({"StartAt": "S", "States": {
        "S": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "E"}]}, "E": {"Type": "Succeed"}}});
    let cause = "An error occurred while executing the state 'S' (entered at the event id #2). Invalid path '$.x': The \
                 choice state's condition path references an invalid value.";
    assert_eq!(run_alone(machine, json!({})).await.failure(), ("States.Runtime", cause));
}

#[tokio::test]
async fn patterns_and_combinations() {
    assert!(choose(json!({"Variable": "$.v", "StringMatches": "a*z"}), json!({"v": "a--z"})).await);
    assert!(!choose(json!({"Variable": "$.v", "StringMatches": "a*z"}), json!({"v": 1})).await);
    let is = |n: i32| json!({"Variable": "$.v", "NumericEquals": n});
    for (rule, expect) in [
        (json!({"And": [is(1), is(1)]}), true),
        (json!({"And": [is(1), is(2)]}), false),
        (json!({"Or": [is(2), is(1)]}), true),
        (json!({"Or": [is(2), is(3)]}), false),
        (json!({"Not": is(2)}), true),
        (json!({"Not": {"Or": [is(1), is(2)]}}), false),
    ] {
        assert_eq!(choose(rule.clone(), json!({"v": 1})).await, expect, "{rule}");
    }
}

#[tokio::test]
async fn no_rule_and_no_default_is_a_runtime_error() {
    let machine = json!({"StartAt": "S", "States": {
        "S": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "E"}]}, "E": {"Type": "Succeed"}}});
    let cause = "An error occurred while executing the state 'S' (entered at the event id #2). Failed to transition out \
                 of the state. The state does not point to a next state.";
    assert_eq!(run_alone(machine, json!({"x": 1})).await.failure(), (errors::CHOICE_WITHOUT_MATCH, cause));
}
