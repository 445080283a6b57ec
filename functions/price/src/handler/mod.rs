//! The task. The first pass searches all ingredients of the order at once; the first search that fails ends the task. The second
//! pass prices the recipe's other ingredients: see `second_pass`.

mod second_pass;
pub mod settings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::{
    Ingredient, Pricing,
    error_name::PriceError,
    ingredient_name::identity,
    metric::Emitted,
    pricing::UnpricedReason,
    task::{PriceFetcher, PricePass, PriceRequest},
};
use futures::{StreamExt as _, stream::FuturesUnordered};
use runtime::{Failure, Handler, Invocation};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    basket::{BasketBuilder, Wanted},
    fallback::{AllSourcesFailed, Outcome, SourceChain},
    matching,
    search::{CallContext, ProductSearch},
    text::plain_text,
};

#[derive(Debug)]
pub struct PriceHandler<S> {
    chain: SourceChain<S>,
}

impl<S: ProductSearch> PriceHandler<S> {
    pub const fn new(chain: SourceChain<S>) -> Self {
        Self { chain }
    }

    async fn first_pass(
        &self,
        ingredients: &[Ingredient],
        invocation: &Invocation,
    ) -> Result<Pricing, Failure<PriceError>> {
        let (places, wanted): (Vec<_>, Vec<_>) = merged(ingredients).into_iter().unzip();
        let context = CallContext::of(invocation);
        let found = self.search(&wanted, &context, OnFailure::Cancel).await;
        let mut builder = BasketBuilder::default();
        for (at, wanted) in places.into_iter().zip(wanted) {
            let outcome = found.get(&matching::normalised(&wanted.name));
            if let Some(Outcome::Failed(error)) = outcome {
                return Err(failure(at, ingredients.len(), error));
            }
            // `None` if another search failed before this one ended.
            if let Some(outcome) = outcome {
                add(&mut builder, wanted, outcome);
            }
        }
        count(&builder, (0, 0), invocation);
        Ok(builder.into_pricing())
    }

    /// Searches each name once, all concurrently.
    async fn search(
        &self,
        wanted: &[Wanted],
        context: &CallContext,
        on_failure: OnFailure,
    ) -> BTreeMap<String, Outcome> {
        // In the order of the ingredients.
        let mut seen = BTreeSet::new();
        let mut names: Vec<_> = wanted.iter().map(|wanted| Searched::of(&wanted.name)).collect();
        names.retain(|name| seen.insert(name.key.clone()));
        let keys: Vec<_> = seen.into_iter().collect();
        let batch = self.chain.read_cache(&keys).await;
        let mut found = BTreeMap::new();
        {
            let searches = names.into_iter().map(|name| {
                let batch = &batch;
                async move {
                    let outcome = self.chain.find(&name.key, &name.term, context, batch).await;
                    (name.key, outcome)
                }
            });
            let mut searches: FuturesUnordered<_> = searches.collect();
            while let Some((name, outcome)) = searches.next().await {
                let ends = on_failure == OnFailure::Cancel && matches!(outcome, Outcome::Failed(_));
                found.insert(name, outcome);
                if ends {
                    break;
                }
            }
        }
        batch.end().await;
        found
    }
}

/// What happens to the other searches when one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnFailure {
    Cancel,
    Continue,
}

impl<S: ProductSearch> Handler<PriceFetcher> for PriceHandler<S> {
    const UNEXPECTED: PriceError = PriceError::PriceFetchFailed;

    async fn handle(
        &self,
        input: PriceRequest,
        invocation: &Invocation,
    ) -> Result<Pricing, Failure<PriceError>> {
        match input.pass() {
            Some(PricePass::Order(ingredients)) => self.first_pass(&ingredients, invocation).await,
            Some(PricePass::Recipe { ingredients, pricing }) => {
                Ok(self.second_pass(&ingredients, pricing, invocation).await)
            }
            None => {
                let message = "recipeIngredients and pricing: expected both or neither";
                Err(Failure::new(PriceError::InvalidInput, message))
            }
        }
    }
}

/// The ingredients with their places in the order. Names of the same ingredient are merged: it is bought once, with both amounts
/// and the first name.
fn merged(ingredients: &[Ingredient]) -> Vec<(usize, Wanted)> {
    let mut all: Vec<(usize, Wanted)> = Vec::new();
    let mut known = HashMap::new();
    for (at, ingredient) in ingredients.iter().enumerate() {
        let name = ingredient.name.to_string();
        let quantity = format!("{}{}", ingredient.amount, ingredient.unit);
        let place = *known.entry(identity(&name)).or_insert(all.len());
        match all.get_mut(place) {
            Some((_, wanted)) if wanted.quantity.is_empty() => wanted.quantity = quantity,
            Some((_, wanted)) if !quantity.is_empty() => {
                wanted.quantity = format!("{} + {quantity}", wanted.quantity);
            }
            Some(_) => {}
            None => all.push((at, Wanted { name, quantity })),
        }
    }
    all
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Searched {
    /// The key of the cached answers: what all names of the ingredient have in common.
    key: String,
    /// The query: the name as it was written if it differs from the key by blanks and case only, which shops read better, and
    /// else the key, so that the first search for 마늘(특가) does not determine the answer for 마늘.
    term: String,
}

impl Searched {
    fn of(name: &str) -> Self {
        let key = matching::normalised(name);
        let composed: String = name.nfc().collect();
        let written = plain_text::clean(&composed, matching::MAX_NAME_CHARS);
        let squeezed: String = written.to_lowercase().split_whitespace().collect();
        let term = if squeezed == key { written } else { key.clone() };
        Self { key, term }
    }
}

fn add(builder: &mut BasketBuilder, wanted: Wanted, outcome: &Outcome) {
    match outcome {
        Outcome::Offered { source, offer, asked_at } => {
            builder.add_priced(wanted, *source, offer.clone(), *asked_at);
        }
        Outcome::Nothing { reason, reference } => builder.add_unpriced(wanted, *reason, reference.clone()),
        Outcome::Failed(_) => builder.add_unpriced(wanted, UnpricedReason::NotAnswered, None),
    }
}

/// The task's failure, with the ingredient's place in the order: its name is a person's text.
fn failure(at: usize, of: usize, error: &AllSourcesFailed) -> Failure<PriceError> {
    let message = format!("ingredient {} of {of}: {error}", at + 1);
    let failure = Failure::new(error.error(), message);
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// Records what was added to a basket that had so many ingredients with a price and without one.
fn count(builder: &BasketBuilder, (priced, unpriced): (usize, usize), invocation: &Invocation) {
    let (now_priced, now_unpriced) = builder.counts();
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let metrics = &invocation.metrics;
    metrics.add(Emitted::IngredientsPriced, number(now_priced.saturating_sub(priced)));
    metrics.add(Emitted::IngredientsUnpriced, number(now_unpriced.saturating_sub(unpriced)));
}
