//! The chain over sources that the test holds in its hand, a table in memory and a clock that stands still.

mod busy;
mod health;
mod kitchen;
mod stale;

use std::sync::Arc;

use tokio::time::sleep;

use self::kitchen::{Does, FRESH_S, kitchen, kitchen_at, word};
use super::*;
use crate::{
    clock::test,
    table::{
        NewLease, PriceTable as _, Version,
        fake::{FakeTable, Mood},
    },
};

const ELEVENST: PriceSource = PriceSource::Elevenst;
const CHAMGAGYEOK: PriceSource = PriceSource::Chamgagyeok;
const KAMIS: PriceSource = PriceSource::Kamis;

async fn check(first: Does, second: Does, third: Does, expect: &str, asked: [usize; 3]) {
    let kitchen = kitchen(&[(ELEVENST, first), (CHAMGAGYEOK, second), (KAMIS, third)]);
    let outcome = kitchen.find("양파").await;
    assert_eq!(word(&outcome), expect, "{first:?} {second:?} {third:?}");
    assert_eq!(kitchen.asked(), asked, "{first:?} {second:?} {third:?}");
}

#[tokio::test(start_paused = true)]
async fn an_ingredient_falls_through_until_somebody_sells_it() {
    use Does::{Broken, DayIsOver, Hangs, NoPrice, Nothing, Refers, Sells};
    check(Sells(1), Sells(2), Refers(3), "elevenst 1", [1, 0, 0]).await;
    check(Nothing, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]).await;
    check(Broken, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]).await;
    check(Hangs, Sells(2), Refers(3), "chamgagyeok 2", [1, 1, 0]).await;
    check(Nothing, Broken, Refers(3), "OnlyReference kamis 3", [1, 1, 1]).await;
    check(Broken, Broken, Refers(3), "OnlyReference kamis 3", [1, 1, 1]).await;
    check(Nothing, Nothing, Nothing, "NoOffer", [1, 1, 1]).await;
    check(NoPrice, Nothing, Nothing, "NoKnownPrice", [1, 1, 1]).await;
    check(Nothing, NoPrice, Broken, "NoKnownPrice", [1, 1, 1]).await;
    check(NoPrice, Nothing, Refers(3), "OnlyReference kamis 3", [1, 1, 1]).await;
    check(Broken, Nothing, Nothing, "NoOffer", [1, 1, 1]).await;
    check(Broken, Broken, Broken, "NotAnswered PriceFetchFailed", [1, 1, 1]).await;
    check(
        DayIsOver,
        Broken,
        Broken,
        "NotAnswered RateLimitExceeded",
        [1, 1, 1],
    )
    .await;
    check(
        Broken,
        Broken,
        DayIsOver,
        "NotAnswered RateLimitExceeded",
        [1, 1, 1],
    )
    .await;
    // Whoever knows no vendors cannot say that nobody sells it.
    check(Broken, Hangs, Nothing, "NotAnswered PriceFetchFailed", [1, 1, 1]).await;
}

#[tokio::test(start_paused = true)]
async fn why_nobody_answered_is_told_of_each() {
    let kitchen = kitchen(&[(ELEVENST, Does::Broken), (CHAMGAGYEOK, Does::Hangs)]);
    let Outcome::Unanswered(why) = kitchen.find("양파").await else {
        panic!("nobody answered")
    };
    assert_eq!(
        why.to_string(),
        "elevenst gave no answer: provider out of order: status 500, code unknown; \
         chamgagyeok gave no answer: no time left for the call"
    );
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_leaves_the_others_their_share_of_the_time() {
    let kitchen = kitchen(&[
        (ELEVENST, Does::Hangs),
        (CHAMGAGYEOK, Does::Hangs),
        (KAMIS, Does::Refers(3)),
    ]);
    let begin = Instant::now();
    assert_eq!(word(&kitchen.find("양파").await), "OnlyReference kamis 3");
    // Twelve seconds without two reserves of three, then what is left without one.
    let took = begin.elapsed().as_millis();
    assert!((9_000..9_500).contains(&took), "{took}");
}

#[test]
fn each_source_gets_all_but_the_reserves_of_the_later_ones() {
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
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let _in = runtime.enter();
        let until = Instant::now() + Duration::from_millis(left_ms);
        let metrics = shell::Recorder::default();
        let share = share(&Scope { until, metrics }, sources);
        let got = share.until - Instant::now();
        assert_eq!(
            got,
            Duration::from_millis(expect_ms),
            "{left_ms} ms, {sources} sources"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_and_says_when_it_was_fetched() {
    let kitchen = kitchen(&[(ELEVENST, Does::Sells(1))]);
    let at = |outcome: &Outcome| match outcome {
        Outcome::Offered { asked_at, .. } => asked_at.as_millisecond(),
        _ => panic!("sold"),
    };
    let first = at(&kitchen.find("양파").await);
    kitchen.now_does(0, Does::Sells(2));
    tokio::time::advance(Duration::from_secs(u64::from(FRESH_S) - 5)).await;
    let second = kitchen.find("양파").await;
    assert_eq!((word(&second), at(&second)), ("elevenst 1".to_owned(), first));
    assert_eq!(
        (
            kitchen.count(Emitted::CacheMisses),
            kitchen.count(Emitted::CacheHits)
        ),
        (1, 1)
    );
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(word(&kitchen.find("양파").await), "elevenst 2");
    assert_eq!(kitchen.asked(), [2]);
}

#[tokio::test(start_paused = true)]
async fn that_nobody_sells_it_is_believed_for_a_quarter_of_the_time() {
    let kitchen = kitchen(&[(ELEVENST, Does::Nothing)]);
    for (wait_s, asked) in [(0, 1), (u64::from(FRESH_S) / 4 - 5, 1), (10, 2)] {
        tokio::time::advance(Duration::from_secs(wait_s)).await;
        assert_eq!(word(&kitchen.find("양파").await), "NoOffer");
        assert_eq!(kitchen.asked(), [asked]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_poisoned_row_is_asked_for_and_overwritten() {
    let kitchen = kitchen(&[(ELEVENST, Does::Sells(1))]);
    let good = r#"{"schema":1,"askedAtMs":1795575599000,"offers":[{"price":7,"vendor":"v","productName":"p"}],"withoutPrice":0}"#;
    kitchen.table.plant("elevenst#확인", good);
    assert_eq!(word(&kitchen.find("확인").await), "elevenst 7");
    for (at, poison) in [
        good.replace("\"price\":7", "\"price\":0"),
        good.replace("\"price\":7", "\"price\":1000000000000"),
        good.replace("\"schema\":1", "\"schema\":0"),
        good.replace("\"v\"", "\"\\u0007\""),
        "not JSON".to_owned(),
        "x".repeat(100_000),
    ]
    .iter()
    .enumerate()
    {
        let (name, key) = (format!("독{at}"), format!("elevenst#독{at}"));
        kitchen.table.plant(&key, poison);
        assert_eq!(word(&kitchen.find(&name).await), "elevenst 1", "{poison:.80}");
        assert_eq!(word(&kitchen.find(&name).await), "elevenst 1");
        assert_ne!(kitchen.table.body(&key).as_deref(), Some(poison.as_str()));
        assert_eq!(kitchen.asked(), [at + 1], "the second time it is kept");
    }
}

#[tokio::test(start_paused = true)]
async fn trouble_with_the_table_fails_no_order_and_is_bounded() {
    for mood in [
        Mood::Throttled,
        Mood::Unavailable,
        Mood::Hangs,
        Mood::Slow(5_000),
        Mood::ReadOnly,
    ] {
        let kitchen = kitchen(&[(ELEVENST, Does::Sells(1))]);
        kitchen.table.set(mood);
        let begin = Instant::now();
        assert_eq!(word(&kitchen.find("양파").await), "elevenst 1", "{mood:?}");
        let took = begin.elapsed().as_millis();
        assert!(took <= 200 + 1_500 + 500, "{mood:?}: {took}");
        assert_eq!(kitchen.count(Emitted::CacheMisses), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn many_functions_make_one_call() {
    let table = Arc::new(FakeTable::default());
    let kitchens: Vec<_> = (0..40)
        .map(|_| kitchen_at(Arc::clone(&table), &[(ELEVENST, Does::Sells(1))]))
        .collect();
    let found = futures::future::join_all(kitchens.iter().map(|kitchen| kitchen.find("양파"))).await;
    assert!(found.iter().all(|outcome| word(outcome) == "elevenst 1"));
    assert_eq!(
        kitchens.iter().map(|kitchen| kitchen.asked()[0]).sum::<usize>(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_is_busy_for_long_keeps_the_lease() {
    let table = Arc::new(FakeTable::default());
    let functions = [(); 5].map(|()| kitchen_at(Arc::clone(&table), &[(ELEVENST, Does::SellsLate)]));
    let found = futures::future::join_all(functions.iter().map(|function| function.find("양파"))).await;
    assert!(found.iter().all(|outcome| word(outcome) == "elevenst 1"));
    assert_eq!(
        functions
            .iter()
            .map(|function| function.asked()[0])
            .sum::<usize>(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_fails_gives_the_lease_back() {
    let table = Arc::new(FakeTable::default());
    let broken = kitchen_at(Arc::clone(&table), &[(ELEVENST, Does::Broken)]);
    let fine = kitchen_at(Arc::clone(&table), &[(ELEVENST, Does::Sells(1))]);
    let begin = Instant::now();
    let both = async {
        sleep(Duration::from_millis(50)).await;
        fine.find("양파").await
    };
    let (first, second) = tokio::join!(broken.find("양파"), both);
    assert_eq!(
        (word(&first).as_str(), word(&second).as_str()),
        ("NotAnswered PriceFetchFailed", "elevenst 1")
    );
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn whoever_is_given_up_gives_the_lease_back_and_whoever_dies_loses_it() {
    let table = Arc::new(FakeTable::default());
    let slow = kitchen_at(Arc::clone(&table), &[(ELEVENST, Does::Hangs)]);
    {
        let names = ["양파".to_owned()];
        let visit = slow.chain.visit(&names).await;
        let scope = Scope {
            until: Instant::now() + Duration::from_secs(12),
            metrics: slow.metrics.clone(),
        };
        let given_up = tokio::time::timeout(
            Duration::from_millis(100),
            slow.chain.find("양파", "양파", &scope, &visit),
        )
        .await;
        assert!(given_up.is_err());
        assert!(table.row("elevenst#양파").lease_until_ms.is_some());
        visit.end().await;
        assert_eq!(table.row("elevenst#양파").lease_until_ms, None);
    }
    // A lease that nobody will give back.
    let lease = NewLease {
        holder: "dead".to_owned(),
        now_ms: test::now().as_millisecond(),
        until_ms: test::now().as_millisecond() + 2_000,
        expires_at_s: 0,
    };
    table
        .lease("elevenst#양파", &Version::Absent, &lease)
        .await
        .unwrap();
    let fine = kitchen_at(Arc::clone(&table), &[(ELEVENST, Does::Sells(1))]);
    let begin = Instant::now();
    assert_eq!(word(&fine.find("양파").await), "elevenst 1");
    let took = begin.elapsed().as_millis();
    assert!((2_000..3_000).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_provider_whose_day_is_over_is_left_alone_by_everybody() {
    let table = Arc::new(FakeTable::default());
    let first = kitchen_at(Arc::clone(&table), &[(ELEVENST, Does::DayIsOver)]);
    first.find("양파").await;
    let second = kitchen_at(Arc::clone(&table), &[(ELEVENST, Does::Sells(1))]);
    let scope = Scope {
        until: Instant::now() + Duration::from_secs(5),
        metrics: second.metrics.clone(),
    };
    let turn = second.chain.links[0].budget.turn(&scope).await;
    assert!(matches!(turn, Err(Why::BudgetSpent { .. })), "{turn:?}");
    assert_eq!(second.recorded.values(Emitted::BudgetLeft), [0.0]);
    tokio::time::advance(Duration::from_hours(12)).await;
    let scope = Scope {
        until: Instant::now() + Duration::from_secs(5),
        ..scope
    };
    second.chain.links[0].budget.turn(&scope).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn answers_are_written_within_20_ms_or_given_up() {
    let kitchen = kitchen(&[(ELEVENST, Does::Sells(1))]);
    kitchen.table.set(Mood::Slow(30));
    let begin = Instant::now();
    kitchen.find("양파").await;
    // Batch, lease, search and 20 ms of the write.
    assert_eq!(begin.elapsed(), Duration::from_millis(30 + 30 + 200 + 20));
    assert_eq!(kitchen.table.body("elevenst#양파"), None);
    kitchen.table.set(Mood::Slow(15));
    let begin = Instant::now();
    kitchen.find("대파").await;
    assert_eq!(begin.elapsed(), Duration::from_millis(15 + 15 + 200 + 15));
    assert!(kitchen.table.body("elevenst#대파").is_some());
}
