//! What parses comes back as it was; what is not run is refused by name, all of it at once.

use serde_json::{Value, json};

use crate::StateMachine;

/// Every field that is run, in the order in which it is written.
const EVERYTHING: &str = include_str!("everything.asl.json");

#[test]
fn everything_comes_back_byte_for_byte() {
    let machine = EVERYTHING.parse::<StateMachine>().unwrap();
    assert_eq!(machine.to_json_string(), EVERYTHING.trim_end());
    assert_eq!(machine.to_json(), serde_json::from_str::<Value>(EVERYTHING).unwrap());
    assert_eq!(crate::check(&machine), []);
}

#[test]
fn defaults_that_are_said_mean_the_same() {
    let short = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
    let long = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","QueryLanguage":"JSONPath","InputPath":"$",
        "ResultPath":"$","OutputPath":"$","End":true}}}"#;
    assert_eq!(short.parse::<StateMachine>(), long.parse::<StateMachine>());
}

/// Checks that a definition has exactly these errors: path, message, hint.
fn refused(definition: &Value, expect: &[(&str, &str, Option<&str>)]) {
    let list = definition.to_string().parse::<StateMachine>().unwrap_err();
    let found: Vec<_> =
        list.iter().map(|r| (r.path.as_str(), r.message.as_str(), r.hint.as_deref())).collect();
    assert_eq!(found, expect);
}

/// A machine whose one state is a Pass with these fields more.
fn with(kind: &str, extra: Value) -> Value {
    let mut state = json!({"Type": kind});
    if !matches!(kind, "Choice" | "Succeed" | "Fail") {
        state["End"] = json!(true);
    }
    state.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    json!({"StartAt": "S", "States": {"S": state}})
}

#[test]
fn a_definition_has_at_most_a_mebibyte() {
    let padded = |bytes: usize| format!("{}{}", EVERYTHING, " ".repeat(bytes - EVERYTHING.len()));
    assert!(padded(1_048_576).parse::<StateMachine>().is_ok());
    let list = padded(1_048_577).parse::<StateMachine>().unwrap_err();
    assert_eq!(list[0].message, "definition is over 1048576 bytes: 1048577");
}

#[test]
fn a_number_has_awss_bounds() {
    let timeout = |seconds: u64| with("Task", json!({"Resource": "arn:f", "TimeoutSeconds": seconds}));
    for seconds in [1, 99_999_999] {
        assert!(timeout(seconds).to_string().parse::<StateMachine>().is_ok(), "{seconds}");
    }
    for seconds in [0, 100_000_000] {
        assert!(timeout(seconds).to_string().parse::<StateMachine>().is_err(), "{seconds}");
    }
}

#[test]
fn what_is_not_run_is_refused_by_name() {
    let task = |name: &str, value: Value| with("Task", json!({"Resource": "arn:f", name: value}));
    for (definition, path, message) in [
        (with("Map", json!({})), "/States/S/Type", "state type is not supported: Map"),
        (
            with("Pass", json!({"QueryLanguage": "JSONata"})),
            "/States/S/QueryLanguage",
            "query language is not supported: JSONata",
        ),
        (
            with("Pass", json!({"Assign": {}})),
            "/States/S/Assign",
            "field is not supported (variables): Assign",
        ),
        (with("Pass", json!({"Output": 1})), "/States/S/Output", "field is not supported (JSONata): Output"),
        (task("ItemsPath", json!("$")), "/States/S/ItemsPath", "field is not supported (Map): ItemsPath"),
        (
            task("HeartbeatSeconds", json!(5)),
            "/States/S/HeartbeatSeconds",
            "field is not supported (heartbeats): HeartbeatSeconds",
        ),
        (
            task("Credentials", json!({})),
            "/States/S/Credentials",
            "field is not supported (task credentials): Credentials",
        ),
        (
            task("Parameters", json!({"a": [{"b.$": "States.UUID()"}]})),
            "/States/S/Parameters/a/0/b.$",
            "intrinsic function is not supported: States.UUID()",
        ),
        (
            with("Pass", json!({"InputPath": "$.a[?(@.b)]"})),
            "/States/S/InputPath",
            "JSONPath filter is not supported: $.a[?(@.b)]",
        ),
        (
            with("Pass", json!({"ResultPath": "$.a[*]"})),
            "/States/S/ResultPath",
            "not a reference path, it must name one place in the state's data: $.a[*]",
        ),
        (
            with("Task", json!({"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"})),
            "/States/S/Resource",
            "service integration pattern is not supported: arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        ),
        (
            with("Wait", json!({"Seconds": 1, "ResultPath": "$"})),
            "/States/S/ResultPath",
            "field does not belong to a Wait state: ResultPath",
        ),
    ] {
        let hint = message.contains("JSONata").then_some("JSONPath").filter(|_| message.starts_with("query"));
        refused(&definition, &[(path, message, hint)]);
    }
}

#[test]
fn a_misspelled_word_gets_a_hint() {
    refused(
        &with("Pass", json!({"ResultPaht": "$"})),
        &[("/States/S/ResultPaht", "unknown field of a Pass state: ResultPaht", Some("ResultPath"))],
    );
    refused(&with("Tsak", json!({})), &[("/States/S/Type", "unknown state type: Tsak", Some("Task"))]);
    let rule = json!({"Variable": "$.a", "NumericEqual": 1, "Next": "S"});
    refused(
        &with("Choice", json!({"Choices": [rule]})),
        &[
            ("/States/S/Choices/0/NumericEqual", "unknown operator: NumericEqual", Some("NumericEquals")),
            ("/States/S/Choices/0", "a choice rule needs an operator", None),
        ],
    );
}

#[test]
fn every_refusal_is_told() {
    let machine = json!({"Version": "2.0", "TimeoutSeconds": 0, "States": {
        "A": {"Type": "Task", "Next": "B", "End": true, "TimeoutSeconds": "5",
              "Retry": [{"ErrorEquals": [], "BackoffRate": 0.5, "IntervalSeconds": 5, "MaxDelaySeconds": 5,
                         "JitterStrategy": "HALF"}],
              "Catch": [{"Next": 1}]},
        "B": {"Type": "Pass", "End": false},
        "C": {"Type": "Wait", "End": true},
        "D": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": "x", "Next": "A"}, {"And": [], "Next": "A"}]},
        "E": 7,
    }});
    refused(
        &machine,
        &[
            ("/Version", "version of the language is not supported: 2.0", None),
            ("/TimeoutSeconds", "expected a whole number from 1 to 99999999, found 0", None),
            ("/", "missing field: StartAt", None),
            ("/States/A", "missing field: Resource", None),
            ("/States/A/TimeoutSeconds", "expected a whole number from 1 to 99999999, found text", None),
            ("/States/A/Retry/0/ErrorEquals", "names no error", None),
            ("/States/A/Retry/0/BackoffRate", "expected at least 1, found 0.5", None),
            ("/States/A/Retry/0/MaxDelaySeconds", "expected more than IntervalSeconds, found 5", None),
            ("/States/A/Retry/0/JitterStrategy", "unknown jitter strategy: HALF", Some("FULL or NONE")),
            ("/States/A/Catch/0", "missing field: ErrorEquals", None),
            ("/States/A/Catch/0/Next", "expected text, found 1", None),
            ("/States/A/End", "stands beside Next", None),
            ("/States/B/End", "expected true, found false", None),
            (
                "/States/C",
                "a Wait state takes one of Seconds, SecondsPath, Timestamp, TimestampPath, found 0",
                None,
            ),
            ("/States/D/Choices/0/IsNull", "IsNull takes true or false, found text", None),
            ("/States/D/Choices/1/And", "And needs a rule", None),
            ("/States/E", "expected an object, found a number", None),
        ],
    );
}

#[test]
fn what_is_no_definition_is_said() {
    for (text, message) in [
        ("", "not a JSON definition: EOF while parsing a value at line 1 column 0"),
        ("[]", "expected an object, found an array"),
        (
            r#"{"a":1,"a":2}"#,
            "not a JSON definition: a key stands twice in one object: a at line 1 column 13",
        ),
    ] {
        let list = text.parse::<StateMachine>().unwrap_err();
        assert_eq!((list[0].path.as_str(), list[0].message.as_str()), ("/", message));
    }
    let deep = "[".repeat(100_000);
    assert!(deep.parse::<StateMachine>().is_err());
    let first = |text: &str| text.parse::<StateMachine>().unwrap_err().remove(0).message;
    let padded = |bytes: usize| format!("{{}}{}", " ".repeat(bytes - 2));
    assert_eq!(first(&padded(1_048_576)), "missing field: StartAt");
    assert_eq!(first(&padded(1_048_577)), "definition is over 1048576 bytes: 1048577");
    let long = with(&"T".repeat(100_000), json!({})).to_string();
    assert_eq!(first(&long).chars().count(), 301, "short, and the sign that it was cut");
}

#[test]
fn a_field_with_and_without_a_path_is_refused() {
    refused(
        &with("Pass", json!({"Parameters": {"a": 1, "a.$": "$", "b.$": 2}})),
        &[
            ("/States/S/Parameters/a.$", "a field stands with and without .$", None),
            ("/States/S/Parameters/b.$", "a field that ends in .$ takes a path, found a number", None),
        ],
    );
}
