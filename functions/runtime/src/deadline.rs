//! The deadline of an invocation. Its clock is tokio's, which a test can pause.

use std::time::Duration;

use tokio::time::Instant;

/// How long before the deadline an adapter's time ends, so that the function can still answer with its own error (decision D18).
const RESERVE: Duration = Duration::from_secs(1);

/// When Lambda kills the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline at that moment.
    #[must_use]
    pub const fn at(instant: Instant) -> Self {
        Self(instant)
    }

    /// The deadline after that time from now.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(time).unwrap_or(now))
    }

    /// The deadline that Lambda gives: milliseconds since 1970. One that has passed leaves no time.
    #[must_use]
    pub(crate) fn from_epoch_ms(deadline_ms: u64, now: jiff::Timestamp) -> Self {
        let now_ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        Self::after(Duration::from_millis(deadline_ms.saturating_sub(now_ms)))
    }

    /// The time until then.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The time that an adapter may use: [`Deadline::remaining`] less one second (decision D18).
    #[must_use]
    pub fn budget(&self) -> Duration {
        self.remaining().saturating_sub(RESERVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_budget_ends_a_second_before_the_deadline() {
        let deadline = Deadline::at(Instant::now() + Duration::from_secs(10));
        assert_eq!(deadline.budget(), Duration::from_secs(9));
        tokio::time::advance(Duration::from_millis(8_500)).await;
        assert_eq!(deadline.remaining(), Duration::from_millis(1_500));
        assert_eq!(deadline.budget(), Duration::from_millis(500));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(deadline.budget(), Duration::ZERO);
        assert_eq!(deadline.remaining(), Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn lambda_counts_milliseconds_since_1970() {
        let now = jiff::Timestamp::from_millisecond(1_700_000_000_000).unwrap();
        let in_3_s = Deadline::from_epoch_ms(1_700_000_003_000, now);
        assert_eq!(in_3_s.remaining(), Duration::from_secs(3));
        assert_eq!(Deadline::from_epoch_ms(0, now).remaining(), Duration::ZERO);
        // An invalid header does not overflow.
        let _ = Deadline::from_epoch_ms(u64::MAX, now).remaining();
    }
}
