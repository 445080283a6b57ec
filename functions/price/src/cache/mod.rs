//! The cache: answers that all functions share, each searched once.
//!
//! - All rows of an order are read in one batch, before any search.
//! - An answer is **fresh** as long as its source's settings say, an empty one for a quarter of that: the product may be sold
//!   soon. For a fresh answer the source is not asked.
//! - Otherwise a search waits for a permit and for the rate limiter, and then takes a **lease** on the row. The holder asks the
//!   source and writes the answer; other functions poll the row with growing pauses. A holder that fails releases the lease.
//!   The lease of a process that ended, or takes longer than one call may, expires within 5 seconds.
//! - **Stale** answers stay for a week. One is used only if its source failed and no other has a fresh offer (see `fallback`),
//!   with its true age.
//! - Answers are written in the background. Writes that take longer than 20 ms after the last answer are cancelled: a function
//!   does nothing after it has answered.
//! - An error of the table never fails an order: it is logged, and counts as a miss.

pub mod entry;
mod lease;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use contract::{PriceSource, metric::Emitted};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep, timeout_at},
};

use self::{
    entry::CachedAnswer,
    lease::{Lease, Writes},
};
use crate::{
    clock::Clock,
    quota::Quota,
    search::{CallContext, SearchError, SearchErrorKind, offer::Answer},
    store::{LONGEST_LEASE_MS, Leased, NewLease, NewRow, PriceTable, Row, answer_key, bounded},
};

/// Longest wait for the batch of an order.
const READ_TIMEOUT: Duration = Duration::from_millis(500);
/// The same for the first order of a process, which has to connect.
const FIRST_READ_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Longest wait for a lease or one row.
const LEASE_TIMEOUT: Duration = Duration::from_millis(500);
/// The time of a lease: half of the longest valid one, and a little longer than one call may take.
const LEASE_MS: i64 = LONGEST_LEASE_MS / 2;
/// How long an answer may be stale, in seconds: a week.
pub const STALE_S: u32 = 7 * 86_400;
/// The part of the source's time for which an empty answer is fresh.
const EMPTY_PART: u32 = 4;

#[derive(Debug)]
pub struct Cache {
    table: Option<Arc<dyn PriceTable>>,
    now: Clock,
    /// A random number which, with the next counter, is a unique name for a lease's holder.
    process: u64,
    next: AtomicU64,
    has_read: AtomicBool,
}

/// How a source's answers are cached and its searches limited.
#[derive(Debug, Clone, Copy)]
pub struct CachePolicy<'a> {
    pub source: PriceSource,
    /// How long answers are fresh, in seconds.
    pub fresh_s: u32,
    /// For concurrent searches.
    pub permits: &'a Semaphore,
    pub quota: &'a Quota,
}

impl CachePolicy<'_> {
    /// Waits until a search may start.
    async fn admit(&self, context: &CallContext) -> Result<SemaphorePermit<'_>, SearchError> {
        let permit = timeout_at(context.until, self.permits.acquire()).await;
        // The semaphore is never closed.
        let permit = permit.ok().and_then(Result::ok).ok_or_else(|| self.busy())?;
        let admitted = self.quota.wait(context).await;
        admitted.map_err(|kind| SearchError::new(self.source, kind))?;
        Ok(permit)
    }

    /// Calls of this function or of another one took all the time: a later try may succeed.
    fn busy(&self) -> SearchError {
        SearchError::new(self.source, SearchErrorKind::LimiterBusy)
    }
}

impl Cache {
    /// Without a table every search asks its source.
    pub fn new(table: Option<Arc<dyn PriceTable>>, now: Clock) -> Self {
        Self {
            table,
            now,
            process: RandomState::new().build_hasher().finish(),
            next: AtomicU64::new(0),
            has_read: AtomicBool::new(false),
        }
    }

    /// Reads all rows of an order.
    pub async fn read_batch(
        &self,
        sources: impl IntoIterator<Item = PriceSource> + Clone,
        names: &[String],
    ) -> CacheBatch<'_> {
        let keys: Vec<_> = names
            .iter()
            .flat_map(|name| sources.clone().into_iter().map(|source| answer_key(source, name)))
            .collect();
        let mut batch =
            CacheBatch { cache: self, table: None, rows: BTreeMap::new(), writes: Writes::default() };
        let Some(table) = self.table.as_ref().filter(|_| !keys.is_empty()) else {
            return batch;
        };
        let timeout =
            if self.has_read.swap(true, Ordering::Relaxed) { READ_TIMEOUT } else { FIRST_READ_TIMEOUT };
        match bounded(timeout, table.read_all(keys)).await {
            Ok(rows) => {
                batch.rows = rows;
                batch.table = Some(table);
            }
            Err(error) => tracing::error!(%error, "cached prices are not read"),
        }
        batch
    }

    fn holder(&self) -> String {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{:x}-{next}", self.process)
    }

    fn now_ms(&self) -> i64 {
        (self.now)().as_millisecond()
    }

    fn new_lease(&self) -> NewLease {
        let now_ms = self.now_ms();
        NewLease {
            holder: self.holder(),
            now_ms,
            until_ms: now_ms + LEASE_MS,
            expires_at_s: now_ms / 1_000 + i64::from(STALE_S),
        }
    }
}

/// One order's use of the cache.
#[derive(Debug)]
pub struct CacheBatch<'a> {
    cache: &'a Cache,
    /// `None`: there is no table, or it failed at the beginning and is not used for this order.
    table: Option<&'a Arc<dyn PriceTable>>,
    rows: BTreeMap<String, Row>,
    writes: Writes,
}

impl CacheBatch<'_> {
    /// The fresh answer in the batch.
    pub fn fresh(&self, policy: CachePolicy<'_>, name: &str) -> Option<CachedAnswer> {
        self.fresh_in(self.rows.get(&answer_key(policy.source, name))?, policy)
    }

    /// The answer in the batch, fresh or stale.
    pub fn stale(&self, policy: CachePolicy<'_>, name: &str) -> Option<CachedAnswer> {
        let row = self.rows.get(&answer_key(policy.source, name))?;
        let now = (self.cache.now)();
        let cached = entry::decode(policy.source, row.body.as_deref()?, now)?;
        let kept_s = i64::from(policy.fresh_s) + i64::from(STALE_S);
        (cached.age_s(now) < kept_s).then_some(cached)
    }

    /// A fresh answer that another function writes, or else the answer of `search`, which is cached.
    ///
    /// # Errors
    /// The search failed, or the holder of the lease wrote no answer in the context's time.
    pub async fn answer<F>(
        &self,
        policy: CachePolicy<'_>,
        name: &str,
        context: &CallContext,
        search: F,
    ) -> Result<CachedAnswer, SearchError>
    where
        F: Future<Output = Result<Answer, SearchError>> + Send,
    {
        let provider = policy.source.facts().provider;
        let key = answer_key(policy.source, name);
        let mut row = self.rows.get(&key).cloned().unwrap_or_default();
        let mut pauses = pauses();
        let mut lease = None;
        let permit = loop {
            if let Some(cached) = self.fresh_in(&row, policy) {
                context.metrics.add_for(Emitted::CacheHits, provider, 1.0);
                return Ok(cached);
            }
            let Some(table) = self.table else {
                break policy.admit(context).await?;
            };
            if !row.is_leased(self.cache.now_ms()) {
                // A lease is short, so it is taken when the search may start.
                let permit = policy.admit(context).await?;
                let new = self.cache.new_lease();
                match bounded(LEASE_TIMEOUT, table.lease(&key, &row.version, &new)).await {
                    Ok(Leased::Taken) => {
                        lease = Some(Lease::new(&self.writes, table, &key, new.holder));
                        break permit;
                    }
                    Ok(Leased::Lost(Some(newer))) if newer.version != row.version => {
                        context.take_admission();
                        row = newer;
                        continue;
                    }
                    Ok(Leased::Lost(_)) => context.take_admission(),
                    Err(error) => {
                        tracing::error!(%error, "search starts without a lease");
                        break permit;
                    }
                }
            }
            let pause = pauses.next().unwrap_or_default();
            if Instant::now() + pause >= context.until {
                return Err(policy.busy());
            }
            sleep(pause).await;
            match bounded(LEASE_TIMEOUT, table.read(&key)).await {
                Ok(newer) => row = newer,
                Err(error) => {
                    tracing::error!(%error, "search starts without a lease");
                    break policy.admit(context).await?;
                }
            }
        };
        if self.cache.table.is_some() {
            context.metrics.add_for(Emitted::CacheMisses, provider, 1.0);
        }
        let at = (self.cache.now)();
        let answer = search.await?;
        drop(permit);
        let cached = CachedAnswer { content: answer, at };
        if let Some(table) = self.table
            && self.write(table, policy, &key, &cached)
            && let Some(lease) = lease
        {
            lease.end();
        }
        Ok(cached)
    }

    /// Waits for writes, at most 20 ms.
    pub async fn end(self) {
        self.writes.end().await;
    }

    /// Starts to write an answer, which ends the lease. `false` if the answer cannot be cached.
    fn write(
        &self,
        table: &Arc<dyn PriceTable>,
        policy: CachePolicy<'_>,
        key: &str,
        cached: &CachedAnswer,
    ) -> bool {
        let Some(body) = entry::encode(policy.source, cached) else {
            tracing::error!(source = %policy.source, "answer is not cached: it is invalid");
            return false;
        };
        let row = NewRow {
            key: key.to_owned(),
            version: self.cache.holder(),
            body,
            expires_at_s: cached.at.as_second() + i64::from(policy.fresh_s) + i64::from(STALE_S),
        };
        let table = Arc::clone(table);
        self.writes.spawn("answer is not cached", async move { table.put(row).await });
        true
    }

    fn fresh_in(&self, row: &Row, policy: CachePolicy<'_>) -> Option<CachedAnswer> {
        let now = (self.cache.now)();
        let cached = entry::decode(policy.source, row.body.as_deref()?, now)?;
        let is_empty = cached.content.offers().is_empty() && cached.content.reference().is_none();
        let fresh_s = policy.fresh_s / if is_empty { EMPTY_PART } else { 1 };
        (cached.age_s(now) < i64::from(fresh_s)).then_some(cached)
    }
}

/// The pauses between reads of a leased row, with jitter, so that many functions do not read at once.
fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(15))
        .with_max_delay(Duration::from_millis(250))
        .without_max_times()
        .with_jitter()
        .build()
}
