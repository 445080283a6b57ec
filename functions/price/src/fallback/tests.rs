//! The chain over sources that the test holds in its hand.

mod circuit_breaker;
mod harness;
mod stale;

use std::sync::Arc;

use futures::future::join_all;
use tokio::time::{advance, sleep};

use self::harness::{Does, FRESH_S, harness, harness_over, word};
use super::*;
use crate::{
    clock::test,
    store::{
        NewLease, PriceTable as _, Version,
        fake::{FakeTable, Mood},
    },
};

const ELEVENST: PriceSource = PriceSource::Elevenst;
const CHAMGAGYEOK: PriceSource = PriceSource::Chamgagyeok;
const KAMIS: PriceSource = PriceSource::Kamis;
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn an_ingredient_falls_through_until_somebody_sells_it() {
    use Does::{Broken, DayIsOver, Hangs, NoPrice, Nothing, Refers, Sells};
    for (first, second, third, expect, asked) in [
        (Sells(1), Sells(2), Refers(3), "elevenst 1", [1, 0, 0]),
        (Nothing, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]),
        (Broken, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]),
        (Hangs, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]),
        (Nothing, Broken, Refers(3), "OnlyReference kamis 3", [1, 1, 1]),
        (Broken, Broken, Refers(3), "OnlyReference kamis 3", [1, 1, 1]),
        (Nothing, Nothing, Nothing, "NoOffer", [1, 1, 1]),
        (NoPrice, Nothing, Nothing, "NoKnownPrice", [1, 1, 1]),
        (Nothing, NoPrice, Broken, "NoKnownPrice", [1, 1, 1]),
        (NoPrice, Nothing, Refers(3), "OnlyReference kamis 3", [1, 1, 1]),
        (Broken, Nothing, Nothing, "NoOffer", [1, 1, 1]),
        (Broken, Broken, Broken, "Failed PriceFetchFailed", [1, 1, 1]),
        (DayIsOver, Broken, Broken, "Failed RateLimitExceeded", [1, 1, 1]),
        (Broken, Broken, DayIsOver, "Failed RateLimitExceeded", [1, 1, 1]),
        // A source without vendors cannot say that nobody sells it.
        (Broken, Hangs, Nothing, "Failed PriceFetchFailed", [1, 1, 1]),
    ] {
        let harness = harness(&[(ELEVENST, first), (CHAMGAGYEOK, second), (KAMIS, third)]);
        assert_eq!(harness.find("양파").await, expect, "{first:?} {second:?} {third:?}");
        assert_eq!(harness.asked(), asked, "{first:?} {second:?} {third:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_why_of_each_source() {
    let harness = harness(&[(ELEVENST, Does::Broken), (CHAMGAGYEOK, Does::Hangs)]);
    let Outcome::Failed(failed) = harness.outcome("양파").await else { panic!("nobody answered") };
    assert_eq!(
        failed.to_string(),
        "elevenst gave no answer: provider out of order: status 500, code unknown; \
         chamgagyeok gave no answer: no time left for the call"
    );
}

#[tokio::test(start_paused = true)]
async fn each_source_gets_all_but_the_reserves_of_the_later_ones() {
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
    let hangs = [(ELEVENST, Does::Hangs), (CHAMGAGYEOK, Does::Hangs), (KAMIS, Does::Refers(3))];
    let begin = Instant::now();
    assert_eq!(harness(&hangs).find("양파").await, "OnlyReference kamis 3");
    // Twelve seconds without two reserves of three, then the rest without one.
    let took = begin.elapsed().as_millis();
    assert!((9_000..9_500).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_cached_and_says_when_it_was_fetched() {
    let harness = harness(&[(ELEVENST, Does::Sells(1))]);
    let at = |outcome: &Outcome| match outcome {
        Outcome::Offered { asked_at, .. } => asked_at.as_millisecond(),
        _ => panic!("sold"),
    };
    let first = at(&harness.outcome("양파").await);
    harness.set(0, Does::Sells(2));
    advance(SECOND * (FRESH_S - 5)).await;
    let second = harness.outcome("양파").await;
    assert_eq!((word(&second), at(&second)), ("elevenst 1".to_owned(), first));
    assert_eq!((harness.count(Emitted::CacheMisses), harness.count(Emitted::CacheHits)), (1, 1));
    advance(SECOND * 10).await;
    assert_eq!(harness.find("양파").await, "elevenst 2");
    assert_eq!(harness.asked(), [2]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_is_fresh_for_a_quarter_of_the_time() {
    let harness = harness(&[(ELEVENST, Does::Nothing)]);
    for (wait_s, asked) in [(0, 1), (FRESH_S / 4 - 5, 1), (10, 2)] {
        advance(SECOND * wait_s).await;
        assert_eq!(harness.find("양파").await, "NoOffer");
        assert_eq!(harness.asked(), [asked]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_row_is_asked_for_and_overwritten() {
    let harness = harness(&[(ELEVENST, Does::Sells(1))]);
    let good = r#"{"schema":2,"atMs":1795575599000,"content":{"offers":[{"priceKrw":7,"vendor":"v","productName":"p"}],"withoutPrice":0}}"#;
    harness.table.plant("elevenst#확인", good);
    assert_eq!(harness.find("확인").await, "elevenst 7");
    let invalid =
        [good.replace("\"priceKrw\":7", "\"priceKrw\":0"), "not JSON".to_owned(), "x".repeat(400_000)];
    for (at, body) in invalid.iter().enumerate() {
        let (name, key) = (format!("독{at}"), format!("elevenst#독{at}"));
        harness.table.plant(&key, body);
        assert_eq!(harness.find(&name).await, "elevenst 1", "{body:.80}");
        assert_eq!(harness.find(&name).await, "elevenst 1");
        assert_ne!(harness.table.body(&key).as_deref(), Some(body.as_str()));
        assert_eq!(harness.asked(), [at + 1], "the second time it is cached");
    }
}

#[tokio::test(start_paused = true)]
async fn trouble_with_the_table_fails_no_order_and_is_bounded() {
    for mood in [Mood::Throttled, Mood::Unavailable, Mood::Hangs, Mood::Slow(5_000), Mood::ReadOnly] {
        let harness = harness(&[(ELEVENST, Does::Sells(1))]);
        harness.table.set(mood);
        let begin = Instant::now();
        assert_eq!(harness.find("양파").await, "elevenst 1", "{mood:?}");
        let took = begin.elapsed().as_millis();
        assert!(took <= 200 + 1_500 + 500, "{mood:?}: {took}");
        assert_eq!(harness.count(Emitted::CacheMisses), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn many_functions_make_one_call_also_when_it_takes_almost_as_long_as_a_lease() {
    for does in [Does::Sells(1), Does::SellsLate(4_000)] {
        let table = Arc::new(FakeTable::default());
        let functions: Vec<_> = (0..40).map(|_| harness_over(&table, &[(ELEVENST, does)])).collect();
        let found = join_all(functions.iter().map(|function| function.find("양파"))).await;
        assert!(found.iter().all(|outcome| outcome == "elevenst 1"), "{found:?}");
        let asked = functions.iter().map(|function| function.asked()[0]);
        assert_eq!(asked.sum::<usize>(), 1, "{does:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_fails_gives_the_lease_back() {
    let table = Arc::new(FakeTable::default());
    let broken = harness_over(&table, &[(ELEVENST, Does::Broken)]);
    let fine = harness_over(&table, &[(ELEVENST, Does::Sells(1))]);
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
async fn a_search_that_is_given_up_gives_the_lease_back_and_a_dead_holder_loses_it() {
    let table = Arc::new(FakeTable::default());
    let slow = harness_over(&table, &[(ELEVENST, Does::Hangs)]);
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
    let fine = harness_over(&table, &[(ELEVENST, Does::Sells(1))]);
    assert_eq!(fine.find("양파").await, "elevenst 1");
    let took = begin.elapsed().as_millis();
    assert!((2_000..3_000).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_provider_whose_day_is_over_gets_one_call_and_is_left_alone_by_all_functions_until_tomorrow() {
    let table = Arc::new(FakeTable::default());
    let first = harness_over(&table, &[(ELEVENST, Does::DayIsOver)]);
    assert_eq!(first.find("양파").await, "Failed RateLimitExceeded");
    assert_eq!(first.asked(), [1]);
    let second = harness_over(&table, &[(ELEVENST, Does::Sells(1))]);
    let quota = &second.chain.sources[0].quota;
    let refused = quota.acquire(&second.context(5_000)).await;
    assert!(matches!(refused, Err(SearchErrorKind::QuotaExceeded { .. })), "{refused:?}");
    assert_eq!(second.recorded.values(Emitted::BudgetLeft), [0.0]);
    advance(Duration::from_hours(12)).await;
    quota.acquire(&second.context(5_000)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn answers_are_written_within_20_ms_or_given_up() {
    for (table_ms, name, write_ms, is_written) in [(30, "양파", 20, false), (15, "대파", 15, true)] {
        let harness = harness(&[(ELEVENST, Does::Sells(1))]);
        harness.table.set(Mood::Slow(table_ms));
        let begin = Instant::now();
        harness.find(name).await;
        // Batch, lease, search and the write.
        assert_eq!(begin.elapsed(), Duration::from_millis(table_ms * 2 + 200 + write_ms));
        assert_eq!(harness.table.body(&format!("elevenst#{name}")).is_some(), is_written);
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_ingredients_are_finished_by_tries_that_each_end_in_a_limit() {
    let harness = harness(&[(ELEVENST, Does::Sells(1))]);
    let names = crate::testing::numbered(50);
    let mut late = Vec::new();
    // Ten calls start in a second, at most four at once.
    for _ in 0..6 {
        let batch = harness.chain.read_cache(&names).await;
        let context = harness.context(970);
        let find = |name| harness.chain.find(name, name, &context, &batch);
        let outcomes = join_all(names.iter().map(|name| find(name))).await;
        batch.end().await;
        let words: Vec<_> = outcomes.iter().map(word).collect();
        let count = |expect| words.iter().filter(|word| *word == expect).count();
        let failed = count("Failed RateLimitExceeded");
        assert_eq!(failed + count("elevenst 1"), 50, "{words:?}");
        late.push(failed);
        advance(SECOND).await;
    }
    assert_eq!((late, harness.asked()), (vec![40, 30, 20, 10, 0, 0], vec![50]));
}
