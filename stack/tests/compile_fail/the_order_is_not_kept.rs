//! expects: E0271: (Recipe, Pricing)
//!
//! The seed's wiring once more: combine wants the order beside the results, but nobody kept it.

use contract::{
    Order, Pricing, Recipe,
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};
use stack::flow::{WithResults, EXECUTION_ID, Step, first, input, original, parallel, second, task};

fn main() {
    let recipe = task::<RecipeGenerator, Order>(
        "GenerateRecipe",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::PROFILE)),
    );
    let prices = task::<PriceFetcher, Order>(
        "FetchPrices",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::INGREDIENTS)),
    );
    let combine = task::<ResultCombiner, WithResults<Order, (Recipe, Pricing)>>(
        "CombineResults",
        (original(Order::SESSION_ID), EXECUTION_ID, first(), second()),
    );
    let _ = parallel("ParallelProcessing", recipe, prices).then(combine);
}
