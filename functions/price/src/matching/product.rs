//! Products of the price survey and their classes.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyProduct {
    /// `goodId`.
    pub id: String,
    /// `goodName`, with the unit of its price in brackets.
    pub name: String,
    /// `goodSmlclsCode`, nine digits: 0301 is fresh, 0302 processed, 0303 household.
    pub class: String,
    /// `detailMean`; may be empty.
    pub detail: String,
    /// The unit of its prices.
    pub per: String,
}

/// The kind of a product, in the order in which matching products are preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Fresh,
    Processed,
    Unknown,
    Household,
}

impl Class {
    pub(super) fn of(class: &str) -> Self {
        match class.get(..4) {
            Some("0301") => Self::Fresh,
            Some("0302") => Self::Processed,
            Some("0303") => Self::Household,
            _ => Self::Unknown,
        }
    }
}
