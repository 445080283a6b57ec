//! The third task: puts a recipe and its prices together, stores the meal plan and completes the session, both or
//! neither (decision D5).
//!
//! `combine` is the core, `store` its port and `dynamodb` the adapter. What does not live here: how a session is opened
//! (the target does that) and how one fails (the state machine does).

mod combine;
pub mod dynamodb;
mod item;
mod rows;
mod store;
mod unpriced;

pub use combine::Combine;
pub use dynamodb::DynamoDb;
pub use item::Unfit;
pub use rows::Rows;
pub use store::{Store, StoreError};
