//! What the ingredients cost (S5), and which of them nobody priced (D6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The cheapest basket, by vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pricing {
    /// Sum of the cheapest offer of each priced ingredient, in KRW.
    #[serde(rename = "total")]
    pub total_krw: u64,
    /// The vendor with most of those offers; nothing when nothing is priced (D19).
    pub optimal: Option<Basket>,
    /// Every other vendor with a cheapest offer.
    pub alternatives: Vec<Alternative>,
    /// Ingredients without a price, each with its reason.
    pub unpriced: Vec<Unpriced>,
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
    /// Sum of its items, in KRW.
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
    /// Amount and unit as ordered, one after the other (`200g`).
    pub quantity: String,
}

/// An ingredient without a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unpriced {
    /// The ingredient's name.
    pub name: String,
    /// Why it has none.
    pub reason: UnpricedReason,
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
}

impl Pricing {
    /// The names that have a price.
    pub fn priced(&self) -> impl Iterator<Item = &str> {
        let optimal = self.optimal.iter().flat_map(|basket| &basket.items);
        let others = self.alternatives.iter().flat_map(|basket| &basket.items);
        optimal.chain(others).map(|item| item.name.as_str())
    }
}
