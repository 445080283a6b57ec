//! Orders in warm environments: what they take, how many end in a second, and how often a price source is called.

use std::{
    collections::BTreeSet,
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use contract::{Order, Pricing, SessionId, task::TaskKind};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use platform::{Platform as _, bench::Samples, error_report::ErrorReport};
use serde_json::json;
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    TestBed, broken, execute, ingredients, ms, order,
    processes::{last_report, physical},
    shut_down,
};
use crate::{embedded::Embedded, stubs::Behaviour};

/// How long a stand-in takes where the rest of an execution is measured: longer than what surrounds it, so that both
/// branches end with their stand-in.
const STAND_IN: Duration = Duration::from_millis(20);

/// Executions that tell their overhead: the hundredth part of them is still ten.
const EXECUTIONS: usize = 1_000;

/// Orders under way at any time where the machine is to be busy.
const SIDE_BY_SIDE: usize = 8;

const WARM_UP: Duration = Duration::from_secs(3);
const THROUGHPUT_S: u32 = 20;
const SECOND: Duration = Duration::from_secs(1);

/// The price task's searches: their time, their number, and how often they are measured.
const SEARCH: Duration = Duration::from_millis(200);
const SEARCHED: u32 = 10;
const PRICE_TASKS: u32 = 10;

/// Many orders over few names.
const ORDERS: u32 = 1_000;
const NAMES: u32 = 200;
const NAMES_AN_ORDER: u32 = 5;

/// An execution's time beyond that of the recipe's stand-in, prices known: of recipes whose ingredients are all ordered, and
/// of those that need the second pass.
pub(super) async fn overhead(bed: &TestBed<'_>) -> Result<Samples, ErrorReport> {
    let (target, _) = bed.deploy(&bed.unpaced, true).await?;
    target.bedrock().behave(Behaviour::with_latency(STAND_IN));
    target.naver().behave(Behaviour::with_latency(STAND_IN));
    // The first ones start the processes and fetch the prices.
    for number in 0..10 {
        execute(&target, &order(format!("warm-{number}"), &ingredients(number, 1))?).await?;
    }
    let of_recipe = recipe_of(&target, "warm-0").await?;
    let (mut ordered, mut second_pass) = (Vec::new(), Vec::new());
    for number in 0..EXECUTIONS {
        let whole = order(format!("whole-{number}"), &of_recipe)?;
        ordered.push(ms(execute(&target, &whole).await?) - ms(STAND_IN));
        let part = order(format!("part-{number}"), &ingredients(number, 1))?;
        second_pass.push(ms(execute(&target, &part).await?) - ms(STAND_IN));
    }
    shut_down(target).await?;
    Ok(Samples::from([
        ("overhead".to_owned(), ordered.clone()),
        ("overhead-p99".to_owned(), ordered),
        ("overhead-second-pass".to_owned(), second_pass),
    ]))
}

/// The names of the ingredients that the recipe of a session has.
async fn recipe_of(target: &Embedded, session: &str) -> Result<Vec<String>, ErrorReport> {
    let session = SessionId::new(session).map_err(broken)?;
    let session = target.session(&session).await.map_err(|error| ErrorReport::order(&error))?;
    let plan = session.and_then(|session| session.result);
    let plan = plan.ok_or_else(|| broken("a completed session has no result"))?;
    let ingredients = plan.recipe.ingredients.iter();
    Ok(ingredients.map(|ingredient| ingredient.name.to_string()).collect())
}

/// Executions that end in each second, the next one started when one has ended.
pub(super) async fn throughput(bed: &TestBed<'_>) -> Result<Samples, ErrorReport> {
    let (target, _) = bed.deploy(&bed.unpaced, true).await?;
    let target = Arc::new(target);
    let ended = Arc::new(AtomicU32::new(0));
    let orders = (0..).map(|number| order(format!("load-{number}"), &ingredients(number, 1)));
    let executions = side_by_side(&target, orders, || {
        ended.fetch_add(1, Ordering::Relaxed);
    });
    let rates = async {
        let begin = Instant::now() + WARM_UP;
        sleep_until(begin).await;
        let (mut before, mut counts) = (ended.load(Ordering::Relaxed), Vec::new());
        for second in 1..=THROUGHPUT_S {
            sleep_until(begin + SECOND * second).await;
            let now = ended.load(Ordering::Relaxed);
            counts.push(f64::from(now - before));
            before = now;
        }
        counts
    };
    let samples = tokio::select! {
        counts = rates => counts,
        failed = executions => return Err(failed.err().unwrap_or_else(|| broken("the orders came to an end"))),
    };
    end(target).await?;
    Ok(Samples::from([("throughput".to_owned(), samples)]))
}

/// Runs orders, [`SIDE_BY_SIDE`] at any time, on all cores, up to the first failure.
async fn side_by_side(
    target: &Arc<Embedded>,
    orders: impl Iterator<Item = Result<Order, ErrorReport>>,
    on_end: impl Fn(),
) -> Result<(), ErrorReport> {
    stream::iter(orders)
        .map(|order| {
            let target = Arc::clone(target);
            let execution = tokio::spawn(async move { execute(&target, &order?).await });
            async { execution.await.map_err(broken)? }
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .try_for_each(|_| {
            on_end();
            ready(Ok(()))
        })
        .await
}

/// Shuts down when the last order under way has ended.
async fn end(mut target: Arc<Embedded>) -> Result<(), ErrorReport> {
    loop {
        match Arc::try_unwrap(target) {
            Ok(target) => return shut_down(target).await,
            Err(shared) => target = shared,
        }
        sleep(Duration::from_millis(1)).await;
    }
}

/// The price function alone, called as the first pass calls it: with new names, and with the same again.
pub(super) async fn price_task(bed: &TestBed<'_>) -> Result<Samples, ErrorReport> {
    let (target, _) = bed.deploy(&bed.usual, true).await?;
    let function = physical(bed, TaskKind::PriceFetcher);
    price(&target, &function, 0..1).await?;
    target.naver().behave(Behaviour::with_latency(SEARCH));
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for sample in 0..PRICE_TASKS {
        // The ten searches of the usual rate are free again.
        sleep(SECOND * 2).await;
        let first = 1 + sample * SEARCHED;
        for samples in [&mut new, &mut known] {
            price(&target, &function, first..first + SEARCHED).await?;
            samples.push(last_report(&target, &function, "durationMs")?);
        }
    }
    shut_down(target).await?;
    Ok(Samples::from([("price-task".to_owned(), new), ("price-task-cached".to_owned(), known)]))
}

/// Calls the function for these names, all of which must get a price.
async fn price(target: &Embedded, function: &str, names: std::ops::Range<u32>) -> Result<(), ErrorReport> {
    let ingredients: Vec<_> = names.map(|number| json!({ "name": name(number) })).collect();
    let input =
        json!({ "sessionId": "s", "executionId": "arn:aws:states:bench", "ingredients": ingredients });
    let functions = target.functions();
    let answer = functions.invoke(function, input.to_string().into(), "Root=1-0-0").await;
    let answer =
        answer.map_err(|failed| broken(format!("the price task failed: {}", failed.failure.error_type())))?;
    let pricing: Pricing = serde_json::from_slice(&answer).map_err(broken)?;
    if pricing.priced().count() == ingredients.len() {
        Ok(())
    } else {
        Err(broken("an ingredient of the price task has no price"))
    }
}

/// How often the price source is called for the names of the orders.
pub(super) async fn provider_calls(bed: &TestBed<'_>) -> Result<Samples, ErrorReport> {
    let (target, _) = bed.deploy(&bed.unpaced, true).await?;
    let target = Arc::new(target);
    side_by_side(&target, (0..ORDERS).map(wanting_few_names), || {}).await?;
    let names: BTreeSet<String> = (0..NAMES).map(name).collect();
    let calls = target.naver().calls();
    if u64::try_from(calls.len()).is_ok_and(|remembered| remembered < target.naver().count()) {
        return Err(broken("more calls than the stand-in remembers"));
    }
    let calls = calls.iter().filter(|call| names.contains(&call.subject)).count();
    let calls = u32::try_from(calls).map_err(broken)?;
    end(target).await?;
    Ok(Samples::from([("provider-calls".to_owned(), vec![calls.into()])]))
}

/// An order whose names stand far from each other; [`ORDERS`] of them want every name 25 times.
fn wanting_few_names(number: u32) -> Result<Order, ErrorReport> {
    let names = (0..NAMES_AN_ORDER).map(|at| name((number * 7 + at * 41) % NAMES));
    order(format!("prices-{number}"), &names.collect::<Vec<_>>())
}

/// A name of three syllables, another one for every number.
fn name(number: u32) -> String {
    const SYLLABLES: u32 = 11_172;
    let syllable = |number: u32| char::from_u32(0xAC00 + number % SYLLABLES).unwrap_or('가');
    let numbers = [number * 7 + 311, number * 31 + 4_001, number];
    numbers.into_iter().map(syllable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_another_one_and_every_one_is_wanted() {
        let names: BTreeSet<_> = (0..2_000).map(name).collect();
        assert_eq!(names.len(), 2_000);
        let mut wanted = BTreeSet::new();
        for number in 0..ORDERS {
            let order = wanting_few_names(number).unwrap();
            wanted.extend(order.ingredients.iter().map(|one| one.name.to_string()));
        }
        assert_eq!(wanted.len(), NAMES as usize);
    }
}
