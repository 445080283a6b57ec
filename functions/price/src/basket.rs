//! From the answers of the searches to the cheapest basket by vendor (S5, D6, D19). Pure: who was asked and how
//! does not live here.

use std::{cmp::Reverse, collections::BTreeMap};

use contract::{
    AsOf, Ingredient, PriceSource, Pricing,
    pricing::{Alternative, Basis, Basket, Item, Unpriced},
};

use crate::Answer;

/// Prices each ingredient at its cheapest offer.
///
/// - The total is the sum over all priced ingredients.
/// - Vendors are ranked by D19: more items, then the lower total, then the name by Unicode scalars. The first is the
///   optimal one, the others are the alternatives in that order. Nothing priced: no optimal vendor.
/// - Items and unpriced ingredients stand in the order in which the ingredients are given.
#[must_use]
pub fn pricing<'a>(searched: impl IntoIterator<Item = (&'a Ingredient, &'a Answer)>) -> Pricing {
    let mut vendors: BTreeMap<&str, Vec<Item>> = BTreeMap::new();
    let mut unpriced = Vec::new();
    for (ingredient, answer) in searched {
        let name = ingredient.name.to_string();
        match answer.cheapest() {
            Ok(offer) => vendors.entry(&offer.vendor).or_default().push(Item {
                name,
                price_krw: offer.price_krw.get().into(),
                quantity: format!("{}{}", ingredient.amount, ingredient.unit),
                source: PriceSource::Naver,
                as_of: AsOf(String::new()),
                basis: Basis::Package,
                per: None,
                product_name: offer.product_name.clone(),
                link: offer.link.clone(),
            }),
            Err(reason) => unpriced.push(Unpriced {
                name,
                reason,
                reference: None,
            }),
        }
    }

    let mut ranked: Vec<Alternative> = vendors
        .into_iter()
        .map(|(vendor, items)| sum(vendor, items))
        .collect();
    ranked.sort_by(|a, b| rank(a).cmp(&rank(b)));
    let total_krw = ranked.iter().map(|vendor| vendor.total_krw).sum();
    let mut ranked = ranked.into_iter();
    Pricing {
        total_krw,
        basis: Basis::Package,
        left_out: Vec::new(),
        optimal: ranked
            .next()
            .map(|Alternative { vendor, items, .. }| Basket { vendor, items }),
        alternatives: ranked.collect(),
        unpriced,
        attributions: Vec::new(),
        unavailable: None,
    }
}

fn sum(vendor: &str, items: Vec<Item>) -> Alternative {
    Alternative {
        vendor: vendor.to_owned(),
        // Each price was a u32: 2^32 items would be needed to overflow.
        total_krw: items.iter().map(|item| item.price_krw).sum(),
        items,
    }
}

fn rank(vendor: &Alternative) -> (Reverse<usize>, u64, &str) {
    (Reverse(vendor.items.len()), vendor.total_krw, &vendor.vendor)
}

#[cfg(test)]
mod tests;
