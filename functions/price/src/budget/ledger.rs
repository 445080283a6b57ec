//! What a budget's row says, and how calls are booked in it. Pure: when it is read and written does not live here.
//!
//! The row holds when the last N calls start, N being the calls of a second. The next one starts no earlier than a window
//! after the N-th last: so in any window there are N at most. Every booking is later than the one before it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Which form of the row this is. A row of another one is not read.
const SCHEMA: u8 = 1;
/// A second, and a margin of 300 ms: a call reaches its provider a little later than it started (a connection has to be
/// made, a machine is busy), and the clocks of two functions differ by a few milliseconds.
pub(super) const WINDOW_MS: i64 = 1_300;
/// Longest that a start may lie ahead: no order waits for so long. A row with a later one is no row of ours.
const MAX_AHEAD_MS: i64 = 60_000;
/// Longest row that is read. Fifty starts take less than 1 KB.
const MAX_BODY_BYTES: usize = 4_096;
/// Most starts in it: an environment's file allows 50 calls a second.
const MAX_STARTS: usize = 1_000;

/// What a source lets us call, in numbers from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Calls in any second.
    pub per_second: u16,
    /// Calls in a day of Korea.
    pub per_day: u32,
}

/// The calls of a source: those of today and the last starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Ledger {
    schema: u8,
    /// The day in Korea that is counted: `2026-11-25`.
    day: String,
    /// Calls of that day.
    used: u32,
    /// The provider said that its day is over.
    over: bool,
    /// When the last calls start, in ms since 1970, the oldest first.
    starts_ms: VecDeque<i64>,
}

/// What a call gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// It starts at that moment, in ms since 1970.
    At(i64),
    /// Its turn would come when its time is over.
    TooLate,
    /// The day has no call left.
    Spent,
}

impl Ledger {
    /// A ledger without calls.
    pub(super) fn new(day: String) -> Self {
        Self {
            schema: SCHEMA,
            day,
            used: 0,
            over: false,
            starts_ms: VecDeque::new(),
        }
    }

    /// A ledger in place of one that cannot be read. How much of the day is used nobody knows: half of it.
    pub(super) fn unread(day: String, limits: Limits) -> Self {
        Self {
            used: limits.per_day / 2,
            ..Self::new(day)
        }
    }

    /// What a row says on that day. Nothing: no row that we wrote.
    pub(super) fn read(body: &str, day: &str, now_ms: i64) -> Option<Self> {
        if body.len() > MAX_BODY_BYTES {
            return None;
        }
        let ledger: Self = serde_json::from_str(body).ok()?;
        let starts = &ledger.starts_ms;
        let in_order = starts.iter().zip(starts.iter().skip(1)).all(|(a, b)| a <= b);
        let in_time = starts
            .back()
            .is_none_or(|&last| last <= now_ms.saturating_add(MAX_AHEAD_MS));
        let is_ours = ledger.schema == SCHEMA && in_order && in_time && starts.len() <= MAX_STARTS;
        is_ours.then(|| ledger.on(day))
    }

    /// The row's body.
    pub(super) fn body(&self) -> String {
        // Numbers and a day under text keys: there is nothing in it that JSON cannot say.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A new day has its own calls; the last starts stay.
    fn on(self, day: &str) -> Self {
        if self.day == day {
            return self;
        }
        Self {
            starts_ms: self.starts_ms,
            ..Self::new(day.to_owned())
        }
    }

    /// Books a call that must start from a moment on and before another one.
    pub(super) fn book(&mut self, limits: Limits, from_ms: i64, until_ms: i64) -> Slot {
        if self.over || self.used >= limits.per_day {
            return Slot::Spent;
        }
        let in_a_window = usize::from(limits.per_second).max(1);
        // Fewer calls a second than before: the older starts are no longer needed.
        while self.starts_ms.len() > in_a_window {
            self.starts_ms.pop_front();
        }
        let earliest = match self.starts_ms.front() {
            Some(&oldest) if self.starts_ms.len() == in_a_window => oldest.saturating_add(WINDOW_MS),
            _ => from_ms,
        };
        let last = self.starts_ms.back().copied().unwrap_or(from_ms);
        let start = from_ms.max(earliest).max(last);
        if start >= until_ms {
            return Slot::TooLate;
        }
        if self.starts_ms.len() == in_a_window {
            self.starts_ms.pop_front();
        }
        self.starts_ms.push_back(start);
        self.used += 1;
        Slot::At(start)
    }

    /// The day begins anew; the last starts stay.
    pub(super) const fn renew(&mut self) {
        self.used = 0;
    }

    /// No more calls today.
    pub(super) const fn close(&mut self) {
        self.over = true;
    }

    /// Calls that the day has left.
    pub(super) const fn left(&self, limits: Limits) -> u32 {
        if self.over {
            0
        } else {
            limits.per_day.saturating_sub(self.used)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_795_575_600_000;
    const DAY: &str = "2026-11-25";

    fn limits(per_second: u16, per_day: u32) -> Limits {
        Limits { per_second, per_day }
    }

    #[test]
    fn calls_start_at_once_until_the_window_is_full() {
        let mut ledger = Ledger::new(DAY.to_owned());
        let slots = [(); 5].map(|()| ledger.book(limits(2, 100), NOW, NOW + 10_000));
        let expect = [0, 0, 1_300, 1_300, 2_600].map(|ms| Slot::At(NOW + ms));
        assert_eq!(slots, expect);
        assert_eq!(ledger.left(limits(2, 100)), 95);
    }

    #[test]
    fn what_starts_too_late_is_not_booked() {
        let mut ledger = Ledger::new(DAY.to_owned());
        assert_eq!(ledger.book(limits(1, 9), NOW, NOW + 5), Slot::At(NOW));
        let before = ledger.clone();
        assert_eq!(ledger.book(limits(1, 9), NOW, NOW + 1_300), Slot::TooLate);
        assert_eq!(ledger, before);
        assert_eq!(ledger.book(limits(1, 9), NOW, NOW + 1_301), Slot::At(NOW + 1_300));
    }

    #[test]
    fn a_day_ends_with_its_calls_or_when_the_provider_says_so() {
        let mut ledger = Ledger::new(DAY.to_owned());
        assert_eq!(ledger.book(limits(9, 1), NOW, NOW + 5), Slot::At(NOW));
        assert_eq!(ledger.book(limits(9, 1), NOW, NOW + 5), Slot::Spent);
        let mut ledger = Ledger::new(DAY.to_owned());
        ledger.close();
        assert_eq!(
            (ledger.book(limits(9, 9), NOW, NOW + 5), ledger.left(limits(9, 9))),
            (Slot::Spent, 0)
        );
        let tomorrow = Ledger::read(&ledger.body(), "2026-11-26", NOW).unwrap();
        assert_eq!(tomorrow.left(limits(9, 9)), 9);
    }

    #[test]
    fn midnight_gives_calls_back_and_no_burst() {
        let mut ledger = Ledger::new(DAY.to_owned());
        ledger.book(limits(1, 1), NOW, NOW + 5);
        let mut tomorrow = Ledger::read(&ledger.body(), "2026-11-26", NOW + 100).unwrap();
        assert_eq!(
            tomorrow.book(limits(1, 1), NOW + 100, NOW + 9_000),
            Slot::At(NOW + 1_300)
        );
    }

    #[test]
    fn what_we_did_not_write_is_not_read() {
        let good = Ledger::new(DAY.to_owned()).body();
        assert!(Ledger::read(&good, DAY, NOW).is_some());
        let many = vec!["1"; 1_500].join(",");
        for bad in [
            String::new(),
            "null".to_owned(),
            "[]".to_owned(),
            good.replace("\"schema\":1", "\"schema\":0"),
            good.replace("\"used\":0", "\"used\":-1"),
            good.replace("\"used\":0", "\"used\":99999999999"),
            good.replace("\"startsMs\":[]", "\"startsMs\":[9000000000000000000]"),
            good.replace("\"startsMs\":[]", "\"startsMs\":[2,1]"),
            good.replace("\"startsMs\":[]", &format!("\"startsMs\":[{many}]")),
            good.replace('}', ",\"more\":1}"),
            " ".repeat(5_000) + &good,
        ] {
            assert_eq!(Ledger::read(&bad, DAY, NOW), None, "{bad:.80}");
        }
    }

    proptest! {
        #[test]
        fn no_window_has_more_starts_than_a_second_allows(
            per_second in 1_u16..12,
            per_day in 1_u32..60,
            // Clocks that go back and forth: each function has its own.
            steps in prop::collection::vec((-300_i64..900, 0_i64..4_000), 1..80),
        ) {
            let limits = limits(per_second, per_day);
            let mut ledger = Ledger::new(DAY.to_owned());
            let (mut now, mut starts) = (NOW, Vec::new());
            for (step, patience) in steps {
                now += step;
                match ledger.book(limits, now, now + patience) {
                    Slot::At(start) => {
                        prop_assert!(now <= start && start < now + patience);
                        starts.push(start);
                    }
                    Slot::TooLate => {}
                    Slot::Spent => prop_assert_eq!(starts.len(), per_day as usize),
                }
                ledger = Ledger::read(&ledger.body(), DAY, now).unwrap();
            }
            prop_assert!(starts.len() <= per_day as usize);
            for (first, after) in starts.iter().zip(starts.iter().skip(per_second.into())) {
                prop_assert!(after - first >= WINDOW_MS);
            }
        }
    }
}
