//! The rendered machine, run by the interpreter on untyped data against an executor that follows a script: a wrong path is
//! caught here even where the types meet.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use asl::run::Outcome;
use contract::task::{CombineInput, PriceInput, RecipeInput};
use serde_json::{Value, json};

use super::*;
use crate::{session_write::CONDITION_FAILED, tests::local};

mod best_effort;
mod executor;
mod second_pass;

use executor::{
    Answer,
    Answer::{Fails, FailsLate, Gives, Hangs},
    EXECUTION, Scripted, improved, meal_plan, pricing, recipe, run, run_with, run_workflow,
};

#[track_caller]
fn assert_failed(outcome: &Outcome, error: &str, cause: &str) {
    let expect = Outcome::Failed { error: Some(error.to_owned()), cause: Some(cause.to_owned()) };
    assert_eq!(*outcome, expect);
}

/// What `HandleFailure` was asked to write, without what is always the same.
fn recorded(executor: &Scripted) -> Vec<(Value, Value, Value)> {
    let value = |input: &Value, name: &str| input["ExpressionAttributeValues"][name]["S"].clone();
    let inputs = executor.inputs("HandleFailure");
    inputs
        .iter()
        .map(|input| (input["Key"].clone(), value(input, ":error"), value(input, ":cause")))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn an_order_becomes_a_meal_plan() {
    let (outcome, executor) = run_workflow(&[]).await;
    assert_eq!(outcome, Outcome::Succeeded { output: meal_plan() });
    // What the interpreter hands over is what each task's own type takes.
    let only = |state| executor.inputs(state).pop().unwrap();
    let recipe_input: RecipeInput = serde_json::from_value(only("GenerateRecipe")).unwrap();
    assert_eq!((&*recipe_input.session_id, recipe_input.execution_id.0.as_str()), ("order-1", EXECUTION));
    let price_input: PriceInput = serde_json::from_value(only("FetchPrices")).unwrap();
    assert_eq!(price_input.ingredients.len(), 1);
    let combine_input: CombineInput = serde_json::from_value(only("CombineResults")).unwrap();
    assert_eq!(serde_json::to_value(&combine_input.pricing).unwrap(), improved());
    assert_eq!(serde_json::to_value(&combine_input.recipe).unwrap(), recipe());
    assert_eq!((&*combine_input.session_id, combine_input.execution_id.0.as_str()), ("order-1", EXECUTION));
}

#[tokio::test(start_paused = true)]
async fn a_failed_recipe_fails_session_and_execution() {
    let (outcome, executor) = run_workflow(&[("GenerateRecipe", &[Fails("RECIPE_GENERATION_FAILED")])]).await;
    assert_failed(&outcome, "RECIPE_GENERATION_FAILED", "why RECIPE_GENERATION_FAILED");
    assert_eq!(
        recorded(&executor),
        [(
            json!({ "sessionId": { "S": "order-1" } }),
            json!("RECIPE_GENERATION_FAILED"),
            json!("why RECIPE_GENERATION_FAILED")
        )]
    );
    assert_eq!(executor.inputs("GenerateRecipe").len(), 1);
    assert_eq!(executor.inputs("CombineResults").len(), 0);
    let input = executor.inputs("HandleFailure").pop().unwrap();
    assert_eq!(input["ConditionExpression"], "attribute_exists(#sessionId) AND #status = :pending");
    assert_eq!(input["ExpressionAttributeValues"][":failedAt"]["S"], "2026-11-22T00:00:00.000Z");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_not_open_changes_nothing_about_the_error() {
    let script: &[(&str, &[Answer])] =
        &[("CombineResults", &[Fails("SESSION_CLOSED")]), ("HandleFailure", &[Fails(CONDITION_FAILED)])];
    let (outcome, executor) = run_workflow(script).await;
    assert_failed(&outcome, "SESSION_CLOSED", "why SESSION_CLOSED");
    assert_eq!(recorded(&executor).len(), 1, "a failed condition is not tried again");
}

#[tokio::test(start_paused = true)]
async fn a_table_in_trouble_is_tried_again_and_then_given_up() {
    let trouble = Fails("DynamoDB.ProvisionedThroughputExceededException");
    let price = [Fails("PRICE_FETCH_FAILED")];
    let once = [trouble.clone(), Gives(json!({}))];
    let (outcome, executor) = run_workflow(&[("FetchPrices", &price), ("HandleFailure", &once)]).await;
    assert_failed(&outcome, "PRICE_FETCH_FAILED", "why PRICE_FETCH_FAILED");
    assert_eq!(recorded(&executor).len(), 2);
    let (outcome, executor) = run_workflow(&[("FetchPrices", &price), ("HandleFailure", &[trouble])]).await;
    assert_failed(&outcome, "PRICE_FETCH_FAILED", "why PRICE_FETCH_FAILED");
    assert_eq!(recorded(&executor).len(), 4);
}

/// How often the state is called when it fails with this error for good.
async fn attempts(state: &'static str, error: &'static str) -> usize {
    let (outcome, executor) = run_workflow(&[(state, &[Fails(error)])]).await;
    assert_failed(&outcome, error, &format!("why {error}"));
    executor.inputs(state).len()
}

#[tokio::test(start_paused = true)]
async fn retries_are_those_of_the_specification() {
    for state in ["GenerateRecipe", "FetchPrices", "CombineResults"] {
        for error in [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
        ] {
            assert_eq!(attempts(state, error).await, 4, "{state} {error}");
        }
    }
    assert_eq!(attempts("FetchPrices", "RATE_LIMIT_EXCEEDED").await, 3);
    assert_eq!(attempts("FetchPrices", "PRICE_FETCH_FAILED").await, 1);
    assert_eq!(attempts("GenerateRecipe", "Lambda.Unknown").await, 1);
    // What is final is final; everything else of combine's is retried by the seed's `States.TaskFailed`.
    assert_eq!(attempts("CombineResults", "SESSION_CLOSED").await, 1);
    assert_eq!(attempts("CombineResults", "RESULT_TOO_LARGE").await, 1);
    assert_eq!(attempts("CombineResults", "RESULT_STORE_FAILED").await, 4);
    assert_eq!(attempts("CombineResults", "Sandbox.Timedout").await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_hanging_function_is_a_timeout_that_the_session_sees() {
    let began = tokio::time::Instant::now();
    let (outcome, executor) = run_workflow(&[("GenerateRecipe", &[Hangs])]).await;
    // AWS records no cause for a timeout; a catcher's error output has an empty one.
    assert_failed(&outcome, "States.Timeout", "");
    assert_eq!(recorded(&executor)[0].1, json!("States.Timeout"));
    assert_eq!(began.elapsed(), Duration::from_secs(45));
}

/// Every attempt takes as long as it may, and every retrier is used up. Only jitter makes it shorter than the figure.
#[tokio::test(start_paused = true)]
async fn the_worst_execution_is_the_worst_case() {
    let lambda = vec![FailsLate("Lambda.ServiceException"); 3];
    let limit = vec![FailsLate("RATE_LIMIT_EXCEEDED"); 2];
    let store = vec![FailsLate("RESULT_STORE_FAILED"); 3];
    let price: Vec<Answer> = [lambda.clone(), limit, vec![Gives(pricing())]].concat();
    let again = [FailsLate("Lambda.ServiceException"), Hangs];
    let combine = [lambda, store, vec![Hangs]].concat();
    let began = tokio::time::Instant::now();
    let script: &[(&str, &[Answer])] = &[
        ("FetchPrices", &price),
        ("PriceRecipe", &again),
        ("CombineResults", &combine),
        ("HandleFailure", &[Hangs]),
    ];
    let (outcome, executor) = run_workflow(script).await;
    assert_failed(&outcome, "States.Timeout", "");
    let states = ["FetchPrices", "PriceRecipe", "CombineResults", "HandleFailure"];
    assert_eq!(states.map(|state| executor.calls(state)), [6, 2, 7, 4]);

    // The last answer of price comes at once, the seed's delays have no jitter, and thirteen attempts end 1 ms early.
    let worst = Duration::from_secs(local().timing().worst_case_s - 35);
    let delays = Duration::from_secs(2 * (1 + 2 + 4) + (1 + 2) + 1 + (1 + 2 + 4));
    let shortest = worst.saturating_sub(delays);
    assert!(began.elapsed() <= worst, "{:?}", began.elapsed());
    assert!(began.elapsed() + Duration::from_millis(13) >= shortest, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_closer_fails_an_open_session_and_leaves_a_final_one() {
    let input = json!({ "sessionId": "order-1", "status": "TIMED_OUT" });
    let close = |answers: Vec<Answer>| {
        let (app, input) = (local(), input.clone());
        async move { run(app.closer(), input, BTreeMap::from([("CloseSession", answers)])).await }
    };
    let (outcome, executor) = close(vec![Gives(json!({}))]).await;
    assert_eq!(outcome.status(), "SUCCEEDED");
    let written = executor.inputs("CloseSession").pop().unwrap();
    assert_eq!(written["Key"], json!({ "sessionId": { "S": "order-1" } }));
    assert_eq!(written["ExpressionAttributeValues"][":error"]["S"], "TIMED_OUT");
    assert_eq!(written["ExpressionAttributeValues"][":cause"]["S"], crate::closer::CAUSE);

    let (outcome, executor) = close(vec![Fails(CONDITION_FAILED)]).await;
    assert_eq!((outcome.status(), executor.inputs("CloseSession").len()), ("SUCCEEDED", 1));
    let (outcome, executor) = close(vec![Fails("DynamoDB.InternalServerError")]).await;
    assert_eq!((outcome.status(), executor.inputs("CloseSession").len()), ("FAILED", 4));
}
