//! The core: recipe and prices become a meal plan, which is stored once for all attempts.

use contract::{
    MealPlan, Timestamp,
    error_name::CombineError,
    task::{CombineInput, ResultCombiner},
};
use runtime::{Failure, Handler, Invocation};
use tokio::time::timeout;

use crate::{Rows, Store, StoreError, Unfit, unpriced};

/// The task, over a store and a clock.
#[derive(Debug, Clone)]
pub struct Combine<S> {
    store: S,
    now: fn() -> jiff::Timestamp,
}

impl<S: Store> Combine<S> {
    pub fn new(store: S, now: fn() -> jiff::Timestamp) -> Self {
        Self { store, now }
    }
}

impl<S: Store> Handler<ResultCombiner> for Combine<S> {
    const UNEXPECTED: CombineError = CombineError::ResultStoreFailed;

    async fn handle(
        &self,
        input: CombineInput,
        invocation: &Invocation,
    ) -> Result<MealPlan, Failure<CombineError>> {
        let now = (self.now)();
        let CombineInput { session_id, execution_id, recipe, pricing } = input;
        let pricing = unpriced::complete(&recipe, pricing);
        let plan = MealPlan { recipe, pricing, generated_at: Timestamp(format!("{now:.3}")) };
        let rows =
            Rows::new(session_id, execution_id, &plan, now.as_second()).map_err(|error| unfit(&error))?;
        timeout(invocation.deadline.budget(), self.store.complete(&rows))
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("no answer in time".to_owned())))
            .map_err(|error| refused(&error))
    }
}

/// A result that no attempt can store.
fn unfit(error: &Unfit) -> Failure<CombineError> {
    Failure::caused_by(CombineError::ResultTooLarge, error)
}

fn refused(error: &StoreError) -> Failure<CombineError> {
    match error {
        StoreError::Closed { .. } => Failure::caused_by(CombineError::SessionClosed, error)
            .with_hint("a final session stays as it is: ask again under a new session id"),
        StoreError::Unavailable(_) => Failure::caused_by(CombineError::ResultStoreFailed, error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contract::{ErrorName, SessionId, TaskError, session::Status};
    use runtime::{Deadline, Recorder};
    use serde_json::json;
    use tokio::time::Instant;

    use super::*;

    /// Answers after that time.
    struct Answers(Duration, fn(&Rows) -> Result<MealPlan, StoreError>);

    impl Store for Answers {
        async fn complete(&self, rows: &Rows) -> Result<MealPlan, StoreError> {
            tokio::time::sleep(self.0).await;
            (self.1)(rows)
        }
    }

    fn input(info: &serde_json::Value) -> CombineInput {
        serde_json::from_value(json!({
            "sessionId": "s-1",
            "executionId": "arn:a",
            "recipe": {
                "name": "두부 조림",
                "nutrition": { "calories": 420, "protein": 7.5, "carbs": 3, "fat": 4 },
                "ingredients": [{ "name": "두부" }],
                "steps": ["조린다"],
                "targetSpecificInfo": info,
            },
            "pricing": contract::Pricing::nothing(),
        }))
        .unwrap()
    }

    async fn handle(store: Answers, info: serde_json::Value) -> Result<MealPlan, Failure<CombineError>> {
        let deadline = Deadline::at(Instant::now() + Duration::from_secs(10));
        let invocation = Invocation { deadline, metrics: Recorder::in_memory().0 };
        Combine::new(store, || jiff::Timestamp::UNIX_EPOCH).handle(input(&info), &invocation).await
    }

    #[tokio::test(start_paused = true)]
    async fn the_answer_is_the_stored_plan() {
        let store = Answers(Duration::ZERO, |rows| Ok(rows.plan().clone()));
        let plan = handle(store, json!({ "tip": 1.0 })).await.unwrap();
        assert_eq!(plan.generated_at.0, "1970-01-01T00:00:00.000Z");
        assert_eq!(plan.pricing.unpriced[0].name, "두부");
        assert_eq!(plan.recipe.target_specific_info["tip"], 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_hangs_fails_the_task_a_second_before_the_deadline() {
        let started = Instant::now();
        let store = Answers(Duration::from_mins(1), |rows| Ok(rows.plan().clone()));
        let failure = handle(store, json!({})).await.unwrap_err();
        assert_eq!(started.elapsed(), Duration::from_secs(9));
        assert_eq!(failure.error.name(), ErrorName::ResultStoreFailed);
        assert_eq!(failure.message, "result could not be stored: no answer in time");
    }

    #[tokio::test(start_paused = true)]
    async fn each_failure_has_its_name() {
        let closed = Answers(Duration::ZERO, |rows| {
            let (session_id, status): (SessionId, _) = (rows.session_id().clone(), Status::Failed);
            Err(StoreError::Closed { session_id, status })
        });
        let failure = handle(closed, json!({})).await.unwrap_err();
        assert_eq!(failure.error, CombineError::SessionClosed);
        assert!(failure.hint.is_some());

        let unasked = || Answers(Duration::ZERO, |_| panic!("the store is not asked"));
        for info in [json!({ "": 1 }), json!({ "long": "x".repeat(409_600) })] {
            let failure = handle(unasked(), info).await.unwrap_err();
            assert_eq!(failure.error, CombineError::ResultTooLarge, "{failure}");
        }
    }
}
