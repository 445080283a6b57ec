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
    recovering(&state.retry, &state.catch, visit, |retry_count| {
        attempt(state, visit, trail, retry_count)
    })
    .await
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
    trail.record(execution, What::ParallelStateStarted);
    let results = match branches(execution, &state.branches, &input, trail).await {
        Ok(results) => results,
        Err(failure) => {
            trail.record(execution, What::ParallelStateFailed(failure.reason.clone()));
            return Err(failure.out_of_branch());
        }
    };
    trail.record(execution, What::ParallelStateSucceeded);
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
    let (began, _) = trail.get();
    let trails: Vec<Trail> = branches.iter().map(|_| Trail::new(began)).collect();
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
            trail.follow(ended.get().0);
        }
        match ended {
            Ok(output) => {
                if let Some(place) = results.get_mut(at) {
                    *place = output.into_value();
                }
            }
            Err(failure) => {
                failed = Some((at, failure));
                break;
            }
        }
    }
    // Drops what is still running, and with it every call under way.
    drop(running);
    let Some((failed_at, failure)) = failed else {
        return Ok(Value::Array(results));
    };
    for (at, other) in trails.iter().enumerate() {
        let (last, inside) = other.get();
        if let Some(kind @ (Kind::Task | Kind::Wait | Kind::Parallel)) = inside.filter(|_| at != failed_at) {
            execution.record(last, What::StateAborted { kind });
        }
    }
    Err(failure)
}
