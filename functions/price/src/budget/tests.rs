//! The shared budget over a table in memory, on virtual time.

use std::{num::NonZeroU16, sync::Mutex, time::Duration};

use contract::{PriceSource, metric::Emitted};
use futures::future::join_all;
use proptest::prelude::*;
use shell::{Recorded, Recorder};

use super::*;
use crate::{
    clock::test,
    table::fake::{FakeTable, Mood},
};

fn budget(table: &Arc<FakeTable>, per_second: u16, per_day: u32) -> Budget {
    let limits = Limits { per_second, per_day };
    let shared = Shared::new(
        PriceSource::Elevenst,
        limits,
        Arc::<FakeTable>::clone(table),
        test::now,
    );
    Budget::shared(Pace::per_second(NonZeroU16::new(per_second).unwrap()), shared)
}

fn scope(time_ms: u64) -> (Scope, Recorded) {
    let (metrics, recorded) = Recorder::in_memory();
    let until = Instant::now() + Duration::from_millis(time_ms);
    (Scope { until, metrics }, recorded)
}

/// When each of so many calls of one function starts, in ms, or why it does not.
async fn starts(budget: &Budget, calls: usize, scope: &Scope) -> Vec<Result<u128, Why>> {
    let begin = Instant::now();
    let turns = (0..calls).map(|_| async { budget.turn(scope).await.map(|()| begin.elapsed().as_millis()) });
    join_all(turns).await
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_together_are_booked_together() {
    let table = Arc::new(FakeTable::default());
    let (scope, recorded) = scope(9_000);
    let starts = starts(&budget(&table, 10, 100), 10, &scope).await;
    // One look and one booking of 1 ms each, whatever the number of calls.
    assert!(
        starts.iter().all(|start| matches!(start, Ok(0..=3))),
        "{starts:?}"
    );
    assert_eq!((table.count("GetItem"), table.count("PutItem")), (1, 1));
    assert_eq!(recorded.values(Emitted::BudgetLeft).last(), Some(&90.0));
}

#[tokio::test(start_paused = true)]
async fn what_comes_too_late_is_refused_at_once_and_costs_nothing() {
    let table = Arc::new(FakeTable::default());
    let budget = budget(&table, 2, 100);
    let (scope, recorded) = scope(2_000);
    let starts = starts(&budget, 6, &scope).await;
    let ok: Vec<_> = starts.iter().filter_map(|start| start.as_ref().ok()).collect();
    assert_eq!(ok.len(), 4, "{starts:?}");
    assert!(
        starts
            .iter()
            .filter_map(|start| start.as_ref().err())
            .all(|why| matches!(why, Why::BudgetBusy)
                && why.error() == contract::error_name::PriceError::RateLimitExceeded)
    );
    assert_eq!(recorded.values(Emitted::BudgetRefusals), [1.0, 1.0]);
    assert_eq!(recorded.values(Emitted::BudgetLeft).last(), Some(&96.0));
}

#[tokio::test(start_paused = true)]
async fn a_day_that_is_spent_is_a_limit() {
    let table = Arc::new(FakeTable::default());
    let (scope, recorded) = scope(9_000);
    let starts = starts(&budget(&table, 10, 3), 5, &scope).await;
    assert_eq!(starts.iter().filter(|start| start.is_ok()).count(), 3);
    let why = starts.last().unwrap().as_ref().unwrap_err();
    assert_eq!(why.to_string(), "budget of the day is spent: 3 calls");
    assert_eq!(why.error(), contract::error_name::PriceError::RateLimitExceeded);
    assert_eq!(recorded.values(Emitted::BudgetRefusals).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_table_that_does_not_answer_leaves_a_call_a_second() {
    for mood in [Mood::Throttled, Mood::Unavailable, Mood::Hangs, Mood::ReadOnly] {
        let table = Arc::new(FakeTable::default());
        table.set(mood);
        let budget = budget(&table, 10, 10_000);
        let (scope, recorded) = scope(9_000);
        let starts: Vec<_> = starts(&budget, 4, &scope)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert!(starts[0] <= 1_500, "{mood:?} {starts:?}");
        let gaps = starts.iter().zip(&starts[1..]).map(|(a, b)| b - a);
        assert!(gaps.min().unwrap() >= 1_000, "{mood:?} {starts:?}");
        let calls = table.calls.lock().unwrap().len();
        assert!(calls <= 2, "it is left alone for a while: {calls}");
        let said = recorded.values(Emitted::BudgetLeft);
        assert!(said.is_empty(), "nobody knows what is left: {said:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_table_a_process_has_a_hundredth_of_the_day_until_it_answers_again() {
    for (per_day, alone) in [(50, 1), (300, 3)] {
        let table = Arc::new(FakeTable::default());
        let budget = budget(&table, 10, per_day);
        for _ in 0..2 {
            table.set(Mood::Unavailable);
            let (long, recorded) = scope(60_000);
            let found = starts(&budget, 5, &long).await;
            assert_eq!(found.iter().filter(|start| start.is_ok()).count(), alone);
            // The table is asked again, and is still silent.
            tokio::time::advance(Duration::from_secs(6)).await;
            let why = budget.turn(&long).await.unwrap_err();
            assert_eq!(
                why.to_string(),
                format!("shared budget is not read, and its {alone} calls without it are made")
            );
            assert_eq!(why.error(), contract::error_name::PriceError::RateLimitExceeded);
            assert!(!why.passes());
            assert_eq!(recorded.values(Emitted::BudgetRefusals).len(), 6 - alone);
            table.set(Mood::Fine);
            tokio::time::advance(Duration::from_secs(6)).await;
            let (scope, _) = scope(9_000);
            let together = starts(&budget, 10, &scope).await;
            assert!(
                together.iter().all(|start| matches!(start, Ok(0..=3))),
                "the whole pace is back: {together:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_first_call_waits_for_a_connection() {
    let table = Arc::new(FakeTable::default());
    let budget = budget(&table, 10, 1_000);
    let (scope, recorded) = scope(60_000);
    // The connection is made while the first row is read; the booking is quick.
    table.set(Mood::Slow(1_200));
    let quick = async {
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        table.set(Mood::Fine);
    };
    let (first, ()) = tokio::join!(budget.turn(&scope), quick);
    first.unwrap();
    assert!(
        table.body("budget#elevenst").is_some(),
        "it is booked in the table"
    );
    let booked = recorded.values(Emitted::BudgetLeft).len();
    table.set(Mood::Slow(1_200));
    let begin = Instant::now();
    budget.turn(&scope).await.unwrap();
    assert_eq!(begin.elapsed().as_millis(), 500);
    assert_eq!(recorded.values(Emitted::BudgetLeft).len(), booked);
}

#[tokio::test(start_paused = true)]
async fn a_slow_table_books_ahead_rather_than_too_late() {
    let table = Arc::new(FakeTable::default());
    table.set(Mood::Slow(200));
    let (scope, _) = scope(9_000);
    let starts = starts(&budget(&table, 2, 100), 2, &scope).await;
    assert!(starts.iter().all(Result::is_ok), "{starts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_leaves_half_of_the_day() {
    let table = Arc::new(FakeTable::default());
    table.plant("budget#elevenst", r#"{"schema":0}"#);
    let (scope, recorded) = scope(9_000);
    budget(&table, 2, 100).turn(&scope).await.unwrap();
    assert_eq!(recorded.values(Emitted::BudgetLeft), [49.0]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_holds_nobody_up() {
    let table = Arc::new(FakeTable::default());
    let budget = budget(&table, 5, 100);
    let (scope, recorded) = scope(9_000);
    // The first one, which books for all, is dropped on the way; so is the last one.
    let given_up = |ms| tokio::time::timeout(Duration::from_micros(ms), budget.turn(&scope));
    let (first, second, third) = tokio::join!(given_up(500), budget.turn(&scope), given_up(700));
    assert!(first.is_err() && third.is_err());
    second.unwrap();
    assert_eq!(
        recorded.values(Emitted::BudgetLeft).last(),
        Some(&99.0),
        "nobody else was booked"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn functions_together_stay_below_the_second_and_the_day_and_lose_nothing(
        per_second in 1_u16..8,
        per_day in 1_u32..60,
        // Functions, each with when it begins, how many calls it makes and how long it has.
        functions in prop::collection::vec((0_u64..1_500, 1_usize..8, 500_u64..9_000), 1..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (mut starts, refused, asked) = runtime.block_on(async {
            test::set(test::NOON_MS);
            let table = Arc::new(FakeTable::default());
            let starts = Mutex::new(Vec::new());
            let refused = Mutex::new(Vec::new());
            let each = functions.iter().map(|&(begin_ms, calls, time_ms)| {
                let (table, starts, refused) = (Arc::clone(&table), &starts, &refused);
                async move {
                    tokio::time::sleep(Duration::from_millis(begin_ms)).await;
                    let budget = budget(&table, per_second, per_day);
                    let (scope, _) = scope(time_ms);
                    join_all((0..calls).map(|_| async {
                        match budget.turn(&scope).await {
                            Ok(()) => starts.lock().unwrap().push(Instant::now()),
                            Err(why) => refused.lock().unwrap().push(why),
                        }
                    }))
                    .await;
                }
            });
            join_all(each).await;
            let asked: usize = functions.iter().map(|(_, calls, _)| calls).sum();
            (starts.into_inner().unwrap(), refused.into_inner().unwrap(), asked)
        });
        prop_assert_eq!(starts.len() + refused.len(), asked);
        prop_assert!(starts.len() <= per_day as usize);
        // A call is refused for want of calls or of time only.
        let spent = refused.iter().filter(|why| matches!(why, Why::BudgetSpent { .. })).count();
        prop_assert!(spent == 0 || starts.len() == per_day as usize, "{} of {}", starts.len(), per_day);
        let are_ours = refused.iter().all(|why| matches!(why, Why::NoTime | Why::BudgetBusy | Why::BudgetSpent { .. }));
        prop_assert!(are_ours);
        starts.sort_unstable();
        for (first, after) in starts.iter().zip(starts.iter().skip(per_second.into())) {
            prop_assert!(*after - *first >= Duration::from_secs(1));
        }
    }
}
