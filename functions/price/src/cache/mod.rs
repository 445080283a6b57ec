//! The cache: answers that all functions share, each asked for once.
//!
//! - Every row that an order may need is read at once, before anything is asked.
//! - An answer is **fresh** for as long as its source's settings say, one without an offer and without a reference for a
//!   quarter of that: what nobody sells may be sold soon. A fresh answer is used and the source is not asked.
//! - Otherwise a **lease** is taken on the row. Whoever gets it asks the source and writes the answer; the others wait for
//!   it with growing pauses. A holder that is still busy renews its lease, one that fails gives it back, and of one that
//!   dies it ends by itself, within 5 seconds.
//! - Answers are kept for a week after they are no longer fresh. Such a **stale** one serves only when its source failed to
//!   answer and no other has a fresh offer (see `chain`), and says how old it is.
//! - Answers are written while the order goes on. Whatever is not written 20 ms after its last answer is given up:
//!   nothing runs on after a function has answered.
//! - Trouble with the table never fails an order: it is logged and reads as a miss.
//!
//! What a row says lives in `row`, the port to the table in `table`.

#[doc(hidden)]
pub mod fuzz;
mod row;
#[cfg(test)]
mod tests;
mod writes;

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use contract::{PriceSource, metric::Emitted};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout, timeout_at},
};

pub use self::row::Kept;
use self::writes::{Lease, Writes};
use crate::{
    Answer, Scope, Unanswered,
    clock::Clock,
    search::Why,
    table::{LONGEST_LEASE_MS, NewLease, NewRow, PriceTable, Row, Written, answer_key, bounded},
};

/// Longest wait for the rows of an order.
const READ_TIMEOUT: Duration = Duration::from_millis(500);
/// The same for the first order of a process: a connection has to be made.
const FIRST_READ_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Longest wait for a lease, or for one look at a row.
const LEASE_TIMEOUT: Duration = Duration::from_millis(500);
/// How long a lease runs: half of the longest that is believed, and a moment longer than one call may take.
const LEASE_MS: i64 = LONGEST_LEASE_MS / 2;
/// When a holder that is still busy renews it. A call may have to wait for its turn longer than a lease runs.
const RENEW_AFTER: Duration = Duration::from_secs(2);
/// How long an answer is kept after it is no longer fresh, in seconds: a week.
pub const STALE_S: u32 = 7 * 86_400;
/// An answer without an offer is fresh for this part of the source's time.
const EMPTY_PART: u32 = 4;

/// The answers that all functions share.
#[derive(Debug, Clone)]
pub struct Cache {
    table: Option<Arc<dyn PriceTable>>,
    now: Clock,
    holders: Arc<Holders>,
}

/// What the clones of a cache share: names for the holders of leases, which no other process has.
#[derive(Debug)]
struct Holders {
    process: u64,
    next: AtomicU64,
    /// Rows were read before.
    has_read: AtomicBool,
}

/// A source as the cache sees it.
#[derive(Debug, Clone, Copy)]
pub struct Shop<'a> {
    /// Which one.
    pub source: PriceSource,
    /// How long its answers are fresh, in seconds.
    pub fresh_s: u32,
    /// Its calls under way.
    pub permits: &'a Semaphore,
}

impl Cache {
    /// The answers in that table; without one every search is asked.
    #[must_use]
    pub fn new(table: Option<Arc<dyn PriceTable>>, now: Clock) -> Self {
        let holders = Holders {
            process: RandomState::new().build_hasher().finish(),
            next: AtomicU64::new(0),
            has_read: AtomicBool::new(false),
        };
        Self {
            table,
            now,
            holders: Arc::new(holders),
        }
    }

    /// Reads every row that an order may need.
    pub async fn visit(
        &self,
        sources: impl IntoIterator<Item = PriceSource> + Clone,
        names: &[String],
    ) -> Visit<'_> {
        let keys: Vec<_> = names
            .iter()
            .flat_map(|name| sources.clone().into_iter().map(|source| answer_key(source, name)))
            .collect();
        let mut visit = Visit {
            cache: self,
            table: None,
            rows: BTreeMap::new(),
            writes: Writes::default(),
        };
        let Some(table) = self.table.as_ref().filter(|_| !keys.is_empty()) else {
            return visit;
        };
        let wait = if self.holders.has_read.swap(true, Ordering::Relaxed) {
            READ_TIMEOUT
        } else {
            FIRST_READ_TIMEOUT
        };
        match bounded(wait, table.read_all(keys)).await {
            Ok(rows) => {
                visit.rows = rows;
                visit.table = Some(table);
            }
            Err(error) => tracing::error!(%error, "kept prices are not read"),
        }
        visit
    }

    fn holder(&self) -> String {
        let next = self.holders.next.fetch_add(1, Ordering::Relaxed);
        format!("{:x}-{next}", self.holders.process)
    }
}

/// One order's use of the cache.
#[derive(Debug)]
pub struct Visit<'a> {
    cache: &'a Cache,
    /// Nothing: there is none, or it gave no answer at the beginning and is left alone.
    table: Option<&'a Arc<dyn PriceTable>>,
    rows: BTreeMap<String, Row>,
    writes: Writes,
}

impl Visit<'_> {
    /// The fresh answer that was kept when the order came.
    #[must_use]
    pub fn fresh(&self, shop: Shop<'_>, name: &str) -> Option<Kept> {
        self.fresh_in(self.rows.get(&answer_key(shop.source, name))?, shop)
    }

    /// The answer that was kept when the order came, fresh or not.
    #[must_use]
    pub fn stale(&self, source: PriceSource, fresh_s: u32, name: &str) -> Option<Kept> {
        let row = self.rows.get(&answer_key(source, name))?;
        let kept = row::read(source, row.body.as_deref()?, (self.cache.now)())?;
        (self.age_s(&kept) < i64::from(fresh_s) + i64::from(STALE_S)).then_some(kept)
    }

    /// The answer of a source: a fresh one that somebody else brings, or the one that `search` finds, which is then kept.
    ///
    /// # Errors
    /// The search was not answered, or who was waited for brought nothing in the scope's time.
    pub async fn answer<F>(
        &self,
        shop: Shop<'_>,
        name: &str,
        scope: &Scope,
        search: F,
    ) -> Result<Kept, Unanswered>
    where
        F: Future<Output = Result<Answer, Unanswered>> + Send,
    {
        let provider = shop.source.facts().provider;
        // What is waited for here are our own calls, of this function or of another one: they will have ended later.
        let late = || Unanswered::by(shop.source, Why::BudgetBusy);
        let key = answer_key(shop.source, name);
        let mut row = self.rows.get(&key).cloned().unwrap_or_default();
        let mut pauses = pauses();
        let mut lease = None;
        let permit = loop {
            if let Some(kept) = self.fresh_in(&row, shop) {
                scope.metrics.add_for(Emitted::CacheHits, provider, 1.0);
                return Ok(kept);
            }
            let Some(table) = self.table else {
                break permit(shop, scope).await.ok_or_else(late)?;
            };
            if !row.is_leased(self.now_ms()) {
                // A lease runs while its holder asks, so it is taken when the holder may.
                let permit = permit(shop, scope).await.ok_or_else(late)?;
                let new = self.new_lease();
                match bounded(LEASE_TIMEOUT, table.lease(&key, &row.version, &new)).await {
                    Ok(Written::Done) => {
                        lease = Some(Lease::new(&self.writes, table, &key, new.holder));
                        break permit;
                    }
                    Ok(Written::Lost(Some(newer))) if newer.version != row.version => {
                        row = newer;
                        continue;
                    }
                    Ok(Written::Lost(_)) => {}
                    Err(error) => {
                        tracing::error!(%error, "price is asked for without a lease");
                        break permit;
                    }
                }
            }
            let pause = pauses.next().unwrap_or_default();
            if Instant::now() + pause >= scope.until {
                return Err(late());
            }
            sleep(pause).await;
            match bounded(LEASE_TIMEOUT, table.read(&key)).await {
                Ok(newer) => row = newer,
                Err(error) => {
                    tracing::error!(%error, "price is asked for without a lease");
                    break permit(shop, scope).await.ok_or_else(late)?;
                }
            }
        };
        if self.cache.table.is_some() {
            scope.metrics.add_for(Emitted::CacheMisses, provider, 1.0);
        }
        let asked_at = (self.cache.now)();
        let mut search = pin!(search);
        let answer = loop {
            if let Ok(answer) = timeout(RENEW_AFTER, search.as_mut()).await {
                break answer?;
            }
            if let Some(lease) = &lease {
                lease.renew(self.now_ms() + LEASE_MS);
            }
        };
        drop(permit);
        let kept = Kept { answer, asked_at };
        if let Some(lease) = &mut lease {
            self.keep(shop, &key, &kept, lease);
        } else if let Some(table) = self.table {
            self.keep(shop, &key, &kept, &mut Lease::none(&self.writes, table, &key));
        }
        Ok(kept)
    }

    /// Waits for what is still being written, but no longer than 20 ms, and gives the rest up.
    pub async fn end(self) {
        self.writes.end().await;
    }

    /// Writes an answer while the order goes on. It ends the lease.
    fn keep(&self, shop: Shop<'_>, key: &str, kept: &Kept, lease: &mut Lease<'_>) {
        let Some(body) = row::write(shop.source, kept) else {
            tracing::error!(source = %shop.source, "answer is not kept: it holds what would not be read");
            return;
        };
        let asked_s = kept.asked_at.as_second();
        lease.write(NewRow {
            key: key.to_owned(),
            version: self.cache.holder(),
            body,
            expires_at_s: asked_s + i64::from(shop.fresh_s) + i64::from(STALE_S),
        });
    }

    fn fresh_in(&self, row: &Row, shop: Shop<'_>) -> Option<Kept> {
        let kept = row::read(shop.source, row.body.as_deref()?, (self.cache.now)())?;
        let is_empty = kept.answer.offers().is_empty() && kept.answer.reference().is_none();
        let fresh_s = if is_empty {
            shop.fresh_s / EMPTY_PART
        } else {
            shop.fresh_s
        };
        (self.age_s(&kept) < i64::from(fresh_s)).then_some(kept)
    }

    fn age_s(&self, kept: &Kept) -> i64 {
        let age_ms = self.now_ms().saturating_sub(kept.asked_at.as_millisecond());
        age_ms / 1_000
    }

    fn new_lease(&self) -> NewLease {
        let now_ms = self.now_ms();
        NewLease {
            holder: self.cache.holder(),
            now_ms,
            until_ms: now_ms + LEASE_MS,
            expires_at_s: now_ms / 1_000 + i64::from(STALE_S),
        }
    }

    fn now_ms(&self) -> i64 {
        (self.cache.now)().as_millisecond()
    }
}

async fn permit<'a>(shop: Shop<'a>, scope: &Scope) -> Option<tokio::sync::SemaphorePermit<'a>> {
    // The semaphore is never closed.
    timeout_at(scope.until, shop.permits.acquire()).await.ok()?.ok()
}

/// The pauses between looks at a row that somebody is busy with: uneven, so that many do not look at once.
fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(15))
        .with_max_delay(Duration::from_millis(250))
        .without_max_times()
        .with_jitter()
        .build()
}
