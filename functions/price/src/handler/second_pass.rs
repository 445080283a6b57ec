//! The second pass: the recipe's ingredients that the order did not have. The recipe is paid for, so the pass never fails: an
//! ingredient without an answer is unpriced, and the time is bounded.

use std::{collections::HashSet, time::Duration};

use contract::{
    Pricing,
    ingredient_name::identity,
    recipe::{RecipeIngredient, RecipeIngredients},
};
use runtime::Invocation;
use tokio::time::Instant;

use super::{OnFailure, PriceHandler, add, count};
use crate::{
    basket::{BasketBuilder, Wanted},
    matching,
    search::{CallContext, ProductSearch},
    text::plain_text,
};

/// Longest time of the pass, for which the recipe waits.
const MAX_TIME: Duration = Duration::from_secs(8);
/// The part of it for the last writes and the answer.
const RESERVE: Duration = Duration::from_millis(500);
/// Most ingredients to price: as many as an order may have.
const MAX_MORE: usize = 50;
/// Longest amount and longest unit of an order.
const MAX_QUANTITY_CHARS: usize = 30;
/// Largest pricing, in bytes of JSON. A state has 256 KiB, with the recipe and the order in it.
const MAX_PRICING_BYTES: usize = 120_000;
/// Tap water, which is not bought. Bottled water (생수) and carbonated water are.
const TAP_WATER: &str = "물 찬물 냉수 온수 더운물 뜨거운물 따뜻한물 미지근한물 끓는물 끓인물 얼음물 정수물 정수 식수 수돗물 삶는물 \
                         데칠물 삶을물 반죽물 water";

impl<S: ProductSearch> PriceHandler<S> {
    /// Adds the prices of the missing ingredients. Without any, or without prices in the first pass, no call is made. A pricing
    /// that would be too large for a state stays as it was.
    pub(super) async fn second_pass(
        &self,
        recipe: &RecipeIngredients,
        pricing: Pricing,
        invocation: &Invocation,
    ) -> Pricing {
        let missing = missing(recipe, &pricing);
        if missing.is_empty() || pricing.unavailable.is_some() {
            return pricing;
        }
        let context = CallContext::of(invocation);
        let context = context.until(context.until.min(Instant::now() + MAX_TIME - RESERVE));
        let found = self.search(&missing, &context, OnFailure::Continue).await;
        let mut builder = BasketBuilder::of(pricing.clone());
        let before = builder.counts();
        for wanted in missing {
            if let Some(outcome) = found.get(&matching::normalised(&wanted.name)) {
                add(&mut builder, wanted, outcome);
            }
        }
        let added = builder.clone();
        let merged = builder.into_pricing();
        let size_bytes = serde_json::to_vec(&merged).map_or(usize::MAX, |json| json.len());
        if size_bytes > MAX_PRICING_BYTES {
            tracing::warn!(size_bytes, "second pass is dropped: too large for a state");
            return pricing;
        }
        count(&added, before, invocation);
        merged
    }
}

/// The ingredients of the recipe that are not in the pricing, each once, with the recipe's amounts.
fn missing(recipe: &[RecipeIngredient], pricing: &Pricing) -> Vec<Wanted> {
    let unpriced = pricing.unpriced.iter().map(|unpriced| unpriced.name.as_str());
    let mut known: HashSet<String> = pricing.priced().chain(unpriced).map(identity).collect();
    recipe
        .iter()
        .filter(|ingredient| !is_tap_water(&ingredient.name) && known.insert(identity(&ingredient.name)))
        .take(MAX_MORE)
        .map(|ingredient| {
            let amount = plain_text::clean(&ingredient.amount, MAX_QUANTITY_CHARS);
            let unit = plain_text::clean(&ingredient.unit, MAX_QUANTITY_CHARS);
            Wanted { name: ingredient.name.to_string(), quantity: format!("{amount}{unit}") }
        })
        .collect()
}

fn is_tap_water(name: &str) -> bool {
    let name = matching::normalised(name);
    TAP_WATER.split(' ').any(|water| water == name)
}
