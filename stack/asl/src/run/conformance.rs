//! Executions that were recorded on AWS, where they are at hand: every one whose definition parses must end as AWS
//! ended it. They are no part of this repository; our own fixtures are in `tests`.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{AbortSignal, Outcome, TaskCall, TaskFailure, World, execute, fixture};
use crate::{StateMachine, history::What, parse::Refusal};

/// The recordings' folder beside the workspace.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/asl")
}

/// Answers each state from its recorded calls, in their order.
struct Recorded(Mutex<Vec<Value>>);

impl World for Recorded {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        let mut mocks = self.0.lock().unwrap();
        let at = mocks.iter().position(|mock| mock["state"] == call.state.as_str());
        let outcome = at.map(|at| mocks.remove(at)["outcome"].take());
        Box::pin(async move {
            let outcome = outcome.expect("the state was called as often as on AWS");
            let event = outcome["event"].as_str().unwrap_or_default();
            if event.ends_with("Succeeded") {
                return Ok(outcome["output"].clone());
            }
            if event.ends_with("TimedOut") {
                return std::future::pending().await;
            }
            let cause = match &outcome["cause"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Err(TaskFailure {
                error: outcome["error"].as_str().unwrap_or_default().to_owned(),
                cause,
            })
        })
    }
}

/// The form in which recordings are compared: numbers by value, JSON text as JSON.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(n) => n.as_f64().map_or(Value::Null, |n| json!(n)),
        Value::String(text) if text.starts_with('{') => {
            serde_json::from_str(text).map_or_else(|_| value.clone(), |inner| plain(&inner))
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

fn as_recorded(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Succeeded { output } => json!({"status": outcome.status(), "output": output}),
        Outcome::Failed { error, cause } => {
            json!({"status": outcome.status(), "error": error, "cause": cause})
        }
        Outcome::TimedOut | Outcome::Aborted { .. } => json!({"status": outcome.status()}),
    }
}

/// What the recording says and what happened instead.
async fn differs(machine: &StateMachine, recording: &Value) -> Option<String> {
    let entered = Mutex::new(Vec::new());
    let mocks = recording["mocks"].as_array().cloned().unwrap_or_default();
    let outcome = execute(
        machine,
        fixture::start(recording["input"].clone()),
        Arc::new(Recorded(Mutex::new(mocks))),
        AbortSignal::never(),
        |event| {
            if let What::StateEntered { name, .. } = event.what {
                entered.lock().unwrap().push(name);
            }
        },
    )
    .await;
    let found = plain(&as_recorded(&outcome));
    let expect = plain(&recording["expected"]);
    let entered = json!(entered.into_inner().unwrap());
    // Not every recording kept its states.
    let other_states = !recording["states_entered"].is_null() && entered != recording["states_entered"];
    (found != expect || other_states).then(|| {
        format!(
            "{}: expected {expect}, found {found}, entered {entered}",
            recording["name"]
        )
    })
}

/// To the real standard error: the test runner keeps what a passing test prints, and how much ran must be seen.
fn say(text: &str) {
    let _nobody_reads = writeln!(io::stderr(), "{text}");
}

#[tokio::test(start_paused = true)]
async fn recorded_executions_end_as_on_aws() {
    let Ok(text) = std::fs::read_to_string(folder().join("executions.jsonl")) else {
        say("asl executions: absent");
        return;
    };
    let (mut passed, mut refused, mut failed) = (0, 0, Vec::new());
    let mut why = BTreeMap::<String, u32>::new();
    for line in text.lines() {
        let recording: Value = serde_json::from_str(line).unwrap();
        match StateMachine::parse(&recording["definition"].to_string()) {
            Err(refusals) => {
                refused += 1;
                let named = refusals.first().map_or_else(String::new, reason);
                *why.entry(named).or_default() += 1;
            }
            Ok(machine) => match differs(&machine, &recording).await {
                None => passed += 1,
                Some(difference) => failed.push(difference),
            },
        }
    }
    say(&format!(
        "asl executions: {passed} passed, {refused} refused by name"
    ));
    for (reason, count) in why {
        say(&format!("  {count:>4} {reason}"));
    }
    assert!(
        failed.is_empty(),
        "{} failed\n{}",
        failed.len(),
        failed.join("\n")
    );
    assert!(passed + refused > 0, "no executions in {}", folder().display());
}

/// A definition that AWS accepts has no problem, one that it refuses has one. What is not run is counted apart, and so
/// are the rules of Express machines, which are not executed here.
#[test]
fn recorded_validations_agree_with_aws() {
    let Ok(text) = std::fs::read_to_string(folder().join("validation.jsonl")) else {
        say("asl validations: absent");
        return;
    };
    let (mut agreed, mut refused, mut express, mut differ) = (0, 0, 0, Vec::new());
    for line in text.lines() {
        let recording: Value = serde_json::from_str(line).unwrap();
        let expected = &recording["expected"];
        let accepted = expected["Error"].is_null() && expected["result"] != "FAIL";
        let found = StateMachine::parse(recording["definition_text"].as_str().unwrap_or_default());
        match found {
            _ if expected.to_string().contains("Express state machine") => express += 1,
            Err(refusals) if refusals.iter().any(|r| r.message.contains("not supported")) => refused += 1,
            Err(refusals) if accepted => differ.push(format!("{}: {refusals:?}", recording["name"])),
            Ok(machine) if accepted != crate::check(&machine).is_empty() => {
                differ.push(format!("{}: {:?}", recording["name"], crate::check(&machine)));
            }
            Err(_) | Ok(_) => agreed += 1,
        }
    }
    say(&format!(
        "asl validations: {agreed} agreed, {refused} refused by name, {express} of Express machines"
    ));
    assert!(
        differ.is_empty(),
        "{} differ\n{}",
        differ.len(),
        differ.join("\n")
    );
}

/// A refusal without the value it ends in.
fn reason(refusal: &Refusal) -> String {
    let (reason, value) = refusal.message.split_once(": ").unwrap_or((&refusal.message, ""));
    let word = value.split('(').next().unwrap_or_default();
    if reason.contains("not supported") && word.len() < 30 {
        format!("{reason}: {word}")
    } else {
        reason.to_owned()
    }
}
