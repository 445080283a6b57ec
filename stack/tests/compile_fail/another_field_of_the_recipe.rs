//! expects: E0277: this source does not give what the task's field takes
//!
//! The second pass is wired to the recipe's free part, which may hold health data, where its ingredients belong.

use contract::{Order, Pricing, Recipe, task::RecipePricer};
use stack::flow::{WithResults, EXECUTION_ID, original, of_first, second, task};

fn main() {
    let _ = task::<RecipePricer, WithResults<Order, (Recipe, Pricing)>>(
        "PriceRecipe",
        (
            original(Order::SESSION_ID),
            EXECUTION_ID,
            original(Order::INGREDIENTS),
            of_first(Recipe::TARGET_SPECIFIC_INFO),
            second(),
        ),
    );
}
