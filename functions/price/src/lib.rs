//! The price function: prices of an order's ingredients, and their vendors.
//!
//! A module imports from those above it in this list, never from those below.
//!
//! - `clock`, `korea`, `text`: time, days in Korea, plain text and XML.
//! - `search`: the port to the providers, its answers and its errors.
//! - `store`: the port to the prices table, its `DynamoDB` adapter, and documents of sources in it.
//! - `quota`: the limits of a source's calls per second and per day.
//! - `http`: the client of all sources.
//! - `matching`: the products of a survey that an ingredient's name means.
//! - `sources`: an adapter for each provider.
//! - `cache`: answers in the prices table.
//! - `fallback`: the search of one ingredient through the sources in their order.
//! - `basket`: from priced ingredients to the cheapest basket by vendor.
//! - `handler`: the task's two passes, and the function's start.
//!
//! Not here: the function's loop, logs and secrets (`runtime`), and until when a source may be deployed (the stack's checks).

#![expect(missing_docs, reason = "a crate of this workspace only")]

pub mod basket;
pub mod cache;
pub mod clock;
pub mod fallback;
pub mod handler;
pub mod http;
mod korea;
pub mod matching;
pub mod quota;
pub mod search;
pub mod sources;
pub mod store;
#[cfg(test)]
mod testing;
pub mod text;
