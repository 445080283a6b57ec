//! expects: nothing
//!
//! The wiring of the other files put right: what is wrong there is only what they say.

use contract::{
    Order, Pricing, Recipe,
    task::{PriceFetcher, RecipeGenerator, RecipePricer, ResultCombiner},
};
use stack::flow::{Beside, EXECUTION_ID, Step, first, input, kept, of_first, parallel, second, task};

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
    let again = task::<RecipePricer, Beside<Order, (Recipe, Pricing)>>(
        "PriceRecipe",
        (
            kept(Order::SESSION_ID),
            EXECUTION_ID,
            kept(Order::INGREDIENTS),
            of_first(Recipe::INGREDIENTS),
            second(),
        ),
    );
    let combine = task::<ResultCombiner, Beside<Order, (Recipe, Pricing)>>(
        "CombineResults",
        (kept(Order::SESSION_ID), EXECUTION_ID, first(), second()),
    );
    let _ = parallel("ParallelProcessing", recipe, prices)
        .beside_input()
        .then(again.improves_second(combine));
}
