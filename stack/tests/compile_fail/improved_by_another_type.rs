//! expects: E0271: expected `Pricing`, found `Recipe`
//!
//! The second result is a pricing, and a recipe is put into its place.

use contract::{
    Order, Pricing, Recipe,
    task::{RecipeGenerator, ResultCombiner},
};
use stack::flow::{Beside, EXECUTION_ID, TaskState, kept, task};

fn main() {
    fn improve(combine: TaskState<ResultCombiner, Beside<Order, (Recipe, Pricing)>>) {
        let again = task::<RecipeGenerator, Beside<Order, (Recipe, Pricing)>>(
            "PriceRecipe",
            (kept(Order::SESSION_ID), EXECUTION_ID, kept(Order::PROFILE)),
        );
        let _ = again.improves_second(combine);
    }
    let _ = improve;
}
