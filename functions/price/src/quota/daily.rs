//! The calls of a day in Korea, of all functions together: a counter for each source and day in the prices table.
//!
//! Without the table each process applies a local limit: a hundredth of the day's calls, at least one, until the table
//! answers again. So a hundred processes stay below the daily quota.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::{PriceSource, metric::Emitted};
use jiff::civil::Date;
use tokio::time::Instant;

use crate::{
    clock::Clock,
    korea,
    search::{CallContext, SearchErrorKind},
    store::{Increment, PriceTable, bounded, quota_key},
};

/// Longest wait for the table.
const TABLE_TIMEOUT: Duration = Duration::from_millis(500);
/// The same for the first call of a process, which has to connect.
const FIRST_TIMEOUT: Duration = Duration::from_millis(1_500);
/// How long the table is not asked after it failed.
const TABLE_PAUSE: Duration = Duration::from_secs(5);
/// The part of the day's calls that a process may make without the table.
const LOCAL_FRACTION: u32 = 100;
/// A counter's time to live, in seconds: longer than its day, in any zone.
const EXPIRES_AFTER_S: i64 = 2 * 86_400;
/// More calls than any source has in a day.
const ALL_CALLS: u32 = 1_000_000_000;

/// The daily quota of one source.
#[derive(Debug)]
pub struct DailyQuota {
    source: PriceSource,
    per_day: u32,
    table: Arc<dyn PriceTable>,
    now: Clock,
    local: Mutex<LocalState>,
}

#[derive(Debug, Default)]
struct LocalState {
    /// Whether the table was asked before.
    is_connected: bool,
    /// Until when the table is not asked.
    skip_until: Option<Instant>,
    /// Calls of this process that the table has not counted yet.
    uncounted: u32,
    /// The day on which the provider refused a call for its daily limit.
    exhausted: Option<Date>,
}

/// The result of counting a call in the table.
enum Counted {
    /// The calls of the day, this one included.
    Used(u32),
    LimitReached,
    TableUnavailable,
}

impl DailyQuota {
    pub fn new(source: PriceSource, per_day: u32, table: Arc<dyn PriceTable>, now: Clock) -> Self {
        Self { source, per_day, table, now, local: Mutex::default() }
    }

    /// Counts a call.
    pub(super) async fn reserve(&self, context: &CallContext) -> Result<(), SearchErrorKind> {
        let provider = self.source.facts().provider;
        let record_left = |used| {
            let left = self.per_day.saturating_sub(used);
            context.metrics.add_for(Emitted::BudgetLeft, provider, f64::from(left));
        };
        let spent = Err(SearchErrorKind::QuotaExceeded { per_day: self.per_day });
        let reserved = if self.local().exhausted == Some(korea::day((self.now)())) {
            spent
        } else {
            match self.count(1, self.per_day).await {
                Counted::Used(used) => {
                    record_left(used);
                    Ok(())
                }
                Counted::LimitReached => {
                    record_left(self.per_day);
                    spent
                }
                Counted::TableUnavailable => self.reserve_degraded(),
            }
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
        if local.uncounted >= calls {
            return Err(SearchErrorKind::QuotaUnavailable { calls });
        }
        local.uncounted += 1;
        Ok(())
    }

    /// Ends the day for all functions, and for this one even where the table fails.
    pub(super) async fn exhaust(&self) {
        self.local().exhausted = Some(korea::day((self.now)()));
        if !matches!(self.count(ALL_CALLS, ALL_CALLS).await, Counted::TableUnavailable) {
            tracing::warn!(source = %self.source, "daily limit of the provider is reached: not called again before tomorrow");
        }
    }

    /// Adds to the counter, together with the calls that it has not counted yet.
    async fn count(&self, by: u32, below: u32) -> Counted {
        let (timeout, uncounted) = {
            let mut local = self.local();
            if local.skip_until.is_some_and(|until| Instant::now() < until) {
                return Counted::TableUnavailable;
            }
            let is_connected = std::mem::replace(&mut local.is_connected, true);
            (if is_connected { TABLE_TIMEOUT } else { FIRST_TIMEOUT }, std::mem::take(&mut local.uncounted))
        };
        let now = (self.now)();
        let key = quota_key(self.source, korea::day(now));
        let expires_at_s = now.as_second().saturating_add(EXPIRES_AFTER_S);
        let increment = Increment { by: by.saturating_add(uncounted), below, expires_at_s };
        let counted = bounded(timeout, self.table.count(&key, increment)).await;
        let mut local = self.local();
        local.skip_until = counted.is_err().then(|| Instant::now() + TABLE_PAUSE);
        if let Ok(Some(used)) = counted {
            return Counted::Used(used);
        }
        local.uncounted += uncounted;
        match counted {
            Ok(_) => Counted::LimitReached,
            Err(error) => {
                tracing::error!(source = %self.source, %error, "calls are counted by this function alone");
                Counted::TableUnavailable
            }
        }
    }

    fn local(&self) -> MutexGuard<'_, LocalState> {
        self.local.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
