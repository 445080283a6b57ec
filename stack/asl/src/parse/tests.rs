//! `definitions.jsonl` has definitions that are accepted, that do not parse, and that parse into a machine with a problem.

use cases::{ensure, says};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::StateMachine;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    machine: cases::Source,
    /// Where, and a part of the message.
    refused: Option<(String, String)>,
    /// The hint that comes with it.
    hint: Option<String>,
    /// The definition parses, and the check finds these: the rule, where, and the message.
    #[serde(default)]
    problems: Vec<(String, String, String)>,
    #[serde(default)]
    accepted: bool,
}

impl Line {
    fn check(&self) -> Result<(), String> {
        match (&self.refused, self.accepted, self.machine.text().parse::<StateMachine>()) {
            (Some((path, message)), false, Err(errors)) => {
                let found = errors.iter().any(|error| {
                    error.path == *path
                        && says(&error.message, message).is_ok()
                        && self.hint.as_ref().is_none_or(|hint| error.hint.as_ref() == Some(hint))
                });
                ensure(found, || format!("{errors:?}"))
            }
            (None, accepted, Ok(machine)) => {
                let problems = crate::check(&machine).into_iter();
                let found: Vec<_> =
                    problems.map(|found| (found.rule.to_owned(), found.path, found.message)).collect();
                ensure(accepted == found.is_empty() && found == self.problems, || format!("{found:?}"))
            }
            (Some(_), _, Ok(_)) => Err("should be refused while parsing".to_owned()),
            (_, _, Err(errors)) => Err(format!("should parse: {errors:?}")),
        }
    }
}

#[test]
fn definitions_are_accepted_or_refused_as_their_lines_say() {
    cases::check("definitions.jsonl", include_str!("definitions.jsonl"), 112, Line::check);
}

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

#[test]
fn every_error_is_reported() {
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
    let errors = machine.to_string().parse::<StateMachine>().unwrap_err();
    let found: Vec<_> =
        errors.iter().map(|e| (e.path.as_str(), e.message.as_str(), e.hint.as_deref())).collect();
    assert_eq!(
        found,
        [
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
