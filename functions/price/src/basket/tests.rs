//! The seed's example, the ties, and the laws of a basket for whatever was found.

mod basis;

use std::collections::BTreeMap;

use contract::{Ingredient, pricing::UnpricedReason};
use proptest::prelude::*;

use super::*;
use crate::{
    search::offer::{Answer, Offer},
    testing::offer,
};

/// Everything was asked at that moment, of a source that sells packages.
fn pricing<'a>(searched: impl IntoIterator<Item = (&'a Ingredient, &'a Answer)>) -> Pricing {
    let mut builder = BasketBuilder::default();
    for (ingredient, answer) in searched {
        let wanted = Wanted {
            name: ingredient.name.to_string(),
            quantity: format!("{}{}", ingredient.amount, ingredient.unit),
        };
        match answer.cheapest() {
            Ok(offer) => builder.add_priced(wanted, PriceSource::Naver, offer.clone(), Timestamp::UNIX_EPOCH),
            Err(reason) => builder.add_unpriced(wanted, reason, None),
        }
    }
    builder.into_pricing()
}

fn ingredient(name: &str, amount: &str, unit: &str) -> Ingredient {
    serde_json::from_value(serde_json::json!({ "name": name, "amount": amount, "unit": unit })).unwrap()
}

/// One ingredient for each list of (price, vendor), named 재료0, 재료1, ..
fn pricing_of(found: &[&[(u32, &str)]]) -> Pricing {
    let searched: Vec<(Ingredient, Answer)> = found
        .iter()
        .enumerate()
        .map(|(at, offers)| {
            let offers = offers
                .iter()
                .map(|&(price, vendor)| offer(price, vendor))
                .collect();
            (
                ingredient(&format!("재료{at}"), "1", "개"),
                Answer::new(offers, 0),
            )
        })
        .collect();
    pricing(searched.iter().map(|(ingredient, answer)| (ingredient, answer)))
}

fn check_optimal(found: &[&[(u32, &str)]], expect: Option<&str>) {
    let optimal = pricing_of(found).optimal.map(|basket| basket.vendor);
    assert_eq!(optimal.as_deref(), expect);
}

#[test]
fn the_seeds_shape() {
    let found = [
        (
            ingredient("새우", "200", "g"),
            vec![offer(9_900, "바다마트"), offer(8_900, "바다마트")],
        ),
        (
            ingredient("아보카도", "1", "개"),
            vec![offer(2_500, "과일가게"), offer(2_700, "바다마트")],
        ),
        (ingredient("버터", "2", "큰술"), vec![offer(4_200, "바다마트")]),
    ]
    .map(|(ingredient, offers)| (ingredient, Answer::new(offers, 0)));
    let pricing = pricing(found.iter().map(|(ingredient, answer)| (ingredient, answer)));
    insta::assert_json_snapshot!(pricing, @r#"
    {
      "total": 15600,
      "basis": "package",
      "leftOut": [],
      "optimal": {
        "vendor": "바다마트",
        "items": [
          {
            "name": "새우",
            "price": 8900,
            "quantity": "200g",
            "source": "naver",
            "asOf": "1970-01-01T00:00:00.000Z",
            "basis": "package",
            "productName": "상품"
          },
          {
            "name": "버터",
            "price": 4200,
            "quantity": "2큰술",
            "source": "naver",
            "asOf": "1970-01-01T00:00:00.000Z",
            "basis": "package",
            "productName": "상품"
          }
        ]
      },
      "alternatives": [
        {
          "vendor": "과일가게",
          "total": 2500,
          "items": [
            {
              "name": "아보카도",
              "price": 2500,
              "quantity": "1개",
              "source": "naver",
              "asOf": "1970-01-01T00:00:00.000Z",
              "basis": "package",
              "productName": "상품"
            }
          ]
        }
      ],
      "unpriced": []
    }
    "#);
}

#[test]
fn nothing_to_price_is_an_empty_pricing() {
    let empty = Pricing::nothing();
    assert_eq!(pricing_of(&[]), empty);
}

#[test]
fn nothing_priced_has_no_optimal_vendor() {
    let pricing = pricing_of(&[&[], &[]]);
    assert_eq!((pricing.total_krw, pricing.optimal), (0, None));
    assert_eq!(pricing.unpriced.len(), 2);
}

#[test]
fn more_items_beat_a_lower_total() {
    check_optimal(&[&[(10, "가")], &[(900, "나")], &[(900, "나")]], Some("나"));
}

#[test]
fn equal_items_go_to_the_lower_total() {
    check_optimal(&[&[(20, "가")], &[(10, "나")]], Some("나"));
}

#[test]
fn equal_totals_go_to_the_first_name() {
    check_optimal(&[&[(10, "나")], &[(10, "가")]], Some("가"));
}

#[test]
fn equal_prices_go_to_the_first_name_too() {
    check_optimal(&[&[(10, "나"), (10, "가")]], Some("가"));
}

#[test]
fn alternatives_are_ranked_like_the_optimal_vendor() {
    let pricing = pricing_of(&[
        &[(5, "라")],
        &[(7, "다")],
        &[(7, "나")],
        &[(50, "마")],
        &[(50, "마")],
        &[(1, "가")],
        &[(1, "가")],
        &[(1, "가")],
    ]);
    let vendors: Vec<_> = pricing
        .alternatives
        .iter()
        .map(|other| other.vendor.as_str())
        .collect();
    assert_eq!(vendors, ["마", "라", "나", "다"]);
}

#[test]
fn a_quantity_may_be_half_said() {
    let answer = Answer::new(vec![offer(10, "가")], 0);
    let quantity = |amount, unit| {
        let ingredient = ingredient("두부", amount, unit);
        pricing([(&ingredient, &answer)])
            .optimal
            .unwrap()
            .items
            .remove(0)
            .quantity
    };
    assert_eq!(quantity("1", "모"), "1모");
    assert_eq!(quantity("", ""), "");
    assert_eq!(quantity("약간", ""), "약간");
}

/// What the laws are checked on: few vendors and few prices, so that ties are common.
fn any_search() -> impl Strategy<Value = (Ingredient, Answer)> {
    let name = prop::sample::select(vec!["두부", "새우", "버터", "대파", "쌀"]);
    let offers = prop::collection::vec(
        (1_u32..5, prop::sample::select(vec!["가", "나", "다", "라"])),
        0..4,
    );
    (name, offers, 0_usize..2).prop_map(|(name, offers, without_price)| {
        let offers = offers
            .into_iter()
            .map(|(price, vendor)| offer(price, vendor))
            .collect();
        (ingredient(name, "1", "개"), Answer::new(offers, without_price))
    })
}

fn price_all(searched: &[(Ingredient, Answer)]) -> Pricing {
    pricing(searched.iter().map(|(ingredient, answer)| (ingredient, answer)))
}

/// Every vendor with its items, the optimal one first.
fn vendors(pricing: &Pricing) -> Vec<(&str, &[Item])> {
    let optimal = pricing
        .optimal
        .iter()
        .map(|basket| (basket.vendor.as_str(), &*basket.items));
    let others = pricing
        .alternatives
        .iter()
        .map(|other| (other.vendor.as_str(), &*other.items));
    optimal.chain(others).collect()
}

fn total(items: &[Item]) -> u64 {
    items.iter().map(|item| item.price_krw).sum()
}

fn counted<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    names.fold(BTreeMap::new(), |mut counts, name| {
        *counts.entry(name).or_default() += 1;
        counts
    })
}

proptest! {
    #[test]
    fn the_total_is_the_sum_of_all_items(searched in prop::collection::vec(any_search(), 0..50)) {
        let pricing = price_all(&searched);
        prop_assert_eq!(pricing.total_krw, vendors(&pricing).iter().map(|(_, items)| total(items)).sum::<u64>());
        for other in &pricing.alternatives {
            prop_assert_eq!(other.total_krw, total(&other.items));
        }
    }

    #[test]
    fn the_total_is_the_sum_of_the_cheapest_offers(searched in prop::collection::vec(any_search(), 0..50)) {
        let cheapest = searched.iter().filter_map(|(_, answer)| {
            answer.offers().iter().map(|offer| u64::from(offer.price_krw.get())).min()
        });
        prop_assert_eq!(price_all(&searched).total_krw, cheapest.sum::<u64>());
    }

    #[test]
    fn every_ingredient_is_priced_or_unpriced_once(searched in prop::collection::vec(any_search(), 0..50)) {
        let pricing = price_all(&searched);
        let unpriced = pricing.unpriced.iter().map(|unpriced| unpriced.name.as_str());
        let ordered = searched.iter().map(|(ingredient, _)| &*ingredient.name);
        prop_assert_eq!(counted(pricing.priced().chain(unpriced)), counted(ordered));
    }

    #[test]
    fn each_vendor_is_named_once_and_sells_something(searched in prop::collection::vec(any_search(), 0..50)) {
        let pricing = price_all(&searched);
        let all = vendors(&pricing);
        prop_assert!(counted(all.iter().map(|(vendor, _)| *vendor)).values().all(|&count| count == 1));
        prop_assert!(all.iter().all(|(_, items)| !items.is_empty()));
    }

    #[test]
    fn no_vendor_is_better_than_one_before_it(searched in prop::collection::vec(any_search(), 0..50)) {
        let pricing = price_all(&searched);
        for pair in vendors(&pricing).windows(2) {
            let [(first, items), (second, others)] = pair else { unreachable!() };
            prop_assert!(items.len() >= others.len());
            if items.len() == others.len() {
                prop_assert!((total(items), first) < (total(others), second));
            }
        }
    }

    #[test]
    fn the_reason_follows_what_was_found(searched in prop::collection::vec(any_search(), 0..50)) {
        let pricing = price_all(&searched);
        let reasons = searched.iter().filter_map(|(_, answer)| answer.cheapest().err());
        prop_assert!(pricing.unpriced.iter().map(|unpriced| unpriced.reason).eq(reasons));
        prop_assert!(pricing.unpriced.iter().all(|unpriced| unpriced.reason != UnpricedReason::NotSearched));
    }

    #[test]
    fn the_providers_order_of_offers_does_not_matter(
        (offers, shuffled) in prop::collection::vec((1_u32..3, "[가-다]"), 0..10)
            .prop_flat_map(|offers| (Just(offers.clone()), Just(offers).prop_shuffle()))
    ) {
        let answer = |offers: Vec<(u32, String)>| {
            Answer::new(offers.iter().map(|(price, vendor)| offer(*price, vendor)).collect(), 0)
        };
        prop_assert_eq!(answer(offers), answer(shuffled));
    }

    #[test]
    fn the_order_of_ingredients_moves_items_and_nothing_else(
        (searched, shuffled) in prop::collection::vec(any_search(), 0..20)
            .prop_flat_map(|searched| (Just(searched.clone()), Just(searched).prop_shuffle()))
    ) {
        prop_assert_eq!(sorted(price_all(&searched)), sorted(price_all(&shuffled)));
    }
}

/// The same pricing with every list of ingredients sorted; the vendors stay in their order.
fn sorted(mut pricing: Pricing) -> Pricing {
    let optimal = pricing.optimal.iter_mut().map(|basket| &mut basket.items);
    let others = pricing.alternatives.iter_mut().map(|other| &mut other.items);
    for items in optimal.chain(others) {
        items.sort_by(|a, b| (&a.name, a.price_krw).cmp(&(&b.name, b.price_krw)));
    }
    pricing
        .unpriced
        .sort_by(|a, b| (&a.name, a.reason).cmp(&(&b.name, b.reason)));
    pricing
}
