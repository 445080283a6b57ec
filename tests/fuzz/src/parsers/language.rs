//! The States Language: definitions, paths, and executions of whatever definition is taken.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use asl::{
    StateMachine,
    jsonpath::{Path, ReferencePath},
    model::{Pattern, Resource, Timestamp},
    run::{Start, TaskCall, TaskExecutor, TaskFailure, abort, execute},
};
use futures::future::BoxFuture;
use serde_json::Value;
use stack::environment::PricesPolicy;

use super::{environment::on_virtual_time, json::texts};
use crate::{Parser, parser::text};

const WORDS: &[&str] = &[
    "StartAt",
    "States",
    "Type",
    "Task",
    "Pass",
    "Choice",
    "Wait",
    "Succeed",
    "Fail",
    "Parallel",
    "Map",
    "Next",
    "End",
    "Branches",
    "Choices",
    "Default",
    "Variable",
    "And",
    "Or",
    "Not",
    "IsPresent",
    "StringMatches",
    "NumericGreaterThanPath",
    "TimestampLessThan",
    "Parameters",
    "ResultSelector",
    "ResultPath",
    "OutputPath",
    "InputPath",
    "Result",
    "Retry",
    "Catch",
    "ErrorEquals",
    "States.ALL",
    "States.TaskFailed",
    "States.Timeout",
    "IntervalSeconds",
    "MaxAttempts",
    "BackoffRate",
    "MaxDelaySeconds",
    "JitterStrategy",
    "FULL",
    "TimeoutSeconds",
    "TimeoutSecondsPath",
    "Seconds",
    "SecondsPath",
    "Timestamp",
    "Error",
    "Cause",
    "CausePath",
    "x.$",
    "$",
    "$$",
    "$.a",
    "$.a[0]",
    "$..a",
    "$.a[*]",
    "$.a[-1:]",
    "$['a','b']",
    "$$.State.RetryCount",
    "$$.Execution.Input",
    "A",
    "B",
    "2026-11-23T00:00:00Z",
    "arn:aws:lambda:us-east-1:111122223333:function:f",
    "arn:aws:states:::dynamodb:updateItem",
];

pub(super) const PARSERS: &[Parser] = &[
    Parser {
        name: "machine",
        reads: "a state machine's definition; what is taken is checked and written again",
        feed: machine,
        seeds: || {
            let mut seeds = texts([
                include_str!("../../../../stack/asl/src/parse/everything.asl.json"),
                &stack::workflow::workflow(PricesPolicy::BestEffort).to_json_string(),
                &stack::closer::closer().to_json_string(),
            ]);
            seeds.extend(MACHINES.iter().map(|text| text.as_bytes().to_vec()));
            seeds
        },
        words: WORDS,
    },
    Parser {
        name: "path",
        reads: "a path in the first line, and JSON that it is read in",
        feed: path,
        seeds: || {
            let document = r#"{"a":[1,{"b":[true,null]},"c"],"d":{"e.f":{"g":1.5}},"":{}}"#;
            [
                "$",
                "$.a[1].b[0]",
                "$..b",
                "$['d']['e.f'].g",
                "$.a[0:2]",
                "$.a[-1]",
                "$.*",
                "$.a[*]",
                "$.d['e.f','x']",
                "$$.Map",
            ]
            .iter()
            .map(|path| format!("{path}\n{document}").into_bytes())
            .collect()
        },
        words: &[
            "$",
            "$.",
            "..",
            "[",
            "]",
            "['",
            "']",
            "[*]",
            "[0]",
            "[-1]",
            "[::-1]",
            "[9223372036854775807]",
            "[?(@.a)]",
            ".length()",
            "'",
            "\"",
            "\\'",
            "@",
            "$$",
            ",",
            ":",
        ],
    },
    Parser {
        name: "literal",
        reads: "patterns of `StringMatches`, timestamps and resources, and a text to match in the second line",
        feed: literal,
        seeds: || {
            texts([
                "log-*.txt\nlog-1.txt",
                "\\*a\\\\*\n*a\\b",
                "*a*a*a*a*b\naaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "2026-11-23T09:00:00.123+09:00",
                "arn:aws:states:::aws-sdk:dynamodb:getItem",
            ])
        },
        words: &[
            "*",
            "\\*",
            "\\\\",
            "*a",
            "T24:00:00Z",
            "+00:00",
            "-9999-",
            "arn:aws:states:::",
            ".sync",
            ":",
        ],
    },
    Parser {
        name: "execution",
        reads: "a definition and an input; what is taken is executed, on virtual time and for a few hundred events",
        feed: execution,
        seeds: || {
            let input = r#"{"a":[1,2,3],"b":{"c":"text","at":"2026-11-23T00:01:00Z"},"n":3,"t":true}"#;
            let machines = MACHINES.iter().map(|text| (*text).to_owned());
            let ours = [
                include_str!("../../../../stack/asl/src/parse/everything.asl.json").to_owned(),
                stack::closer::closer().to_json_string(),
            ];
            machines
                .chain(ours)
                .map(|machine| format!(r#"{{"machine":{machine},"input":{input}}}"#).into_bytes())
                .collect()
        },
        words: WORDS,
    },
];

/// Small machines that go through every kind of state.
const MACHINES: &[&str] = &[
    r#"{"StartAt":"A","TimeoutSeconds":60,"States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f","TimeoutSeconds":5,"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":1,"MaxAttempts":3,"BackoffRate":2.0,"MaxDelaySeconds":10,"JitterStrategy":"FULL"}],"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"B"}],"ResultPath":"$.r","End":true},"B":{"Type":"Fail","ErrorPath":"$.error.Error","CausePath":"$.error.Cause"}}}"#,
    r#"{"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[{"StartAt":"L","States":{"L":{"Type":"Wait","SecondsPath":"$.n","End":true}}},{"StartAt":"R","States":{"R":{"Type":"Pass","Parameters":{"x.$":"$.a[0]","id.$":"$$.Execution.Id"},"ResultPath":"$.p","End":true}}}],"ResultSelector":{"l.$":"$[0]","r.$":"$[1]"},"Next":"C"},"C":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.l.n","NumericGreaterThan":1},{"Not":{"Variable":"$.l.x","IsPresent":true}}],"Next":"D"},{"Variable":"$.l.b.c","StringMatches":"t*t","Next":"D"}],"Default":"E"},"D":{"Type":"Succeed","OutputPath":"$.l"},"E":{"Type":"Pass","Result":[1],"Next":"A"}}}"#,
    r#"{"StartAt":"A","States":{"A":{"Type":"Wait","TimestampPath":"$.b.at","Next":"B"},"B":{"Type":"Pass","InputPath":"$.b","Parameters":{"again.$":"$","once":{"more.$":"$"}},"ResultPath":"$.b","Next":"C"},"C":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericEqualsPath":"$.a[2]","Next":"A"}],"Default":"D"},"D":{"Type":"Wait","Seconds":1,"End":true}}}"#,
];

fn machine(bytes: &[u8]) {
    match text(bytes).parse::<StateMachine>() {
        Ok(machine) => {
            let _problems = asl::check(&machine);
            let again = machine.to_json_string().parse::<StateMachine>();
            let again = again.ok();
            assert!(again.is_some(), "what was written is refused");
            // serde_json reads a fraction to its last bit only with a feature that nothing here needs.
            assert!(
                again == Some(machine) || has_fractions(bytes),
                "written as another machine"
            );
        }
        Err(refusals) => assert!(!refusals.is_empty(), "refused without a reason"),
    }
}

fn has_fractions(json: &[u8]) -> bool {
    fn inside(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.is_f64(),
            Value::Array(items) => items.iter().any(inside),
            Value::Object(fields) => fields.values().any(inside),
            Value::Null | Value::Bool(_) | Value::String(_) => false,
        }
    }
    serde_json::from_slice(json).is_ok_and(|json| inside(&json))
}

fn path(bytes: &[u8]) {
    let text = text(bytes);
    let (path, document) = text.split_once('\n').unwrap_or((&text, "{}"));
    let Ok(document) = serde_json::from_str::<Value>(document) else {
        return;
    };
    if let Ok(path) = Path::parse(path) {
        let again = Path::parse(path.as_str());
        assert!(again.is_ok_and(|again| again == path), "written as another path");
        let _found = path.read(&document);
    }
    if let Ok(path) = ReferencePath::parse(path) {
        let mut placed = document;
        let _place = path.place(&mut placed, Value::from(1));
    }
}

fn literal(bytes: &[u8]) {
    let text = text(bytes);
    let (literal, matched) = text.split_once('\n').unwrap_or((&text, "text"));
    let pattern = Pattern::new(literal);
    let _either = pattern.matches(matched);
    if let Ok(at) = Timestamp::parse(literal) {
        assert_eq!(at.as_str(), literal, "another timestamp");
    }
    if let Ok(resource) = Resource::parse(literal) {
        let _integration = resource.integration();
    }
}

/// Answers with its input, fails, or takes its time, in turns.
#[derive(Default)]
struct Turns(AtomicI64);

impl TaskExecutor for Turns {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        let turn = self.0.fetch_add(1, Ordering::Relaxed) % 4;
        Box::pin(async move {
            match turn {
                0 => Err(TaskFailure {
                    error: "E".to_owned(),
                    cause: call.state,
                }),
                1 => {
                    tokio::time::sleep(Duration::from_secs(7)).await;
                    Ok(call.input)
                }
                _ => Ok(call.input),
            }
        })
    }
}

/// Events after which an execution is stopped: it may be a loop.
const MAX_EVENTS: i64 = 400;

fn execution(bytes: &[u8]) {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(bytes) else {
        return;
    };
    let definition = fields.remove("machine").unwrap_or_default().to_string();
    let Ok(machine) = definition.parse::<StateMachine>() else {
        return;
    };
    let start = Start {
        execution_arn: "arn:aws:states:us-east-1:111122223333:execution:m:e".to_owned(),
        execution_name: "e".to_owned(),
        machine_arn: "arn:aws:states:us-east-1:111122223333:stateMachine:m".to_owned(),
        machine_name: "m".to_owned(),
        role_arn: "arn:aws:iam::111122223333:role/r".to_owned(),
        input: fields.remove("input").unwrap_or_default(),
        started_at: jiff::Timestamp::UNIX_EPOCH,
        jitter_seed: 7,
    };
    let (aborter, signal) = abort();
    let aborter = Mutex::new(Some(aborter));
    let events = AtomicI64::new(0);
    let heard = |event: asl::history::Event| {
        let before = events.fetch_add(1, Ordering::Relaxed);
        assert_eq!(event.id, before + 1, "events out of order");
        assert!(event.previous_event_id < event.id, "an event before its reason");
        if before == MAX_EVENTS
            && let Ok(mut aborter) = aborter.lock()
            && let Some(aborter) = aborter.take()
        {
            aborter.abort(None, None);
        }
        assert!(
            event.id <= asl::run::MAX_EVENTS,
            "an event behind the last that a history has room for"
        );
    };
    let outcome = on_virtual_time(execute(
        &machine,
        start,
        Arc::new(Turns::default()),
        signal,
        heard,
    ));
    assert!(!outcome.status().is_empty(), "no status");
}
