//! The clock that metrics and alarms go by: the environment's own, or a faster one, so that an incident takes seconds.

use std::{num::NonZeroU16, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::clock;

/// Time that passes `speed` times as fast as the environment's. Its seconds are seconds since the epoch.
#[derive(Debug, Clone, Copy)]
pub struct AlarmClock {
    /// The environment's time at the start.
    started_at: Timestamp,
    began: Instant,
    /// The clock's own time at the start, in milliseconds.
    start_ms: i64,
    speed: u16,
}

impl AlarmClock {
    /// A clock that starts with the environment's time, or at `resume_s` if that is later: a fast clock is ahead after a
    /// restart, and time never goes back.
    #[must_use]
    pub fn start(speed: NonZeroU16, resume_s: Option<i64>) -> Self {
        let started_at = clock::now();
        let earliest_ms = resume_s.map_or(i64::MIN, |at_s| at_s.saturating_mul(1_000));
        let start_ms = started_at.as_millisecond().max(earliest_ms);
        Self { started_at, began: Instant::now(), start_ms, speed: speed.get() }
    }

    /// The clock's time in seconds.
    #[must_use]
    pub fn now_s(&self) -> i64 {
        let elapsed_ms = i64::try_from(self.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.after(elapsed_ms).div_euclid(1_000)
    }

    /// The clock's time in seconds at a moment of the environment.
    #[must_use]
    pub fn stamp_s(&self, at: Timestamp) -> i64 {
        let elapsed_ms = at.as_millisecond().saturating_sub(self.started_at.as_millisecond());
        self.after(elapsed_ms).div_euclid(1_000)
    }

    /// How long it really takes until the clock shows `at_s`.
    #[must_use]
    pub fn until(&self, at_s: i64) -> Duration {
        let ahead_ms = at_s.saturating_mul(1_000).saturating_sub(self.start_ms);
        let ahead_ms = u64::try_from(ahead_ms).unwrap_or(0);
        let due = Duration::from_millis(ahead_ms.div_ceil(u64::from(self.speed)));
        due.saturating_sub(self.elapsed())
    }

    /// Stamps are those of the wall clock, which goes on while a machine sleeps; the other clock is that of timers.
    fn elapsed(&self) -> Duration {
        elapsed(self.began.elapsed(), self.started_at, clock::now())
    }

    fn after(&self, elapsed_ms: i64) -> i64 {
        self.start_ms.saturating_add(elapsed_ms.saturating_mul(i64::from(self.speed)))
    }
}

/// The longer one of both: behind the stamps of what happens, alarms would see nothing any more.
fn elapsed(of_timers: Duration, from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).map_or(of_timers, |of_wall| of_timers.max(of_wall))
}

/// The environment's own time.
impl Default for AlarmClock {
    fn default() -> Self {
        Self::start(NonZeroU16::MIN, None)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_as_fast_as_asked() {
        let clock = AlarmClock::start(NonZeroU16::new(60).unwrap(), None);
        let start_s = clock.now_s();
        assert_eq!(clock.stamp_s(clock.started_at + 2.seconds()), start_s + 120);
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(clock.now_s(), start_s + 180);
        // The start may lie within a second of the clock.
        let left = clock.until(start_s + 240);
        assert!(left > Duration::from_millis(980) && left <= Duration::from_secs(1), "{left:?}");
        assert_eq!(clock.until(start_s), Duration::ZERO);
    }

    #[test]
    fn it_keeps_up_with_a_wall_clock_that_ran_while_the_machine_slept() {
        let from = Timestamp::UNIX_EPOCH;
        let timers = Duration::from_secs(5);
        assert_eq!(elapsed(timers, from, from + 8.hours()), Duration::from_hours(8));
        // One that was set back changes nothing.
        assert_eq!(elapsed(timers, from, from - 8.hours()), timers);
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_on_where_it_was_and_never_overflows() {
        let later_s = clock::now().as_second() + 5_000;
        assert_eq!(AlarmClock::start(NonZeroU16::MIN, Some(later_s)).now_s(), later_s);
        assert!(AlarmClock::start(NonZeroU16::MIN, Some(7)).now_s() > 7);
        let fast = AlarmClock::start(NonZeroU16::MAX, Some(i64::MAX));
        assert!(fast.stamp_s(Timestamp::MAX) > 0);
        assert!(fast.until(i64::MAX) >= Duration::ZERO);
    }
}
