//! When a price that is no longer fresh serves.

use super::{harness::Harness, *};

/// The sources have answered once, and their answers are stale now.
async fn stale(sources: &[(PriceSource, Does)]) -> Harness {
    let harness = harness(sources);
    harness.find("양파").await;
    advance(SECOND * (FRESH_S + 60)).await;
    harness
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_serves_for_a_week_and_only_when_nobody_has_a_fresh_offer() {
    let harness = stale(&[(ELEVENST, Does::Sells(1)), (CHAMGAGYEOK, Does::Sells(2))]).await;
    harness.set(0, Does::Broken);
    assert_eq!(harness.find("양파").await, "chamgagyeok 2");
    assert_eq!(harness.count(Emitted::CacheStale), 0);
    advance(SECOND * (FRESH_S + 60)).await;
    harness.set(1, Does::Broken);
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
async fn a_stale_answer_is_its_failed_sources_and_a_reference_serves_when_nobody_answers() {
    let sells = (ELEVENST, Does::Sells(1));
    for (sources, now, expect) in [
        // A survey answers without a call when no product of it matches.
        (
            &[sells, (CHAMGAGYEOK, Does::Nothing), (KAMIS, Does::Refers(3))][..],
            &[Does::Broken][..],
            "elevenst 1",
        ),
        (&[sells, (CHAMGAGYEOK, Does::Nothing)], &[Does::Nothing], "NoOffer"),
        (
            &[(ELEVENST, Does::Nothing), (KAMIS, Does::Refers(3))],
            &[Does::Broken, Does::Broken],
            "OnlyReference kamis 3",
        ),
        (&[(ELEVENST, Does::Nothing), (KAMIS, Does::Refers(3))], &[Does::Nothing, Does::Broken], "NoOffer"),
    ] {
        let harness = stale(sources).await;
        for (source, &does) in now.iter().enumerate() {
            harness.set(source, does);
        }
        assert_eq!(harness.find("양파").await, expect, "{sources:?} {now:?}");
        assert_eq!(harness.count(Emitted::CacheStale), usize::from(expect != "NoOffer"));
    }
}
