//! expects: E0271: WithResults<Order, (Recipe, Pricing)>
//!
//! The second pass stands before the branches whose results it reads and improves.

use contract::{Order, Pricing, Recipe, task::RecipePricer};
use stack::flow::{WithResults, Parallel, TaskState};

type Cooked = WithResults<Order, (Recipe, Pricing)>;

fn main() {
    fn before(again: TaskState<RecipePricer, Cooked>, branches: Parallel<Order, Cooked>) {
        let _ = again.improves_second(branches);
    }
    let _ = before;
}
