//! The list of unpriced ingredients (decision D6): those of the order that have no price, and those of the recipe that were not
//! searched.

use std::collections::HashSet;

use contract::{
    Pricing, Recipe,
    ingredient_name::identity as same,
    pricing::{Unpriced, UnpricedReason},
};

/// Adds the recipe's ingredients that have neither a price nor a reason. Each name is in the list once.
pub(crate) fn complete(recipe: &Recipe, pricing: Pricing) -> Pricing {
    let priced: HashSet<String> = pricing.priced().map(same).collect();
    let mut listed = HashSet::new();
    let mut unpriced: Vec<Unpriced> = pricing.unpriced;
    unpriced.retain(|ingredient| listed.insert(same(&ingredient.name)));
    for ingredient in &recipe.ingredients {
        let key = same(&ingredient.name);
        if !priced.contains(&key) && listed.insert(key) {
            let name = ingredient.name.to_string();
            unpriced.push(Unpriced { name, reason: UnpricedReason::NotSearched, reference: None });
        }
    }
    Pricing { unpriced, ..pricing }
}

#[cfg(test)]
mod tests {
    use contract::{
        AsOf, PriceSource,
        pricing::{Alternative, Basis, Basket, Item},
    };
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn recipe(names: &[String]) -> Recipe {
        let ingredients: Vec<_> = names.iter().map(|name| json!({ "name": name })).collect();
        serde_json::from_value(json!({
            "name": "두부 조림",
            "nutrition": { "calories": 1, "protein": 2, "carbs": 3, "fat": 4 },
            "ingredients": ingredients,
            "steps": ["조린다"],
        }))
        .unwrap()
    }

    fn items(names: &[String]) -> Vec<Item> {
        let item = |name: &String| Item {
            name: name.clone(),
            price_krw: 100,
            quantity: String::new(),
            source: PriceSource::Naver,
            as_of: AsOf(String::new()),
            basis: Basis::Package,
            per: None,
            product_name: String::new(),
            link: None,
        };
        names.iter().map(item).collect()
    }

    fn pricing(optimal: &[String], other: &[String], unpriced: &[String]) -> Pricing {
        let reason = UnpricedReason::NoOffer;
        Pricing {
            total_krw: 0,
            optimal: Some(Basket { vendor: "a".to_owned(), items: items(optimal) }),
            alternatives: vec![Alternative { vendor: "b".to_owned(), total_krw: 0, items: items(other) }],
            unpriced: unpriced
                .iter()
                .map(|name| Unpriced { name: name.clone(), reason, reference: None })
                .collect(),
            ..Pricing::nothing()
        }
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    /// The names in the list; those that were not searched have a `?`.
    fn check(in_recipe: &[&str], priced: &[&str], unpriced: &[&str], expect: &[&str]) {
        let pricing = pricing(&owned(priced), &[], &owned(unpriced));
        let completed = complete(&recipe(&owned(in_recipe)), pricing);
        let mark = |unpriced: &Unpriced| match unpriced.reason {
            UnpricedReason::NotSearched => format!("{}?", unpriced.name),
            UnpricedReason::NoOffer
            | UnpricedReason::NoKnownPrice
            | UnpricedReason::NotAnswered
            | UnpricedReason::OnlyReference => unpriced.name.clone(),
        };
        assert_eq!(completed.unpriced.iter().map(mark).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn an_ingredient_that_was_not_searched_is_added_in_the_recipes_order() {
        check(&["두부", "간장", "파"], &["두부"], &[], &["간장?", "파?"]);
        check(&["두부", "간장"], &["두부"], &["간장"], &["간장"]);
        check(&["두부"], &["두부"], &["마늘"], &["마늘"]);
    }

    #[test]
    fn synonyms_are_the_same_name() {
        check(&["Olive  oil"], &["olive oil "], &[], &[]);
        check(&["돼지\u{3000}고기"], &[], &[" 돼지 고기"], &[" 돼지 고기"]);
        check(&["돼지고기"], &["돼지 고기"], &[], &[]);
        check(&["다진 마늘", "대파(흰 부분)"], &["마늘"], &["대파"], &["대파"]);
        check(&["건새우"], &["새우"], &[], &["건새우?"]);
    }

    #[test]
    fn a_name_is_listed_once() {
        check(&["파", "파 ", "PA", "pa"], &[], &[], &["파?", "PA?"]);
        check(&["파"], &[], &["파", "파"], &["파"]);
    }

    #[test]
    fn an_alternatives_item_is_priced_too() {
        let pricing = pricing(&[], &owned(&["두부"]), &[]);
        assert_eq!(complete(&recipe(&owned(&["두부"])), pricing).unpriced, []);
    }

    proptest! {
        #[test]
        fn every_ingredient_is_covered_once_and_again_changes_nothing(
            in_recipe in prop::collection::vec("[가나aA]{1,2} {0,2}[가나aA]?", 1..12),
            optimal in prop::collection::vec("[가나aA]{1,2} {0,2}[가나aA]?", 0..6),
            other in prop::collection::vec("[가나aA]{1,2}", 0..6),
            unpriced in prop::collection::vec("[가나aA]{1,2}", 0..6),
        ) {
            let recipe = recipe(&in_recipe);
            let before = pricing(&optimal, &other, &unpriced);
            let after = complete(&recipe, before.clone());
            let count = |name: &str| {
                let priced = before.priced().any(|priced| same(priced) == same(name));
                (priced, after.unpriced.iter().filter(|listed| same(&listed.name) == same(name)).count())
            };
            for ingredient in &recipe.ingredients {
                let (priced, listed) = count(&ingredient.name);
                prop_assert!(listed == 1 || (priced && listed == 0), "{}", &*ingredient.name);
            }
            for given in &before.unpriced {
                prop_assert_eq!(count(&given.name).1, 1);
            }
            prop_assert_eq!(&complete(&recipe, after.clone()), &after);
        }
    }
}
