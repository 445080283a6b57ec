//! expects: E0271: WithResults<Order, (Pricing, Recipe)>
//!
//! The branches stand in the other order than combine reads their results.

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
    let _ = parallel("ParallelProcessing", prices, recipe).keep_input().then(combine);
}
