//! A budget that all functions share: its row is read, calls are booked in it, and it is written if nobody else did so
//! meanwhile. Calls of one function that wait together are booked together.
//!
//! While the table gives no answer, nobody knows what the others call. Then a process calls a source once in a window at
//! most (1.3 s), and no more than a hundredth of the day, at least once, until the table answers again. So a hundred
//! processes stay below the day. The second they may exceed: as many calls as there are processes may start in it.
//! In place of a row that cannot be read half of the day counts as used.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use contract::{PriceSource, metric::Emitted};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};

use super::ledger::{Ledger, Limits, Slot};
use crate::{
    Scope,
    clock::Clock,
    korea,
    search::Why,
    table::{NewRow, PriceTable, TableError, Version, Written, bounded, budget_key},
};

/// Longest wait for one answer of the table. DynamoDB answers in a few milliseconds.
const TABLE_TIMEOUT: Duration = Duration::from_millis(500);
/// Longest wait for its first answer: a connection has to be made.
const FIRST_TIMEOUT: Duration = Duration::from_millis(1_500);
/// The part of the day that a process may call while the table gives no answer.
const ALONE_PART: u32 = 100;
/// How long the table is left alone after it gave no answer.
const TABLE_PAUSE: Duration = Duration::from_secs(5);
/// How late a call may be for its slot: a third of the window's margin. A later one would crowd those behind it.
const LATE_MS: i64 = 100;
/// How often a slot is booked for a call that comes too late for it.
const BOOKINGS: usize = 4;
/// How long a row is kept that nobody writes: the day it counts, in any zone.
const KEPT_S: i64 = 2 * 86_400;

/// The row of a source's budget and those who wait for it.
#[derive(Debug)]
pub struct Shared {
    source: PriceSource,
    limits: Limits,
    table: Arc<dyn PriceTable>,
    now: Clock,
    waiting: Mutex<Vec<Waiting>>,
    /// Whoever books holds it.
    booking: tokio::sync::Mutex<State>,
}

/// What this process knows of the table.
#[derive(Debug)]
struct State {
    /// It was asked before.
    was_asked: bool,
    /// Until when it is left alone.
    silent_until: Option<Instant>,
    /// The calls that were made without it since it answered last. They count for no day.
    alone: Ledger,
}

/// A call that wants to start.
#[derive(Debug)]
struct Waiting {
    from_ms: i64,
    until_ms: i64,
    answer: oneshot::Sender<Booked>,
}

/// What became of it.
#[derive(Debug, Clone, Copy)]
enum Booked {
    /// Booked or refused, and what the day has left.
    Slot(Slot, u32),
    /// The table does not answer: booked or refused by this process alone.
    Alone(Slot),
}

impl Shared {
    /// The budget of a source, in that table.
    #[must_use]
    pub fn new(source: PriceSource, limits: Limits, table: Arc<dyn PriceTable>, now: Clock) -> Self {
        Self {
            source,
            limits,
            table,
            now,
            waiting: Mutex::default(),
            booking: tokio::sync::Mutex::new(State {
                was_asked: false,
                silent_until: None,
                alone: Ledger::new(String::new()),
            }),
        }
    }

    /// Waits until a call may start. While the table does not answer few calls may.
    pub(super) async fn turn(&self, scope: &Scope) -> Result<(), Why> {
        let provider = self.source.facts().provider;
        let refuse = |why| {
            scope.metrics.add_for(Emitted::BudgetRefusals, provider, 1.0);
            Err(why)
        };
        let mut lead_ms = 0;
        for _ in 0..BOOKINGS {
            let asked_ms = self.now_ms();
            let left = scope.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Why::NoTime);
            }
            let until_ms = asked_ms.saturating_add(ms(left));
            let booked =
                tokio::time::timeout(left, self.booked(asked_ms.saturating_add(lead_ms), until_ms)).await;
            let (slot, day_left) = match booked {
                Ok(Booked::Slot(slot, day_left)) => (slot, Some(day_left)),
                Ok(Booked::Alone(Slot::Spent)) => {
                    let calls = self.alone_limits().per_day;
                    return refuse(Why::BudgetUnread { calls });
                }
                Ok(Booked::Alone(slot)) => (slot, None),
                Err(_) => return refuse(Why::BudgetBusy),
            };
            let start_ms = match slot {
                Slot::At(start_ms) => start_ms,
                Slot::TooLate => return refuse(Why::BudgetBusy),
                Slot::Spent => {
                    scope.metrics.add_for(Emitted::BudgetLeft, provider, 0.0);
                    return refuse(Why::BudgetSpent {
                        per_day: self.limits.per_day,
                    });
                }
            };
            if let Some(day_left) = day_left {
                scope
                    .metrics
                    .add_for(Emitted::BudgetLeft, provider, f64::from(day_left));
            }
            let booked_ms = self.now_ms();
            let wait_ms = u64::try_from(start_ms.saturating_sub(booked_ms)).unwrap_or(0);
            sleep(Duration::from_millis(wait_ms)).await;
            if self.now_ms().saturating_sub(start_ms) <= LATE_MS {
                return Ok(());
            }
            // The table took so long that the slot was over: the next one is booked ahead by that much.
            lead_ms = booked_ms.saturating_sub(asked_ms).saturating_mul(3) / 2;
        }
        refuse(Why::BudgetBusy)
    }

    /// Books a slot, together with all calls that want one at this moment.
    async fn booked(&self, from_ms: i64, until_ms: i64) -> Booked {
        loop {
            let (answer, mut answered) = oneshot::channel();
            self.waiting().push(Waiting {
                from_ms,
                until_ms,
                answer,
            });
            let mut state = self.booking.lock().await;
            if let Ok(booked) = answered.try_recv() {
                return booked;
            }
            // Whoever booked for this call was dropped, or nobody has yet: this one books for all.
            self.book_waiting(&mut state).await;
            drop(state);
            if let Ok(booked) = answered.try_recv() {
                return booked;
            }
        }
    }

    /// Books for all that wait.
    async fn book_waiting(&self, state: &mut State) {
        // Those who were woken together queue up before the row is read.
        tokio::task::yield_now().await;
        if state.silent_until.is_some_and(|until| Instant::now() < until) {
            return self.book_alone(state);
        }
        let first_wait = if std::mem::replace(&mut state.was_asked, true) {
            TABLE_TIMEOUT
        } else {
            FIRST_TIMEOUT
        };
        match self.write_bookings(first_wait).await {
            Ok(()) => {
                state.silent_until = None;
                state.alone.renew();
            }
            Err(error) => {
                tracing::error!(source = %self.source, %error, "budget is kept by this function alone");
                state.silent_until = Some(Instant::now() + TABLE_PAUSE);
                self.book_alone(state);
            }
        }
    }

    /// Books for all that wait, without the table.
    fn book_alone(&self, state: &mut State) {
        let now_ms = self.now_ms();
        let calls: Vec<_> = self.waiting().drain(..).collect();
        for call in calls.into_iter().filter(|call| !call.answer.is_closed()) {
            let from_ms = call.from_ms.max(now_ms);
            let slot = state.alone.book(self.alone_limits(), from_ms, call.until_ms);
            let _ = call.answer.send(Booked::Alone(slot));
        }
    }

    /// What this process may call while the table gives no answer.
    fn alone_limits(&self) -> Limits {
        Limits {
            per_second: 1,
            per_day: (self.limits.per_day / ALONE_PART).max(1),
        }
    }

    async fn write_bookings(&self, first_wait: Duration) -> Result<(), TableError> {
        let key = budget_key(self.source);
        let mut row = bounded(first_wait, self.table.read(&key)).await?;
        let mut pauses = pauses();
        loop {
            let mut ledger = self.ledger(row.body.as_deref());
            // Those who came while the row was read are booked too. They stay in the queue until they have an answer: if
            // this call is dropped, another one books for them.
            let now_ms = self.now_ms();
            let slots: Vec<_> = {
                let mut waiting = self.waiting();
                waiting.retain(|call| !call.answer.is_closed());
                let slots = waiting.iter().map(|call| {
                    let slot = ledger.book(self.limits, call.from_ms.max(now_ms), call.until_ms);
                    (slot, ledger.left(self.limits))
                });
                slots.collect()
            };
            let written = if slots.iter().any(|(slot, _)| matches!(slot, Slot::At(_))) {
                let new = self.row(&ledger, &row.version);
                bounded(TABLE_TIMEOUT, self.table.put(new, Some(&row.version))).await?
            } else {
                Written::Done
            };
            match written {
                Written::Done => {
                    let calls: Vec<_> = self.waiting().drain(..slots.len()).collect();
                    for (call, (slot, left)) in calls.into_iter().zip(slots) {
                        // Whoever is no longer there does not call: the slot stays empty.
                        let _ = call.answer.send(Booked::Slot(slot, left));
                    }
                    return Ok(());
                }
                Written::Lost(_) => {
                    sleep(pauses.next().unwrap_or_default()).await;
                    // While this function paused others went on.
                    row = bounded(TABLE_TIMEOUT, self.table.read(&key)).await?;
                }
            }
        }
    }

    /// Marks the day as over. Somebody who books at the same moment is only a reason to try again.
    pub(super) async fn close_day(&self) {
        let close = async {
            let key = budget_key(self.source);
            let mut pauses = pauses();
            loop {
                let row = self.table.read(&key).await?;
                let mut ledger = self.ledger(row.body.as_deref());
                ledger.close();
                let written = self
                    .table
                    .put(self.row(&ledger, &row.version), Some(&row.version))
                    .await?;
                if written == Written::Done {
                    return Ok(());
                }
                sleep(pauses.next().unwrap_or_default()).await;
            }
        };
        if let Err(error) = bounded(TABLE_TIMEOUT, close).await {
            tracing::error!(source = %self.source, %error, "end of the provider's day is not kept");
        } else {
            tracing::warn!(source = %self.source, "provider's day is over, it is left alone until tomorrow");
        }
    }

    fn ledger(&self, body: Option<&str>) -> Ledger {
        let now = (self.now)();
        let day = korea::day(now).to_string();
        let Some(body) = body else { return Ledger::new(day) };
        Ledger::read(body, &day, now.as_millisecond()).unwrap_or_else(|| {
            tracing::error!(source = %self.source, "budget's row cannot be read: half of the day counts as used");
            Ledger::unread(day, self.limits)
        })
    }

    fn row(&self, ledger: &Ledger, seen: &Version) -> NewRow {
        // Writes are conditional on the version that was seen, so the next number was never there.
        let seen = match seen {
            Version::Is(version) => version.parse().unwrap_or(0),
            Version::Absent | Version::Unreadable => 0_u64,
        };
        NewRow {
            key: budget_key(self.source),
            version: seen.wrapping_add(1).to_string(),
            body: ledger.body(),
            expires_at_s: (self.now)().as_second().saturating_add(KEPT_S),
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> i64 {
        (self.now)().as_millisecond()
    }
}

/// The pauses after somebody else was first: short and uneven, so that functions do not meet again and again. The time of
/// those who wait ends them.
fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(4))
        .with_max_delay(Duration::from_millis(60))
        .without_max_times()
        .with_jitter()
        .build()
}

fn ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
