//! A price of one market, and the codes that a call and its rows share.

use std::num::NonZeroU32;

use jiff::civil::Date;

/// How many days are asked for: items are surveyed up to nine days late.
pub(super) const DAYS: i64 = 14;
/// The code of what households pay.
pub(super) const RETAIL: &str = "01";
/// The code of what traders pay.
pub(super) const WHOLESALE: &str = "02";

/// A price of one market.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) day: Option<Date>,
    pub(super) wholesale: bool,
    /// The item's code.
    pub(super) code: String,
    pub(super) item: String,
    pub(super) variety: String,
    pub(super) grade: String,
    /// Of grade 상품.
    pub(super) is_standard_grade: bool,
    /// The unit that the price is of.
    pub(super) per: String,
    /// Nothing where the market had none.
    pub(super) price: Option<NonZeroU32>,
}
