//! Prices that are required and prices that are done without: what becomes of an order in both, whichever of its
//! tasks fails.

use super::*;

/// The prices that a plan is made of in an environment that does without, when the price task answers like this.
async fn done_without(answers: &[Answer]) -> (Pricing, Arc<Scripted>) {
    // The second pass has nothing to improve and answers with what it got: that is the function's own to know.
    let script: &[(&str, &[Answer])] =
        &[("FetchPrices", answers), ("PriceRecipe", &[Fails("PRICE_FETCH_FAILED")])];
    let (outcome, executor) = run_with(PricesPolicy::BestEffort, script).await;
    assert_eq!(outcome, Outcome::Succeeded { output: meal_plan() });
    assert_eq!(executor.calls("HandleFailure"), 0);
    let input: CombineInput =
        serde_json::from_value(executor.inputs("CombineResults").pop().unwrap()).unwrap();
    (input.pricing, executor)
}

#[tokio::test(start_paused = true)]
async fn a_price_failure_is_a_pricing_that_says_so() {
    for error in ["PRICE_FETCH_FAILED", "INVALID_INPUT", "Lambda.Unknown", "Sandbox.Timedout"] {
        let (pricing, executor) = done_without(&[Fails(error)]).await;
        assert_eq!(pricing, Pricing::unavailable(error));
        assert_eq!(executor.calls("FetchPrices"), 1);
        // The second pass is told as well, and nobody is told the cause, which may quote the order.
        for state in ["PriceRecipe", "CombineResults"] {
            let input = executor.inputs(state).pop().unwrap();
            assert_eq!(input["pricing"]["unavailable"], json!({ "error": error }));
            assert!(!input.to_string().contains("why "), "{input}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hanging_price_task_is_done_without() {
    let began = tokio::time::Instant::now();
    let (pricing, _) = done_without(&[Hangs]).await;
    assert_eq!(pricing, Pricing::unavailable("States.Timeout"));
    assert_eq!(began.elapsed(), Duration::from_secs(35));
}

#[tokio::test(start_paused = true)]
async fn it_is_tried_again_as_often_as_ever() {
    let (pricing, executor) = done_without(&[Fails("RATE_LIMIT_EXCEEDED")]).await;
    assert_eq!(pricing, Pricing::unavailable("RATE_LIMIT_EXCEEDED"));
    assert_eq!(executor.calls("FetchPrices"), 3);
    let (pricing, executor) = done_without(&[Fails("Lambda.ServiceException")]).await;
    assert_eq!(pricing, Pricing::unavailable("Lambda.ServiceException"));
    assert_eq!(executor.calls("FetchPrices"), 4);
    // What answers in time has prices.
    let answers = [Fails("RATE_LIMIT_EXCEEDED"), Gives(super::pricing())];
    let (found, executor) = done_without(&answers).await;
    assert_eq!(serde_json::to_value(found).unwrap(), super::pricing());
    assert_eq!(executor.calls("FetchPrices"), 2);
}

/// What a task does.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Answers,
    Fails,
    Hangs,
}

const ALL: [Does; 3] = [Does::Answers, Does::Fails, Does::Hangs];

/// The error that a task ends with and when, in seconds.
fn end(does: Does, error: &'static str, timeout_s: u64) -> Option<(u64, &'static str)> {
    match does {
        Does::Answers => None,
        Does::Fails => Some((0, error)),
        Does::Hangs => Some((timeout_s, "States.Timeout")),
    }
}

fn answers(does: Does, value: Value, error: &'static str) -> [Answer; 1] {
    match does {
        Does::Answers => [Gives(value)],
        Does::Fails => [Fails(error)],
        Does::Hangs => [Hangs],
    }
}

/// Runs an order whose tasks do this, and compares its end with what the setting promises.
async fn check(policy: PricesPolicy, recipe_does: Does, price_does: Does, again: Does) {
    let recipes = answers(recipe_does, recipe(), "RECIPE_GENERATION_FAILED");
    let prices = answers(price_does, pricing(), "PRICE_FETCH_FAILED");
    let more_prices = answers(again, improved(), "PRICE_FETCH_FAILED");
    let script: &[(&str, &[Answer])] =
        &[("GenerateRecipe", &recipes), ("FetchPrices", &prices), ("PriceRecipe", &more_prices)];
    let (outcome, executor) = run_with(policy, script).await;

    let recipe_ends = end(recipe_does, "RECIPE_GENERATION_FAILED", 45);
    let price_ends = end(price_does, "PRICE_FETCH_FAILED", 35);
    let fatal = price_ends.filter(|_| policy == PricesPolicy::Required);
    // The branch that fails first decides; of two at once, the first.
    let decides = [recipe_ends, fatal].into_iter().flatten().min_by_key(|(at, _)| *at);
    if let Some((_, error)) = decides {
        let Outcome::Failed { error: Some(said), .. } = &outcome else { panic!("{outcome:?}") };
        assert_eq!((said.as_str(), &recorded(&executor)[0].1), (error, &json!(error)));
        assert_eq!(["PriceRecipe", "CombineResults"].map(|state| executor.calls(state)), [0, 0]);
    } else {
        assert_eq!(outcome, Outcome::Succeeded { output: meal_plan() });
        assert_eq!(["PriceRecipe", "HandleFailure"].map(|state| executor.calls(state)), [1, 0]);
        let unavailable = |(_, error)| serde_json::to_value(Pricing::unavailable(error)).unwrap();
        let first = price_ends.map_or_else(pricing, unavailable);
        let expect = if again == Does::Answers { improved() } else { first };
        assert_eq!(executor.combined(), expect);
    }
}

/// Both branches and the second pass in every combination, in both settings.
#[tokio::test(start_paused = true)]
async fn whichever_task_fails() {
    for policy in [PricesPolicy::Required, PricesPolicy::BestEffort] {
        for recipe_does in ALL {
            for price_does in ALL {
                for again in ALL {
                    check(policy, recipe_does, price_does, again).await;
                }
            }
        }
    }
}

/// What a person would have to write by hand, field by field, if it did not come from the type.
#[test]
fn the_two_machines_differ_in_one_catcher_and_its_state() {
    let rendered = |policy| workflow(policy).to_json();
    let mut without = rendered(PricesPolicy::BestEffort);
    let branch = &mut without["States"]["ParallelProcessing"]["Branches"][1]["States"];
    let catch = branch["FetchPrices"].as_object_mut().unwrap().remove("Catch");
    assert_eq!(
        catch.unwrap(),
        json!([{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "PricesUnavailable" }])
    );
    let state = branch.as_object_mut().unwrap().remove("PricesUnavailable");
    assert_eq!(
        state.unwrap(),
        json!({
            "Type": "Pass",
            "Parameters": {
                "total": 0, "basis": "package", "leftOut": [], "optimal": null, "alternatives": [], "unpriced": [],
                "unavailable": { "error.$": "$.failure.Error" },
            },
            "End": true,
        })
    );
    assert_eq!(without, rendered(PricesPolicy::Required));
}
