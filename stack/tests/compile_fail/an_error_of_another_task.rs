//! expects: E0308: PriceError
//!
//! A retry that names an error which its task cannot answer with.

use contract::{Order, error_name::CombineError, task::PriceFetcher};
use stack::flow::{EXECUTION_ID, Retry, input, task};

fn main() {
    let _ = task::<PriceFetcher, Order>(
        "FetchPrices",
        (input(Order::SESSION_ID), EXECUTION_ID, input(Order::INGREDIENTS)),
    )
    .retry(Retry::on([CombineError::ResultStoreFailed], 2));
}
