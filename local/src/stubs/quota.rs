//! The quota of a stand-in, and how much of it is used. How a call over the quota is refused is each provider's own.

use std::{collections::VecDeque, time::Duration};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio::time::Instant;

use super::behaviour::Answer;

/// The second of a limit by the second: any second, not one of the clock.
const SECOND: Duration = Duration::from_secs(1);

/// Calls that a stand-in answers. Nothing: no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    pub per_second: Option<u32>,
    /// In a day of Korea.
    pub per_day: Option<u32>,
}

/// A provider's answers to a call over its quota.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuotaRefusals {
    pub(super) per_second: fn() -> Answer,
    pub(super) per_day: fn() -> Answer,
}

impl QuotaRefusals {
    pub(super) fn answer(self, over: QuotaExceeded) -> Answer {
        match over {
            QuotaExceeded::Second => (self.per_second)(),
            QuotaExceeded::Day => (self.per_day)(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuotaExceeded {
    Second,
    Day,
}

/// Since the behaviour was set.
#[derive(Debug, Default)]
pub(super) struct QuotaUsage {
    /// Calls of the last second, refused ones included: a client that retries without a pause shows.
    calls: VecDeque<Instant>,
    /// Those of them that were not refused.
    allowed: VecDeque<Instant>,
    most_in_a_second: usize,
    day: Option<Date>,
    calls_of_day: u32,
}

impl QuotaUsage {
    /// Counts a call, and says which limit it exceeds.
    pub(super) fn count(&mut self, quota: Quota, now: Instant, wall: Timestamp) -> Result<(), QuotaExceeded> {
        self.calls.push_back(now);
        expire(&mut self.calls, now);
        self.most_in_a_second = self.most_in_a_second.max(self.calls.len());
        let today = korea(wall);
        if self.day != Some(today) {
            self.day = Some(today);
            self.calls_of_day = 0;
        }
        if quota.per_day.is_some_and(|most| self.calls_of_day >= most) {
            return Err(QuotaExceeded::Day);
        }
        expire(&mut self.allowed, now);
        let most = quota.per_second.map(|most| usize::try_from(most).unwrap_or(usize::MAX));
        if most.is_some_and(|most| self.allowed.len() >= most) {
            return Err(QuotaExceeded::Second);
        }
        self.allowed.push_back(now);
        self.calls_of_day = self.calls_of_day.saturating_add(1);
        Ok(())
    }

    /// The most calls in any second, refused ones included.
    pub(super) const fn most_in_a_second(&self) -> usize {
        self.most_in_a_second
    }
}

fn expire(times: &mut VecDeque<Instant>, now: Instant) {
    while times.front().is_some_and(|&then| now.saturating_duration_since(then) >= SECOND) {
        times.pop_front();
    }
}

/// The day in Korea, which has had no other offset since 1988.
pub(super) fn korea(wall: Timestamp) -> Date {
    wall.to_zoned(TimeZone::fixed(jiff::tz::offset(9))).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(per_second: Option<u32>, per_day: Option<u32>) -> Quota {
        Quota { per_second, per_day }
    }

    /// What becomes of calls that come at these milliseconds.
    fn check(quota: Quota, at_ms: &[u64], expect: &[Result<(), QuotaExceeded>]) -> QuotaUsage {
        let (mut quota_usage, start) = (QuotaUsage::default(), Instant::now());
        let took: Vec<_> = at_ms
            .iter()
            .map(|&ms| quota_usage.count(quota, start + Duration::from_millis(ms), Timestamp::UNIX_EPOCH))
            .collect();
        assert_eq!(took, expect, "{quota:?} {at_ms:?}");
        quota_usage
    }

    #[test]
    fn a_second_is_any_second() {
        let second = Err(QuotaExceeded::Second);
        check(quota(None, None), &[0, 0, 0], &[Ok(()); 3]);
        check(
            quota(Some(2), None),
            &[0, 600, 999, 1_000, 1_599, 1_600],
            &[Ok(()), Ok(()), second, Ok(()), second, Ok(())],
        );
        check(quota(Some(0), None), &[0], &[second]);
    }

    #[test]
    fn a_day_is_over_for_good_and_refused_calls_do_not_count() {
        let (second, day) = (Err(QuotaExceeded::Second), Err(QuotaExceeded::Day));
        check(quota(Some(1), Some(2)), &[0, 1, 1_000, 5_000], &[Ok(()), second, Ok(()), day]);
    }

    #[test]
    fn the_next_day_begins_at_midnight_in_korea() {
        let mut quota_usage = QuotaUsage::default();
        let mut take =
            |wall: &str| quota_usage.count(quota(None, Some(1)), Instant::now(), wall.parse().unwrap());
        assert_eq!(take("2026-11-25T14:59:58Z"), Ok(()));
        assert_eq!(take("2026-11-25T14:59:59Z"), Err(QuotaExceeded::Day));
        assert_eq!(take("2026-11-25T15:00:00Z"), Ok(()));
    }

    #[test]
    fn the_fullest_second_is_remembered_with_what_was_refused() {
        let second = Err(QuotaExceeded::Second);
        let times = [0, 999, 1_000, 1_001, 9_000];
        let quota_usage = check(quota(Some(2), None), &times, &[Ok(()), Ok(()), Ok(()), second, Ok(())]);
        assert_eq!(quota_usage.most_in_a_second(), 3);
    }
}
