//! The chain over fake sources: its order, its cache, stale answers, and the circuit breaker.

mod harness;

use std::sync::Arc;

use futures::future::join_all;
use tokio::time::{advance, sleep};

use self::harness::{FRESH_S, Harness, harness, harness_over, summary};
use super::*;
use crate::{
    clock::test,
    store::{
        NewLease, PriceTable as _, Version,
        fake::{FakeTable, Mode},
    },
    testing::fake_source::Behavior::{
        self, BadCredentials, Broken, DailyLimit, Hangs, NoPrice, NoProduct, Refers, Sells, SellsLate,
        TimesOut,
    },
};

const ELEVENST: PriceSource = PriceSource::Elevenst;
const CHAMGAGYEOK: PriceSource = PriceSource::Chamgagyeok;
const KAMIS: PriceSource = PriceSource::Kamis;
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn the_first_source_with_an_offer_ends_the_search() {
    for (first, second, third, expect, asked) in [
        (Sells(1), Sells(2), Refers(3), "elevenst 1", [1, 0, 0]),
        (NoProduct, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]),
        (Broken, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]),
        (Hangs, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]),
        (NoProduct, Broken, Refers(3), "OnlyReference kamis 3", [1, 1, 1]),
        (Broken, Broken, Refers(3), "OnlyReference kamis 3", [1, 1, 1]),
        (NoProduct, NoProduct, NoProduct, "NoOffer", [1, 1, 1]),
        (NoPrice, NoProduct, NoProduct, "NoKnownPrice", [1, 1, 1]),
        (NoProduct, NoPrice, Broken, "NoKnownPrice", [1, 1, 1]),
        (NoPrice, NoProduct, Refers(3), "OnlyReference kamis 3", [1, 1, 1]),
        (Broken, NoProduct, NoProduct, "NoOffer", [1, 1, 1]),
        (Broken, Broken, Broken, "Failed PriceFetchFailed", [1, 1, 1]),
        (DailyLimit, Broken, Broken, "Failed RateLimitExceeded", [1, 1, 1]),
        (Broken, Broken, DailyLimit, "Failed RateLimitExceeded", [1, 1, 1]),
        // A source without vendors does not know that there is no offer.
        (Broken, Hangs, NoProduct, "Failed PriceFetchFailed", [1, 1, 1]),
    ] {
        let harness = harness(&[(ELEVENST, first), (CHAMGAGYEOK, second), (KAMIS, third)]);
        assert_eq!(harness.find("양파").await, expect, "{first:?} {second:?} {third:?}");
        assert_eq!(harness.searches(), asked, "{first:?} {second:?} {third:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_has_the_error_of_each_source() {
    let harness = harness(&[(ELEVENST, Broken), (CHAMGAGYEOK, Hangs)]);
    let Outcome::Failed(failed) = harness.outcome("양파").await else { panic!("no source answered") };
    assert_eq!(
        failed.to_string(),
        "elevenst gave no answer: provider out of order: status 500, code unknown; \
         chamgagyeok gave no answer: no time left for the call"
    );
}

#[tokio::test(start_paused = true)]
async fn a_source_may_use_all_but_the_reserves_of_later_ones() {
    for (left_ms, sources, expect_ms) in [
        (12_000, 3, 6_000),
        (12_000, 2, 9_000),
        (12_000, 1, 12_000),
        (12_000, 4, 3_000),
        (6_000, 3, 2_000),
        (2_000, 2, 1_000),
        (0, 3, 0),
        (12_000, 0, 12_000),
    ] {
        let share = share(&crate::testing::context(left_ms).0, sources);
        let got = (share.until - Instant::now()).as_millis();
        assert_eq!(got, expect_ms, "{left_ms} ms, {sources} sources");
    }
    let hangs = [(ELEVENST, Hangs), (CHAMGAGYEOK, Hangs), (KAMIS, Refers(3))];
    let begin = Instant::now();
    assert_eq!(harness(&hangs).find("양파").await, "OnlyReference kamis 3");
    // Twelve seconds without two reserves of three, then the rest without one.
    let took = begin.elapsed().as_millis();
    assert!((9_000..9_500).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_cached_with_its_time() {
    let harness = harness(&[(ELEVENST, Sells(1))]);
    let at = |outcome: &Outcome| match outcome {
        Outcome::Offered { asked_at, .. } => asked_at.as_millisecond(),
        _ => panic!("sold"),
    };
    let first = at(&harness.outcome("양파").await);
    harness.set(0, Sells(2));
    advance(SECOND * (FRESH_S - 5)).await;
    let second = harness.outcome("양파").await;
    assert_eq!((summary(&second), at(&second)), ("elevenst 1".to_owned(), first));
    assert_eq!((harness.count(Emitted::CacheMisses), harness.count(Emitted::CacheHits)), (1, 1));
    advance(SECOND * 10).await;
    assert_eq!(harness.find("양파").await, "elevenst 2");
    assert_eq!(harness.searches(), [2]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_is_fresh_for_a_quarter_of_the_time() {
    let harness = harness(&[(ELEVENST, NoProduct)]);
    for (wait_s, asked) in [(0, 1), (FRESH_S / 4 - 5, 1), (10, 2)] {
        advance(SECOND * wait_s).await;
        assert_eq!(harness.find("양파").await, "NoOffer");
        assert_eq!(harness.searches(), [asked]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_row_is_a_miss_and_is_overwritten() {
    let harness = harness(&[(ELEVENST, Sells(1))]);
    let valid = r#"{"schema":2,"atMs":1795575599000,"content":{"offers":[{"priceKrw":7,"vendor":"v","productName":"p"}],"withoutPrice":0}}"#;
    harness.table.plant("elevenst#양파", valid);
    assert_eq!(harness.find("양파").await, "elevenst 7");
    harness.table.plant("elevenst#대파", &valid.replace("\"priceKrw\":7", "\"priceKrw\":0"));
    for _ in 0..2 {
        assert_eq!(harness.find("대파").await, "elevenst 1");
        assert_eq!(harness.searches(), [1], "the second time it is cached");
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_that_fails_costs_a_bounded_time_and_no_order() {
    for mode in [Mode::Throttled, Mode::Unavailable, Mode::Hangs, Mode::Slow(5_000), Mode::ReadOnly] {
        let harness = harness(&[(ELEVENST, Sells(1))]);
        harness.table.set(mode);
        let begin = Instant::now();
        assert_eq!(harness.find("양파").await, "elevenst 1", "{mode:?}");
        let took = begin.elapsed().as_millis();
        assert!(took <= 200 + 1_500 + 500, "{mode:?}: {took}");
        assert_eq!(harness.count(Emitted::CacheMisses), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn many_functions_make_one_call_also_when_it_takes_almost_as_long_as_a_lease() {
    for does in [Sells(1), SellsLate(4_000)] {
        let table = Arc::new(FakeTable::default());
        let functions: Vec<_> = (0..40).map(|_| harness_over(&table, &[(ELEVENST, does)])).collect();
        let found = join_all(functions.iter().map(|function| function.find("양파"))).await;
        assert!(found.iter().all(|outcome| outcome == "elevenst 1"), "{found:?}");
        let asked = functions.iter().map(|function| function.searches()[0]);
        assert_eq!(asked.sum::<usize>(), 1, "{does:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_fails_releases_the_lease() {
    let table = Arc::new(FakeTable::default());
    let broken = harness_over(&table, &[(ELEVENST, Broken)]);
    let fine = harness_over(&table, &[(ELEVENST, Sells(1))]);
    let begin = Instant::now();
    let later = async {
        sleep(Duration::from_millis(50)).await;
        fine.find("양파").await
    };
    let (first, second) = tokio::join!(broken.find("양파"), later);
    assert_eq!((first.as_str(), second.as_str()), ("Failed PriceFetchFailed", "elevenst 1"));
    assert!(begin.elapsed() < SECOND, "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_search_releases_the_lease_and_the_lease_of_a_dead_holder_expires() {
    let table = Arc::new(FakeTable::default());
    let slow = harness_over(&table, &[(ELEVENST, Hangs)]);
    let batch = slow.chain.read_cache(&["양파".to_owned()]).await;
    let context = slow.context(12_000);
    let search = slow.chain.find("양파", "양파", &context, &batch);
    let given_up = tokio::time::timeout(Duration::from_millis(100), search).await;
    assert!(given_up.is_err() && table.row("elevenst#양파").lease_until_ms.is_some());
    batch.end().await;
    assert_eq!(table.row("elevenst#양파").lease_until_ms, None);
    let now_ms = test::now().as_millisecond();
    let lease = NewLease { holder: "dead".to_owned(), now_ms, until_ms: now_ms + 2_000, expires_at_s: 0 };
    table.lease("elevenst#양파", &Version::Absent, &lease).await.unwrap();
    let begin = Instant::now();
    let fine = harness_over(&table, &[(ELEVENST, Sells(1))]);
    assert_eq!(fine.find("양파").await, "elevenst 1");
    let took = begin.elapsed().as_millis();
    assert!((2_000..3_000).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_refuses_for_its_daily_limit_is_not_asked_by_any_function_until_tomorrow() {
    let table = Arc::new(FakeTable::default());
    let first = harness_over(&table, &[(ELEVENST, DailyLimit)]);
    assert_eq!(first.find("양파").await, "Failed RateLimitExceeded");
    assert_eq!(first.searches(), [1]);
    let second = harness_over(&table, &[(ELEVENST, Sells(1))]);
    let quota = &second.chain.sources[0].quota;
    let refused = quota.acquire(&second.context(5_000)).await;
    assert!(matches!(refused, Err(SearchErrorKind::QuotaExceeded { .. })), "{refused:?}");
    assert_eq!(second.recorded.values(Emitted::BudgetLeft), [0.0]);
    advance(Duration::from_hours(12)).await;
    quota.acquire(&second.context(5_000)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn answers_are_written_within_20_ms_or_not_at_all() {
    for (table_ms, name, write_ms, is_written) in [(30, "양파", 20, false), (15, "대파", 15, true)] {
        let harness = harness(&[(ELEVENST, Sells(1))]);
        harness.table.set(Mode::Slow(table_ms));
        let begin = Instant::now();
        harness.find(name).await;
        // Batch, lease, search and the write.
        assert_eq!(begin.elapsed(), Duration::from_millis(table_ms * 2 + 200 + write_ms));
        assert_eq!(harness.table.body(&format!("elevenst#{name}")).is_some(), is_written);
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_ingredients_are_finished_by_tries_that_each_reach_a_limit() {
    let harness = harness(&[(ELEVENST, Sells(1))]);
    let names = crate::testing::numbered(50);
    let mut late = Vec::new();
    // Ten calls start in a second, at most four at once.
    for _ in 0..6 {
        let batch = harness.chain.read_cache(&names).await;
        let context = harness.context(970);
        let find = |name| harness.chain.find(name, name, &context, &batch);
        let outcomes = join_all(names.iter().map(|name| find(name))).await;
        batch.end().await;
        let words: Vec<_> = outcomes.iter().map(summary).collect();
        let count = |expect| words.iter().filter(|word| *word == expect).count();
        let failed = count("Failed RateLimitExceeded");
        assert_eq!(failed + count("elevenst 1"), 50, "{words:?}");
        late.push(failed);
        advance(SECOND).await;
    }
    assert_eq!((late, harness.searches()), (vec![40, 30, 20, 10, 0, 0], vec![50]));
}

/// The sources have answered once, and their answers are stale now.
async fn stale(sources: &[(PriceSource, Behavior)]) -> Harness {
    let harness = harness(sources);
    harness.find("양파").await;
    advance(SECOND * (FRESH_S + 60)).await;
    harness
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_is_used_for_a_week_and_only_without_a_fresh_offer() {
    let harness = stale(&[(ELEVENST, Sells(1)), (CHAMGAGYEOK, Sells(2))]).await;
    harness.set(0, Broken);
    assert_eq!(harness.find("양파").await, "chamgagyeok 2");
    assert_eq!(harness.count(Emitted::CacheStale), 0);
    advance(SECOND * (FRESH_S + 60)).await;
    harness.set(1, Broken);
    let Outcome::Offered { source, asked_at, .. } = harness.outcome("양파").await else {
        panic!("stale is better than nothing")
    };
    assert_eq!(source, ELEVENST);
    let age_s = test::now().as_second() - asked_at.as_second();
    assert!(age_s > 2 * i64::from(FRESH_S), "its true age");
    assert_eq!(harness.count(Emitted::CacheStale), 1);
    advance(Duration::from_hours(8 * 24)).await;
    assert_eq!(harness.find("양파").await, "Failed PriceFetchFailed");
}

#[tokio::test(start_paused = true)]
async fn a_stale_offer_is_of_a_failed_source_and_a_stale_reference_is_used_if_no_source_answers() {
    let sells = (ELEVENST, Sells(1));
    for (sources, now, expect) in [
        // A survey answers without a call when no product of it matches.
        (&[sells, (CHAMGAGYEOK, NoProduct), (KAMIS, Refers(3))][..], &[Broken][..], "elevenst 1"),
        (&[sells, (CHAMGAGYEOK, NoProduct)], &[NoProduct], "NoOffer"),
        (&[(ELEVENST, NoProduct), (KAMIS, Refers(3))], &[Broken, Broken], "OnlyReference kamis 3"),
        (&[(ELEVENST, NoProduct), (KAMIS, Refers(3))], &[NoProduct, Broken], "NoOffer"),
    ] {
        let harness = stale(sources).await;
        for (source, &does) in now.iter().enumerate() {
            harness.set(source, does);
        }
        assert_eq!(harness.find("양파").await, expect, "{sources:?} {now:?}");
        assert_eq!(harness.count(Emitted::CacheStale), usize::from(expect != "NoOffer"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_our_credentials_is_asked_once_in_30_s() {
    let harness = harness(&[(ELEVENST, BadCredentials), (CHAMGAGYEOK, Sells(2))]);
    for name in ["양파", "대파", "마늘"] {
        assert_eq!(harness.find(name).await, "chamgagyeok 2");
    }
    assert_eq!(harness.searches(), [1, 3]);
    let error = harness.chain.sources[0].breaker.open().unwrap();
    assert_eq!(
        runtime::chain(&error),
        "elevenst gave no answer: not asked, it failed a moment ago: credentials refused: status 500, code unknown"
    );
    assert_eq!(error.kind.error(), PriceError::PriceFetchFailed);
    harness.set(0, Sells(1));
    advance(SECOND * 28).await;
    assert_eq!(harness.find("두부").await, "chamgagyeok 2");
    advance(SECOND * 2).await;
    assert_eq!(harness.find("감자").await, "elevenst 1");
    assert_eq!(harness.searches(), [2, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_source_without_a_connection_twice_in_a_row_is_not_asked() {
    let harness = harness(&[(ELEVENST, NoProduct)]);
    for (name, does, asked) in [
        // Too little time is not due to the source.
        ("가", TimesOut(999), 1),
        ("나", TimesOut(999), 2),
        ("다", TimesOut(4_000), 3),
        ("라", NoProduct, 4),
        ("마", TimesOut(4_000), 5),
        ("바", TimesOut(4_000), 6),
        ("사", Sells(1), 6),
    ] {
        harness.set(0, does);
        harness.find(name).await;
        assert_eq!(harness.searches(), [asked], "{name}");
    }
    advance(SECOND * 30).await;
    assert_eq!(harness.find("아").await, "elevenst 1");
}

#[tokio::test(start_paused = true)]
async fn a_cached_answer_is_used_while_its_source_is_not_asked() {
    let harness = harness(&[(ELEVENST, Sells(1))]);
    harness.find("양파").await;
    harness.set(0, BadCredentials);
    harness.find("대파").await;
    assert_eq!(harness.find("양파").await, "elevenst 1");
    assert_eq!(harness.searches(), [2]);
}
