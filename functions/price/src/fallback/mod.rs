//! The sources of an environment in their order, and the search of one ingredient through them.
//!
//! - The first source with an offer ends the search.
//! - A source without vendors can only give a usual price. Without one it counts as not asked: it does not know whether the
//!   ingredient is sold.
//! - A source may use the remaining time minus 3 seconds per later source (less where that is more than an even part). So
//!   many ingredients may wait for one source's limiter, and a source that hangs does not take the time of the next.
//! - If no source has a fresh offer, a stale offer of a source that failed is used: last week's price is better than none.
//! - The search fails only if no source answered and there is no stale answer.
//! - A source with an open circuit is not asked: see `circuit_breaker`.

mod circuit_breaker;
#[cfg(test)]
mod tests;

use std::time::Duration;

use contract::{
    PriceSource,
    error_name::PriceError,
    metric::Emitted,
    price_source::SourceSettings,
    pricing::{Reference, UnpricedReason},
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use self::circuit_breaker::CircuitBreaker;
use crate::{
    cache::{Cache, CacheBatch, CachePolicy, entry::CachedAnswer},
    quota::Quota,
    search::{
        CallContext, ProductSearch, SearchError, SearchErrorKind,
        offer::{Answer, Offer},
    },
};

/// The time for each later source: enough for a call and the wait before it.
const RESERVE: Duration = Duration::from_secs(3);
/// A search that does not end in its time is cancelled this long after it.
const GRACE: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub struct ChainedSource<S> {
    source: PriceSource,
    search: S,
    quota: Quota,
    fresh_s: u32,
    permits: Semaphore,
    breaker: CircuitBreaker,
}

impl<S> ChainedSource<S> {
    /// `quota` is the one that the adapter acquires.
    pub fn new(settings: &SourceSettings, search: S, quota: Quota) -> Self {
        Self {
            source: settings.source,
            search,
            quota,
            fresh_s: settings.fresh_s,
            permits: Semaphore::new(usize::from(settings.concurrency.max(1))),
            breaker: CircuitBreaker::new(settings.source),
        }
    }

    const fn policy(&self) -> CachePolicy<'_> {
        CachePolicy { source: self.source, fresh_s: self.fresh_s, permits: &self.permits, quota: &self.quota }
    }
}

/// The sources in their order, and the cache of their answers.
#[derive(Debug)]
pub struct SourceChain<S> {
    sources: Vec<ChainedSource<S>>,
    cache: Cache,
}

#[derive(Debug)]
pub enum Outcome {
    /// The cheapest offer of the first source with one.
    Offered {
        source: PriceSource,
        offer: Offer,
        /// When the source was asked.
        asked_at: jiff::Timestamp,
    },
    /// No source has an offer.
    Nothing {
        reason: UnpricedReason,
        /// The usual price.
        reference: Option<Reference>,
    },
    /// No source answered.
    Failed(AllSourcesFailed),
}

/// The errors of the sources in their order.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(|error| runtime::chain(error)).collect::<Vec<_>>().join("; "))]
pub struct AllSourcesFailed(pub Vec<SearchError>);

impl AllSourcesFailed {
    /// The task's error: the limit, if any source reached one.
    pub fn error(&self) -> PriceError {
        let limit = PriceError::RateLimitExceeded;
        if self.0.iter().any(|error| error.kind.error() == limit) {
            limit
        } else {
            PriceError::PriceFetchFailed
        }
    }

    pub fn hint(&self) -> Option<&str> {
        self.0.iter().find_map(|error| error.hint.as_deref())
    }
}

impl<S: ProductSearch> SourceChain<S> {
    pub const fn new(sources: Vec<ChainedSource<S>>, cache: Cache) -> Self {
        Self { sources, cache }
    }

    /// Reads the cached answers of these names.
    pub async fn read_cache(&self, names: &[String]) -> CacheBatch<'_> {
        let sources = self.sources.iter().map(|source| source.source);
        self.cache.read_batch(sources, names).await
    }

    /// Searches a term through the sources. Answers are cached under the key, which other terms of the same meaning share.
    pub async fn find(
        &self,
        key: &str,
        term: &str,
        context: &CallContext,
        batch: &CacheBatch<'_>,
    ) -> Outcome {
        let cached: Vec<_> = self.sources.iter().map(|source| batch.fresh(source.policy(), key)).collect();
        let mut left_to_ask = cached.iter().filter(|cached| cached.is_none()).count();
        let mut errors = Vec::new();
        let mut failed = Vec::new();
        let mut unpriced = Unpriced::default();
        for (source, cached) in self.sources.iter().zip(cached) {
            let answer = if let Some(cached) = cached {
                let provider = source.source.facts().provider;
                context.metrics.add_for(Emitted::CacheHits, provider, 1.0);
                Ok(cached)
            } else {
                let share = share(context, left_to_ask);
                left_to_ask = left_to_ask.saturating_sub(1);
                if let Some(error) = source.breaker.open() {
                    Err(error)
                } else {
                    let search = source.ask(term, &share);
                    batch.answer(source.policy(), key, &share, search).await
                }
            };
            match answer {
                Ok(cached) => {
                    if let Some(offered) = unpriced.add_answer(source.source, &cached) {
                        return offered;
                    }
                }
                Err(error) => {
                    tracing::warn!(source = %source.source, why = %error.kind, "source gave no answer");
                    errors.push(error);
                    failed.push(source);
                }
            }
        }
        stale(&failed, key, context, batch, unpriced.0.is_some())
            .or_else(|| unpriced.into_outcome())
            .unwrap_or(Outcome::Failed(AllSourcesFailed(errors)))
    }
}

impl<S: ProductSearch> ChainedSource<S> {
    async fn ask(&self, name: &str, context: &CallContext) -> Result<Answer, SearchError> {
        // Another search may have opened the circuit while this one waited for its permit.
        if let Some(error) = self.breaker.open() {
            return Err(error);
        }
        let search = timeout_at(context.until + GRACE, self.search.search(name, context)).await;
        let answer = search.unwrap_or_else(|_| {
            let kind = SearchErrorKind::DeadlineExceeded;
            Err(SearchError::new(self.source, kind))
        });
        self.breaker.record(&answer);
        if let Err(error) = &answer
            && matches!(error.kind, SearchErrorKind::DailyLimit(_))
        {
            self.quota.exhaust().await;
        }
        answer
    }
}

/// The first stale offer of the sources that failed. If no source answered, it may be the first stale reference.
fn stale<S>(
    failed: &[&ChainedSource<S>],
    key: &str,
    context: &CallContext,
    batch: &CacheBatch<'_>,
    answered: bool,
) -> Option<Outcome> {
    let stale = failed.iter().filter_map(|source| {
        let cached = batch.stale(source.policy(), key)?;
        Some((source.source, cached))
    });
    let stale: Vec<_> = stale.collect();
    let has_reference =
        |stale: &&(PriceSource, CachedAnswer)| !answered && stale.1.content.reference().is_some();
    let sold = stale.iter().find(|(_, cached)| !cached.content.offers().is_empty());
    let (source, cached) = sold.or_else(|| stale.iter().find(has_reference))?;
    let provider = source.facts().provider;
    context.metrics.add_for(Emitted::CacheStale, provider, 1.0);
    tracing::warn!(%source, asked_at = %cached.at, "stale price is used");
    let mut unpriced = Unpriced::default();
    unpriced.add_answer(*source, cached).or_else(|| unpriced.into_outcome())
}

/// The context of the next source, with its part of the time.
fn share(context: &CallContext, left_to_ask: usize) -> CallContext {
    let now = Instant::now();
    let left = context.until.saturating_duration_since(now);
    let sources = u32::try_from(left_to_ask).unwrap_or(u32::MAX).max(1);
    let reserve = RESERVE.min(left / sources) * (sources - 1);
    context.until(now + left.saturating_sub(reserve))
}

/// Why an ingredient has no price, according to the answers so far.
#[derive(Default)]
struct Unpriced(Option<(UnpricedReason, Option<Reference>)>);

impl Unpriced {
    /// The outcome if the answer has an offer. Otherwise the answer is added to the reason.
    fn add_answer(&mut self, source: PriceSource, cached: &CachedAnswer) -> Option<Outcome> {
        let reason = match cached.content.cheapest() {
            Ok(offer) => {
                return Some(Outcome::Offered { source, offer: offer.clone(), asked_at: cached.at });
            }
            Err(reason) => reason,
        };
        let new = match cached.content.reference() {
            Some(reference) => (UnpricedReason::OnlyReference, Some(reference.clone())),
            None if source.facts().has_vendors => (reason, None),
            None => return None,
        };
        self.0 = Some(match self.0.take() {
            // A usual price is more than no offer, and so is a product without a price.
            Some((_, Some(reference))) => (UnpricedReason::OnlyReference, Some(reference)),
            Some((UnpricedReason::NoKnownPrice, None)) if new.1.is_none() => {
                (UnpricedReason::NoKnownPrice, None)
            }
            Some(_) | None => new,
        });
        None
    }

    fn into_outcome(self) -> Option<Outcome> {
        let (reason, reference) = self.0?;
        Some(Outcome::Nothing { reason, reference })
    }
}
