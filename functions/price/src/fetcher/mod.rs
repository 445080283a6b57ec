//! The task itself. First pass: every ingredient of the order falls through the chain of sources, all at once; the first
//! that stays unanswered fails the task (D6, D8, S9). The second pass prices what the recipe adds: see `second_pass`.
//!
//! How an ingredient is searched lives in `chain`, what its price is worth in `basket`.

mod second_pass;
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
use shell::{Failure, Handler, Invocation};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    Chain, ProductSearch, Scope,
    basket::{Basketful, Wanted},
    chain::{AllUnanswered, Outcome},
    matching, plain_text,
};

/// Prices the ingredients of an order, and those that its recipe adds.
#[derive(Debug)]
pub struct Fetcher<S> {
    chain: Chain<S>,
}

impl<S: ProductSearch> Fetcher<S> {
    /// Searches through these sources.
    pub const fn new(chain: Chain<S>) -> Self {
        Self { chain }
    }

    async fn first_pass(
        &self,
        ingredients: &[Ingredient],
        invocation: &Invocation,
    ) -> Result<Pricing, Failure<PriceError>> {
        let (places, wanted): (Vec<_>, Vec<_>) = once(ingredients).into_iter().unzip();
        let scope = Scope::of(invocation);
        let found = self.search(&wanted, &scope, Unanswered::EndsAll).await;
        let mut basketful = Basketful::default();
        for (at, wanted) in places.into_iter().zip(wanted) {
            let outcome = found.get(&matching::normalised(&wanted.name));
            if let Some(Outcome::Unanswered(unanswered)) = outcome {
                return Err(failure(at, ingredients.len(), unanswered));
            }
            // Where one stays unanswered the others may have no outcome: the one that failed is yet to come.
            if let Some(outcome) = outcome {
                put(&mut basketful, wanted, outcome);
            }
        }
        count(&basketful, (0, 0), invocation);
        Ok(basketful.into_pricing())
    }

    /// Searches each name once, all at the same time.
    async fn search(
        &self,
        wanted: &[Wanted],
        scope: &Scope,
        unanswered: Unanswered,
    ) -> BTreeMap<String, Outcome> {
        // Each ingredient once, in the order in which they came: the first ones are asked first.
        let mut seen = BTreeSet::new();
        let mut names: Vec<_> = wanted.iter().map(|wanted| Searched::of(&wanted.name)).collect();
        names.retain(|name| seen.insert(name.key.clone()));
        let keys: Vec<_> = seen.into_iter().collect();
        let visit = self.chain.visit(&keys).await;
        let mut found = BTreeMap::new();
        {
            let searches = names.into_iter().map(|name| {
                let visit = &visit;
                async move {
                    let outcome = self.chain.find(&name.key, &name.term, scope, visit).await;
                    (name.key, outcome)
                }
            });
            let mut searches: FuturesUnordered<_> = searches.collect();
            while let Some((name, outcome)) = searches.next().await {
                let ends = unanswered == Unanswered::EndsAll && matches!(outcome, Outcome::Unanswered(_));
                found.insert(name, outcome);
                if ends {
                    break;
                }
            }
        }
        visit.end().await;
        found
    }
}

/// What an unanswered search means for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unanswered {
    /// They are given up.
    EndsAll,
    /// They go on.
    IsListed,
}

impl<S: ProductSearch> Handler<PriceFetcher> for Fetcher<S> {
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

/// One ingredient, one price, as in the second pass: what an order names twice, under one name or two, is bought once, of both
/// amounts and under the first name. Each with its place in the order.
fn once(ingredients: &[Ingredient]) -> Vec<(usize, Wanted)> {
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

/// An ingredient as it is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Searched {
    /// Under what its answers are kept: what all names of it have in common.
    key: String,
    /// What the sources are asked for. Where only blanks and case make the difference it is the name as it was written, which
    /// shops read better; otherwise the key: who orders 마늘(특가) first does not decide what everybody gets for 마늘.
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

/// Puts what became of an ingredient into the basket.
fn put(basketful: &mut Basketful, wanted: Wanted, outcome: &Outcome) {
    match outcome {
        Outcome::Offered {
            source,
            offer,
            asked_at,
        } => basketful.price(wanted, *source, offer.clone(), *asked_at),
        Outcome::Nothing { reason, reference } => basketful.leave(wanted, *reason, reference.clone()),
        Outcome::Unanswered(_) => basketful.leave(wanted, UnpricedReason::NotAnswered, None),
    }
}

/// The task's failure. The name is a person's text: its place in the order is enough to find it.
fn failure(at: usize, of: usize, unanswered: &AllUnanswered) -> Failure<PriceError> {
    let message = format!("ingredient {} of {of}: {unanswered}", at + 1);
    let failure = Failure::new(unanswered.error(), message);
    match unanswered.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// Counts what has been added since a basket had so many with a price and without one.
fn count(basketful: &Basketful, (priced, unpriced): (usize, usize), invocation: &Invocation) {
    let (now_priced, now_unpriced) = basketful.counts();
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let metrics = &invocation.metrics;
    metrics.add(
        Emitted::IngredientsPriced,
        number(now_priced.saturating_sub(priced)),
    );
    metrics.add(
        Emitted::IngredientsUnpriced,
        number(now_unpriced.saturating_sub(unpriced)),
    );
}
