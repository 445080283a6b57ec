//! The task itself: one search for each ingredient, many at once, the first that stays unanswered fails all
//! (D6, D8). How a search is made lives in the adapters, what its answers are worth in `basket`.

use std::{collections::BTreeMap, num::NonZeroU16};

use contract::{
    Ingredient, Pricing,
    error_name::PriceError,
    metric::Emitted,
    task::{PriceFetcher, PricePass, PriceRequest},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use shell::{Failure, Handler, Invocation};

use crate::{Answer, ProductSearch, Scope, basket, plain_text};

/// Prices the ingredients of an order.
#[derive(Debug)]
pub struct Fetcher<S> {
    search: S,
    concurrency: NonZeroU16,
}

impl<S: ProductSearch> Fetcher<S> {
    /// Searches there, at most this many ingredients at once.
    pub const fn new(search: S, concurrency: NonZeroU16) -> Self {
        Self { search, concurrency }
    }

    /// The answer of each search. What is still searched when one fails is given up.
    async fn answers(
        &self,
        ingredients: &[Ingredient],
        invocation: &Invocation,
    ) -> Result<BTreeMap<String, Answer>, Failure<PriceError>> {
        let scope = &Scope::of(invocation);
        let searches = first_of_each(ingredients).into_iter().map(async |(at, name)| {
            match self.search.search(&name, scope).await {
                Ok(answer) => Ok((name, answer)),
                Err(unanswered) => {
                    // The name is a person's text: its place in the order is enough to find it.
                    let failure = Failure::caused_by(unanswered.why.error(), &unanswered);
                    let message = format!(
                        "ingredient {} of {}: {}",
                        at + 1,
                        ingredients.len(),
                        failure.message
                    );
                    let failure = Failure { message, ..failure };
                    Err(match unanswered.hint {
                        Some(hint) => failure.with_hint(hint),
                        None => failure,
                    })
                }
            }
        });
        stream::iter(searches)
            .buffer_unordered(self.concurrency.get().into())
            .try_collect()
            .await
    }
}

impl<S: ProductSearch> Handler<PriceFetcher> for Fetcher<S> {
    const UNEXPECTED: PriceError = PriceError::PriceFetchFailed;

    async fn handle(
        &self,
        input: PriceRequest,
        invocation: &Invocation,
    ) -> Result<Pricing, Failure<PriceError>> {
        let ingredients = match input.pass() {
            Some(PricePass::Order(ingredients)) => ingredients,
            Some(PricePass::Recipe { pricing, .. }) => return Ok(pricing),
            None => {
                let message = "recipeIngredients and pricing: expected both or neither";
                return Err(Failure::new(PriceError::InvalidInput, message));
            }
        };
        let answers = self.answers(&ingredients, invocation).await?;
        let searched = ingredients
            .iter()
            .filter_map(|ingredient| Some((ingredient, answers.get(&search_name(ingredient))?)));
        let pricing = basket::pricing(searched);
        let count = |number| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        invocation
            .metrics
            .add(Emitted::IngredientsPriced, count(pricing.priced().count()));
        invocation
            .metrics
            .add(Emitted::IngredientsUnpriced, count(pricing.unpriced.len()));
        Ok(pricing)
    }
}

/// What is searched for: the name with single blanks between its words. Ingredients with the same one share a search.
fn search_name(ingredient: &Ingredient) -> String {
    plain_text::clean(&ingredient.name, usize::MAX)
}

/// The different names to search for, in the order of the ingredients, each with the place where it stands first.
fn first_of_each(ingredients: &[Ingredient]) -> Vec<(usize, String)> {
    let mut names: Vec<(usize, String)> = Vec::new();
    for (at, ingredient) in ingredients.iter().enumerate() {
        let name = search_name(ingredient);
        if !names.iter().any(|(_, known)| *known == name) {
            names.push((at, name));
        }
    }
    names
}

#[cfg(test)]
mod tests;
