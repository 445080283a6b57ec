//! When a price that is no longer fresh serves.

use super::{
    super::*,
    CHAMGAGYEOK, ELEVENST, KAMIS,
    kitchen::{Does, FRESH_S, Kitchen, kitchen, word},
    test,
};

#[tokio::test(start_paused = true)]
async fn a_stale_answer_serves_only_when_nobody_has_a_fresh_offer() {
    let kitchen = kitchen(&[(ELEVENST, Does::Sells(1)), (CHAMGAGYEOK, Does::Sells(2))]);
    kitchen.find("양파").await;
    tokio::time::advance(Duration::from_secs(u64::from(FRESH_S) + 60)).await;
    kitchen.now_does(0, Does::Broken);
    assert_eq!(word(&kitchen.find("양파").await), "chamgagyeok 2");
    assert_eq!(kitchen.count(Emitted::CacheStale), 0);
    tokio::time::advance(Duration::from_secs(u64::from(FRESH_S) + 60)).await;
    kitchen.now_does(1, Does::Broken);
    let Outcome::Offered { source, asked_at, .. } = kitchen.find("양파").await else {
        panic!("stale is better than nothing")
    };
    assert_eq!(source, ELEVENST);
    assert!(
        test::now().as_second() - asked_at.as_second() > 2 * i64::from(FRESH_S),
        "its true age"
    );
    assert_eq!(kitchen.count(Emitted::CacheStale), 1);
    tokio::time::advance(Duration::from_hours(8 * 24)).await;
    assert_eq!(word(&kitchen.find("양파").await), "NotAnswered PriceFetchFailed");
}

/// Both sell it once, and the answers grow stale.
async fn stale(sources: &[(PriceSource, Does)]) -> Kitchen {
    let kitchen = kitchen(sources);
    kitchen.find("양파").await;
    tokio::time::advance(Duration::from_secs(u64::from(FRESH_S) + 60)).await;
    kitchen
}

#[tokio::test(start_paused = true)]
async fn a_stale_offer_of_who_failed_serves_before_the_others_have_nothing() {
    let sold = [
        (ELEVENST, Does::Sells(1)),
        (CHAMGAGYEOK, Does::Nothing),
        (KAMIS, Does::Refers(3)),
    ];
    let kitchen = stale(&sold).await;
    kitchen.now_does(0, Does::Broken);
    // The survey answers without a call when no good of it matches.
    assert_eq!(word(&kitchen.find("양파").await), "elevenst 1");
    assert_eq!(kitchen.count(Emitted::CacheStale), 1);
}

#[tokio::test(start_paused = true)]
async fn who_answers_that_it_sells_no_more_is_believed() {
    let kitchen = stale(&[(ELEVENST, Does::Sells(1)), (CHAMGAGYEOK, Does::Nothing)]).await;
    kitchen.now_does(0, Does::Nothing);
    assert_eq!(word(&kitchen.find("양파").await), "NoOffer");
    assert_eq!(kitchen.count(Emitted::CacheStale), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stale_reference_serves_when_nobody_answers_and_not_before() {
    for (first, expect) in [
        (Does::Broken, "OnlyReference kamis 3"),
        (Does::Nothing, "NoOffer"),
    ] {
        let kitchen = stale(&[(ELEVENST, Does::Nothing), (KAMIS, Does::Refers(3))]).await;
        kitchen.now_does(0, first);
        kitchen.now_does(1, Does::Broken);
        assert_eq!(word(&kitchen.find("양파").await), expect, "{first:?}");
    }
}
