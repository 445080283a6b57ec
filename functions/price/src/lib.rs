//! The price function (S4, S5): what the ingredients of an order cost, and where to buy them.
//!
//! - `basket` and `offer` are the pure core: from what was found to the cheapest basket by vendor.
//! - `search` is the port: whoever can search products by name. Each adapter is a folder, `naver` the first; `sources` is all
//!   of them behind one type.
//! - `chain` is how an ingredient falls through the sources of an environment; `cache` keeps their answers, `budget` counts
//!   their calls, `shelf` has their documents: all three in one table, whose port is `table`.
//! - `fetcher` is the task: its two passes over the chain, priced by the core.
//! - `http`, `plain_text`, `pace`, `clock` and `base_url` are what any adapter needs; they know no provider.
//!
//! What does not live here: the function's loop, its logs and its secrets (`shell`), and when a source may still be
//! deployed (the stack's checks).

pub mod base_url;
pub mod basket;
pub mod budget;
pub mod cache;
pub mod chain;
pub mod clock;
mod fetcher;
pub mod http;
pub mod naver;
pub mod offer;
mod pace;
pub mod plain_text;
pub mod search;
pub mod settings;
pub mod shelf;
pub mod sources;
pub mod table;
#[cfg(test)]
mod together;
pub mod xml;

pub use budget::Budget;
pub use cache::Cache;
pub use chain::Chain;
pub use fetcher::Fetcher;
pub use offer::{Answer, Offer};
pub use pace::Pace;
pub use search::{ProductSearch, Scope, Unanswered};
pub use shelf::{OwnShelf, Shelf, TableShelf};
