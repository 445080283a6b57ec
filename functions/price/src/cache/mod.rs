//! The cache: answers that all functions share, each asked for once.
//!
//! - Every row that an order may need is read at once, before anything is asked.
//! - An answer is **fresh** for as long as its source's settings say, an empty one for a quarter of that: a product that
//!   nobody sells may be sold soon. A fresh answer is used and the source is not asked.
//! - Otherwise a search waits for a permit and for the rate limiter, and then takes a **lease** on the row. The holder asks
//!   the source and writes the answer; the others wait for it with growing pauses. A holder that fails gives the lease back.
//!   The lease of one that dies, or is busy for longer than one call may take, ends by itself within 5 seconds.
//! - Answers are kept for a week after they are no longer fresh. Such a **stale** one serves only when its source failed
//!   and no other has a fresh offer (see `fallback`), and says how old it is.
//! - Answers are written while the order goes on. Writes that take longer than 20 ms after the last answer are given up:
//!   nothing runs on after a function has answered.
//! - Trouble with the table never fails an order: it is logged and reads as a miss.

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

/// Longest wait for the rows of an order.
const READ_TIMEOUT: Duration = Duration::from_millis(500);
/// The same for the first order of a process: a connection has to be made.
const FIRST_READ_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Longest wait for a lease, or for one row.
const LEASE_TIMEOUT: Duration = Duration::from_millis(500);
/// How long a lease runs: half of the longest that is believed, and a moment longer than one call may take.
const LEASE_MS: i64 = LONGEST_LEASE_MS / 2;
/// How long an answer is kept after it is no longer fresh, in seconds: a week.
pub const STALE_S: u32 = 7 * 86_400;
/// An empty answer is fresh for this part of the source's time.
const EMPTY_PART: u32 = 4;

/// The answers that all functions share.
#[derive(Debug)]
pub struct Cache {
    table: Option<Arc<dyn PriceTable>>,
    now: Clock,
    /// With the next number it is the name of a lease's holder, which no other process has.
    process: u64,
    next: AtomicU64,
    /// Rows were read before.
    has_read: AtomicBool,
}

/// How a source's answers are cached and its searches admitted.
#[derive(Debug, Clone, Copy)]
pub struct CachePolicy<'a> {
    pub source: PriceSource,
    /// How long its answers are fresh, in seconds.
    pub fresh_s: u32,
    /// Its searches at the same time.
    pub permits: &'a Semaphore,
    pub quota: &'a Quota,
}

impl CachePolicy<'_> {
    /// Waits until a search may call its source.
    async fn admit(&self, context: &CallContext) -> Result<SemaphorePermit<'_>, SearchError> {
        let permit = timeout_at(context.until, self.permits.acquire()).await;
        // The semaphore is never closed.
        let permit = permit.ok().and_then(Result::ok).ok_or_else(|| self.busy())?;
        let admitted = self.quota.wait(context).await;
        admitted.map_err(|kind| SearchError::new(self.source, kind))?;
        Ok(permit)
    }

    /// Our own calls, of this function or of another one, took the time: they will have ended later.
    fn busy(&self) -> SearchError {
        SearchError::new(self.source, SearchErrorKind::LimiterBusy)
    }
}

impl Cache {
    /// The answers in that table. Without one every search asks its source.
    pub fn new(table: Option<Arc<dyn PriceTable>>, now: Clock) -> Self {
        Self {
            table,
            now,
            process: RandomState::new().build_hasher().finish(),
            next: AtomicU64::new(0),
            has_read: AtomicBool::new(false),
        }
    }

    /// Reads every row that an order may need.
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
    /// Nothing: there is none, or it gave no answer at the beginning and is left alone.
    table: Option<&'a Arc<dyn PriceTable>>,
    rows: BTreeMap<String, Row>,
    writes: Writes,
}

impl CacheBatch<'_> {
    /// The fresh answer that was cached when the order came.
    pub fn fresh(&self, policy: CachePolicy<'_>, name: &str) -> Option<CachedAnswer> {
        self.fresh_in(self.rows.get(&answer_key(policy.source, name))?, policy)
    }

    /// The answer that was cached when the order came, fresh or not.
    pub fn stale(&self, policy: CachePolicy<'_>, name: &str) -> Option<CachedAnswer> {
        let row = self.rows.get(&answer_key(policy.source, name))?;
        let now = (self.cache.now)();
        let cached = entry::decode(policy.source, row.body.as_deref()?, now)?;
        let kept_s = i64::from(policy.fresh_s) + i64::from(STALE_S);
        (cached.age_s(now) < kept_s).then_some(cached)
    }

    /// The answer of a source: a fresh one that another function brings, or the one that `search` finds, which is then
    /// cached.
    ///
    /// # Errors
    /// The search was not answered, or the holder of the lease brought nothing in the context's time.
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
                // A lease runs while its holder asks, so it is taken when the holder may.
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
                        tracing::error!(%error, "price is asked for without a lease");
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
                    tracing::error!(%error, "price is asked for without a lease");
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

    /// Waits for writes in progress, but no longer than 20 ms, and gives the rest up.
    pub async fn end(self) {
        self.writes.end().await;
    }

    /// Writes an answer while the order goes on, which ends the lease. Whether it is one that may be cached.
    fn write(
        &self,
        table: &Arc<dyn PriceTable>,
        policy: CachePolicy<'_>,
        key: &str,
        cached: &CachedAnswer,
    ) -> bool {
        let Some(body) = entry::encode(policy.source, cached) else {
            tracing::error!(source = %policy.source, "answer is not cached: it would not be read");
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

/// The pauses between looks at a row that is leased: uneven, so that many functions do not look at once.
fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(15))
        .with_max_delay(Duration::from_millis(250))
        .without_max_times()
        .with_jitter()
        .build()
}
