//! Recordings of AWS, where `AI_CHEF_RECORDINGS` has them: executions, histories and validations. A definition that the
//! parser supports must have the recorded outcome. Recordings are no part of this repository.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use jiff::{civil::DateTime, tz::TimeZone};
use recordings::{Checked, Verdict, lines};
use serde_json::{Map, Value, json};

use super::{AbortSignal, Outcome, Start, TaskCall, TaskExecutor, TaskFailure, execute, fixture};
use crate::{ParseError, StateMachine, history::Event, model::Pattern};

/// Answers each state from its recorded calls, in their order.
struct Recorded(Mutex<Vec<Value>>);

impl TaskExecutor for Recorded {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        let mut mocks = self.0.lock().unwrap();
        let at = mocks.iter().position(|mock| mock["state"] == call.state.as_str());
        let mock = at.map(|at| mocks.remove(at));
        Box::pin(async move {
            let mock = mock.expect("the state was called as often as on AWS");
            let outcome = &mock["outcome"];
            match outcome["event"].as_str().unwrap_or_default() {
                "TaskSucceeded" | "LambdaFunctionSucceeded" => Ok(outcome["output"].clone()),
                "TaskTimedOut" | "LambdaFunctionTimedOut" => std::future::pending().await,
                "TaskFailed" | "LambdaFunctionFailed" => Err(TaskFailure {
                    error: outcome["error"].as_str().unwrap_or_default().to_owned(),
                    cause: match &outcome["cause"] {
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    },
                }),
                other => panic!("unknown outcome of a call: {other}"),
            }
        })
    }
}

/// The form in which recordings are compared: numbers by value, JSON text as JSON.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(n) => n.as_f64().map_or(Value::Null, |n| json!(n)),
        Value::String(text) if text.starts_with(['{', '[']) => {
            serde_json::from_str(text).map_or_else(|_| value.clone(), |inner| plain(&inner))
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

/// Placeholders of the recordings: values that differ from run to run (partition, region, names, ids, times) were replaced
/// before the histories were stored. A placeholder in angle brackets, `<region>`, matches any text. A whole text that was
/// replaced in the recorded input is replaced in the same way wherever it occurs.
#[derive(Default)]
struct Placeholders(Vec<(Value, Value)>);

impl Placeholders {
    fn of(input: &Value, recorded: &Value) -> Self {
        let mut words = Self::default();
        words.collect(&plain(input), &plain(recorded));
        words
    }

    fn collect(&mut self, input: &Value, recorded: &Value) {
        match (input, recorded) {
            (Value::Object(input), Value::Object(recorded)) => {
                let both = recorded.iter().filter_map(|(name, word)| Some((input.get(name)?, word)));
                both.for_each(|(value, word)| self.collect(value, word));
            }
            (Value::String(_), Value::String(_)) if input != recorded => {
                self.0.push((input.clone(), recorded.clone()));
            }
            _ => {}
        }
    }

    /// Whether a value is what was recorded.
    fn fit(&self, recorded: &Value, found: &Value) -> bool {
        match (recorded, found) {
            (Value::Object(recorded), Value::Object(found)) => {
                recorded.len() == found.len()
                    && recorded
                        .iter()
                        .all(|(name, value)| found.get(name).is_some_and(|found| self.fit(value, found)))
            }
            (Value::Array(recorded), Value::Array(found)) => {
                recorded.len() == found.len()
                    && recorded.iter().zip(found).all(|(value, found)| self.fit(value, found))
            }
            (Value::String(text), Value::String(other)) => {
                recorded == found
                    || self.0.iter().any(|(value, word)| value == found && word == recorded)
                    || pattern(text).matches(other)
            }
            _ => recorded == found,
        }
    }
}

/// A recorded text with anything in the place of its words in angle brackets.
fn pattern(text: &str) -> Pattern {
    let mut form = String::new();
    for (at, piece) in text.split('<').enumerate() {
        // Without its end it is no word.
        let rest = match piece.split_once('>') {
            Some((_, rest)) if at > 0 => {
                form.push('*');
                rest
            }
            _ if at > 0 => {
                form.push('<');
                piece
            }
            _ => piece,
        };
        form.push_str(&rest.replace('\\', "\\\\").replace('*', "\\*"));
    }
    Pattern::new(form)
}

/// An object's fields, if it has no other than these.
fn only<'v>(value: &'v Value, known: &[&str]) -> Result<&'v Map<String, Value>, String> {
    let fields = value.as_object().ok_or_else(|| format!("no object: {value}"))?;
    let unknown = fields.keys().find(|field| !known.contains(&field.as_str()));
    unknown.map_or(Ok(fields), |field| Err(format!("class that nobody reads: {field}")))
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

/// What a recorded history tells of its execution's start.
fn started(recording: &Value) -> &Value {
    &recording["events"][0]["d"]["executionStartedEventDetails"]
}

/// The start of a recorded execution: when it was recorded, as whom, and in the account that stands for all of them.
fn start(recording: &Value) -> Result<Start, String> {
    let recorded = recording["source"]["recorded"].as_str().ok_or("no time of recording")?;
    let at = DateTime::strptime("%d-%m-%Y, %H:%M:%S", recorded).and_then(|at| at.to_zoned(TimeZone::UTC));
    let mut start = fixture::start(recording["input"].clone());
    start.started_at = at.map_err(|error| error.to_string())?.timestamp();
    if let Some(role) = started(recording)["roleArn"].as_str() {
        role.clone_into(&mut start.role_arn);
    }
    for arn in [&mut start.execution_arn, &mut start.machine_arn] {
        *arn = arn.replace("111122223333", "111111111111");
    }
    Ok(start)
}

/// Whether a definition is refused for something that is not run here.
fn not_supported(errors: &[ParseError]) -> bool {
    errors.iter().any(|error| error.message.contains("not supported"))
}

/// What an execution came to: its outcome and its history. `None`: the definition is not supported.
fn run(recording: &Value) -> Result<Option<(Outcome, Vec<Event>)>, String> {
    let machine = match recording["definition"].to_string().parse::<StateMachine>() {
        Ok(machine) => machine,
        Err(errors) if not_supported(&errors) => return Ok(None),
        Err(errors) => return Err(format!("refused: {errors:?}")),
    };
    let start = start(recording)?;
    let mocks = recording["mocks"].as_array().cloned().unwrap_or_default();
    let executor = Arc::new(Recorded(Mutex::new(mocks)));
    let events = Mutex::new(Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let outcome = runtime.map_err(|error| error.to_string())?.block_on(execute(
        &machine,
        start,
        executor,
        AbortSignal::never(),
        |event| events.lock().unwrap().push(event),
    ));
    Ok(Some((outcome, events.into_inner().unwrap())))
}

fn execution(recording: &Value) -> Checked {
    only(&recording["expected"], &["status", "output", "error", "cause"])?;
    let Some((outcome, events)) = run(recording)? else {
        return Ok(Verdict::NotSupported);
    };
    let (found, expect) = (plain(&as_recorded(&outcome)), plain(&recording["expected"]));
    if found != expect {
        return Err(format!("expected {expect}, found {found}"));
    }
    let entered: Value = events.iter().filter_map(fixture::entered).collect();
    // Not every recording kept its states.
    let kept = &recording["states_entered"];
    if kept.is_null() || *kept == entered {
        Ok(Verdict::Passed)
    } else {
        Err(format!("expected {kept}, entered {entered}"))
    }
}

/// An event of ours in the form of a recorded one.
fn event(event: &Event) -> Result<Value, String> {
    let mut details = serde_json::to_value(event).map_err(|error| error.to_string())?;
    let fields = details.as_object_mut().ok_or("no object")?;
    fields.remove("timestamp");
    let mut found = json!({});
    for field in ["id", "previousEventId", "type"] {
        found[field] = fields.remove(field).unwrap_or_default();
    }
    found["d"] = details;
    Ok(found)
}

fn history(recording: &Value) -> Checked {
    let expected = recording["events"].as_array().ok_or("no events")?;
    for event in expected {
        only(event, &["id", "previousEventId", "type", "d"])?;
    }
    let Some((_, events)) = run(recording)? else {
        return Ok(Verdict::NotSupported);
    };
    let found = events.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    let words = Placeholders::of(&recording["input"], &started(recording)["input"]);
    for (found, expected) in found.iter().zip(expected) {
        let (found, expected) = (plain(found), plain(expected));
        if !words.fit(&expected, &found) {
            return Err(format!("expected {expected}, found {found}"));
        }
    }
    if found.len() == expected.len() {
        Ok(Verdict::Passed)
    } else {
        Err(format!("expected {} events, found {}", expected.len(), found.len()))
    }
}

/// A definition that AWS accepts is not refused, one that it refuses is. The rules of Express machines, which are not
/// executed here, are not supported.
fn validation(recording: &Value) -> Checked {
    let expected = &recording["expected"];
    only(expected, &["Error", "message", "result", "diagnostics", "truncated"])?;
    let accepted = match (&expected["Error"], expected["result"].as_str()) {
        (Value::Null, Some("OK")) => true,
        (Value::Null, Some("FAIL")) | (Value::Object(_), None) => false,
        _ => return Err(format!("class that nobody reads: {expected}")),
    };
    let found = (recording["definition_text"].as_str().ok_or("no definition")?).parse::<StateMachine>();
    if expected.to_string().contains("Express state machine") {
        return Ok(Verdict::NotSupported);
    }
    match found {
        Err(errors) if not_supported(&errors) => Ok(Verdict::NotSupported),
        Err(errors) if accepted => Err(format!("{errors:?}")),
        Ok(machine) if accepted != crate::check::errors(&machine).is_empty() => {
            Err(format!("accepted: {accepted}, found {:?}", crate::check(&machine)))
        }
        Err(_) | Ok(_) => Ok(Verdict::Passed),
    }
}

#[test]
fn recorded_executions_end_as_on_aws() {
    lines("asl executions", "asl/executions.jsonl", execution);
}

#[test]
fn recorded_histories_are_those_of_aws() {
    lines("asl histories", "asl/histories.jsonl", history);
}

#[test]
fn recorded_validations_agree_with_aws() {
    lines("asl validations", "asl/validation.jsonl", validation);
}
