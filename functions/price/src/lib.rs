//! The price function: what the ingredients of an order cost, and where to buy them.
//!
//! Rooms, the lower ones first. A room imports from those above it in this list, never from those below.
//!
//! - `clock`, `korea`, `text`: time, days in Korea, and readers of text and XML. They know no provider.
//! - `search`: the port that every source implements, its answers and its errors.
//! - `store`: the port to the prices table, its `DynamoDB` adapter, and the documents that sources keep there.
//! - `quota`: how many calls a source gets in a second and in a day.
//! - `http`: the client that makes every source's calls.
//! - `matching`: which products of a survey an ingredient's name means.
//! - `sources`: an adapter for each provider.
//! - `cache`: answers that all functions share.
//! - `fallback`: how one ingredient falls through the sources.
//! - `basket`: from priced ingredients to the cheapest basket by vendor.
//! - `handler`: the task's two passes, and how the function starts.
//!
//! What does not live here: the function's loop, its logs and its secrets (`runtime`), and when a source may still be
//! deployed (the stack's checks).

#![expect(missing_docs, reason = "nobody outside of the workspace uses this crate")]

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
