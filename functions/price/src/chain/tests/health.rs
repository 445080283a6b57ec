//! A source that just refused us, or was not reached twice, is left alone for a moment.

use super::{
    super::*,
    CHAMGAGYEOK, ELEVENST,
    kitchen::{Does, kitchen, word},
};

#[tokio::test(start_paused = true)]
async fn who_refuses_our_credentials_is_asked_once_in_30_s() {
    let kitchen = kitchen(&[(ELEVENST, Does::Refuses), (CHAMGAGYEOK, Does::Sells(2))]);
    for name in ["양파", "대파", "마늘"] {
        assert_eq!(word(&kitchen.find(name).await), "chamgagyeok 2");
    }
    assert_eq!(kitchen.asked(), [1, 3]);
    kitchen.now_does(0, Does::Sells(1));
    tokio::time::advance(Duration::from_secs(28)).await;
    assert_eq!(word(&kitchen.find("두부").await), "chamgagyeok 2");
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(word(&kitchen.find("감자").await), "elevenst 1");
    assert_eq!(kitchen.asked(), [2, 4]);
}

#[tokio::test(start_paused = true)]
async fn who_is_not_reached_is_left_alone_after_the_second_time() {
    let kitchen = kitchen(&[(ELEVENST, Does::TooSlow(4_000))]);
    for (name, does, asked) in [
        ("가", Does::TooSlow(4_000), 1),
        // An answer begins the row anew.
        ("나", Does::Nothing, 2),
        ("다", Does::TooSlow(4_000), 3),
        ("라", Does::TooSlow(4_000), 4),
        ("마", Does::Sells(1), 4),
    ] {
        kitchen.now_does(0, does);
        kitchen.find(name).await;
        assert_eq!(kitchen.asked(), [asked], "{name}");
    }
    tokio::time::advance(Duration::from_secs(30)).await;
    assert_eq!(word(&kitchen.find("바").await), "elevenst 1");
}

#[tokio::test(start_paused = true)]
async fn who_is_left_alone_says_why() {
    let kitchen = kitchen(&[(ELEVENST, Does::Refuses)]);
    kitchen.find("양파").await;
    let Outcome::Unanswered(why) = kitchen.find("대파").await else {
        panic!("nobody answered")
    };
    assert_eq!(
        why.to_string(),
        "elevenst gave no answer: not asked, it failed a moment ago: credentials refused: status 500, code unknown"
    );
    assert_eq!(why.error(), PriceError::PriceFetchFailed);
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_serves_while_its_source_is_left_alone() {
    let kitchen = kitchen(&[(ELEVENST, Does::Sells(1))]);
    kitchen.find("양파").await;
    kitchen.now_does(0, Does::Refuses);
    kitchen.find("대파").await;
    assert_eq!(word(&kitchen.find("양파").await), "elevenst 1");
    assert_eq!(kitchen.asked(), [2]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_its_order_cut_short_says_nothing_of_the_source() {
    let kitchen = kitchen(&[(ELEVENST, Does::TooSlow(999))]);
    for name in ["가", "나", "다"] {
        kitchen.find(name).await;
    }
    assert_eq!(kitchen.asked(), [3]);
}
