//! expects: E0080: two results of one name
//!
//! Both branches give prices: kept under one name, one of them would be lost.

use contract::{Order, task::PriceFetcher};
use stack::flow::{EXECUTION_ID, Step, input, parallel, task};

fn main() {
    let prices = |name| {
        task::<PriceFetcher, Order>(
            name,
            (input(Order::SESSION_ID), EXECUTION_ID, input(Order::INGREDIENTS)),
        )
    };
    let _ = parallel("ParallelProcessing", prices("FetchPrices"), prices("FetchThemAgain"))
        .keep_input()
        .into_flow();
}
