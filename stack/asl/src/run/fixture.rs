//! What the tests of the interpreter share: a start, a scripted executor, and a run that keeps its history.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{AbortSignal, Outcome, Start, TaskCall, TaskExecutor, TaskFailure, execute};
use crate::{
    StateMachine,
    history::{Event, EventKind},
};

/// An execution's start at the beginning of a day.
pub(super) fn start(input: Value) -> Start {
    Start {
        execution_arn: "arn:aws:states:us-east-1:111122223333:execution:machine:run".to_owned(),
        execution_name: "run".to_owned(),
        machine_arn: "arn:aws:states:us-east-1:111122223333:stateMachine:machine".to_owned(),
        machine_name: "machine".to_owned(),
        role_arn: "arn:aws:iam::111122223333:role/machine".to_owned(),
        input,
        started_at: "2026-11-23T00:00:00Z".parse().unwrap(),
        jitter_seed: 7,
    }
}

/// What a call does.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Ok(Value),
    Fails(&'static str),
    /// Answers after this many seconds.
    Slow(u64, Value),
    Hangs,
}

#[derive(Default)]
pub(super) struct Script {
    answers: Mutex<BTreeMap<&'static str, VecDeque<Answer>>>,
    pub(super) calls: Mutex<Vec<TaskCall>>,
}

impl Script {
    pub(super) fn new(answers: impl IntoIterator<Item = (&'static str, Vec<Answer>)>) -> Arc<Self> {
        let answers = answers.into_iter().map(|(state, answers)| (state, answers.into())).collect();
        Arc::new(Self { answers: Mutex::new(answers), calls: Mutex::default() })
    }

    /// The inputs that were handed over, in order.
    pub(super) fn inputs(&self) -> Vec<Value> {
        self.calls.lock().unwrap().iter().map(|call| call.input.clone()).collect()
    }
}

impl TaskExecutor for Script {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        let mut answers = self.answers.lock().unwrap();
        let script = answers.get_mut(call.state.as_str()).expect("the state has a script");
        let answer = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
        self.calls.lock().unwrap().push(call);
        Box::pin(async move {
            match answer.expect("the script has an answer") {
                Answer::Ok(value) => Ok(value),
                Answer::Fails(error) => {
                    Err(TaskFailure { error: error.to_owned(), cause: format!("{error} happened") })
                }
                Answer::Slow(seconds, value) => {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    Ok(value)
                }
                Answer::Hangs => std::future::pending().await,
            }
        })
    }
}

pub(super) fn entered(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::StateEntered { name, .. } => Some(name),
        _ => None,
    }
}

/// What came of a run.
pub(super) struct Run {
    pub(super) outcome: Outcome,
    pub(super) events: Vec<Event>,
    pub(super) took: Duration,
}

impl Run {
    /// The types of the events: `PassStateEntered` ..
    pub(super) fn types(&self) -> Vec<String> {
        self.events.iter().map(|event| event.kind.event_type()).collect()
    }

    /// One line an event: `id previous type name`, the name where a state is entered or left.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |event: &Event| {
            let name = match &event.kind {
                EventKind::StateEntered { name, .. } | EventKind::StateExited { name, .. } => name,
                _ => "",
            };
            let (id, previous, kind) = (event.id, event.previous_event_id, event.kind.event_type());
            format!("{id} {previous} {kind} {name}").trim_end().to_owned()
        };
        self.events.iter().map(line).collect()
    }

    /// The states in the order in which they were entered.
    pub(super) fn entered(&self) -> Vec<&str> {
        self.events.iter().filter_map(entered).collect()
    }

    pub(super) fn output(&self) -> &Value {
        match &self.outcome {
            Outcome::Succeeded { output } => output,
            other => panic!("not succeeded: {other:?}"),
        }
    }

    /// Error and cause of a run that must have failed.
    pub(super) fn failure(&self) -> (&str, &str) {
        match &self.outcome {
            Outcome::Failed { error, cause } => {
                (error.as_deref().unwrap_or("none"), cause.as_deref().unwrap_or("none"))
            }
            other => panic!("not failed: {other:?}"),
        }
    }
}

pub(super) async fn run_until(
    machine: Value,
    input: Value,
    executor: Arc<Script>,
    abort: AbortSignal,
) -> Run {
    let machine = machine.to_string().parse::<StateMachine>().unwrap();
    let events = Mutex::new(Vec::new());
    let began = tokio::time::Instant::now();
    let outcome = execute(&machine, start(input), executor, abort, |event| {
        events.lock().unwrap().push(event);
    })
    .await;
    let events = events.into_inner().unwrap();
    Run { outcome, events, took: began.elapsed() }
}

pub(super) async fn run(machine: Value, input: Value, executor: Arc<Script>) -> Run {
    run_until(machine, input, executor, AbortSignal::never()).await
}

/// A machine of these states, without an executor.
pub(super) async fn run_alone(machine: Value, input: Value) -> Run {
    run(machine, input, Script::new([])).await
}

/// A machine of one state `S` that ends, run on `input`.
pub(super) async fn run_one(state: Value, input: Value) -> Run {
    run_alone(one(state), input).await
}

/// A machine of one state `S` that ends.
pub(super) fn one(mut state: Value) -> Value {
    state["End"] = json!(true);
    json!({"StartAt": "S", "States": {"S": state}})
}
