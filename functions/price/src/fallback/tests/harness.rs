//! Sources that the test holds in its hand, over a table in memory and a clock that stands still.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use contract::AsOf;
use runtime::{Recorded, Recorder};
use tokio::time::sleep;

use super::super::*;
use crate::{
    clock::test,
    search::Refusal,
    store::fake::FakeTable,
    testing::{self, offer},
};

/// What a source does when it is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Does {
    /// Sells at that price.
    Sells(u32),
    /// Has it without a price.
    NoPrice,
    Nothing,
    /// Says what it usually costs.
    Refers(u32),
    /// Refuses: a day's limit, a failure of its own, our credentials.
    DayIsOver,
    Broken,
    Refuses,
    /// Does not answer in the time of a call, of so many ms.
    TimesOut(u64),
    Hangs,
    /// Sells after so many ms.
    SellsLate(u64),
}

#[derive(Debug)]
pub(super) struct Scripted {
    source: PriceSource,
    does: Arc<Mutex<Does>>,
    asked: Arc<AtomicUsize>,
}

impl ProductSearch for Scripted {
    async fn search(&self, _: &str, _: &CallContext) -> Result<Answer, SearchError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let does = *self.does.lock().unwrap();
        sleep(Duration::from_millis(200)).await;
        let refusal = Refusal { status: 500, code: None, message: String::new() };
        let kind = match does {
            Does::Sells(price) => return Ok(Answer::new(vec![offer(price, "가게")], 0)),
            Does::NoPrice => return Ok(Answer::new(vec![], 1)),
            Does::Nothing => return Ok(Answer::default()),
            Does::Refers(price) => return Ok(Answer::referring(Some(reference(self.source, price)))),
            Does::DayIsOver => SearchErrorKind::DailyLimit(refusal),
            Does::Broken => SearchErrorKind::ProviderFailed(refusal),
            Does::Refuses => SearchErrorKind::Credentials(refusal),
            Does::TimesOut(ms) => SearchErrorKind::Timeout(Duration::from_millis(ms)),
            Does::SellsLate(ms) => {
                sleep(Duration::from_millis(ms)).await;
                return Ok(Answer::new(vec![offer(1, "가게")], 0));
            }
            Does::Hangs => std::future::pending().await,
        };
        Err(SearchError::new(self.source, kind))
    }
}

fn reference(source: PriceSource, price: u32) -> Reference {
    Reference {
        price_krw: price.into(),
        per: "1kg".to_owned(),
        product_name: "양파".to_owned(),
        source,
        as_of: AsOf("2026-10-01".to_owned()),
    }
}

/// A chain and what the test sees of it.
pub(super) struct Harness {
    pub(super) chain: SourceChain<Scripted>,
    pub(super) table: Arc<FakeTable>,
    pub(super) metrics: Recorder,
    pub(super) recorded: Recorded,
}

pub(super) const FRESH_S: u32 = 3_600;

pub(super) fn harness(sources: &[(PriceSource, Does)]) -> Harness {
    harness_over(&Arc::default(), sources)
}

/// Another function over the same table.
pub(super) fn harness_over(table: &Arc<FakeTable>, sources: &[(PriceSource, Does)]) -> Harness {
    let sources = sources.iter().map(|&(source, does)| {
        let search = Scripted { source, does: Arc::new(Mutex::new(does)), asked: Arc::default() };
        let quota = testing::quota(table, source, 10, 100);
        ChainedSource::new(&testing::settings(source, 4, FRESH_S), search, quota)
    });
    let sources = sources.collect();
    let cache = Cache::new(Some(Arc::<FakeTable>::clone(table)), test::now);
    let (metrics, recorded) = Recorder::in_memory();
    Harness { chain: SourceChain::new(sources, cache), table: Arc::clone(table), metrics, recorded }
}

impl Harness {
    pub(super) fn context(&self, time_ms: u64) -> CallContext {
        CallContext::new(Instant::now() + Duration::from_millis(time_ms), self.metrics.clone())
    }

    pub(super) async fn outcome(&self, name: &str) -> Outcome {
        let batch = self.chain.read_cache(&[name.to_owned()]).await;
        let outcome = self.chain.find(name, name, &self.context(12_000), &batch).await;
        batch.end().await;
        outcome
    }

    pub(super) async fn find(&self, name: &str) -> String {
        word(&self.outcome(name).await)
    }

    /// How often each source was asked.
    pub(super) fn asked(&self) -> Vec<usize> {
        let sources = self.chain.sources.iter();
        sources.map(|source| source.search.asked.load(Ordering::SeqCst)).collect()
    }

    pub(super) fn set(&self, source: usize, does: Does) {
        *self.chain.sources[source].search.does.lock().unwrap() = does;
    }

    pub(super) fn count(&self, metric: Emitted) -> usize {
        self.recorded.values(metric).len()
    }
}

/// An outcome in a word: `elevenst 100`, `NoOffer`, `Failed PriceFetchFailed`.
pub(super) fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Offered { source, offer, .. } => format!("{source} {}", offer.price_krw),
        Outcome::Nothing { reason, reference: Some(reference) } => {
            format!("{reason:?} {} {}", reference.source, reference.price_krw)
        }
        Outcome::Nothing { reason, .. } => format!("{reason:?}"),
        Outcome::Failed(failed) => format!("Failed {:?}", failed.error()),
    }
}
