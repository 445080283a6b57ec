//! From priced ingredients to the cheapest basket by vendor. Pure.

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
    /// Its name, as it was ordered or as the recipe has it.
    pub name: String,
    /// Amount and unit, one after the other (`200g`).
    pub quantity: String,
}

/// Items by vendor, and ingredients without a price: what baskets are made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasketBuilder {
    /// Each item with its vendor, in the order of the ingredients.
    items: Vec<(String, Item)>,
    unpriced: Vec<Unpriced>,
}

impl BasketBuilder {
    /// What stands in a pricing, for another pass to add to.
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

    /// Adds an ingredient with its cheapest offer, and when the source was asked.
    pub fn add_priced(&mut self, wanted: Wanted, source: PriceSource, offer: Offer, asked_at: Timestamp) {
        let as_of = offer.surveyed_on.unwrap_or_else(|| AsOf(format!("{asked_at:.3}")));
        // A stated unit is what makes a price one of a unit, whatever the source's other prices are of.
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

    /// Adds an ingredient without a price.
    pub fn add_unpriced(&mut self, wanted: Wanted, reason: UnpricedReason, reference: Option<Reference>) {
        self.unpriced.push(Unpriced { name: wanted.name, reason, reference });
    }

    /// How many have a price, and how many have none.
    pub const fn counts(&self) -> (usize, usize) {
        (self.items.len(), self.unpriced.len())
    }

    /// The baskets.
    ///
    /// - Prices of packages and of units are never added: a vendor's items of one basis are one basket, those of the other
    ///   another. The total is of packages as soon as one price is (or none is there), else of units; it adds the prices of
    ///   its basis, and the others are named in `left_out`.
    /// - Baskets are ranked by more items, then those of the total's basis, then the lower total, then the name by
    ///   Unicode scalars. The first is the optimal one, the others are the alternatives in that order. Nothing priced: no
    ///   optimal vendor.
    /// - Items and unpriced ingredients stand in the order in which they were added.
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
                // Each price was a u32: 2^32 items would be needed to overflow.
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
    /// Whether the total leaves it out.
    is_other: bool,
    basket: Alternative,
}

impl Ranked {
    fn rank(&self) -> (Reverse<usize>, bool, u64, &str) {
        let Alternative { vendor, total_krw, items } = &self.basket;
        (Reverse(items.len()), self.is_other, *total_krw, vendor)
    }
}

/// What must stand where these prices are shown: a line for each source that says so.
fn attributions(items: &[(String, Item)], unpriced: &[Unpriced]) -> Vec<String> {
    let items = items.iter().map(|(_, item)| item.source);
    let references = unpriced.iter().filter_map(|unpriced| unpriced.reference.as_ref());
    let sources: BTreeSet<_> = items.chain(references.map(|reference| reference.source)).collect();
    sources.into_iter().filter_map(|source| source.facts().attribution.map(str::to_owned)).collect()
}
