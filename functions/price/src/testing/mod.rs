//! Fixtures of several modules' tests.

pub(crate) mod fake_source;
pub(crate) mod log_lines;
pub(crate) mod test_server;

use std::{
    num::{NonZeroU16, NonZeroU32},
    sync::Arc,
    time::Duration,
};

use contract::{PriceSource, metric::Emitted, price_source::SourceSettings, task::PriceRequest};
use runtime::{Deadline, Invocation, Recorded, Recorder};
use serde_json::json;
use tokio::time::Instant;

use crate::{
    cache::Cache,
    clock::test,
    fallback::{ChainedSource, SourceChain},
    quota::{DailyQuota, Quota, rate_limiter::RateLimiter},
    search::{
        CallContext, ProductSearch,
        offer::{Answer, MAX_PRICE_KRW, Offer},
    },
    store::{PriceTable, fake::FakeTable},
};

pub(crate) fn offer(price_krw: u32, vendor: &str) -> Offer {
    Offer::new(NonZeroU32::new(price_krw).unwrap(), vendor, "상품")
}

/// Every offer has a valid price, a vendor, and no hidden character.
#[track_caller]
pub(crate) fn assert_clean(answer: &Answer) {
    for offer in answer.offers() {
        assert!(offer.price_krw.get() <= MAX_PRICE_KRW && !offer.vendor.is_empty());
        let texts = [&offer.vendor, &offer.product_name].into_iter().chain(&offer.link);
        assert!(!texts.flat_map(|text| text.chars()).any(contract::text::is_hidden));
    }
}

pub(crate) fn context(time_ms: u64) -> (CallContext, Recorded) {
    let (metrics, recorded) = Recorder::in_memory();
    let until = Instant::now() + Duration::from_millis(time_ms);
    (CallContext::new(until, metrics), recorded)
}

pub(crate) fn invocation(time_s: u64) -> (Invocation, Recorded) {
    let (metrics, recorded) = Recorder::in_memory();
    let deadline = Deadline::after(Duration::from_secs(time_s));
    (Invocation { deadline, metrics }, recorded)
}

/// An order of these ingredients, one piece of each.
pub(crate) fn order(names: &[impl AsRef<str>]) -> PriceRequest {
    let ingredient = |name: &str| json!({ "name": name, "amount": "1", "unit": "개" });
    let ingredients: Vec<_> = names.iter().map(|name| ingredient(name.as_ref())).collect();
    let order = json!({ "sessionId": "s", "executionId": "e", "ingredients": ingredients });
    serde_json::from_value(order).unwrap()
}

pub(crate) fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("재료{at}")).collect()
}

pub(crate) fn settings(source: PriceSource, concurrency: u16, fresh_s: u32) -> SourceSettings {
    SourceSettings {
        source,
        base_url: String::new(),
        key_parameters: Vec::new(),
        concurrency,
        per_second: 10,
        per_day: 100,
        fresh_s,
    }
}

pub(crate) fn limiter(per_second: u16) -> RateLimiter {
    RateLimiter::per_second(NonZeroU16::new(per_second).unwrap())
}

/// The quota of one function over a table.
pub(crate) fn quota(table: &Arc<FakeTable>, source: PriceSource, per_second: u16, per_day: u32) -> Quota {
    let daily = DailyQuota::new(source, per_day, Arc::<FakeTable>::clone(table), test::now);
    Quota::new(limiter(per_second), Some(daily))
}

pub(crate) fn unlimited() -> Quota {
    Quota::new(limiter(u16::MAX), None)
}

/// One source, ten searches at once, over a table or none.
pub(crate) fn chain_of<S: ProductSearch>(
    search: S,
    quota: Quota,
    table: Option<Arc<FakeTable>>,
) -> SourceChain<S> {
    let source = ChainedSource::new(&settings(PriceSource::Naver, 10, 60), search, quota);
    let table = table.map(|table| table as Arc<dyn PriceTable>);
    SourceChain::new(vec![source], Cache::new(table, test::now))
}

/// For property tests: a runtime with a paused clock for each case.
pub(crate) fn on_virtual_time<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

/// For each recorded call 1 if it failed, else 0.
pub(crate) fn failures(recorded: &Recorded) -> Vec<f64> {
    let failures = recorded.values(Emitted::ProviderFailures);
    assert_eq!(recorded.values(Emitted::ProviderCalls).len(), failures.len());
    failures
}
