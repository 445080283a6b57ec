//! What providers do to an order: throttle it, refuse it, know nothing.

use contract::{ErrorName, Status, pricing::UnpricedReason};
use local::standins::{Behaviour, When, bedrock, naver};
use serde_json::Value;
use target::ExecutionStatus;

use crate::kitchen::{Cooked, Kitchen, count, events, order};

/// The execution failed with this error, the session says the same, and the cause explains itself.
#[track_caller]
fn failed(cooked: &Cooked, error: ErrorName, in_cause: &str) {
    assert_eq!(
        cooked.execution.status,
        ExecutionStatus::Failed,
        "{:?}",
        cooked.execution
    );
    assert_eq!(
        cooked.execution.error.as_deref(),
        Some(error.as_str()),
        "{:?}",
        cooked.execution
    );
    assert_eq!(cooked.session.status, Status::Failed);
    assert_eq!(cooked.session.error.as_deref(), Some(error.as_str()));
    assert!(cooked.session.failed_at.is_some());
    assert_eq!(cooked.session.cause, cooked.execution.cause);
    let cause: Value = serde_json::from_str(cooked.session.cause.as_deref().unwrap()).unwrap();
    assert_eq!(cause["errorType"], error.as_str());
    assert!(
        cause["errorMessage"].as_str().unwrap().contains(in_cause),
        "{cause}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn throttled_once_is_tried_again() {
    let kitchen = Kitchen::with(|config| {
        config.bedrock = Behaviour::default().but(When::First(1), bedrock::throttled());
    })
    .await;
    let cooked = kitchen.cook(&order("throttled-once", &["두부"])).await;
    assert_eq!(
        cooked.execution.status,
        ExecutionStatus::Succeeded,
        "{:?}",
        cooked.execution
    );
    assert_eq!(kitchen.environment.bedrock().count(), 2);
    // The function's own retry, not the state machine's: it was scheduled once.
    assert_eq!(
        count(&events(&kitchen, &cooked).await, "LambdaFunctionScheduled"),
        4
    );
    kitchen.close().await;
}

/// Takes most of the function's 30 s: that is what it has to try in.
#[tokio::test(flavor = "multi_thread")]
async fn throttled_for_good_fails_before_the_function_times_out() {
    let kitchen =
        Kitchen::with(|config| config.bedrock = Behaviour::default().but(When::Always, bedrock::throttled()))
            .await;
    let cooked = kitchen.cook(&order("throttled-for-good", &["두부"])).await;
    failed(
        &cooked,
        ErrorName::RecipeGenerationFailed,
        "the model did not answer",
    );
    assert!(
        kitchen.environment.bedrock().count() >= 2,
        "the seed's one retry at least"
    );
    assert_eq!(
        count(&events(&kitchen, &cooked).await, "LambdaFunctionTimedOut"),
        0
    );
    kitchen.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_per_second_passes() {
    let kitchen = Kitchen::with(|config| {
        config.naver = Behaviour::default().but(When::First(1), naver::per_second_limit());
    })
    .await;
    let cooked = kitchen.cook(&order("limited-once", &["두부"])).await;
    assert_eq!(
        cooked.execution.status,
        ExecutionStatus::Succeeded,
        "{:?}",
        cooked.execution
    );
    assert_eq!(kitchen.environment.naver().count(), 2);
    kitchen.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_limit_is_asked_once_a_try_and_tried_as_often_as_the_machine_says() {
    let kitchen =
        Kitchen::with(|config| config.naver = Behaviour::default().but(When::Always, naver::daily_limit()))
            .await;
    let cooked = kitchen.cook(&order("daily-limit", &["두부"])).await;
    failed(&cooked, ErrorName::RateLimitExceeded, "010");
    // D18: two attempts more, each asking once.
    assert_eq!(kitchen.environment.naver().count(), 3);
    kitchen.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_search_says_so() {
    let kitchen =
        Kitchen::with(|config| config.naver = Behaviour::default().but(When::Always, naver::no_such_api()))
            .await;
    let cooked = kitchen.cook(&order("closed-search", &["두부"])).await;
    failed(&cooked, ErrorName::PriceFetchFailed, "SE05");
    assert_eq!(kitchen.environment.naver().count(), 1, "asking again cannot help");
    kitchen.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ingredient_without_an_offer_leaves_the_rest_priced() {
    let kitchen = Kitchen::with(|config| {
        config.naver = Behaviour::default().but(When::About("유니콘".to_owned()), naver::no_offers());
    })
    .await;
    let cooked = kitchen.cook(&order("no-offer", &["두부", "유니콘 고기"])).await;
    let pricing = cooked.session.result.unwrap().pricing;
    assert!(pricing.priced().any(|name| name == "두부"));
    let unpriced = pricing
        .unpriced
        .iter()
        .find(|item| item.name == "유니콘 고기")
        .unwrap();
    assert_eq!(unpriced.reason, UnpricedReason::NoOffer);
    kitchen.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_without_ingredients_asks_nobody_for_prices() {
    let kitchen = Kitchen::open().await;
    let cooked = kitchen.cook(&order("nothing-to-price", &[])).await;
    assert_eq!(
        cooked.execution.status,
        ExecutionStatus::Succeeded,
        "{:?}",
        cooked.execution
    );
    assert_eq!(kitchen.environment.naver().count(), 0);
    assert_eq!(cooked.session.result.unwrap().pricing.optimal, None);
    kitchen.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_recipe_is_no_recipe() {
    let half = serde_json::json!([{ "type": "text", "text": "```json\n{\"name\": \"두부구이\", \"nutr" }]);
    let kitchen = Kitchen::with(|config| {
        config.bedrock = Behaviour::default().but(When::Always, bedrock::reply(&half, "max_tokens"));
    })
    .await;
    let cooked = kitchen.cook(&order("truncated", &["두부"])).await;
    failed(&cooked, ErrorName::RecipeGenerationFailed, "token");
    assert_eq!(
        kitchen.environment.bedrock().count(),
        1,
        "a paid answer is not asked for again"
    );
    kitchen.close().await;
}
