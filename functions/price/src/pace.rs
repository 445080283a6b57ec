//! How many calls a provider gets in a second (D8).
//!
//! `governor` is not used: its clock is not tokio's (a paused clock would not move it), and its cell of N a
//! second lets nearly 2 N calls through in the first second: N at once and the refill beside them. Naver
//! counts, so the rule here is exact: between any call and the N-th after it lies a second.

use std::{collections::VecDeque, num::NonZeroU16, time::Duration};

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

const WINDOW: Duration = Duration::from_secs(1);

/// Lets at most N calls start in any second, in the order in which they asked.
///
/// It knows the calls of its own process only: functions that run beside each other share a provider's limit,
/// and where they meet it the provider says so.
#[derive(Debug)]
pub struct Pace {
    per_second: NonZeroU16,
    /// When the last N calls started, the oldest first.
    started: Mutex<VecDeque<Instant>>,
}

impl Pace {
    /// At most this many calls in any second.
    #[must_use]
    pub fn per_second(per_second: NonZeroU16) -> Self {
        Self {
            per_second,
            started: Mutex::new(VecDeque::new()),
        }
    }

    /// Waits until a call may start. Dropped while it waits, it has taken nobody's turn.
    pub async fn turn(&self) {
        // The lock is fair and held while waiting: who asked first goes first, and nothing is booked ahead that
        // a cancelled search could leave behind.
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
    use std::pin::pin;

    use futures::{FutureExt as _, future::join_all};
    use proptest::prelude::*;

    use super::*;

    fn pace(per_second: u16) -> Pace {
        Pace::per_second(NonZeroU16::new(per_second).unwrap())
    }

    /// When each of the calls started, in ms since the first one asked.
    async fn starts(pace: &Pace, calls: usize) -> Vec<u128> {
        let begin = Instant::now();
        join_all((0..calls).map(|_| async {
            pace.turn().await;
            begin.elapsed().as_millis()
        }))
        .await
    }

    #[tokio::test(start_paused = true)]
    async fn ten_go_at_once() {
        assert_eq!(starts(&pace(10), 10).await, [0; 10]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_eleventh_waits_for_the_second_to_end() {
        let starts = starts(&pace(10), 11).await;
        assert_eq!(starts.last(), Some(&1_000));
    }

    #[tokio::test(start_paused = true)]
    async fn fifty_take_less_than_five_seconds() {
        let starts = starts(&pace(10), 50).await;
        assert_eq!(starts.last(), Some(&4_000));
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_second_gives_the_whole_burst_back_and_no_more() {
        let pace = pace(2);
        assert_eq!(starts(&pace, 3).await, [0, 0, 1_000]);
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(starts(&pace, 3).await, [0, 0, 1_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_call_takes_no_turn() {
        let pace = pace(1);
        pace.turn().await;
        {
            let mut waiting = pin!(pace.turn());
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        assert_eq!(starts(&pace, 2).await, [1_000, 2_000]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_second_has_more_calls_than_allowed(
            per_second in 1_u16..12,
            pauses in prop::collection::vec(0_u64..700, 1..40),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            let starts = runtime.block_on(async {
                let pace = pace(per_second);
                let mut starts = Vec::new();
                for pause_ms in pauses {
                    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                    pace.turn().await;
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
