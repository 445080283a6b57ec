//! expects: E0277: a task takes exactly one source for each field of its input
//!
//! A task without a source for one of its fields.

use contract::{Order, task::RecipeGenerator};
use stack::flow::{EXECUTION_ID, input, task};

fn main() {
    let _ = task::<RecipeGenerator, Order>("GenerateRecipe", (input(Order::SESSION_ID), EXECUTION_ID));
}
