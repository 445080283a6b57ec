//! expects: E0277: what flows into this state has lost the fields that the failure's states read
//!
//! A state that lost the order catches to states that read it.

use contract::{Order, Pricing, Recipe};
use stack::flow::{WithResults, OnFailure, Parallel};

fn main() {
    fn catch(state: Parallel<WithResults<Recipe, Pricing>, Recipe>, on_failure: &OnFailure<Order>) {
        let _ = state.catch_all(on_failure);
    }
    let _ = catch;
}
