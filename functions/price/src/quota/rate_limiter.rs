//! The calls of this process per second.
//!
//! `governor` is not used: its clock is not tokio's (a paused clock would not move it), and its cell of N a second lets
//! nearly 2 N calls through in the first second: N at once, and the refill. Providers count, so the rule here is exact: between
//! any call and the N-th after it lies a second.

use std::{collections::VecDeque, num::NonZeroU16, time::Duration};

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// A second, and a margin: a call reaches its provider a little later than it starts (a connection has to be made).
const WINDOW: Duration = Duration::from_millis(1_000 + 100);
/// How long after its admission a call may start.
pub(super) const MARGIN: Duration = Duration::from_millis(100);

/// Lets at most N calls start in any second, in the order in which they asked.
///
/// It knows the calls of its own process only. `check` holds the calls of all processes below a provider's known limit.
#[derive(Debug)]
pub struct RateLimiter {
    per_second: NonZeroU16,
    /// When the last N calls started, the oldest first.
    started: Mutex<VecDeque<Instant>>,
}

impl RateLimiter {
    pub fn per_second(per_second: NonZeroU16) -> Self {
        Self { per_second, started: Mutex::new(VecDeque::new()) }
    }

    /// Waits until a call may start. A cancelled wait consumes no slot.
    pub async fn acquire(&self) {
        // The lock is fair and held while waiting: calls start in their order, and a cancelled wait leaves no state.
        let mut started = self.started.lock().await;
        if started.len() >= usize::from(self.per_second.get())
            && let Some(&oldest) = started.front()
        {
            sleep_until(oldest + WINDOW).await;
            started.pop_front();
        }
        started.push_back(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt as _, future::join_all};
    use proptest::prelude::*;

    use super::*;

    fn limiter(per_second: u16) -> RateLimiter {
        RateLimiter::per_second(NonZeroU16::new(per_second).unwrap())
    }

    /// When each of the calls started, in ms since the first one asked.
    async fn starts(limiter: &RateLimiter, calls: usize) -> Vec<u128> {
        let begin = Instant::now();
        join_all((0..calls).map(|_| async {
            limiter.acquire().await;
            begin.elapsed().as_millis()
        }))
        .await
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_admits_its_calls_at_once() {
        let starts = starts(&limiter(10), 50).await;
        assert_eq!((starts[9], starts[10], starts[49]), (0, 1_100, 4_400));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_no_more_than_one_burst_is_admitted() {
        let limiter = limiter(2);
        assert_eq!(starts(&limiter, 3).await, [0, 0, 1_100]);
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(starts(&limiter, 3).await, [0, 0, 1_100]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_wait_takes_no_slot() {
        let limiter = limiter(1);
        limiter.acquire().await;
        assert!(Box::pin(limiter.acquire()).as_mut().now_or_never().is_none());
        assert_eq!(starts(&limiter, 2).await, [1_100, 2_200]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_second_has_more_calls_than_allowed(
            per_second in 1_u16..12,
            pauses in prop::collection::vec(0_u64..700, 1..40),
        ) {
            let starts = crate::testing::on_virtual_time(async {
                let limiter = limiter(per_second);
                let mut starts = Vec::new();
                for pause_ms in pauses {
                    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                    limiter.acquire().await;
                    starts.push(Instant::now());
                }
                starts
            });
            for (first, after) in starts.iter().zip(starts.iter().skip(usize::from(per_second))) {
                prop_assert!(*after - *first >= WINDOW);
            }
        }
    }
}
