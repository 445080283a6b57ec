//! The task itself. First pass: every ingredient of the order falls through the chain of sources, all at once; the first
//! that stays unanswered fails the task (D6, D8, S9). The second pass prices what the recipe adds: see `second_pass`.
//!
//! How an ingredient is searched lives in `chain`, what its price is worth in `basket`.

mod second_pass;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use contract::{
    Ingredient, Pricing,
    error_name::PriceError,
    ingredient_name,
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
    plain_text,
};

/// Most characters of a name that is searched for. An order's names are no longer (D20).
const MAX_NAME_CHARS: usize = 100;

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
        let wanted: Vec<_> = ingredients.iter().map(wanted).collect();
        let scope = Scope::of(invocation);
        let found = self.search(&wanted, &scope, Unanswered::EndsAll).await;
        let mut basketful = Basketful::default();
        for (at, wanted) in wanted.into_iter().enumerate() {
            let outcome = found.get(&search_name(&wanted.name));
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
        let mut names: Vec<String> = wanted.iter().map(|wanted| search_name(&wanted.name)).collect();
        // Each name once, in the order in which they came: the first ones are asked first.
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        let visit = self.chain.visit(&names).await;
        let mut found = BTreeMap::new();
        {
            let searches = names.into_iter().map(|name| {
                let visit = &visit;
                async move {
                    let outcome = self.chain.find(&name, scope, visit).await;
                    (name, outcome)
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

fn wanted(ingredient: &Ingredient) -> Wanted {
    Wanted {
        name: ingredient.name.to_string(),
        quantity: format!("{}{}", ingredient.amount, ingredient.unit),
    }
}

/// What is searched for, and under what it is kept: what all names of the same ingredient have in common. So whoever orders
/// first does not decide what the others get.
fn search_name(name: &str) -> String {
    let name: String = name.nfc().collect();
    plain_text::clean(&ingredient_name::key(&name), MAX_NAME_CHARS)
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
