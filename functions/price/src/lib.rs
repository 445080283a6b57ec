//! The price function (S4, S5): what the ingredients of an order cost, and where to buy them.
//!
//! - `basket` and `offer` are the pure core: from what was found to the cheapest basket by vendor.
//! - `search` is the port: whoever can search products by name. Each adapter is a folder: `naver`, `elevenst`,
//!   `chamgagyeok`, `kamis`. `gateway` is what the two of data.go.kr share.
//! - `fetcher` is the task: one search for each ingredient, through the port, priced by the core.
//! - `calls`, `private`, `http`, `xml`, `plain_text`, `pace` and `base_url` are what any adapter needs; they know no
//!   provider.
//!
//! What does not live here: the function's loop, its logs and its secrets (`shell`), and when Naver's search
//! may still be deployed (the stack's checks).

pub mod base_url;
pub mod basket;
mod budget;
mod calls;
pub mod chamgagyeok;
pub mod elevenst;
mod fetcher;
mod gateway;
pub mod http;
pub mod kamis;
mod korea;
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
mod web_address;
pub mod xml;

pub use budget::Budget;
pub use calls::Patience;
pub use fetcher::Fetcher;
pub use offer::{Answer, Offer};
pub use pace::Pace;
pub use search::{ProductSearch, Scope, Unanswered};
pub use shelf::{OwnShelf, Shelf};
