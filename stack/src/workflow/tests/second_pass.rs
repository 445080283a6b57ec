//! The second pass: what it is asked, what becomes of its answer, and that its failure is nobody else's.

use asl::history::EventKind;
use contract::task::{PricePass, PriceRequest, RecipePriceInput};

use super::*;

#[tokio::test(start_paused = true)]
async fn it_gets_the_recipes_ingredients_and_the_first_prices() {
    let (_, executor) = run_workflow(&[]).await;
    let input = executor.inputs("PriceRecipe").pop().unwrap();
    let typed: RecipePriceInput = serde_json::from_value(input.clone()).unwrap();
    assert_eq!((&*typed.session_id, typed.execution_id.0.as_str()), ("order-1", EXECUTION));
    // The function reads it as its second pass.
    let request: PriceRequest = serde_json::from_value(input).unwrap();
    let Some(PricePass::Recipe { ingredients, pricing: first }) = request.pass() else {
        panic!("the first pass")
    };
    assert_eq!(serde_json::to_value(ingredients).unwrap(), recipe()["ingredients"]);
    assert_eq!(serde_json::to_value(first).unwrap(), pricing());
}

/// How often it is asked and how long the order takes, when it answers like this for good.
#[track_caller]
fn check(answer: Answer, calls: usize, at_most_s: u64) -> impl Future<Output = ()> {
    let said = std::panic::Location::caller();
    async move {
        for policy in [PricesPolicy::Required, PricesPolicy::BestEffort] {
            let began = tokio::time::Instant::now();
            let (outcome, executor) =
                run_with(policy, &[("PriceRecipe", std::slice::from_ref(&answer))]).await;
            assert_eq!(outcome, Outcome::Succeeded { output: meal_plan() }, "{said}");
            // The plan is made of the first prices.
            assert_eq!(executor.combined(), pricing(), "{said}");
            assert_eq!(executor.calls("PriceRecipe"), calls, "{said}");
            assert_eq!(executor.calls("HandleFailure"), 0, "{said}");
            assert!(began.elapsed() <= Duration::from_secs(at_most_s), "{said}: {:?}", began.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn its_failure_leaves_the_first_prices() {
    for error in [
        "PRICE_FETCH_FAILED",
        "RATE_LIMIT_EXCEEDED",
        "INVALID_INPUT",
        "Lambda.Unknown",
        "Sandbox.Timedout",
        "Runtime.ExitError",
        "States.Permissions",
    ] {
        check(Fails(error), 1, 0).await;
    }
    for error in [
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    ] {
        check(Fails(error), 2, 1).await;
    }
    check(Hangs, 1, 35).await;
    check(FailsLate("Lambda.ServiceException"), 2, 71).await;
}

/// More than a state may carry: Step Functions takes none of it, and the order goes on.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_too_large_leaves_the_first_prices() {
    check(Gives(json!("가".repeat(100_000))), 1, 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_that_answers_is_combined() {
    let answers = [Fails("Lambda.TooManyRequestsException"), Gives(improved())];
    let (_, executor) = run_workflow(&[("PriceRecipe", &answers)]).await;
    assert_eq!((executor.combined(), executor.calls("PriceRecipe")), (improved(), 2));
}

/// The machine looks into no answer: what is no pricing is for combine to refuse, and then the session is told.
#[tokio::test(start_paused = true)]
async fn garbage_is_refused_by_combine() {
    for garbage in [json!(null), json!("garbage"), json!([]), json!({ "total": -1 })] {
        let script: &[(&str, &[Answer])] =
            &[("PriceRecipe", &[Gives(garbage.clone())]), ("CombineResults", &[Fails("INVALID_INPUT")])];
        let (outcome, executor) = run_workflow(script).await;
        let input = executor.inputs("CombineResults").pop().unwrap();
        assert_eq!(input["pricing"], garbage);
        assert!(serde_json::from_value::<CombineInput>(input).is_err());
        assert_failed(&outcome, "INVALID_INPUT", "why INVALID_INPUT");
        assert_eq!(recorded(&executor)[0].1, json!("INVALID_INPUT"));
    }
}

/// No catcher takes these: the execution ends at once, and the closer tells the session.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_caught_ends_the_execution() {
    for state in ["FetchPrices", "PriceRecipe"] {
        for policy in [PricesPolicy::Required, PricesPolicy::BestEffort] {
            let (outcome, executor) = run_with(policy, &[(state, &[Fails("States.Runtime")])]).await;
            assert_eq!(outcome.status(), "FAILED", "{state}");
            assert_eq!(
                (executor.calls("HandleFailure"), executor.calls("CombineResults")),
                (0, 0),
                "{state}"
            );
        }
    }
}

/// A failure of combine behind a failed second pass is combine's, not the older one.
#[tokio::test(start_paused = true)]
async fn the_error_of_combine_and_not_an_older_one_is_recorded() {
    let script: &[(&str, &[Answer])] =
        &[("PriceRecipe", &[Fails("PRICE_FETCH_FAILED")]), ("CombineResults", &[Fails("RESULT_TOO_LARGE")])];
    let (outcome, executor) = run_workflow(script).await;
    assert_failed(&outcome, "RESULT_TOO_LARGE", "why RESULT_TOO_LARGE");
    assert_eq!(recorded(&executor)[0].1, json!("RESULT_TOO_LARGE"));
}

/// One line an event: its id, the one before it, its type, and the state or the data that it tells of.
fn history_lines(executor: &Scripted) -> String {
    let events = executor.events.lock().unwrap();
    let lines = events.iter().map(|event| {
        let more = match &event.kind {
            EventKind::StateEntered { name, .. } | EventKind::StateExited { name, .. } => name.clone(),
            EventKind::LambdaFunctionScheduled { input, .. } => input.to_string(),
            EventKind::LambdaFunctionFailed(reason) => reason.error.clone().unwrap_or_default(),
            _ => String::new(),
        };
        let (id, before) = (event.id, event.previous_event_id);
        let line = format!("{id:>2} {before:>2} {} {more}", event.kind.event_type());
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(start_paused = true)]
async fn the_history_of_a_whole_order() {
    let (_, executor) = run_workflow(&[]).await;
    insta::assert_snapshot!(history_lines(&executor));
}

#[tokio::test(start_paused = true)]
async fn the_history_of_an_order_without_any_prices() {
    let script: &[(&str, &[Answer])] =
        &[("FetchPrices", &[Fails("PRICE_FETCH_FAILED")]), ("PriceRecipe", &[Fails("PRICE_FETCH_FAILED")])];
    let (_, executor) = run_with(PricesPolicy::BestEffort, script).await;
    insta::assert_snapshot!(history_lines(&executor));
}
