//! expects: E0599: improves_second
//!
//! A task that stands before the branches improves a second result that is not there.

use contract::task::{PriceFetcher, ResultCombiner};
use stack::flow::TaskState;

fn main() {
    fn improve<In>(prices: TaskState<PriceFetcher, In>, combine: TaskState<ResultCombiner, In>) {
        let _ = prices.improves_second(combine);
    }
    let _ = improve::<contract::Order>;
}
