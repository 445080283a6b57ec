//! The whole state machine on one page (S1, with D1 to D4, D18 and D25).
//!
//! ```text
//!  order ─► ParallelProcessing ──────────────────► CombineResults ─► meal plan
//!           │ GenerateRecipe  │ FetchPrices  │           │
//!           └──────── any failure ───────────┴───────────┘
//!                          ▼
//!                    HandleFailure ─► OrderFailed (the original error and cause)
//! ```
//!
//! Each task takes one source for each field of its input, in the order of its `record!`. What a Parallel state gets
//! it hands to both branches; `beside_input` keeps the order beside their results, so that `CombineResults` still
//! knows its session. What does not live here: the write to the sessions table
//! ([`session_write`](crate::session_write)), the closer for executions that end without a catcher
//! ([`closer`](crate::closer)), and how long all of it takes ([`timing`](crate::timing)).

use asl::{
    StateMachine,
    model::{Catcher, ErrorPattern, Fail, FailText, Path, Placement, ReferencePath, State, Transition},
};
use contract::{
    MealPlan, Order, Pricing, Recipe,
    error_name::{CombineError, PriceError},
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};

use crate::{
    flow::{
        Beside, EXECUTION_ID, Flow, OnFailure, Retry, Source, Step, first, input, kept, parallel, second,
        task,
    },
    session_write::fail_session,
};

/// The machine, without its timeout: that is computed from what stands here.
pub fn workflow() -> StateMachine {
    let on_failure = on_failure();

    let recipe = task::<RecipeGenerator, Order>(
        "GenerateRecipe",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::PROFILE)),
    )
    .retry(Retry::lambda_trouble());

    // Price never sees the profile (D7): it may hold health data.
    let prices = task::<PriceFetcher, Order>(
        "FetchPrices",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::INGREDIENTS)),
    )
    .retry(Retry::lambda_trouble())
    .retry(Retry::on([PriceError::RateLimitExceeded], 2));

    // The first retrier that names an error decides: what is final is not tried again, Lambda's troubles have their
    // own delays, and everything else has S10's. Were `any_failure` before `lambda_trouble`, it would take all.
    let combine = task::<ResultCombiner, Beside<Order, (Recipe, Pricing)>>(
        "CombineResults",
        (kept(Order::SESSION_ID), EXECUTION_ID, first(), second()),
    )
    .retry(Retry::never([
        CombineError::SessionClosed,
        CombineError::ResultTooLarge,
    ]))
    .retry(Retry::lambda_trouble())
    .retry(Retry::any_failure())
    .catch_all(&on_failure);

    let cook: Flow<Order, MealPlan> = parallel("ParallelProcessing", recipe, prices)
        .beside_input()
        .catch_all(&on_failure)
        .then(combine);

    cook.machine("AI Chef Recipe Generation Workflow", on_failure)
}

/// Where every failure goes (D2): the session becomes `failed`, unless it is final already or was never opened, and
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

    let failed = Fail {
        error: Some(FailText::Path(error)),
        cause: Some(FailText::Path(cause)),
        comment: None,
    };
    OnFailure::new(
        ("HandleFailure", State::Task(record)),
        [("OrderFailed", State::Fail(failed))],
    )
}

#[cfg(test)]
mod tests;
