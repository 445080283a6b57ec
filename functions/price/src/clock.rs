//! The time as an argument.

use jiff::Timestamp;

/// The mains have the system's.
pub type Clock = fn() -> Timestamp;

/// A clock for tests that advances with tokio's.
#[cfg(test)]
pub(crate) mod test {
    use std::cell::Cell;

    use tokio::time::Instant;

    use super::*;

    thread_local! {
        static BEGIN: Cell<Option<(Instant, i64)>> = const { Cell::new(None) };
    }

    /// 2026-11-25 12:00 in Korea.
    pub(crate) const NOON_MS: i64 = 1_795_575_600_000;

    /// Sets the clock of this thread.
    pub(crate) fn set(now_ms: i64) {
        BEGIN.set(Some((Instant::now(), now_ms)));
    }

    /// Noon, unless the clock is set.
    pub(crate) fn now() -> Timestamp {
        if BEGIN.get().is_none() {
            set(NOON_MS);
        }
        let (begin, at_ms) = BEGIN.get().unwrap();
        let passed = i64::try_from(begin.elapsed().as_millis()).unwrap();
        Timestamp::from_millisecond(at_ms + passed).unwrap()
    }
}
