//! Baskets of packages and of stated units, ties, ages and references, and the laws for whatever was found.

use std::collections::BTreeMap;

use contract::pricing::UnpricedReason;
use proptest::prelude::*;

use super::*;
use crate::{
    search::offer::{Answer, Offer},
    testing::offer,
};

fn wanted(name: &str, quantity: &str) -> Wanted {
    Wanted { name: name.to_owned(), quantity: quantity.to_owned() }
}

/// Names and what was found for each, of a source that sells packages.
fn pricing(searched: &[(String, Answer)]) -> Pricing {
    let mut builder = BasketBuilder::default();
    for (name, answer) in searched {
        let wanted = wanted(name, "1개");
        match answer.cheapest() {
            Ok(offer) => {
                builder.add_priced(wanted, PriceSource::Naver, offer.clone(), Timestamp::UNIX_EPOCH);
            }
            Err(reason) => builder.add_unpriced(wanted, reason, None),
        }
    }
    builder.into_pricing()
}

/// One ingredient for each list of (price, vendor), named 재료0, 재료1, ..
fn pricing_of(found: &[&[(u32, &str)]]) -> Pricing {
    let searched = found.iter().enumerate().map(|(at, offers)| {
        let offers = offers.iter().map(|&(price, vendor)| offer(price, vendor));
        (format!("재료{at}"), Answer::new(offers.collect(), 0))
    });
    pricing(&searched.collect::<Vec<_>>())
}

/// A mart's price of 100 g, an online shop's of a package: (price, vendor, whether of a unit).
fn mixed(found: &[(u32, &str, bool)]) -> Pricing {
    let mut builder = BasketBuilder::default();
    for (at, &(price, vendor, of_a_unit)) in found.iter().enumerate() {
        let source = if of_a_unit { PriceSource::Chamgagyeok } else { PriceSource::Elevenst };
        let offer = Offer {
            per: of_a_unit.then(|| "100g".to_owned()),
            surveyed_on: of_a_unit.then(|| AsOf("2026-09-25".to_owned())),
            ..offer(price, vendor)
        };
        builder.add_priced(wanted(&format!("재료{at}"), ""), source, offer, Timestamp::UNIX_EPOCH);
    }
    builder.into_pricing()
}

/// Every vendor with its items, the optimal one first.
fn vendors(pricing: &Pricing) -> Vec<(&str, &[Item])> {
    let optimal = pricing.optimal.iter();
    let optimal = optimal.map(|basket| (&*basket.vendor, &*basket.items));
    let others = pricing.alternatives.iter();
    optimal.chain(others.map(|other| (&*other.vendor, &*other.items))).collect()
}

fn total(items: &[Item]) -> u64 {
    items.iter().map(|item| item.price_krw).sum()
}

#[test]
fn the_seeds_shape() {
    let mut builder = BasketBuilder::default();
    for (name, quantity, price, vendor) in [
        ("새우", "200g", 8_900, "바다마트"),
        ("아보카도", "1개", 2_500, "과일가게"),
        ("버터", "2큰술", 4_200, "바다마트"),
    ] {
        let wanted = wanted(name, quantity);
        builder.add_priced(wanted, PriceSource::Naver, offer(price, vendor), Timestamp::UNIX_EPOCH);
    }
    insta::assert_json_snapshot!(builder.into_pricing());
}

#[test]
fn nothing_priced_has_no_optimal_vendor() {
    assert_eq!(pricing_of(&[]), Pricing::nothing());
    let pricing = pricing_of(&[&[], &[]]);
    assert_eq!((pricing.total_krw, pricing.optimal, pricing.unpriced.len()), (0, None, 2));
}

#[test]
fn vendors_are_ranked_by_items_then_total_then_name() {
    for (found, expect) in [
        (&[&[(10, "가")][..], &[(900, "나")], &[(900, "나")]][..], &["나", "가"][..]),
        (&[&[(20, "가")], &[(10, "나")]], &["나", "가"]),
        (&[&[(10, "나")], &[(10, "가")]], &["가", "나"]),
        (&[&[(10, "나"), (10, "가")]], &["가"]),
        (
            &[
                &[(5, "라")],
                &[(7, "다")],
                &[(7, "나")],
                &[(50, "마")],
                &[(50, "마")],
                &[(1, "가")],
                &[(1, "가")],
                &[(1, "가")],
            ],
            &["가", "마", "라", "나", "다"],
        ),
    ] {
        let pricing = pricing_of(found);
        let vendors: Vec<_> = vendors(&pricing).iter().map(|(vendor, _)| *vendor).collect();
        assert_eq!(vendors, expect, "{found:?}");
    }
}

#[test]
fn prices_of_units_and_of_packages_are_not_added() {
    let pricing = mixed(&[(900, "마트", true), (5_000, "가게", false), (700, "마트", true)]);
    assert_eq!((pricing.total_krw, pricing.basis), (5_000, Basis::Package));
    assert_eq!(pricing.left_out, ["재료0", "재료2"]);
    // More items come first, of any basis, and each has its price's date.
    let items = vendors(&pricing).into_iter().flat_map(|(vendor, items)| {
        items.iter().map(move |item| (vendor, item.source, &*item.as_of.0, item.per.as_deref()))
    });
    let surveyed = ("마트", PriceSource::Chamgagyeok, "2026-09-25", Some("100g"));
    let asked = ("가게", PriceSource::Elevenst, "1970-01-01T00:00:00.000Z", None);
    assert_eq!(items.collect::<Vec<_>>(), [surveyed, surveyed, asked]);
    assert_eq!(pricing.alternatives[0].total_krw, 5_000);
    assert_eq!(pricing.attributions, ["출처: 한국소비자원 참가격"]);
    let of_units = mixed(&[(900, "마트", true), (400, "시장", true)]);
    assert_eq!((of_units.total_krw, of_units.basis), (1_300, Basis::Unit));
    assert!(of_units.left_out.is_empty());
}

#[test]
fn a_vendor_of_both_has_two_baskets() {
    let pricing = mixed(&[(900, "마트", true), (5_000, "마트", false)]);
    let baskets = vendors(&pricing).into_iter();
    let baskets: Vec<_> = baskets.map(|(vendor, items)| (vendor, items[0].basis, total(items))).collect();
    assert_eq!(baskets, [("마트", Basis::Package, 5_000), ("마트", Basis::Unit, 900)]);
    assert_eq!(pricing.left_out, ["재료0"]);
}

#[test]
fn a_reference_is_no_price_and_is_attributed() {
    let mut builder = BasketBuilder::default();
    let reference = Reference {
        price_krw: 2_841,
        per: "1kg".to_owned(),
        product_name: "양파".to_owned(),
        source: PriceSource::Kamis,
        as_of: AsOf("2026-10-01".to_owned()),
    };
    builder.add_unpriced(wanted("양파", "1개"), UnpricedReason::OnlyReference, Some(reference));
    let pricing = builder.into_pricing();
    assert_eq!((pricing.total_krw, pricing.optimal.is_none()), (0, true));
    assert_eq!(pricing.attributions, ["출처: 한국농수산식품유통공사 KAMIS"]);
}

/// Few vendors and few prices, so that ties are common.
fn any_search() -> impl Strategy<Value = (String, Answer)> {
    let name = prop::sample::select(vec!["두부", "새우", "버터", "대파", "쌀"]);
    let vendor = prop::sample::select(vec!["가", "나", "다", "라"]);
    let offers = prop::collection::vec((1_u32..5, vendor), 0..4);
    (name, offers, 0_usize..2).prop_map(|(name, offers, without_price)| {
        let offers = offers.into_iter().map(|(price, vendor)| offer(price, vendor));
        (name.to_owned(), Answer::new(offers.collect(), without_price))
    })
}

fn counted<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    names.fold(BTreeMap::new(), |mut counts, name| {
        *counts.entry(name).or_default() += 1;
        counts
    })
}

/// The same pricing with every list of ingredients sorted; the vendors stay in their order.
fn sorted(mut pricing: Pricing) -> Pricing {
    let optimal = pricing.optimal.iter_mut().map(|basket| &mut basket.items);
    let others = pricing.alternatives.iter_mut().map(|other| &mut other.items);
    for items in optimal.chain(others) {
        items.sort_by(|a, b| (&a.name, a.price_krw).cmp(&(&b.name, b.price_krw)));
    }
    pricing.unpriced.sort_by(|a, b| (&a.name, a.reason).cmp(&(&b.name, b.reason)));
    pricing.left_out.sort();
    pricing
}

proptest! {
    #[test]
    fn every_ingredient_is_in_one_place_and_the_totals_are_sums_of_the_cheapest(
        (searched, shuffled) in prop::collection::vec(any_search(), 0..50)
            .prop_flat_map(|searched| (Just(searched.clone()), Just(searched).prop_shuffle()))
    ) {
        let pricing = pricing(&searched);
        let unpriced = pricing.unpriced.iter().map(|unpriced| unpriced.name.as_str());
        let ordered = searched.iter().map(|(name, _)| name.as_str());
        prop_assert_eq!(counted(pricing.priced().chain(unpriced)), counted(ordered));
        let reasons = searched.iter().filter_map(|(_, answer)| answer.cheapest().err());
        prop_assert!(pricing.unpriced.iter().map(|unpriced| unpriced.reason).eq(reasons));

        let all = vendors(&pricing);
        prop_assert_eq!(pricing.total_krw, all.iter().map(|(_, items)| total(items)).sum::<u64>());
        let cheapest = searched.iter().filter_map(|(_, answer)| {
            answer.offers().iter().map(|offer| u64::from(offer.price_krw.get())).min()
        });
        prop_assert_eq!(pricing.total_krw, cheapest.sum::<u64>());
        prop_assert!(pricing.alternatives.iter().all(|other| other.total_krw == total(&other.items)));

        prop_assert!(counted(all.iter().map(|(vendor, _)| *vendor)).values().all(|&count| count == 1));
        let rank = |(vendor, items): &(&str, &[Item])| (Reverse(items.len()), total(items), (*vendor).to_owned());
        prop_assert!(all.is_sorted_by_key(rank) && all.iter().all(|(_, items)| !items.is_empty()));
        // The order of the ingredients moves items and nothing else.
        prop_assert_eq!(sorted(pricing), sorted(self::pricing(&shuffled)));
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
    fn the_total_adds_prices_of_its_basis_and_names_all_others(
        found in prop::collection::vec((1_u32..5, prop::sample::select(vec!["가", "나", "다"]), any::<bool>()), 0..30)
    ) {
        let pricing = mixed(&found);
        let of_packages = found.iter().any(|(.., of_a_unit)| !of_a_unit) || found.is_empty();
        prop_assert_eq!(pricing.basis, if of_packages { Basis::Package } else { Basis::Unit });
        let (counted, left_out): (Vec<_>, Vec<_>) = found
            .iter()
            .enumerate()
            .partition(|(_, (.., of_a_unit))| *of_a_unit != of_packages);
        prop_assert_eq!(pricing.total_krw, counted.iter().map(|(_, (price, ..))| u64::from(*price)).sum::<u64>());
        let left_out: Vec<_> = left_out.iter().map(|(at, _)| format!("재료{at}")).collect();
        prop_assert_eq!(&pricing.left_out, &left_out);
        for (_, items) in vendors(&pricing) {
            prop_assert!(items.iter().all(|item| item.basis == items[0].basis));
        }
        // Taken apart and ranked again it is the same.
        prop_assert_eq!(sorted(BasketBuilder::of(pricing.clone()).into_pricing()), sorted(pricing));
    }
}
