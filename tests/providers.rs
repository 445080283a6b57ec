//! What providers do to an order: throttle it, refuse it, know nothing.

use contract::{ErrorName, Status, pricing::UnpricedReason};
use local::stubs::{Behaviour, When, bedrock, naver};
use platform::ExecutionStatus;
use serde_json::Value;

use crate::harness::{Harness, OrderOutcome, count, events, order};

/// The execution failed with this error, the session says the same, and the cause explains itself.
#[track_caller]
fn failed(outcome: &OrderOutcome, error: ErrorName, in_cause: &str) {
    assert_eq!(outcome.execution.status, ExecutionStatus::Failed, "{:?}", outcome.execution);
    assert_eq!(outcome.execution.error.as_deref(), Some(error.as_str()), "{:?}", outcome.execution);
    assert_eq!(outcome.session.status, Status::Failed);
    assert_eq!(outcome.session.error.as_deref(), Some(error.as_str()));
    assert!(outcome.session.failed_at.is_some());
    assert_eq!(outcome.session.cause, outcome.execution.cause);
    let cause: Value = serde_json::from_str(outcome.session.cause.as_deref().unwrap()).unwrap();
    assert_eq!(cause["errorType"], error.as_str());
    assert!(cause["errorMessage"].as_str().unwrap().contains(in_cause), "{cause}");
}

#[tokio::test(flavor = "multi_thread")]
async fn throttled_once_is_tried_again() {
    let harness = Harness::with(|config| {
        config.bedrock = Behaviour::default().with_fault(When::First(1), bedrock::throttled());
    })
    .await;
    let outcome = harness.run(&order("throttled-once", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    assert_eq!(harness.environment.bedrock().count(), 2);
    // The function's own retry, not the state machine's: it was scheduled once.
    assert_eq!(count(&events(&harness, &outcome).await, "LambdaFunctionScheduled"), 4);
    harness.close().await;
}

/// Takes most of the function's 30 s: that is what it has to try in.
#[tokio::test(flavor = "multi_thread")]
async fn throttled_for_good_fails_before_the_function_times_out() {
    let harness = Harness::with(|config| {
        config.bedrock = Behaviour::default().with_fault(When::Always, bedrock::throttled());
    })
    .await;
    let outcome = harness.run(&order("throttled-for-good", &["두부"])).await;
    failed(&outcome, ErrorName::RecipeGenerationFailed, "the model did not answer");
    assert!(harness.environment.bedrock().count() >= 2, "the seed's one retry at least");
    assert_eq!(count(&events(&harness, &outcome).await, "LambdaFunctionTimedOut"), 0);
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_per_second_passes() {
    let harness = Harness::with(|config| {
        config.naver = Behaviour::default().with_fault(When::First(1), naver::per_second_limit());
    })
    .await;
    let outcome = harness.run(&order("limited-once", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    // The tofu twice, and the four other ingredients of the dish.
    assert_eq!(harness.environment.naver().count(), 2 + 4);
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_limit_is_asked_once_and_then_nobody_asks_on_that_day() {
    let harness = Harness::with(|config| {
        config.naver = Behaviour::default().with_fault(When::Always, naver::daily_limit());
    })
    .await;
    let outcome = harness.run(&order("daily-limit", &["두부"])).await;
    // The state machine retries `RATE_LIMIT_EXCEEDED` twice. The limit that the first attempt met is in the table.
    failed(&outcome, ErrorName::RateLimitExceeded, "the day is spent");
    assert_eq!(count(&events(&harness, &outcome).await, "LambdaFunctionFailed"), 3);
    assert_eq!(harness.environment.naver().count(), 1);
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_search_says_so() {
    let harness = Harness::with(|config| {
        config.naver = Behaviour::default().with_fault(When::Always, naver::no_such_api());
    })
    .await;
    let outcome = harness.run(&order("closed-search", &["두부"])).await;
    failed(&outcome, ErrorName::PriceFetchFailed, "SE05");
    assert_eq!(harness.environment.naver().count(), 1, "asking again cannot help");
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ingredient_without_an_offer_leaves_the_rest_priced() {
    let harness = Harness::with(|config| {
        config.naver = Behaviour::default().with_fault(When::About("유니콘".to_owned()), naver::no_offers());
    })
    .await;
    let outcome = harness.run(&order("no-offer", &["두부", "유니콘 고기"])).await;
    let pricing = outcome.session.result.unwrap().pricing;
    assert!(pricing.priced().any(|name| name == "두부"));
    let unpriced = pricing.unpriced.iter().find(|item| item.name == "유니콘 고기").unwrap();
    assert_eq!(unpriced.reason, UnpricedReason::NoOffer);
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_without_ingredients_has_the_prices_of_its_recipe() {
    let harness = Harness::open().await;
    let outcome = harness.run(&order("nothing-to-price", &[])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    // The first pass asks nobody, the second one for each ingredient of the dish.
    assert_eq!(harness.environment.naver().count(), 5);
    assert_eq!(outcome.session.result.unwrap().pricing.priced().count(), 5);
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_recipe_is_no_recipe() {
    let half = serde_json::json!([{ "type": "text", "text": "```json\n{\"name\": \"두부구이\", \"nutr" }]);
    let harness = Harness::with(|config| {
        config.bedrock = Behaviour::default().with_fault(When::Always, bedrock::reply(&half, "max_tokens"));
    })
    .await;
    let outcome = harness.run(&order("truncated", &["두부"])).await;
    failed(&outcome, ErrorName::RecipeGenerationFailed, "token");
    assert_eq!(harness.environment.bedrock().count(), 1, "a paid answer is not asked for again");
    harness.close().await;
}
