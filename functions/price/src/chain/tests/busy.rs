//! An order that is larger than our own limits let through in its time.

use futures::future::join_all;

use super::{
    super::*,
    ELEVENST,
    kitchen::{Does, kitchen, word},
};

#[tokio::test(start_paused = true)]
async fn fifty_ingredients_are_finished_by_tries_that_each_end_in_a_limit() {
    let kitchen = kitchen(&[(ELEVENST, Does::Sells(1))]);
    let names: Vec<_> = (0..50).map(|at| format!("재료{at}")).collect();
    let mut left = Vec::new();
    // Five rounds of four calls fit into each try.
    for _ in 0..3 {
        let visit = kitchen.chain.visit(&names).await;
        let scope = Scope {
            until: Instant::now() + Duration::from_millis(970),
            metrics: kitchen.metrics.clone(),
        };
        let outcomes = join_all(
            names
                .iter()
                .map(|name| kitchen.chain.find(name, name, &scope, &visit)),
        )
        .await;
        visit.end().await;
        let words: Vec<_> = outcomes.iter().map(word).collect();
        let late = words
            .iter()
            .filter(|word| *word == "NotAnswered RateLimitExceeded")
            .count();
        let sold = words.iter().filter(|word| *word == "elevenst 1").count();
        assert_eq!(late + sold, 50, "{words:?}");
        left.push(late);
    }
    assert_eq!((left, kitchen.asked()), (vec![30, 10, 0], vec![50]));
}

#[tokio::test(start_paused = true)]
async fn a_turn_of_our_own_pace_that_comes_too_late_is_a_limit() {
    let budget = Budget::own(crate::Pace::per_second(std::num::NonZeroU16::MIN));
    let scope = |ms| Scope {
        until: Instant::now() + Duration::from_millis(ms),
        metrics: shell::Recorder::default(),
    };
    budget.turn(&scope(500)).await.unwrap();
    let why = budget.turn(&scope(500)).await.unwrap_err();
    assert_eq!(why.error(), PriceError::RateLimitExceeded);
    let why = budget.turn(&scope(0)).await.unwrap_err();
    assert!(matches!(why, Why::NoTime), "its time was over before: {why:?}");
}
