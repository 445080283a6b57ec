//! The whole state machine on one page. `docs/decisions.md`, D1 to D4, D18 and D25, says where it differs from the seed's.
//!
//! ```text
//!  order ─► ParallelProcessing ────────────► PriceRecipe ───────────► CombineResults ─► meal plan
//!           │ GenerateRecipe │ FetchPrices │ (answered or not)              │
//!           └──────── any failure ─────────┴────────────────────────────────┘
//!                          ▼
//!                    HandleFailure ─► OrderFailed (the original error and cause)
//! ```
//!
//! Each task takes one source for each field of its input, in the order of its `record!`. A Parallel state
//! hands its input to both branches; `keep_input` keeps the order beside their results, so that later states know the
//! session.
//!
//! `PriceRecipe` calls the price function again: price runs beside recipe, so the ingredients that only the recipe has are
//! known after both. It improves the first pricing, so it never fails an order: on a failure the first pricing stays as it
//! is, and combine lists what is unpriced. There is no Choice state in
//! front of it: the difference of two lists of names is no path of the language, the function answers at once when
//! nothing is missing, and a Choice would cost the same state transition that it saves.
//!
//! Only where an environment does not require prices, `FetchPrices` catches its failure inside of its branch and
//! `PricesUnavailable` gives a pricing with the error; the function's own metrics count the failure either way.
//!
//! What does not live here: the write to the sessions table ([`session_write`](crate::session_write)), the closer for
//! executions that end without a catcher ([`closer`](crate::closer)), and how long all of it takes
//! ([`timing`](crate::timing)).

use asl::{
    StateMachine,
    model::{Catcher, ErrorPattern, Fail, FailText, Path, Placement, ReferencePath, State, Transition},
};
use contract::{
    MealPlan, Order, Pricing, Recipe,
    error_name::{CombineError, PriceError},
    task::{PriceFetcher, RecipeGenerator, RecipePricer, ResultCombiner},
};

use crate::{
    environment::PricesPolicy,
    flow::{
        EXECUTION_ID, Flow, OnFailure, Retry, Source, Step, WithResults, first, input, of_first, original,
        parallel, second, task,
    },
    session_write::fail_session,
};

/// The task of the first pass, inside of the Parallel state.
pub(crate) const FIRST_PASS: &str = "FetchPrices";
/// The state that says that there are no prices, where an environment does without them.
pub(crate) const NO_PRICES: &str = "PricesUnavailable";
/// The task of the second pass.
pub(crate) const SECOND_PASS: &str = "PriceRecipe";

/// What the branches leave beside the order.
type Cooked = WithResults<Order, (Recipe, Pricing)>;

/// The machine, without its timeout: that is computed from what stands here.
pub fn workflow(prices: PricesPolicy) -> StateMachine {
    let on_failure = on_failure();

    let recipe = task::<RecipeGenerator, Order>(
        "GenerateRecipe",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::PROFILE)),
    )
    .retry(Retry::lambda_errors());

    // Price never sees the profile: it may hold health data.
    let first_pass = task::<PriceFetcher, Order>(
        FIRST_PASS,
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::INGREDIENTS)),
    )
    .retry(Retry::lambda_errors())
    .retry(Retry::on([PriceError::RateLimitExceeded], 2));
    let prices = match prices {
        PricesPolicy::Required => first_pass.into_flow(),
        PricesPolicy::BestEffort => first_pass.or_else(NO_PRICES, |error| Pricing::unavailable(error)),
    };

    // Nor does it see more of the recipe than its ingredients: the rest may hold health data as well.
    let second_pass = task::<RecipePricer, Cooked>(
        SECOND_PASS,
        (
            original(Order::SESSION_ID),
            EXECUTION_ID,
            original(Order::INGREDIENTS),
            of_first(Recipe::INGREDIENTS),
            second(),
        ),
    )
    .retry(Retry::lambda_errors_once());

    // The first retrier that names an error decides: what is final is not tried again, Lambda's troubles have their
    // own delays, and everything else has the seed's own delays. `any_failure` matches Lambda's
    // errors too, so it stands last.
    let combine = task::<ResultCombiner, Cooked>(
        "CombineResults",
        (original(Order::SESSION_ID), EXECUTION_ID, first(), second()),
    )
    .retry(Retry::never([CombineError::SessionClosed, CombineError::ResultTooLarge]))
    .retry(Retry::lambda_errors())
    .retry(Retry::any_failure())
    .catch_all(&on_failure);

    let cook: Flow<Order, MealPlan> = parallel("ParallelProcessing", recipe, prices)
        .keep_input()
        .catch_all(&on_failure)
        .then(second_pass.improves_second(combine));

    cook.machine("AI Chef Recipe Generation Workflow", on_failure)
}

/// Where every failure goes: the session becomes `failed`, unless it is final already or was never opened, and
/// the execution fails with the original error either way. AWS always writes both of its fields (the cause of a timeout
/// is empty), so neither path can miss.
fn on_failure() -> OnFailure<Order> {
    let session_id: Path = input(Order::SESSION_ID).path();
    let (error, cause) = (OnFailure::<Order>::error(), OnFailure::<Order>::cause());

    let mut record = fail_session(session_id, error.clone(), cause.clone());
    record.result_path = Placement::Discard;
    record.transition = Transition::Next("OrderFailed".to_owned());
    record.catch = vec![Catcher {
        result_path: Placement::At(ReferencePath::root().field("unrecorded")),
        ..Catcher::new([ErrorPattern::all()], "OrderFailed")
    }];

    let failed =
        Fail { error: Some(FailText::Path(error)), cause: Some(FailText::Path(cause)), comment: None };
    OnFailure::new(("HandleFailure", State::Task(record)), [("OrderFailed", State::Fail(failed))])
}

#[cfg(test)]
mod tests;
