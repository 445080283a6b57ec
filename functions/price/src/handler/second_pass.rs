//! The second pass: what the recipe has and the first pass lacks. The recipe is paid for, so nothing here fails it: what
//! no source answers for is listed, and the time is bounded.

use std::{collections::HashSet, time::Duration};

use contract::{
    Pricing,
    ingredient_name::identity,
    recipe::{RecipeIngredient, RecipeIngredients},
};
use runtime::Invocation;
use tokio::time::Instant;

use super::{OnFailure, PriceHandler, count, put};
use crate::{
    basket::{BasketBuilder, Wanted},
    matching,
    search::{CallContext, ProductSearch},
    text::plain_text,
};

/// Longest time of the pass. The recipe waits for it.
const MAX_TIME: Duration = Duration::from_secs(8);
/// What is left of it for the last writes and for the answer.
const RESERVE: Duration = Duration::from_millis(500);
/// Most ingredients that a recipe may add: as many as an order may have. The rest stays unpriced.
const MAX_MORE: usize = 50;
/// Most characters of an amount and of a unit: those of an order.
const MAX_QUANTITY_CHARS: usize = 30;
/// Largest pricing that the pass answers with, in bytes of JSON. A state carries 256 KiB, and the recipe and the order are
/// in it as well.
const MAX_PRICING_BYTES: usize = 120_000;
/// What comes out of the tap and is not bought. Bottled water (생수) and carbonated water are.
const TAP_WATER: [&str; 20] = [
    "물",
    "찬물",
    "냉수",
    "온수",
    "더운물",
    "뜨거운물",
    "따뜻한물",
    "미지근한물",
    "끓는물",
    "끓인물",
    "얼음물",
    "정수물",
    "정수",
    "식수",
    "수돗물",
    "삶는물",
    "데칠물",
    "삶을물",
    "반죽물",
    "water",
];

impl<S: ProductSearch> PriceHandler<S> {
    /// Adds the prices of what the recipe has and the pricing lacks. Nothing lacks, or there are no prices at all: it is
    /// answered at once, and neither the table nor a source is asked. With more of them than a state carries beside the
    /// recipe the pricing stays as it was.
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
        let found = self.search(&missing, &context, OnFailure::List).await;
        let mut builder = BasketBuilder::of(pricing.clone());
        let before = builder.counts();
        for wanted in missing {
            if let Some(outcome) = found.get(&matching::normalised(&wanted.name)) {
                put(&mut builder, wanted, outcome);
            }
        }
        let added = builder.clone();
        let merged = builder.into_pricing();
        let size_bytes = serde_json::to_vec(&merged).map_or(usize::MAX, |json| json.len());
        if size_bytes > MAX_PRICING_BYTES {
            tracing::warn!(size_bytes, "second pass is dropped: a state would not carry it");
            return pricing;
        }
        count(&added, before, invocation);
        merged
    }
}

/// The ingredients of the recipe that have neither a price nor a reason yet, each once, with the recipe's amounts.
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
    TAP_WATER.contains(&matching::normalised(name).as_str())
}
