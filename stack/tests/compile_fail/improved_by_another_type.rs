//! expects: E0271: expected `Pricing`, found `Recipe`
//!
//! The second result is a pricing, and a recipe is put into its place.

use contract::{
    Order, Pricing, Recipe,
    task::{RecipeGenerator, ResultCombiner},
};
use stack::flow::{WithResults, EXECUTION_ID, TaskState, original, task};

fn main() {
    fn improve(combine: TaskState<ResultCombiner, WithResults<Order, (Recipe, Pricing)>>) {
        let again = task::<RecipeGenerator, WithResults<Order, (Recipe, Pricing)>>(
            "PriceRecipe",
            (original(Order::SESSION_ID), EXECUTION_ID, original(Order::PROFILE)),
        );
        let _ = again.improves_second(combine);
    }
    let _ = improve;
}
