//! expects: E0277: this source does not give what the task's field takes
//!
//! Price is wired to the profile, which may hold health data.

use contract::{Order, task::PriceFetcher};
use stack::flow::{EXECUTION_ID, input, task};

fn main() {
    let _ = task::<PriceFetcher, Order>(
        "FetchPrices",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::PROFILE)),
    );
}
