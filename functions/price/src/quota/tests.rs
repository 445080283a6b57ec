//! The quota over a table in memory, on virtual time.

use std::time::Duration;

use contract::{PriceSource, error_name::PriceError, metric::Emitted};
use futures::future::join_all;

use super::*;
use crate::{
    search::SearchError,
    store::fake::{FakeTable, Mode},
    testing::{context, quota},
};

const SOURCE: PriceSource = PriceSource::Elevenst;

/// Acquires the quota for so many calls at once: the number that may start, and the last error.
async fn started(quota: &Quota, calls: usize, context: &CallContext) -> (usize, Option<SearchErrorKind>) {
    // Each search has a context of its own.
    let acquired = (0..calls).map(|_| async { quota.acquire(&context.until(context.until)).await });
    let acquired = join_all(acquired).await;
    let count = acquired.iter().filter(|acquired| acquired.is_ok()).count();
    (count, acquired.into_iter().filter_map(Result::err).last())
}

#[tokio::test(start_paused = true)]
async fn functions_together_make_no_more_calls_than_the_day_has() {
    let table = Arc::new(FakeTable::default());
    let (context, recorded) = context(9_000);
    let functions = [(); 5].map(|()| quota(&table, SOURCE, 10, 13));
    let counts = join_all(functions.iter().map(|quota| started(quota, 4, &context))).await;
    assert_eq!(counts.iter().map(|(count, _)| count).sum::<usize>(), 13);
    let error = counts.into_iter().find_map(|(_, error)| error).unwrap();
    assert_eq!(error.to_string(), "budget of the day is spent: 13 calls");
    assert_eq!((error.error(), error.is_transient()), (PriceError::RateLimitExceeded, false));
    let hint = SearchError::new(SOURCE, error).hint.unwrap();
    assert!(hint.ends_with("then raise per_day of the source"), "{hint}");
    assert_eq!(recorded.values(Emitted::BudgetRefusals), [1.0; 7]);
    assert_eq!(recorded.values(Emitted::BudgetLeft).last(), Some(&0.0));
    assert_eq!(table.counters()["quota#elevenst#2026-11-25"], 13);
    // Midnight in Korea begins another day.
    tokio::time::advance(Duration::from_hours(12)).await;
    let (context, recorded) = self::context(9_000);
    functions[0].acquire(&context).await.unwrap();
    assert_eq!(recorded.values(Emitted::BudgetLeft), [12.0]);
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_day_has_no_call_left_for_any_function() {
    let table = Arc::new(FakeTable::default());
    quota(&table, SOURCE, 10, 100).exhaust().await;
    let (context, _) = context(9_000);
    let (count, error) = started(&quota(&table, SOURCE, 10, 100), 3, &context).await;
    assert_eq!(count, 0);
    assert!(matches!(error, Some(SearchErrorKind::QuotaExceeded { per_day: 100 })));
    let other = quota(&table, PriceSource::Kamis, 10, 100);
    other.acquire(&context).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_limiter_would_start_too_late_is_refused_and_not_counted() {
    let table = Arc::new(FakeTable::default());
    let quota = quota(&table, SOURCE, 2, 100);
    let (context, _) = context(1_500);
    let (count, error) = started(&quota, 6, &context).await;
    let error = error.unwrap();
    assert_eq!((count, error.error()), (4, PriceError::RateLimitExceeded));
    assert!(matches!(error, SearchErrorKind::LimiterBusy) && !error.is_transient());
    assert_eq!(table.counters()["quota#elevenst#2026-11-25"], 4);
    let (late, _) = self::context(0);
    let error = quota.acquire(&late).await.unwrap_err();
    assert!(matches!(error, SearchErrorKind::DeadlineExceeded), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waited_for_the_limiter_does_not_wait_again() {
    let table = Arc::new(FakeTable::default());
    let quota = quota(&table, SOURCE, 1, 100);
    let (context, _) = context(9_000);
    let begin = Instant::now();
    quota.wait(&context).await.unwrap();
    quota.wait(&context).await.unwrap();
    quota.acquire(&context).await.unwrap();
    assert!(begin.elapsed() < Duration::from_millis(10));
    quota.acquire(&context).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1), "each admission is for one call");
    // An admission is not kept for later.
    quota.wait(&context).await.unwrap();
    let begin = Instant::now();
    tokio::time::advance(Duration::from_millis(500)).await;
    quota.acquire(&context).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn without_the_table_a_process_makes_a_hundredth_of_the_days_calls_until_it_answers_again() {
    for (mode, per_day, local) in [
        (Mode::Throttled, 50, 1),
        (Mode::Unavailable, 300, 3),
        (Mode::Hangs, 300, 3),
        (Mode::ReadOnly, 300, 3),
    ] {
        let table = Arc::new(FakeTable::default());
        let quota = quota(&table, SOURCE, 10, per_day);
        for round in 1..=2 {
            table.set(mode);
            let (context, recorded) = context(9_000);
            let begin = Instant::now();
            let (count, error) = started(&quota, 5, &context).await;
            assert_eq!(count, local, "{mode:?}");
            assert!(begin.elapsed() <= Duration::from_millis(1_500), "{mode:?}");
            let error = error.unwrap();
            assert_eq!(
                error.to_string(),
                format!("shared quota is not available, and its {local} calls without it are made")
            );
            assert_eq!(error.error(), PriceError::RateLimitExceeded);
            assert_eq!(recorded.values(Emitted::BudgetLeft), [0.0; 0], "it is not known");
            let asked = table.calls.lock().unwrap().len();
            quota.acquire(&context).await.unwrap_err();
            assert_eq!(table.calls.lock().unwrap().len(), asked, "the table is not asked again at once");
            table.set(Mode::Fine);
            tokio::time::advance(Duration::from_secs(6)).await;
            let (context, _) = self::context(9_000);
            assert_eq!(started(&quota, 10, &context).await.0, 10, "{mode:?}");
            // The table counts the calls that were made without it.
            let counted = table.counters()["quota#elevenst#2026-11-25"];
            assert_eq!(usize::try_from(counted).unwrap(), round * (10 + local), "{mode:?}");
            tokio::time::advance(Duration::from_secs(2)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_day_is_remembered_without_the_table() {
    let table = Arc::new(FakeTable::default());
    let quota = quota(&table, SOURCE, 10, 500);
    table.set(Mode::Unavailable);
    quota.exhaust().await;
    let (context, _) = context(9_000);
    let error = quota.acquire(&context).await.unwrap_err();
    assert!(matches!(error, SearchErrorKind::QuotaExceeded { .. }), "{error:?}");
}
