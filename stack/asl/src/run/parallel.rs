//! Parallel states: branches that run at the same time, in one task of the runtime. Calls `branch`, which calls this file.

use std::sync::Arc;

use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use serde_json::Value;

use super::{
    branch::{self, HistoryCursor, StateContext},
    data::Data,
    execution::Execution,
    failure::Failure,
    recovery::{Recovered, recovering},
    shape,
};
use crate::{
    history::EventKind,
    model::{Branch, Parallel, StateKind},
};

/// A branch under way. Boxed: branches nest, and a future cannot contain itself.
type Running<'r> = BoxFuture<'r, (usize, Result<Data, Failure>)>;

pub(super) async fn run<'m>(
    state: &'m Parallel,
    cx: &StateContext<'_, '_>,
    cursor: &HistoryCursor,
) -> Result<Recovered<'m>, Failure> {
    let attempt = |retry_count| attempt(state, cx, cursor, retry_count);
    let gave_up = |failure: &Failure| {
        // What fails beside the branches has no event of its own, nor has what ends the execution.
        if failure.is_from_branch() && !failure.ends_the_execution() {
            cursor.record(cx.execution, EventKind::ParallelStateFailed(failure.reason.clone()))?;
            // Its end is recorded: the Parallel state around it does not abort it.
            cursor.set_current_state(None, Vec::new());
        }
        Ok(())
    };
    recovering(&state.retry, &state.catch, cx, attempt, gave_up).await
}

async fn attempt(
    state: &Parallel,
    cx: &StateContext<'_, '_>,
    cursor: &HistoryCursor,
    retry_count: u32,
) -> Result<Data, Failure> {
    let context = cx.context(retry_count);
    let raw = cx.input.value();
    let input = shape::select(&state.input_path, raw, &context)?;
    let input = cx.output(shape::fill(state.parameters.as_ref(), &input, &context)?)?;
    let execution = cx.execution;
    cursor.record(execution, EventKind::ParallelStateStarted)?;
    let results =
        branches(execution, &state.branches, &input, cursor).await.map_err(Failure::out_of_branch)?;
    cursor.record_side_event(execution, EventKind::ParallelStateSucceeded)?;
    let result = shape::fill(state.result_selector.as_ref(), &Arc::new(results), &context)?;
    let output = shape::place(&state.result_path, raw, result, &context)?;
    cx.output(shape::select(&state.output_path, &output, &context)?)
}

fn start<'r>(
    execution: &'r Execution<'_>,
    at: usize,
    branch: &'r Branch,
    input: Data,
    cursor: &'r HistoryCursor,
) -> Running<'r> {
    let run = branch::run(execution, &branch.states, &branch.start_at, input, cursor);
    Box::pin(async move { (at, run.await) })
}

/// The results of all branches, in their order; or the first failure, and then no branch goes on.
async fn branches(
    execution: &Execution<'_>,
    branches: &[Branch],
    input: &Data,
    cursor: &HistoryCursor,
) -> Result<Value, Failure> {
    let began = cursor.last();
    let cursors: Vec<_> = branches.iter().map(|_| Arc::new(HistoryCursor::new(began))).collect();
    cursor.set_current_state(Some(StateKind::Parallel), cursors.clone());
    let mut running: FuturesUnordered<Running<'_>> = branches
        .iter()
        .zip(&cursors)
        .enumerate()
        .map(|(at, (branch, cursor))| start(execution, at, branch, input.clone(), cursor))
        .collect();
    let mut results = vec![Value::Null; branches.len()];
    let mut failed = None;
    while let Some((at, ended)) = running.next().await {
        if let Some(ended) = cursors.get(at) {
            cursor.continue_from(ended.last());
        }
        match ended {
            Ok(output) => {
                if let Some(place) = results.get_mut(at) {
                    *place = output.into_value();
                }
            }
            Err(failure) => {
                failed = Some(failure);
                break;
            }
        }
    }
    // Drops what is still running, and with it every call under way.
    drop(running);
    cursor.set_current_state(Some(StateKind::Parallel), Vec::new());
    let Some(failure) = failed else {
        return Ok(Value::Array(results));
    };
    // A failure that ends the execution aborts no state: AWS records the end and nothing else.
    if !failure.ends_the_execution() {
        cursors.iter().try_for_each(|cursor| cursor.abort_entered_states(execution))?;
    }
    Err(failure)
}
