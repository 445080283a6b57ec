//! expects: E0277: this source does not give what the task's field takes
//!
//! The seed's own wiring: behind a Parallel state that keeps nothing, combine finds both results and no session id.

use contract::{Order, Pricing, Recipe, task::ResultCombiner};
use stack::flow::{EXECUTION_ID, first, input, second, task};

fn main() {
    let _ = task::<ResultCombiner, (Recipe, Pricing)>(
        "CombineResults",
        (input(Order::SESSION_ID), EXECUTION_ID, first(), second()),
    );
}
