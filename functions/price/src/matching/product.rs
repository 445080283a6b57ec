//! A product of the price survey.

use serde::{Deserialize, Serialize};

/// A product of the survey.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyProduct {
    /// Its number (`goodId`).
    pub id: String,
    /// Its name, with the unit that its price is of in brackets (`goodName`).
    pub name: String,
    /// Its class (`goodSmlclsCode`), nine digits: 0301 is fresh, 0302 processed, 0303 household.
    pub class: String,
    /// What is said of it beside its name (`detailMean`); may be empty.
    pub detail: String,
    /// The unit that its prices are of.
    pub per: String,
}
