//! The prices of ingredients with their basis and age, and the ingredients without a price.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AsOf, PriceSource};

/// The cheapest basket, by vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pricing {
    /// Sum of the cheapest offer of each priced ingredient whose price is of [`Pricing::basis`], in KRW.
    #[serde(rename = "total")]
    pub total_krw: u64,
    /// What the total adds up: prices of packages, or of stated units, never both.
    pub basis: Basis,
    /// The names of the ingredients that have a price which the total leaves out, because it is of the other basis.
    pub left_out: Vec<String>,
    /// The vendor with most of those offers; nothing when nothing is priced.
    pub optimal: Option<Basket>,
    /// Every other vendor with a cheapest offer.
    pub alternatives: Vec<Alternative>,
    /// Ingredients without a price, each with its reason.
    pub unpriced: Vec<Unpriced>,
    /// What must stand where these prices are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributions: Vec<String>,
    /// Why there are no prices at all, where an order does without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<Unavailable>,
}

/// Prices that could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unavailable {
    /// The name of the error that the price task ended with.
    pub error: String,
}

/// What a price is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Basis {
    /// One package as a shop sells it online, of whatever size, without delivery.
    Package,
    /// One stated unit (100 g, one bundle) in a physical store.
    Unit,
}

/// What one vendor sells cheapest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Basket {
    /// The vendor's name, as the provider writes it.
    pub vendor: String,
    /// What to buy there.
    pub items: Vec<Item>,
}

/// What another vendor sells cheapest, with its sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// The vendor's name, as the provider writes it.
    pub vendor: String,
    /// Sum of its items, in KRW. All of a vendor's items have prices of one basis.
    #[serde(rename = "total")]
    pub total_krw: u64,
    /// What to buy there.
    pub items: Vec<Item>,
}

/// One ingredient with its cheapest price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The ingredient's name, as ordered.
    pub name: String,
    /// Its cheapest offer, in KRW.
    #[serde(rename = "price")]
    pub price_krw: u64,
    /// Amount and unit as ordered, or as the recipe has them, one after the other (`200g`).
    pub quantity: String,
    /// Who knows this price.
    pub source: PriceSource,
    /// How old it is: when the source was asked, or the day of its survey.
    pub as_of: AsOf,
    /// What the price is of.
    pub basis: Basis,
    /// The stated unit (`100g`), where the price is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
    /// What is sold, as the source writes it.
    pub product_name: String,
    /// Where it is sold: an http(s) address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// An ingredient without a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unpriced {
    /// The ingredient's name.
    pub name: String,
    /// Why it has none.
    pub reason: UnpricedReason,
    /// What it usually costs, where that is known. Nobody sells it at this price, and no total has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
}

/// A price that says what something usually costs, without a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct Reference {
    /// The price, in KRW.
    #[serde(rename = "price")]
    pub price_krw: u64,
    /// Of how much (`1kg`).
    pub per: String,
    /// Of what, as the source writes it.
    pub product_name: String,
    /// Who knows it.
    pub source: PriceSource,
    /// The day of its survey.
    pub as_of: AsOf,
}

/// Why an ingredient has no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum UnpricedReason {
    /// The search was answered with no offer at all.
    NoOffer,
    /// There were offers, none with a price that is known.
    NoKnownPrice,
    /// The recipe has it, the order did not: nobody searched for it.
    NotSearched,
    /// It was searched for, and no source gave an answer.
    NotAnswered,
    /// No source offers it; one says what it usually costs.
    OnlyReference,
}

impl Pricing {
    /// Of no ingredients.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            total_krw: 0,
            basis: Basis::Package,
            left_out: Vec::new(),
            optimal: None,
            alternatives: Vec::new(),
            unpriced: Vec::new(),
            attributions: Vec::new(),
            unavailable: None,
        }
    }

    /// No prices at all, because the price task ended with this error.
    #[must_use]
    pub fn unavailable(error: impl Into<String>) -> Self {
        Self { unavailable: Some(Unavailable { error: error.into() }), ..Self::nothing() }
    }

    /// The names that have a price.
    pub fn priced(&self) -> impl Iterator<Item = &str> {
        let optimal = self.optimal.iter().flat_map(|basket| &basket.items);
        let others = self.alternatives.iter().flat_map(|basket| &basket.items);
        optimal.chain(others).map(|item| item.name.as_str())
    }
}
