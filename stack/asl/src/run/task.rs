//! Task states: the call, its timeout and its events.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    TaskCall,
    branch::{HistoryCursor, StateContext},
    data::Data,
    failure::Failure,
    recovery::{Recovered, recovering},
    shape, wait,
};
use crate::{
    errors,
    history::{EventKind, ServiceAction},
    model::{Integration, Task, TaskTimeout},
};

pub(super) async fn run<'m>(
    state: &'m Task,
    cx: &StateContext<'_, '_>,
    cursor: &HistoryCursor,
) -> Result<Recovered<'m>, Failure> {
    let attempt = |retry_count| attempt(state, cx, cursor, retry_count);
    recovering(&state.retry, &state.catch, cx, attempt, |_| Ok(())).await
}

async fn attempt(
    state: &Task,
    cx: &StateContext<'_, '_>,
    cursor: &HistoryCursor,
    retry_count: u32,
) -> Result<Data, Failure> {
    let context = cx.context(retry_count);
    let raw = cx.input.value();
    let input = shape::select(&state.input_path, raw, &context)?;
    let timeout_s = match &state.timeout {
        None => None,
        Some(TaskTimeout::Seconds(seconds)) => Some(*seconds),
        Some(TaskTimeout::Path(path)) => {
            Some(wait::seconds(path.path(), "TimeoutSecondsPath", &input, &context)?)
        }
    };
    let input = shape::fill(state.parameters.as_ref(), &input, &context)?;
    let input = cx.output(input)?;
    let result = call(state, cx, cursor, input, timeout_s).await?;
    let result = shape::fill(state.result_selector.as_ref(), result.value(), &context)?;
    let output = shape::place(&state.result_path, raw, result, &context)?;
    cx.output(shape::select(&state.output_path, &output, &context)?)
}

/// Calls the resource once and records what happens.
async fn call(
    state: &Task,
    cx: &StateContext<'_, '_>,
    cursor: &HistoryCursor,
    input: Data,
    timeout_s: Option<u64>,
) -> Result<Data, Failure> {
    let execution = cx.execution;
    let reporter = Reporter::of(state, &execution.start.machine_arn);
    cursor.record(execution, reporter.scheduled(input.text(), timeout_s))?;
    cursor.record(execution, reporter.started())?;
    let timeout = timeout_s.map(Duration::from_secs);
    let answer = execution.executor.call(TaskCall {
        resource: state.resource.as_str().to_owned(),
        input: Value::clone(input.value()),
        state: cx.name.to_owned(),
        execution_arn: execution.start.execution_arn.clone(),
        timeout,
    });
    let answer = match timeout {
        Some(limit) => tokio::time::timeout(limit, answer).await.ok(),
        None => Some(answer.await),
    };
    let result = match answer {
        None => Err(Failure::timeout()),
        Some(Err(failure)) => Err(Failure::task(failure)),
        // A result over the limit is a failure of the task, so that Retry and Catch apply.
        Some(Ok(value)) => Data::new(Arc::new(value), reporter.owner()).map_err(Failure::reported),
    };
    let ended = match &result {
        Ok(output) => reporter.succeeded(output.text()),
        Err(failure) => reporter.failed(failure),
    };
    cursor.record(execution, ended)?;
    result
}

/// The events of a call: a function's or a service's.
enum Reporter<'a> {
    Function { arn: &'a str },
    Service { action: ServiceAction, region: &'a str },
}

impl<'a> Reporter<'a> {
    fn of(state: &'a Task, machine_arn: &'a str) -> Self {
        match state.resource.integration() {
            Integration::Function => Self::Function { arn: state.resource.as_str() },
            Integration::Service { resource_type, action } => Self::Service {
                action: ServiceAction {
                    resource_type: resource_type.to_owned(),
                    resource: action.to_owned(),
                },
                region: machine_arn.split(':').nth(3).unwrap_or_default(),
            },
        }
    }

    /// The name in AWS's cause of a result over the limit.
    fn owner(&self) -> &str {
        match self {
            Self::Function { arn } => arn,
            Self::Service { action, .. } => &action.resource_type,
        }
    }

    fn scheduled(&self, input: Arc<str>, timeout_s: Option<u64>) -> EventKind {
        match self {
            Self::Function { arn } => {
                EventKind::LambdaFunctionScheduled { resource: (*arn).to_owned(), input, timeout_s }
            }
            Self::Service { action, region } => EventKind::TaskScheduled {
                action: action.clone(),
                region: (*region).to_owned(),
                parameters: input,
                timeout_s,
            },
        }
    }

    fn started(&self) -> EventKind {
        match self {
            Self::Function { .. } => EventKind::LambdaFunctionStarted,
            Self::Service { action, .. } => EventKind::TaskStarted(action.clone()),
        }
    }

    fn succeeded(&self, output: Arc<str>) -> EventKind {
        match self {
            Self::Function { .. } => EventKind::LambdaFunctionSucceeded { output },
            Self::Service { action, .. } => EventKind::TaskSucceeded { action: action.clone(), output },
        }
    }

    fn failed(&self, failure: &Failure) -> EventKind {
        let reason = failure.reason.clone();
        let timed_out = reason.error.as_deref() == Some(errors::TIMEOUT);
        match (self, timed_out) {
            (Self::Function { .. }, true) => EventKind::LambdaFunctionTimedOut(reason),
            (Self::Function { .. }, false) => EventKind::LambdaFunctionFailed(reason),
            (Self::Service { action, .. }, true) => {
                EventKind::TaskTimedOut { action: action.clone(), reason }
            }
            (Self::Service { action, .. }, false) => EventKind::TaskFailed { action: action.clone(), reason },
        }
    }
}
