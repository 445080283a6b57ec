//! What is measured on warm functions, one order after the other.

use std::{collections::BTreeMap, time::Duration};

use target::{failure::Failure, progress::Progress};

use super::{Bed, broken, down, execute, functions, memory, ms, order};
use crate::standins::Behaviour;

/// How long a stand-in takes where the rest of an execution is measured: longer than what surrounds it, so that both
/// branches end with their stand-in.
const STAND_IN: Duration = Duration::from_millis(20);

/// How many executions tell their overhead: the hundredth part of them is still ten.
const EXECUTIONS: usize = 1_000;

/// How long each of the two branches takes, where it is seen that they take it at the same time (S11).
const BRANCH: Duration = Duration::from_millis(1_500);

/// Orders after which a function's memory is what it stays at.
const ORDERS_UNTIL_STEADY: usize = 50;

/// The execution's time beyond that of the slower branch's stand-in. Both branches ask one stand-in once.
pub(super) async fn overhead_ms(bed: &Bed<'_>, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    let (target, _) = bed.up(&bed.unpaced, true).await?;
    target.bedrock().behave(Behaviour::after(STAND_IN));
    target.naver().behave(Behaviour::after(STAND_IN));
    // The first ones start the processes.
    for number in 0..10 {
        execute(&target, &order(format!("warm-{number}"), number, 1)?).await?;
    }
    let mut samples = Vec::with_capacity(EXECUTIONS);
    for number in 0..EXECUTIONS {
        if number % 100 == 0 {
            progress.doing(&format!("execution {number} of {EXECUTIONS}"));
        }
        let took = execute(&target, &order(format!("overhead-{number}"), number, 1)?).await?;
        samples.push(ms(took) - ms(STAND_IN));
    }
    down(target).await?;
    Ok(samples)
}

pub(super) async fn execution_ms(bed: &Bed<'_>, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    let (target, _) = bed.up(&bed.usual, true).await?;
    execute(&target, &order("warm".to_owned(), 0, 3)?).await?;
    target.bedrock().behave(Behaviour::after(BRANCH));
    target.naver().behave(Behaviour::after(BRANCH));
    let mut samples = Vec::new();
    for sample in 0..bed.samples {
        progress.doing(&format!("execution {} of {}", sample + 1, bed.samples));
        samples.push(ms(
            execute(&target, &order(format!("execution-{sample}"), 0, 3)?).await?
        ));
    }
    down(target).await?;
    Ok(samples)
}

/// Every process of every function after a while of work.
pub(super) async fn function_memory_bytes(
    bed: &Bed<'_>,
    progress: &mut Progress,
) -> Result<BTreeMap<&'static str, Vec<f64>>, Failure> {
    progress.doing("weighing functions");
    let (target, _) = bed.up(&bed.unpaced, true).await?;
    for number in 0..ORDERS_UNTIL_STEADY {
        execute(&target, &order(format!("memory-{number}"), number, 3)?).await?;
    }
    let mut samples = BTreeMap::new();
    for function in functions() {
        let artifacts = bed.unpaced.artifacts.iter();
        let program = artifacts
            .filter(|artifact| artifact.function == function)
            .map(|artifact| artifact.program.as_path())
            .next();
        let found = program.map(memory::high_water_bytes).unwrap_or_default();
        if found.is_empty() {
            return Err(broken(format!("no process of function: {function}").into()));
        }
        samples.insert(function, found);
    }
    down(target).await?;
    Ok(samples)
}
