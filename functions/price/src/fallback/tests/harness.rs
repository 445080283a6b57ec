//! A chain of fake sources over a table in memory and a paused clock.

use std::sync::Arc;

use runtime::{Recorded, Recorder};

use super::super::*;
use crate::{
    clock::test,
    store::fake::FakeTable,
    testing::{
        self,
        fake_source::{Behavior, FakeSource},
    },
};

/// A chain and what the test sees of it.
pub(super) struct Harness {
    pub(super) chain: SourceChain<FakeSource>,
    pub(super) table: Arc<FakeTable>,
    pub(super) metrics: Recorder,
    pub(super) recorded: Recorded,
}

pub(super) const FRESH_S: u32 = 3_600;

pub(super) fn harness(sources: &[(PriceSource, Behavior)]) -> Harness {
    harness_over(&Arc::default(), sources)
}

/// Another function over the same table. Each source answers after 200 ms.
pub(super) fn harness_over(table: &Arc<FakeTable>, sources: &[(PriceSource, Behavior)]) -> Harness {
    let sources = sources.iter().map(|&(source, behavior)| {
        let search = FakeSource::new(source, 200, behavior);
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
        summary(&self.outcome(name).await)
    }

    /// How many searches each source got.
    pub(super) fn searches(&self) -> Vec<usize> {
        self.chain.sources.iter().map(|source| source.search.log.count()).collect()
    }

    pub(super) fn set(&self, source: usize, behavior: Behavior) {
        self.chain.sources[source].search.set(behavior);
    }

    pub(super) fn count(&self, metric: Emitted) -> usize {
        self.recorded.values(metric).len()
    }
}

/// An outcome in a word: `elevenst 100`, `NoOffer`, `Failed PriceFetchFailed`.
pub(super) fn summary(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Offered { source, offer, .. } => format!("{source} {}", offer.price_krw),
        Outcome::Nothing { reason, reference: Some(reference) } => {
            format!("{reason:?} {} {}", reference.source, reference.price_krw)
        }
        Outcome::Nothing { reason, .. } => format!("{reason:?}"),
        Outcome::Failed(failed) => format!("Failed {:?}", failed.error()),
    }
}
