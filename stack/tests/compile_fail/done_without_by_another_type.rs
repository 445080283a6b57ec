//! expects: E0308: Pricing
//!
//! What stands in for prices that cannot be fetched is no pricing.

use contract::{Order, task::PriceFetcher};
use stack::flow::{EXECUTION_ID, input, task};

fn main() {
    let _ = task::<PriceFetcher, Order>(
        "FetchPrices",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::INGREDIENTS)),
    )
    .or_else("PricesUnavailable", |error| error.to_owned());
}
