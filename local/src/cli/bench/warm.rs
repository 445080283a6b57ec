//! What is measured on warm functions, one order after the other.

use std::{collections::BTreeMap, time::Duration};

use contract::SessionId;
use target::{Target as _, failure::Failure, progress::Progress};

use super::{TestBed, broken, down, execute, functions, memory, ms, order, order_of};
use crate::{embedded::Embedded, stubs::Behaviour};

/// How long a stand-in takes where the rest of an execution is measured: longer than what surrounds it, so that both
/// branches end with their stand-in.
const STUB_LATENCY: Duration = Duration::from_millis(20);

/// Executions whose overhead is measured: a hundredth of them is still ten.
const EXECUTIONS: usize = 1_000;

/// How long each of the two branches takes: long enough to tell branches in parallel from one after the other.
const BRANCH: Duration = Duration::from_millis(1_500);

/// Orders after which a function's memory is what it stays at.
const ORDERS_UNTIL_STEADY: usize = 50;

/// Executions whose recipe has nothing that was not ordered, and as many whose recipe has.
pub(super) struct Overhead {
    pub(super) ordered_ms: Vec<f64>,
    pub(super) recipe_ms: Vec<f64>,
}

/// The execution's time beyond that of the recipe's stand-in; the prices are kept.
pub(super) async fn overhead_ms(bed: &TestBed<'_>, progress: &mut Progress) -> Result<Overhead, Failure> {
    let (target, _) = bed.up(&bed.unpaced, true).await?;
    target.bedrock().behave(Behaviour::with_latency(STUB_LATENCY));
    target.naver().behave(Behaviour::with_latency(STUB_LATENCY));
    // The first ones start the processes and fetch the prices.
    for number in 0..10 {
        execute(&target, &order(format!("warm-{number}"), number, 1)?).await?;
    }
    let of_recipe = recipe_of(&target, "warm-0").await?;
    let mut samples = Overhead {
        ordered_ms: Vec::with_capacity(EXECUTIONS),
        recipe_ms: Vec::with_capacity(EXECUTIONS),
    };
    for number in 0..EXECUTIONS {
        if number % 100 == 0 {
            progress.doing(&format!("execution {number} of {EXECUTIONS}, twice"));
        }
        let whole = order_of(format!("whole-{number}"), &of_recipe)?;
        samples
            .ordered_ms
            .push(ms(execute(&target, &whole).await?) - ms(STUB_LATENCY));
        let part = order(format!("part-{number}"), number, 1)?;
        samples
            .recipe_ms
            .push(ms(execute(&target, &part).await?) - ms(STUB_LATENCY));
    }
    down(target).await?;
    Ok(samples)
}

/// What the recipe of a session has.
async fn recipe_of(target: &Embedded, session: &str) -> Result<Vec<String>, Failure> {
    let session = SessionId::new(session).map_err(|error| broken(error.into()))?;
    let session = target.session(&session).await.map_err(Failure::Order)?;
    let plan = session
        .and_then(|session| session.result)
        .ok_or_else(|| broken("a cooked order has no result".into()))?;
    let ingredients = plan.recipe.ingredients.iter();
    Ok(ingredients
        .map(|ingredient| ingredient.name.to_string())
        .collect())
}

pub(super) async fn execution_ms(bed: &TestBed<'_>, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    let (target, _) = bed.up(&bed.usual, true).await?;
    execute(&target, &order("warm".to_owned(), 0, 3)?).await?;
    target.bedrock().behave(Behaviour::with_latency(BRANCH));
    target.naver().behave(Behaviour::with_latency(BRANCH));
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
    bed: &TestBed<'_>,
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
