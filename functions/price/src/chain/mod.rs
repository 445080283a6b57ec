//! The sources of an environment, in their order, and how one ingredient falls through them.
//!
//! - A source with an offer ends the search; one without an offer, or without an answer, passes it on.
//! - A source without vendors can only say what an ingredient usually costs. When it has nothing to say it has answered
//!   nothing: it does not know whether somebody sells it.
//! - Each source gets all the time that is left, but for 3 seconds that are kept for each source after it (less where that
//!   is more than an even part). So many ingredients may wait for their turns of one source, and only one that is dead is
//!   cut: it does not eat the time of the next.
//! - When no source has a fresh offer, a stale one of a source that gave no answer serves, if one is kept: a price of last
//!   week says more than that nobody else sells it.
//! - Only when no source answered, and nothing stale serves, is the ingredient unanswered.
//! - A source that just refused our credentials, or broke twice in a row, is left alone for a moment: see `health`.
//!
//! How answers are kept lives in `cache`, how one source is asked in its adapter.

mod health;
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

use self::health::Health;
use crate::{
    Answer, Budget, Offer, ProductSearch, Scope, Unanswered,
    cache::{Cache, Kept, Shop, Visit},
    search::Why,
};

/// What is kept of the time for each source that may have to be asked afterwards: enough for a call and a turn.
const RESERVE: Duration = Duration::from_secs(3);
/// A search that does not end with its time is dropped this long after it.
const GRACE: Duration = Duration::from_millis(50);

/// One source of the chain.
#[derive(Debug)]
pub struct Link<S> {
    source: PriceSource,
    search: S,
    budget: Budget,
    fresh_s: u32,
    permits: Semaphore,
    health: Health,
}

impl<S> Link<S> {
    /// A source that is asked as its settings say, with the budget that its adapter takes turns of.
    pub fn new(settings: &SourceSettings, search: S, budget: Budget) -> Self {
        Self {
            source: settings.source,
            search,
            budget,
            fresh_s: settings.fresh_s,
            permits: Semaphore::new(usize::from(settings.concurrency.max(1))),
            health: Health::default(),
        }
    }

    const fn shop(&self) -> Shop<'_> {
        Shop {
            source: self.source,
            fresh_s: self.fresh_s,
            permits: &self.permits,
        }
    }
}

/// The sources in their order, with what they share.
#[derive(Debug)]
pub struct Chain<S> {
    links: Vec<Link<S>>,
    cache: Cache,
}

/// What became of one ingredient.
#[derive(Debug)]
pub enum Outcome {
    /// Somebody sells it: the cheapest offer of the first source with one.
    Offered {
        /// Who knows it.
        source: PriceSource,
        /// The offer.
        offer: Offer,
        /// When the source was asked.
        asked_at: jiff::Timestamp,
    },
    /// Nobody sells it.
    Nothing {
        /// Why it has no price.
        reason: UnpricedReason,
        /// What it usually costs.
        reference: Option<Reference>,
    },
    /// No source gave an answer.
    Unanswered(AllUnanswered),
}

/// Why none of the sources answered, in their order.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.said())]
pub struct AllUnanswered(pub Vec<Unanswered>);

impl AllUnanswered {
    /// The task's error (S9): a limit, if any source met one.
    #[must_use]
    pub fn error(&self) -> PriceError {
        let limit = PriceError::RateLimitExceeded;
        if self.0.iter().any(|unanswered| unanswered.why.error() == limit) {
            limit
        } else {
            PriceError::PriceFetchFailed
        }
    }

    /// What to do about it: the first hint that a source gave.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.iter().find_map(|unanswered| unanswered.hint.as_deref())
    }

    fn said(&self) -> String {
        let said = self.0.iter().map(|unanswered| shell::chain(unanswered));
        said.collect::<Vec<_>>().join("; ")
    }
}

impl<S: ProductSearch> Chain<S> {
    /// These sources in this order, whose answers are kept there.
    pub const fn new(links: Vec<Link<S>>, cache: Cache) -> Self {
        Self { links, cache }
    }

    /// Reads what is kept of these names, before anything is asked.
    pub async fn visit(&self, names: &[String]) -> Visit<'_> {
        self.cache
            .visit(self.links.iter().map(|link| link.source), names)
            .await
    }

    /// Searches a term through the sources. Its answers are kept under a key, which says what other terms mean the same.
    pub async fn find(&self, key: &str, term: &str, scope: &Scope, visit: &Visit<'_>) -> Outcome {
        let kept: Vec<_> = self
            .links
            .iter()
            .map(|link| visit.fresh(link.shop(), key))
            .collect();
        let mut still_to_ask = kept.iter().filter(|kept| kept.is_none()).count();
        let mut unanswered = Vec::new();
        let mut failed = Vec::new();
        let mut nothing = None;
        for (link, kept) in self.links.iter().zip(kept) {
            let answer = if let Some(kept) = kept {
                let provider = link.source.facts().provider;
                scope.metrics.add_for(Emitted::CacheHits, provider, 1.0);
                Ok(kept)
            } else {
                let share = share(scope, still_to_ask);
                still_to_ask = still_to_ask.saturating_sub(1);
                match link.health.skipped(link.source) {
                    Some(skipped) => Err(skipped),
                    None => {
                        visit
                            .answer(link.shop(), key, &share, link.ask(term, &share))
                            .await
                    }
                }
            };
            match answer {
                Ok(kept) => {
                    if let Some(offered) = judge(link.source, &kept, &mut nothing) {
                        return offered;
                    }
                }
                Err(error) => {
                    tracing::warn!(source = %link.source, why = %error.why, "source gave no answer");
                    unanswered.push(error);
                    failed.push(link);
                }
            }
        }
        let stale = stale(&failed, key, scope, visit, nothing.is_some());
        stale.unwrap_or_else(|| match nothing {
            Some((reason, reference)) => Outcome::Nothing { reason, reference },
            None => Outcome::Unanswered(AllUnanswered(unanswered)),
        })
    }
}

impl<S: ProductSearch> Link<S> {
    /// Asks the source. A provider whose day is over is not asked again today, one that is out of health not for a moment.
    async fn ask(&self, name: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        // While this search waited for its permit another one may have failed.
        if let Some(skipped) = self.health.skipped(self.source) {
            return Err(skipped);
        }
        let answer = timeout_at(scope.until + GRACE, self.search.search(name, scope)).await;
        let answer = answer.unwrap_or_else(|_| {
            Err(Unanswered {
                provider: self.source.facts().provider,
                why: Why::NoTime,
                hint: None,
            })
        });
        self.health.note(&answer);
        if let Err(Unanswered {
            why: Why::LimitPerDay(_),
            ..
        }) = &answer
        {
            self.budget.day_is_over().await;
        }
        answer
    }
}

/// What was kept of it and is no longer fresh, of those that gave no answer: the first one's offer, or else, where nobody
/// answered anything, the first one's reference.
fn stale<S>(
    failed: &[&Link<S>],
    key: &str,
    scope: &Scope,
    visit: &Visit<'_>,
    answered: bool,
) -> Option<Outcome> {
    let kept = |link: &&Link<S>| {
        let kept = visit.stale(link.source, link.fresh_s, key)?;
        Some((link.source, kept))
    };
    let kept: Vec<_> = failed.iter().filter_map(kept).collect();
    let reference = |kept: &&(PriceSource, Kept)| !answered && kept.1.answer.reference().is_some();
    let sold = kept.iter().find(|(_, kept)| !kept.answer.offers().is_empty());
    let (source, kept) = sold.or_else(|| kept.iter().find(reference))?;
    scope
        .metrics
        .add_for(Emitted::CacheStale, source.facts().provider, 1.0);
    tracing::warn!(%source, asked_at = %kept.asked_at, "stale price is served");
    let mut nothing = None;
    judge(*source, kept, &mut nothing)
        .or_else(|| nothing.map(|(reason, reference)| Outcome::Nothing { reason, reference }))
}

/// The part of the scope's time that the next source gets.
fn share(scope: &Scope, still_to_ask: usize) -> Scope {
    let now = Instant::now();
    let left = scope.until.saturating_duration_since(now);
    let sources = u32::try_from(still_to_ask).unwrap_or(u32::MAX).max(1);
    let reserve = RESERVE.min(left / sources) * (sources - 1);
    Scope {
        until: now + left.saturating_sub(reserve),
        metrics: scope.metrics.clone(),
    }
}

/// An offer ends the search. What else an answer says is added to what is known.
fn judge(
    source: PriceSource,
    kept: &Kept,
    nothing: &mut Option<(UnpricedReason, Option<Reference>)>,
) -> Option<Outcome> {
    let reason = match kept.answer.cheapest() {
        Ok(offer) => {
            return Some(Outcome::Offered {
                source,
                offer: offer.clone(),
                asked_at: kept.asked_at,
            });
        }
        Err(reason) => reason,
    };
    let new = match kept.answer.reference() {
        Some(reference) => (UnpricedReason::OnlyReference, Some(reference.clone())),
        None if source.facts().has_vendors => (reason, None),
        None => return None,
    };
    *nothing = Some(match nothing.take() {
        // What somebody usually pays says more than that nobody sells it, and a price that is not known more than no offer.
        Some((_, Some(reference))) => (UnpricedReason::OnlyReference, Some(reference)),
        Some((UnpricedReason::NoKnownPrice, None)) if new.1.is_none() => (UnpricedReason::NoKnownPrice, None),
        Some(_) | None => new,
    });
    None
}

impl<S: ProductSearch> Chain<S> {
    /// One source and no table: whatever is searched is asked.
    #[cfg(test)]
    pub(crate) fn of_one(search: S, concurrency: std::num::NonZeroU16, now: crate::clock::Clock) -> Self {
        Self::of_one_over(None, search, concurrency, now)
    }

    /// One source, whose answers are kept in that table.
    #[cfg(test)]
    pub(crate) fn of_one_over(
        table: Option<std::sync::Arc<dyn crate::table::PriceTable>>,
        search: S,
        concurrency: std::num::NonZeroU16,
        now: crate::clock::Clock,
    ) -> Self {
        let settings = SourceSettings {
            source: PriceSource::Naver,
            base_url: String::new(),
            key_parameters: Vec::new(),
            concurrency: concurrency.get(),
            per_second: 50,
            per_day: 1,
            fresh_s: 60,
        };
        let pace = crate::Pace::per_second(std::num::NonZeroU16::MAX);
        let link = Link::new(&settings, search, Budget::own(pace));
        Self::new(vec![link], Cache::new(table, now))
    }
}
