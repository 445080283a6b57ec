//! Definitions, paths and executions, with mutated input.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value;
use tokio::runtime::Builder;

use crate::{
    StateMachine, check,
    history::Event,
    jsonpath::{Path, ReferencePath},
    model::{Pattern, Resource, Timestamp},
    run::{self, Start, TaskCall, TaskExecutor, TaskFailure, abort, execute},
};

const WORDS: &[&str] = &[
    "StartAt",
    "Task",
    "Pass",
    "Choice",
    "Wait",
    "Fail",
    "Parallel",
    "Next",
    "End",
    "Branches",
    "Default",
    "Variable",
    "Not",
    "IsPresent",
    "NumericGreaterThanPath",
    "Parameters",
    "ResultSelector",
    "ResultPath",
    "OutputPath",
    "Retry",
    "Catch",
    "States.ALL",
    "States.Timeout",
    "MaxAttempts",
    "JitterStrategy",
    "TimeoutSecondsPath",
    "SecondsPath",
    "CausePath",
    "x.$",
    "$",
    "$$",
    "$.a[0]",
    "$..a",
    "$.a[*]",
    "$['a','b']",
    "$$.Execution.Input",
    "A",
    "B",
    "2026-11-23T00:00:00Z",
];

/// Small machines that go through every kind of state.
const MACHINES: [&str; 4] = [
    include_str!("parse/everything.asl.json"),
    r#"{"StartAt":"A","TimeoutSeconds":60,"States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f","TimeoutSeconds":5,"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":1,"MaxAttempts":3,"BackoffRate":2.0,"MaxDelaySeconds":10,"JitterStrategy":"FULL"}],"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"B"}],"ResultPath":"$.r","End":true},"B":{"Type":"Fail","ErrorPath":"$.error.Error","CausePath":"$.error.Cause"}}}"#,
    r#"{"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[{"StartAt":"L","States":{"L":{"Type":"Wait","SecondsPath":"$.n","End":true}}},{"StartAt":"R","States":{"R":{"Type":"Pass","Parameters":{"x.$":"$.a[0]","id.$":"$$.Execution.Id"},"ResultPath":"$.p","End":true}}}],"ResultSelector":{"l.$":"$[0]","r.$":"$[1]"},"Next":"C"},"C":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.l.n","NumericGreaterThan":1},{"Not":{"Variable":"$.l.x","IsPresent":true}}],"Next":"D"},{"Variable":"$.l.b.c","StringMatches":"t*t","Next":"D"}],"Default":"E"},"D":{"Type":"Succeed","OutputPath":"$.l"},"E":{"Type":"Pass","Result":[1],"Next":"A"}}}"#,
    r#"{"StartAt":"A","States":{"A":{"Type":"Wait","TimestampPath":"$.b.at","Next":"B"},"B":{"Type":"Pass","InputPath":"$.b","Parameters":{"again.$":"$","once":{"more.$":"$"}},"ResultPath":"$.b","Next":"C"},"C":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericEqualsPath":"$.a[2]","Next":"A"}],"Default":"D"},"D":{"Type":"Wait","Seconds":1,"End":true}}}"#,
];

const INPUT: &str = r#"{"a":[1,2,3],"b":{"c":"text","at":"2026-11-23T00:01:00Z"},"n":3,"t":true}"#;

#[test]
fn a_mutated_definition_is_refused_or_written_as_it_was_read() {
    mutations::check(&MACHINES, WORDS, |bytes| {
        match String::from_utf8_lossy(bytes).parse::<StateMachine>() {
            Ok(machine) => {
                let _problems = check(&machine);
                assert_eq!(machine.to_json_string().parse::<StateMachine>().unwrap(), machine);
            }
            Err(refusals) => assert!(!refusals.is_empty()),
        }
    });
}

#[test]
fn a_mutated_path_reads_and_places_without_a_panic() {
    let document = r#"{"a":[1,{"b":[true,null]},"c"],"d":{"e.f":{"g":1.5}},"":{}}"#;
    let samples =
        ["$.a[1].b[0]", "$..b", "$['d']['e.f'].g", "$.a[0:2]", "$.a[-1]", "$.*", "$.d['e.f','x']", "$$.Map"];
    let words = [
        "..",
        "['",
        "']",
        "[*]",
        "[::-1]",
        "[9223372036854775807]",
        "[?(@.a)]",
        ".length()",
        "\\'",
        "$$",
        ",",
    ];
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let mut document: Value = serde_json::from_str(document).unwrap();
        if let Ok(path) = Path::parse(&text) {
            assert_eq!(Path::parse(path.as_str()).unwrap(), path);
            let _found = path.read(&document);
        }
        if let Ok(path) = ReferencePath::parse(&text) {
            let _either = path.place(&mut document, Value::from(1));
        }
    });
}

#[test]
fn mutated_literals_are_read_without_a_panic() {
    let samples = [
        "log-*.txt",
        "\\*a\\\\*",
        "*a*a*a*a*b",
        "2026-11-23T09:00:00.123+09:00",
        "arn:aws:states:::aws-sdk:dynamodb:getItem",
    ];
    let words = ["*", "\\*", "\\\\", "T24:00:00Z", "+00:00", "-9999-", "arn:aws:states:::", ".sync", ":"];
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let _either = Pattern::new(text.as_ref()).matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        if let Ok(at) = Timestamp::parse(&text) {
            assert_eq!(at.as_str(), text);
        }
        if let Ok(resource) = Resource::parse(&text) {
            let _integration = resource.integration();
        }
    });
}

/// Answers with its input, fails, or takes its time, in turns.
#[derive(Default)]
struct Turns(AtomicI64);

impl TaskExecutor for Turns {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        let turn = self.0.fetch_add(1, Ordering::Relaxed) % 4;
        Box::pin(async move {
            match turn {
                0 => Err(TaskFailure { error: "E".to_owned(), cause: call.state }),
                1 => {
                    tokio::time::sleep(Duration::from_secs(7)).await;
                    Ok(call.input)
                }
                _ => Ok(call.input),
            }
        })
    }
}

/// Events after which an execution is aborted: it may be a loop.
const MAX_EVENTS: i64 = 400;

#[test]
fn a_mutated_definition_executes_to_an_end() {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let samples = MACHINES.map(|machine| format!("{machine}\n{INPUT}"));
    mutations::check(&samples, WORDS, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let (definition, input) = text.rsplit_once('\n').unwrap_or((&text, ""));
        let (Ok(machine), Ok(input)) = (definition.parse::<StateMachine>(), serde_json::from_str(input))
        else {
            return;
        };
        let start = Start {
            execution_arn: "arn:aws:states:us-east-1:111122223333:execution:m:e".to_owned(),
            execution_name: "e".to_owned(),
            machine_arn: "arn:aws:states:us-east-1:111122223333:stateMachine:m".to_owned(),
            machine_name: "m".to_owned(),
            role_arn: "arn:aws:iam::111122223333:role/r".to_owned(),
            input,
            started_at: jiff::Timestamp::UNIX_EPOCH,
            jitter_seed: 7,
        };
        let (aborter, signal) = abort();
        let aborter = Mutex::new(Some(aborter));
        let events = AtomicI64::new(0);
        let on_event = |event: Event| {
            let before = events.fetch_add(1, Ordering::Relaxed);
            assert_eq!(event.id, before + 1, "events out of order");
            assert!(event.previous_event_id < event.id, "an event before its reason");
            assert!(event.id <= run::MAX_EVENTS, "an event behind the last that a history has room for");
            if before == MAX_EVENTS
                && let Some(aborter) = aborter.lock().unwrap().take()
            {
                aborter.abort(None, None);
            }
        };
        let outcome =
            runtime.block_on(execute(&machine, start, Arc::new(Turns::default()), signal, on_event));
        assert!(!outcome.status().is_empty());
    });
}
