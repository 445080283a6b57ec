//! A source that just refused us, or was not reached twice, is left alone for a moment.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_our_credentials_is_asked_once_in_30_s_and_says_why() {
    let harness = harness(&[(ELEVENST, Does::Refuses), (CHAMGAGYEOK, Does::Sells(2))]);
    for name in ["양파", "대파", "마늘"] {
        assert_eq!(harness.find(name).await, "chamgagyeok 2");
    }
    assert_eq!(harness.asked(), [1, 3]);
    let error = harness.chain.sources[0].breaker.open().unwrap();
    assert_eq!(
        runtime::chain(&error),
        "elevenst gave no answer: not asked, it failed a moment ago: credentials refused: status 500, code unknown"
    );
    assert_eq!(error.kind.error(), PriceError::PriceFetchFailed);
    harness.set(0, Does::Sells(1));
    advance(SECOND * 28).await;
    assert_eq!(harness.find("두부").await, "chamgagyeok 2");
    advance(SECOND * 2).await;
    assert_eq!(harness.find("감자").await, "elevenst 1");
    assert_eq!(harness.asked(), [2, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_not_reached_is_left_alone_after_the_second_time_in_a_row() {
    let harness = harness(&[(ELEVENST, Does::Nothing)]);
    for (name, does, asked) in [
        // A call that its order cut short says nothing of the source.
        ("가", Does::TimesOut(999), 1),
        ("나", Does::TimesOut(999), 2),
        ("다", Does::TimesOut(4_000), 3),
        ("라", Does::Nothing, 4),
        ("마", Does::TimesOut(4_000), 5),
        ("바", Does::TimesOut(4_000), 6),
        ("사", Does::Sells(1), 6),
    ] {
        harness.set(0, does);
        harness.find(name).await;
        assert_eq!(harness.asked(), [asked], "{name}");
    }
    advance(SECOND * 30).await;
    assert_eq!(harness.find("아").await, "elevenst 1");
}

#[tokio::test(start_paused = true)]
async fn a_cached_answer_serves_while_its_source_is_left_alone() {
    let harness = harness(&[(ELEVENST, Does::Sells(1))]);
    harness.find("양파").await;
    harness.set(0, Does::Refuses);
    harness.find("대파").await;
    assert_eq!(harness.find("양파").await, "elevenst 1");
    assert_eq!(harness.asked(), [2]);
}
