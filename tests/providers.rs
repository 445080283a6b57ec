//! What providers do to an order by throttling it. What one may send in the place of an answer is data: `matrix/replies.jsonl`.

use contract::{ErrorName, Status};
use local::stubs::{Behaviour, When, naver};
use platform::ExecutionStatus;
use serde_json::Value;

use crate::harness::{Harness, count, events, order};

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
async fn a_daily_limit_is_met_once_a_day() {
    let harness = Harness::with(|config| {
        config.naver = Behaviour::default().with_fault(When::Always, naver::daily_limit());
    })
    .await;
    let outcome = harness.run(&order("daily-limit", &["두부"])).await;
    // The state machine retries `RATE_LIMIT_EXCEEDED` twice. The limit that the first attempt met is in the table.
    let error = ErrorName::RateLimitExceeded.as_str();
    assert_eq!(outcome.execution.status, ExecutionStatus::Failed, "{:?}", outcome.execution);
    assert_eq!(outcome.execution.error.as_deref(), Some(error), "{:?}", outcome.execution);
    assert_eq!((outcome.session.status, outcome.session.error.as_deref()), (Status::Failed, Some(error)));
    assert!(outcome.session.failed_at.is_some());
    assert_eq!(outcome.session.cause, outcome.execution.cause);
    let cause: Value = serde_json::from_str(outcome.session.cause.as_deref().unwrap()).unwrap();
    assert_eq!(cause["errorType"], error);
    assert!(cause["errorMessage"].as_str().unwrap().contains("the day is spent"), "{cause}");
    assert_eq!(count(&events(&harness, &outcome).await, "LambdaFunctionFailed"), 3);
    assert_eq!(harness.environment.naver().count(), 1);
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
