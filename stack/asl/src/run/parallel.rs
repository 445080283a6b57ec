//! Parallel states: branches that run at the same time, in one task of the runtime.

use std::sync::Arc;

use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use serde_json::Value;

use super::{
    branch::{self, Trail, Visit},
    data::Data,
    execution::Execution,
    failure::Failure,
    recovery::{Recovered, recovering},
    shape,
};
use crate::{
    history::{Kind, What},
    model::{Branch, Parallel},
};

/// A branch under way. Boxed: branches nest, and a future cannot contain itself.
type Running<'r> = BoxFuture<'r, (usize, Result<Data, Failure>)>;

pub(super) async fn run<'m>(
    state: &'m Parallel,
    visit: &Visit<'_, '_>,
    trail: &Trail,
) -> Result<Recovered<'m>, Failure> {
    let attempt = |retry_count| attempt(state, visit, trail, retry_count);
    let gave_up = |failure: &Failure| {
        // What fails beside the branches has no event of its own, nor has what ends the execution.
        if failure.is_from_branch() && !failure.ends_the_execution() {
            trail.record(visit.execution, What::ParallelStateFailed(failure.reason.clone()))?;
            // It has told of its end: the Parallel state around it does not abort it.
            trail.set_inside(None, Vec::new());
        }
        Ok(())
    };
    recovering(&state.retry, &state.catch, visit, attempt, gave_up).await
}

async fn attempt(
    state: &Parallel,
    visit: &Visit<'_, '_>,
    trail: &Trail,
    retry_count: u32,
) -> Result<Data, Failure> {
    let context = visit.context(retry_count);
    let raw = visit.input.value();
    let input = shape::select(&state.input_path, raw, &context)?;
    let input = visit.output(shape::fill(state.parameters.as_ref(), &input, &context)?)?;
    let execution = visit.execution;
    trail.record(execution, What::ParallelStateStarted)?;
    let results = branches(execution, &state.branches, &input, trail)
        .await
        .map_err(Failure::out_of_branch)?;
    trail.record_side_event(execution, What::ParallelStateSucceeded)?;
    let result = shape::fill(state.result_selector.as_ref(), &Arc::new(results), &context)?;
    let output = shape::place(&state.result_path, raw, result, &context)?;
    visit.output(shape::select(&state.output_path, &output, &context)?)
}

fn start<'r>(
    execution: &'r Execution<'_>,
    at: usize,
    branch: &'r Branch,
    input: Data,
    trail: &'r Trail,
) -> Running<'r> {
    let run = branch::run(execution, &branch.states, &branch.start_at, input, trail);
    Box::pin(async move { (at, run.await) })
}

/// The results of all branches, in their order; or the first failure, and then no branch goes on.
async fn branches(
    execution: &Execution<'_>,
    branches: &[Branch],
    input: &Data,
    trail: &Trail,
) -> Result<Value, Failure> {
    let began = trail.last();
    let trails: Vec<_> = branches.iter().map(|_| Arc::new(Trail::new(began))).collect();
    trail.set_inside(Some(Kind::Parallel), trails.clone());
    let mut running: FuturesUnordered<Running<'_>> = branches
        .iter()
        .zip(&trails)
        .enumerate()
        .map(|(at, (branch, trail))| start(execution, at, branch, input.clone(), trail))
        .collect();
    let mut results = vec![Value::Null; branches.len()];
    let mut failed = None;
    while let Some((at, ended)) = running.next().await {
        if let Some(ended) = trails.get(at) {
            trail.follow(ended.last());
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
    trail.set_inside(Some(Kind::Parallel), Vec::new());
    let Some(failure) = failed else {
        return Ok(Value::Array(results));
    };
    // What ends the execution itself aborts no state: AWS tells of the end and of nothing else.
    if !failure.ends_the_execution() {
        trails.iter().try_for_each(|trail| trail.give_up(execution))?;
    }
    Err(failure)
}
