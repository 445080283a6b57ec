//! The price function (S4, S5): what the ingredients of an order cost, and where to buy them.
//!
//! - `basket` and `offer` are the pure core: from what was found to the cheapest basket by vendor.
//! - `search` is the port: whoever can search products by name. Each adapter is a folder, `naver` the first.
//! - `fetcher` is the task: one search for each ingredient, through the port, priced by the core.
//! - `http`, `plain_text`, `pace` and `base_url` are what any adapter needs; they know no provider.
//!
//! What does not live here: the function's loop, its logs and its secrets (`shell`), and when Naver's search
//! may still be deployed (the stack's checks).

pub mod base_url;
pub mod basket;
mod budget;
mod fetcher;
pub mod http;
pub mod matching;
pub mod naver;
pub mod offer;
mod pace;
pub mod plain_text;
pub mod search;
pub mod settings;
pub mod shelf;
pub mod xml;

pub use budget::Budget;
pub use fetcher::Fetcher;
pub use offer::{Answer, Offer};
pub use pace::Pace;
pub use search::{ProductSearch, Scope, Unanswered};
pub use shelf::{OwnShelf, Shelf};
