//! expects: nothing
//!
//! The wiring of the other files put right: what is wrong there is only what they say.

use contract::{
    Order, Pricing, Recipe,
    task::{PriceFetcher, RecipeGenerator, RecipePricer, ResultCombiner},
};
use stack::flow::{WithResults, EXECUTION_ID, Step, first, input, original, of_first, parallel, second, task};

fn main() {
    let recipe = task::<RecipeGenerator, Order>(
        "GenerateRecipe",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::PROFILE)),
    );
    let prices = task::<PriceFetcher, Order>(
        "FetchPrices",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::INGREDIENTS)),
    )
    .or_else("PricesUnavailable", |error| Pricing::unavailable(error));
    let again = task::<RecipePricer, WithResults<Order, (Recipe, Pricing)>>(
        "PriceRecipe",
        (
            original(Order::SESSION_ID),
            EXECUTION_ID,
            original(Order::INGREDIENTS),
            of_first(Recipe::INGREDIENTS),
            second(),
        ),
    );
    let combine = task::<ResultCombiner, WithResults<Order, (Recipe, Pricing)>>(
        "CombineResults",
        (original(Order::SESSION_ID), EXECUTION_ID, first(), second()),
    );
    let _ = parallel("ParallelProcessing", recipe, prices)
        .keep_input()
        .then(again.improves_second(combine));
}
