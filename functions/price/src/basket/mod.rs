//! From priced ingredients to the cheapest basket by vendor.

#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use contract::{
    AsOf, PriceSource, Pricing,
    pricing::{Alternative, Basis, Basket, Item, Reference, Unpriced, UnpricedReason},
};
use jiff::Timestamp;

use crate::search::offer::Offer;

/// An ingredient to price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// As in the order or in the recipe.
    pub name: String,
    /// Amount and unit (`200g`).
    pub quantity: String,
}

/// Collects priced items and ingredients without a price.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasketBuilder {
    /// Vendors and items, in the order of the ingredients.
    items: Vec<(String, Item)>,
    unpriced: Vec<Unpriced>,
}

impl BasketBuilder {
    /// With the items of a pricing, for another pass to add to.
    pub fn of(pricing: Pricing) -> Self {
        let mut items = Vec::new();
        let mut add = |vendor: &str, more: Vec<Item>| {
            items.extend(more.into_iter().map(|item| (vendor.to_owned(), item)));
        };
        if let Some(Basket { vendor, items }) = pricing.optimal {
            add(&vendor, items);
        }
        for Alternative { vendor, items, .. } in pricing.alternatives {
            add(&vendor, items);
        }
        Self { items, unpriced: pricing.unpriced }
    }

    /// `asked_at` is when the source was asked for the offer.
    pub fn add_priced(&mut self, wanted: Wanted, source: PriceSource, offer: Offer, asked_at: Timestamp) {
        let as_of = offer.surveyed_on.unwrap_or_else(|| AsOf(format!("{asked_at:.3}")));
        // A price with a stated unit is one of a unit, whatever the source's other prices are.
        let basis = match offer.per {
            Some(_) => Basis::Unit,
            None => source.facts().basis,
        };
        let item = Item {
            name: wanted.name,
            price_krw: offer.price_krw.get().into(),
            quantity: wanted.quantity,
            source,
            as_of,
            basis,
            per: offer.per,
            product_name: offer.product_name,
            link: offer.link,
        };
        self.items.push((offer.vendor, item));
    }

    pub fn add_unpriced(&mut self, wanted: Wanted, reason: UnpricedReason, reference: Option<Reference>) {
        self.unpriced.push(Unpriced { name: wanted.name, reason, reference });
    }

    /// Ingredients with a price and without one.
    pub const fn counts(&self) -> (usize, usize) {
        (self.items.len(), self.unpriced.len())
    }

    /// The baskets.
    ///
    /// - Prices of packages and of units are never added: a vendor has a basket for each basis. The total is of packages if
    ///   there is such a price (or no price at all), else of units. Ingredients with prices of the other basis are in
    ///   `left_out`.
    /// - Baskets are ranked by more items, then the total's basis, then the lower total, then the name by Unicode scalars. The
    ///   first is the optimal one, the others are the alternatives in that order.
    /// - Items and unpriced ingredients are in the order in which they were added.
    pub fn into_pricing(self) -> Pricing {
        let Self { items, unpriced } = self;
        let has_package = items.iter().any(|(_, item)| item.basis == Basis::Package);
        let basis = if has_package || items.is_empty() { Basis::Package } else { Basis::Unit };
        let attributions = attributions(&items, &unpriced);
        let is_left_out = |item: &Item| item.basis != basis;
        let left_out = items.iter().map(|(_, item)| item).filter(|item| is_left_out(item));
        let left_out = left_out.map(|item| item.name.clone()).collect();

        let mut vendors: BTreeMap<(String, Basis), Vec<Item>> = BTreeMap::new();
        for (vendor, item) in items {
            vendors.entry((vendor, item.basis)).or_default().push(item);
        }
        let mut ranked: Vec<Ranked> = vendors
            .into_iter()
            .map(|((vendor, of), items)| Ranked {
                is_other: of != basis,
                // No overflow: each price was a u32.
                basket: Alternative {
                    vendor,
                    total_krw: items.iter().map(|item| item.price_krw).sum(),
                    items,
                },
            })
            .collect();
        ranked.sort_by(|a, b| a.rank().cmp(&b.rank()));
        let counted = ranked.iter().filter(|ranked| !ranked.is_other);
        let total_krw = counted.map(|ranked| ranked.basket.total_krw).sum();
        let mut baskets = ranked.into_iter().map(|ranked| ranked.basket);
        Pricing {
            total_krw,
            basis,
            left_out,
            optimal: baskets.next().map(|Alternative { vendor, items, .. }| Basket { vendor, items }),
            alternatives: baskets.collect(),
            unpriced,
            attributions,
            unavailable: None,
        }
    }
}

struct Ranked {
    /// Not of the total's basis.
    is_other: bool,
    basket: Alternative,
}

impl Ranked {
    fn rank(&self) -> (Reverse<usize>, bool, u64, &str) {
        let Alternative { vendor, total_krw, items } = &self.basket;
        (Reverse(items.len()), self.is_other, *total_krw, vendor)
    }
}

/// The attributions that the sources require.
fn attributions(items: &[(String, Item)], unpriced: &[Unpriced]) -> Vec<String> {
    let items = items.iter().map(|(_, item)| item.source);
    let references = unpriced.iter().filter_map(|unpriced| unpriced.reference.as_ref());
    let sources: BTreeSet<_> = items.chain(references.map(|reference| reference.source)).collect();
    sources.into_iter().filter_map(|source| source.facts().attribution.map(str::to_owned)).collect()
}
