//! The third task: combines a recipe and its prices, stores the meal plan and completes the session, both or neither
//! (decision D5).
//!
//! `combine` is the core, `store` its port and `dynamodb` the adapter. Not here: how a session is
//! opened (the platform does that) and how one fails (the state machine does).

#![expect(missing_docs, reason = "a crate of this workspace only")]

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
