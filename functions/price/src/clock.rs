//! What time it is, as an argument. What day it is in Korea lives in `korea`.

use jiff::Timestamp;

/// Says what time it is. The mains have the real one.
pub type Clock = fn() -> Timestamp;

/// A clock for tests that goes with tokio's, also with a paused one.
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

    /// Sets the clock of this thread to that moment.
    pub(crate) fn set(now_ms: i64) {
        BEGIN.set(Some((Instant::now(), now_ms)));
    }

    /// What time it is: noon, if nobody has set it.
    pub(crate) fn now() -> Timestamp {
        if BEGIN.get().is_none() {
            set(NOON_MS);
        }
        let (begin, at_ms) = BEGIN.get().unwrap();
        let passed = i64::try_from(begin.elapsed().as_millis()).unwrap();
        Timestamp::from_millisecond(at_ms + passed).unwrap()
    }
}
