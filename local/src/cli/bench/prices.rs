//! What prices cost: the price task alone, of names without cached prices and of the same names again, and how often a
//! source is asked when many orders want the same.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use contract::{Order, SessionId, Task, task::PriceFetcher};
use serde_json::json;
use target::{bench::ProviderCalls, failure::Failure, progress::Progress};
use tokio::task::JoinSet;

use super::{
    TestBed,
    alone::{physical, reported},
    broken, down, execute,
};
use crate::{embedded::Embedded, stubs::Behaviour};

/// How long a search takes of the price task, and of how many ingredients it is.
const SEARCH: Duration = Duration::from_millis(200);
const SEARCHED: u32 = 10;

/// After it a price function may ask as much as before: a budget counts by the second, with a margin for clocks.
const NEXT_SECOND: Duration = Duration::from_millis(1_300);

/// Many orders, over few names, so many names an order.
const ORDERS: u32 = 1_000;
const NAMES: u32 = 200;
const NAMES_AN_ORDER: u32 = 5;

/// Orders under way at any time.
const SIDE_BY_SIDE: u32 = 8;

/// The price task twice for each sample, once with names that are new and once with the same.
#[derive(Default)]
pub(super) struct PriceTask {
    pub(super) new_ms: Vec<f64>,
    pub(super) kept_ms: Vec<f64>,
}

/// In the environment as it is: ten ingredients are as many as may be asked for in a second.
pub(super) async fn task_ms(bed: &TestBed<'_>, progress: &mut Progress) -> Result<PriceTask, Failure> {
    let (target, _) = bed.up(&bed.usual, true).await?;
    let function = physical(bed, PriceFetcher::NAME);
    price(&target, &function, "warm", 0..1).await?;
    target.naver().behave(Behaviour::with_latency(SEARCH));
    let mut samples = PriceTask::default();
    for sample in 0..bed.samples {
        progress.doing(&format!("price task {} of {}", sample + 1, bed.samples));
        tokio::time::sleep(NEXT_SECOND).await;
        let first = 1 + sample * SEARCHED;
        for samples in [&mut samples.new_ms, &mut samples.kept_ms] {
            price(
                &target,
                &function,
                &format!("price-{sample}"),
                first..first + SEARCHED,
            )
            .await?;
            let newest = reported(&target, &function, "durationMs").pop();
            samples.push(newest.ok_or_else(|| broken("no price task was reported".into()))?);
        }
    }
    down(target).await?;
    Ok(samples)
}

/// The function alone, asked as the workflow's first pass asks it. All must have a price.
async fn price(
    target: &Embedded,
    function: &str,
    session: &str,
    names: std::ops::Range<u32>,
) -> Result<(), Failure> {
    let ingredients: Vec<_> = names.map(|number| json!({ "name": name(number) })).collect();
    let input =
        json!({ "sessionId": session, "executionId": "arn:aws:states:bench", "ingredients": ingredients });
    let answer = target
        .functions()
        .invoke(function, input.to_string().into(), "Root=1-0-0")
        .await;
    let answer = answer
        .map_err(|failed| broken(format!("the price task failed: {}", failed.failure.error_type()).into()))?;
    let pricing: contract::Pricing = serde_json::from_slice(&answer).map_err(|error| broken(error.into()))?;
    if pricing.priced().count() == ingredients.len() {
        Ok(())
    } else {
        Err(broken("an ingredient of the price task has no price".into()))
    }
}

/// How often the source is asked for the names of the orders, and how often in a second at most, for whatever name.
pub(super) async fn calls(bed: &TestBed<'_>, progress: &mut Progress) -> Result<ProviderCalls, Failure> {
    progress.doing(&format!("{ORDERS} orders over {NAMES} ingredients"));
    let (target, _) = bed.up(&bed.unpaced, true).await?;
    let target = Arc::new(target);
    let (next, failed) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut cooks = JoinSet::new();
    for _ in 0..SIDE_BY_SIDE {
        let (target, next, failed) = (Arc::clone(&target), Arc::clone(&next), Arc::clone(&failed));
        cooks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= ORDERS {
                    break;
                }
                let cooked = match order(number) {
                    Ok(order) => execute(&target, &order).await,
                    Err(failure) => Err(failure),
                };
                if cooked.is_err() {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    while cooks.join_next().await.is_some() {}
    let target = Arc::into_inner(target).ok_or_else(|| broken("a cook did not leave".into()))?;
    let names: BTreeSet<String> = (0..NAMES).map(name).collect();
    let asked = target.naver().calls();
    if u64::try_from(asked.len()).is_ok_and(|remembered| remembered < target.naver().count()) {
        return Err(broken("more calls than the stand-in remembers".into()));
    }
    let calls = asked.iter().filter(|call| names.contains(&call.subject)).count();
    let most_in_a_second = target.naver().most_in_a_second();
    down(target).await?;
    Ok(ProviderCalls {
        completed: (ORDERS - failed.load(Ordering::Relaxed)).into(),
        failed: failed.load(Ordering::Relaxed).into(),
        calls: u32::try_from(calls).unwrap_or(u32::MAX),
        most_in_a_second: u32::try_from(most_in_a_second).unwrap_or(u32::MAX),
    })
}

/// An order whose names stand far from each other; a thousand of them want every name 25 times.
fn order(number: u32) -> Result<Order, Failure> {
    let ingredients: Vec<_> = (0..NAMES_AN_ORDER)
        .map(|at| json!({ "name": name((number * 7 + at * 41) % NAMES) }))
        .collect();
    let text = json!({
        "profile": { "target": "general", "budget": 20_000, "servings": 2 },
        "ingredients": ingredients,
    });
    let session = SessionId::new(format!("prices-{number}")).map_err(|error| broken(error.into()))?;
    Order::parse(text.to_string().as_bytes(), || session).map_err(|error| broken(error.into()))
}

/// A name of three syllables, another one for every number.
fn name(number: u32) -> String {
    const SYLLABLES: u32 = 11_172;
    let syllable = |number: u32| char::from_u32(0xAC00 + number % SYLLABLES).unwrap_or('가');
    [number * 7 + 311, number * 31 + 4_001, number]
        .into_iter()
        .map(syllable)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_another_one_and_every_one_is_wanted() {
        let names: BTreeSet<_> = (0..2_000).map(name).collect();
        assert_eq!(names.len(), 2_000);
        let wanted: BTreeSet<_> = (0..ORDERS)
            .flat_map(|number| {
                let order = order(number).unwrap();
                order
                    .ingredients
                    .iter()
                    .map(|one| one.name.to_string())
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(wanted.len(), NAMES as usize);
    }
}
