//! The price function (S4, S5): what the ingredients of an order cost, and where to buy them.
//!
//! - `basket` and `offer` are the pure core: from what was found to the cheapest basket by vendor.
//! - `search` is the port: whoever can search products by name. Each adapter is a folder: `naver`, `elevenst`,
//!   `chamgagyeok`, `kamis`. `gateway` is what the two of data.go.kr share; `sources` is all of them behind one type.
//! - `chain` is how an ingredient falls through the sources of an environment; `cache` keeps their answers, `budget` counts
//!   their calls, `shelf` has their documents: all three in one table, whose port is `table`.
//! - `fetcher` is the task: its two passes over the chain, priced by the core.
//! - `calls`, `private`, `http`, `xml`, `plain_text`, `pace`, `korea` and `base_url` are what any adapter needs; they know no
//!   provider.
//!
//! What does not live here: the function's loop, its logs and its secrets (`shell`), and when a source may still be
//! deployed (the stack's checks).

pub mod base_url;
pub mod basket;
pub mod budget;
pub mod cache;
mod calls;
pub mod chain;
pub mod chamgagyeok;
pub mod clock;
pub mod elevenst;
mod fetcher;
mod gateway;
pub mod http;
pub mod kamis;
mod korea;
mod limit;
#[cfg(test)]
mod log_lines;
#[cfg(test)]
mod manifest;
pub mod matching;
pub mod naver;
pub mod offer;
mod pace;
pub mod plain_text;
mod private;
#[cfg(test)]
mod scripted;
pub mod search;
pub mod settings;
pub mod shelf;
pub mod sources;
pub mod table;
#[cfg(test)]
mod together;
mod web_address;
pub mod xml;

pub use budget::Budget;
pub use cache::Cache;
pub use calls::Patience;
pub use chain::Chain;
pub use fetcher::Fetcher;
pub use offer::{Answer, Offer};
pub use pace::Pace;
pub use search::{ProductSearch, Scope, Unanswered};
pub use shelf::{OwnShelf, Shelf, TableShelf};
