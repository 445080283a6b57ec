//! Step Functions' own API over the engine, as `aws-sdk-sfn` speaks it (JSON 1.0).

use std::{io, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::HeaderMap,
    response::Response,
    routing::post,
};
use jiff::Timestamp;
use platform::{ExecutionStatus, execution::without_execution_data};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    engine::{Engine, execution_arn},
    error::StatesError,
    execution::Snapshot,
    machine::Machine,
    store::{PageKey, Summary},
};
use crate::{
    aws_json::{self, Protocol, ServiceError},
    clock,
    serve::{AccessKey, Server},
};

/// Largest request in bytes. Source: Step Functions quotas, "Maximum request size".
const MAX_REQUEST_BYTES: usize = 1_048_576;

/// Answers on a page, when a request does not say. Source: the API's reference.
const DEFAULT_PAGE_SIZE: usize = 100;

/// Most answers on a page. Source: the API's reference.
const MAX_PAGE_SIZE: usize = 1_000;

/// Serves the engine to whoever bears the key.
pub(crate) async fn serve(engine: Arc<Engine>, key: &AccessKey) -> io::Result<Server> {
    let router = Router::new()
        .route("/", post(call))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .with_state(engine);
    Server::start(router, Some(key)).await
}

async fn call(State(engine): State<Arc<Engine>>, headers: HeaderMap, body: Bytes) -> Response {
    aws_json::respond(Protocol::Json10, dispatch(&engine, &headers, &body).await)
}

impl From<StatesError> for ServiceError {
    fn from(error: StatesError) -> Self {
        Self::new(error.name(), error.to_string())
    }
}

pub(crate) async fn dispatch(
    engine: &Arc<Engine>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Value, ServiceError> {
    match aws_json::operation(headers, "AWSStepFunctions")? {
        "StartExecution" => start(engine, aws_json::request(body)?).await,
        "StopExecution" => stop(engine, aws_json::request(body)?).await,
        "DescribeExecution" => {
            let request: ExecutionRequest = aws_json::request(body)?;
            Ok(described(&engine.execution(&request.execution_arn)?.snapshot()))
        }
        "GetExecutionHistory" => history(engine, &aws_json::request(body)?),
        "ListExecutions" => executions(engine, &aws_json::request(body)?),
        "ListStateMachines" => {
            let machines = engine.machines();
            let machines: Vec<_> = machines.iter().map(|machine| listed(machine)).collect();
            Ok(json!({ "stateMachines": machines }))
        }
        "DescribeStateMachine" => {
            let request: MachineRequest = aws_json::request(body)?;
            Ok(machine(&*engine.machine(&request.state_machine_arn)?))
        }
        "UpdateStateMachine" => update(engine, aws_json::request(body)?),
        "DescribeStateMachineForExecution" => {
            let request: ExecutionRequest = aws_json::request(body)?;
            let mut answer = machine(engine.execution(&request.execution_arn)?.machine());
            if let Some(fields) = answer.as_object_mut() {
                let created = fields.remove("creationDate");
                fields.insert("updateDate".to_owned(), created.unwrap_or_default());
                fields.remove("type");
                fields.remove("status");
            }
            Ok(answer)
        }
        other => Err(ServiceError::unknown_operation(other)),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecutionRequest {
    execution_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MachineRequest {
    state_machine_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartRequest {
    state_machine_arn: String,
    name: Option<String>,
    input: Option<String>,
}

/// Only the definition can be changed here: a field that would be ignored is refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UpdateRequest {
    state_machine_arn: String,
    definition: String,
}

fn update(engine: &Engine, request: UpdateRequest) -> Result<Value, ServiceError> {
    engine.update(&request.state_machine_arn, request.definition)?;
    Ok(json!({ "updateDate": seconds(clock::now()) }))
}

async fn start(engine: &Arc<Engine>, request: StartRequest) -> Result<Value, ServiceError> {
    let execution = engine.start(&request.state_machine_arn, request.name, request.input).await?;
    Ok(json!({ "executionArn": execution.arn(), "startDate": seconds(execution.started_at()) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StopRequest {
    execution_arn: String,
    error: Option<String>,
    cause: Option<String>,
}

async fn stop(engine: &Arc<Engine>, request: StopRequest) -> Result<Value, ServiceError> {
    let execution = engine.execution(&request.execution_arn)?;
    execution.stop(request.error, request.cause);
    Ok(json!({ "stopDate": seconds(execution.ended().await.at) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HistoryRequest {
    execution_arn: String,
    max_results: Option<usize>,
    #[serde(default)]
    reverse_order: bool,
    next_token: Option<String>,
    include_execution_data: Option<bool>,
}

fn history(engine: &Engine, request: &HistoryRequest) -> Result<Value, ServiceError> {
    let mut events = engine.execution(&request.execution_arn)?.events(0);
    if request.reverse_order {
        events.reverse();
    }
    if request.include_execution_data == Some(false) {
        events = events.into_iter().map(without_execution_data).collect();
    }
    events_page(events, request.max_results, request.next_token.as_deref())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListRequest {
    state_machine_arn: String,
    status_filter: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

fn executions(engine: &Engine, request: &ListRequest) -> Result<Value, ServiceError> {
    let machine = engine.machine(&request.state_machine_arn)?;
    let status = match request.status_filter.as_deref().map(ExecutionStatus::named) {
        None => None,
        Some(Some(status)) => Some(status),
        Some(None) => return Err(StatesError::Validation { field: "statusFilter" }.into()),
    };
    let after = match request.next_token.as_deref().map(PageKey::parse) {
        None => None,
        Some(Some(key)) => Some(key),
        Some(None) => return Err(StatesError::InvalidToken.into()),
    };
    let page = engine.list(&machine.arn, status, after, page_size(request.max_results)?)?;
    let listed = page.executions.iter().map(|summary| listed_execution(&machine.arn, summary));
    Ok(page_of("executions", listed.collect(), page.next.map(|key| key.to_string())))
}

fn page_size(max_results: Option<usize>) -> Result<usize, ServiceError> {
    match max_results {
        None | Some(0) => Ok(DEFAULT_PAGE_SIZE),
        Some(size) if size <= MAX_PAGE_SIZE => Ok(size),
        Some(_) => Err(StatesError::Validation { field: "maxResults" }.into()),
    }
}

/// One page of a history. A token is the number of events on the pages before.
fn events_page(
    mut events: Vec<Value>,
    max_results: Option<usize>,
    token: Option<&str>,
) -> Result<Value, ServiceError> {
    let size = page_size(max_results)?;
    let from: usize = token.map_or(Ok(0), |token| token.parse().map_err(|_| StatesError::InvalidToken))?;
    if from > events.len() {
        return Err(StatesError::InvalidToken.into());
    }
    let mut page = events.split_off(from);
    let next = (page.len() > size).then(|| (from + size).to_string());
    page.truncate(size);
    Ok(page_of("events", page, next))
}

fn page_of(name: &str, items: Vec<Value>, next_token: Option<String>) -> Value {
    let mut answer = json!({ name: Value::Array(items) });
    if let (Some(token), Some(fields)) = (next_token, answer.as_object_mut()) {
        fields.insert("nextToken".to_owned(), token.into());
    }
    answer
}

fn described(execution: &Snapshot) -> Value {
    let mut answer = listed_execution(&execution.machine_arn, &execution.summary());
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("input".to_owned(), execution.input.clone().into());
        fields.insert("inputDetails".to_owned(), json!({ "included": true }));
        let ended = execution.ended.as_ref();
        let texts = [
            ("output", ended.and_then(|ended| ended.output.clone())),
            ("error", ended.and_then(|ended| ended.error.clone())),
            ("cause", ended.and_then(|ended| ended.cause.clone())),
        ];
        let known = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
        fields.extend(known);
        if fields.contains_key("output") {
            fields.insert("outputDetails".to_owned(), json!({ "included": true }));
        }
    }
    answer
}

fn listed_execution(machine_arn: &str, execution: &Summary) -> Value {
    let mut answer = json!({
        "executionArn": execution_arn(machine_arn, &execution.name),
        "stateMachineArn": machine_arn,
        "name": execution.name,
        "status": execution.status.name(),
        "startDate": seconds(execution.started_at),
    });
    if let (Some(ended_at), Some(fields)) = (execution.ended_at, answer.as_object_mut()) {
        fields.insert("stopDate".to_owned(), seconds(ended_at).into());
    }
    answer
}

fn listed(machine: &Machine) -> Value {
    json!({
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "type": "STANDARD",
        "creationDate": seconds(machine.created_at),
    })
}

fn machine(machine: &Machine) -> Value {
    let mut answer = listed(machine);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("status".to_owned(), "ACTIVE".into());
        fields.insert("definition".to_owned(), machine.definition.clone().into());
        fields.insert("roleArn".to_owned(), machine.role_arn.clone().into());
    }
    answer
}

/// A moment on the wire: seconds since 1970, to the millisecond.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^52")]
fn seconds(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(size: Option<usize>, token: Option<&str>, expected: (usize, Option<&str>)) {
        let all = (0..250).map(Value::from).collect();
        let answer = events_page(all, size, token).unwrap();
        let count = answer["events"].as_array().unwrap().len();
        assert_eq!((count, answer["nextToken"].as_str()), expected);
    }

    #[test]
    fn pages() {
        check(None, None, (100, Some("100")));
        check(None, Some("200"), (50, None));
        check(Some(125), Some("125"), (125, None));
        check(Some(1_000), None, (250, None));
        check(None, Some("250"), (0, None));
        for token in ["251", "-1", "x"] {
            assert_eq!(events_page(vec![], None, Some(token)).unwrap_err().name, "InvalidToken");
        }
        assert_eq!(events_page(vec![], Some(1_001), None).unwrap_err().name, "ValidationException");
    }
}
