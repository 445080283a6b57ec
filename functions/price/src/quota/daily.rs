//! The calls of a day in Korea, of all functions: a counter for each source and day in the prices table.
//!
//! Without the table each process applies a local limit: a hundredth of the day's calls, at least one, until the table
//! answers again. So a hundred processes stay below the day.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::{PriceSource, metric::Emitted};
use jiff::{Timestamp, civil::Date};
use tokio::time::Instant;

use crate::{
    clock::Clock,
    korea,
    search::{CallContext, SearchErrorKind},
    store::{Increment, PriceTable, TableError, bounded, quota_key},
};

/// Longest wait for the table.
const TABLE_TIMEOUT: Duration = Duration::from_millis(500);
/// The same for the first call of a process: a connection has to be made.
const FIRST_TIMEOUT: Duration = Duration::from_millis(1_500);
/// How long the table is left alone after it gave no answer.
const TABLE_PAUSE: Duration = Duration::from_secs(5);
/// The part of the day's calls that a process may make without the table.
const LOCAL_FRACTION: u32 = 100;
/// How long a counter is kept: longer than its day, in any zone.
const EXPIRES_AFTER_S: i64 = 2 * 86_400;
/// More calls than any source gets in a day.
const ALL_CALLS: u32 = 1_000_000_000;

/// The calls of a source in a day.
#[derive(Debug)]
pub struct DailyQuota {
    source: PriceSource,
    per_day: u32,
    table: Arc<dyn PriceTable>,
    now: Clock,
    local: Mutex<LocalState>,
}

/// What this process knows of the table.
#[derive(Debug, Default)]
struct LocalState {
    was_asked: bool,
    /// Until when the table is left alone.
    skip_until: Option<Instant>,
    /// Calls that were made since the table answered last, and are not counted there.
    calls: u32,
    /// The day that the provider says is over.
    exhausted: Option<Date>,
}

impl DailyQuota {
    pub fn new(source: PriceSource, per_day: u32, table: Arc<dyn PriceTable>, now: Clock) -> Self {
        Self { source, per_day, table, now, local: Mutex::default() }
    }

    /// Counts a call.
    pub(super) async fn reserve(&self, context: &CallContext) -> Result<(), SearchErrorKind> {
        let provider = self.source.facts().provider;
        if self.local().exhausted == Some(korea::day((self.now)())) {
            context.metrics.add_for(Emitted::BudgetRefusals, provider, 1.0);
            return Err(SearchErrorKind::QuotaExceeded { per_day: self.per_day });
        }
        let reserved = match self.count(1, self.per_day).await {
            Some(counted) => {
                let used = counted.unwrap_or(self.per_day);
                let left = self.per_day.saturating_sub(used);
                context.metrics.add_for(Emitted::BudgetLeft, provider, f64::from(left));
                counted.map(drop).ok_or(SearchErrorKind::QuotaExceeded { per_day: self.per_day })
            }
            None => self.reserve_degraded(),
        };
        if reserved.is_err() {
            context.metrics.add_for(Emitted::BudgetRefusals, provider, 1.0);
        }
        reserved
    }

    /// Counts a call without the table.
    fn reserve_degraded(&self) -> Result<(), SearchErrorKind> {
        let calls = (self.per_day / LOCAL_FRACTION).max(1);
        let mut local = self.local();
        if local.calls >= calls {
            return Err(SearchErrorKind::QuotaUnavailable { calls });
        }
        local.calls += 1;
        Ok(())
    }

    /// Uses all calls of the day up.
    pub(super) async fn exhaust(&self) {
        // Also where the table gives no answer.
        self.local().exhausted = Some(korea::day((self.now)()));
        if self.count(ALL_CALLS, ALL_CALLS).await.is_some() {
            tracing::warn!(source = %self.source, "provider's day is over, it is left alone until tomorrow");
        }
    }

    /// Adds to the counter, with the calls that it does not know yet. It says its sum, or nothing where the limit is reached. Nothing at all: the table gave no
    /// answer.
    async fn count(&self, by: u32, below: u32) -> Option<Option<u32>> {
        let (timeout, uncounted) = {
            let mut local = self.local();
            if local.skip_until.is_some_and(|until| Instant::now() < until) {
                return None;
            }
            let was_asked = std::mem::replace(&mut local.was_asked, true);
            (if was_asked { TABLE_TIMEOUT } else { FIRST_TIMEOUT }, std::mem::take(&mut local.calls))
        };
        let counted = bounded(timeout, self.add((self.now)(), by.saturating_add(uncounted), below)).await;
        let mut local = self.local();
        match counted {
            Ok(counted) => {
                local.skip_until = None;
                if counted.is_none() {
                    local.calls += uncounted;
                }
                Some(counted)
            }
            Err(error) => {
                tracing::error!(source = %self.source, %error, "calls are counted by this function alone");
                local.skip_until = Some(Instant::now() + TABLE_PAUSE);
                local.calls += uncounted;
                None
            }
        }
    }

    async fn add(&self, now: Timestamp, by: u32, below: u32) -> Result<Option<u32>, TableError> {
        let key = quota_key(self.source, korea::day(now));
        let expires_at_s = now.as_second().saturating_add(EXPIRES_AFTER_S);
        let increment = Increment { by, below, expires_at_s };
        self.table.count(&key, increment).await
    }

    fn local(&self) -> MutexGuard<'_, LocalState> {
        self.local.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
