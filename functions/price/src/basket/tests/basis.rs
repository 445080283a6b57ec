//! Prices of packages and of stated units side by side, their age, and references.

use super::*;

/// A mart's price of 100 g, an online policy's of a package: (price, vendor, whether of a unit).
fn mixed(found: &[(u32, &str, bool)]) -> Pricing {
    let mut builder = BasketBuilder::default();
    for (at, &(price, vendor, of_a_unit)) in found.iter().enumerate() {
        let wanted = Wanted {
            name: format!("재료{at}"),
            quantity: String::new(),
        };
        let (source, per) = if of_a_unit {
            (PriceSource::Chamgagyeok, Some("100g".to_owned()))
        } else {
            (PriceSource::Elevenst, None)
        };
        let offer = Offer {
            per,
            surveyed_on: of_a_unit.then(|| AsOf("2026-09-25".to_owned())),
            ..offer(price, vendor)
        };
        builder.add_priced(wanted, source, offer, Timestamp::UNIX_EPOCH);
    }
    builder.into_pricing()
}

#[test]
fn prices_of_units_and_of_packages_are_not_added() {
    let pricing = mixed(&[(900, "마트", true), (5_000, "가게", false), (700, "마트", true)]);
    assert_eq!((pricing.total_krw, pricing.basis), (5_000, Basis::Package));
    assert_eq!(pricing.left_out, ["재료0", "재료2"]);
    // More items come first, whatever they are of.
    assert_eq!(pricing.optimal.unwrap().vendor, "마트");
    assert_eq!(pricing.alternatives[0].total_krw, 5_000);
    assert_eq!(pricing.attributions, ["출처: 한국소비자원 참가격"]);
}

#[test]
fn a_vendor_of_both_has_two_baskets() {
    let pricing = mixed(&[(900, "마트", true), (5_000, "마트", false)]);
    let optimal = pricing.optimal.unwrap();
    assert_eq!(
        (optimal.vendor.as_str(), optimal.items[0].basis),
        ("마트", Basis::Package)
    );
    let other = &pricing.alternatives[0];
    assert_eq!((other.vendor.as_str(), other.total_krw), ("마트", 900));
    assert_eq!(pricing.left_out, ["재료0"]);
}

#[test]
fn of_units_alone_the_total_is_of_units() {
    let pricing = mixed(&[(900, "마트", true), (400, "시장", true)]);
    assert_eq!((pricing.total_krw, pricing.basis), (1_300, Basis::Unit));
    assert!(pricing.left_out.is_empty());
}

#[test]
fn an_item_says_how_old_its_price_is() {
    let pricing = mixed(&[(900, "마트", true), (5_000, "가게", false)]);
    let alternatives = pricing.alternatives.iter().flat_map(|other| &other.items);
    let ages: Vec<_> = pricing
        .optimal
        .iter()
        .flat_map(|basket| &basket.items)
        .chain(alternatives)
        .collect();
    let ages: Vec<_> = ages
        .iter()
        .map(|item| (item.source, item.as_of.0.as_str(), item.per.as_deref()))
        .collect();
    assert_eq!(
        ages,
        [
            (PriceSource::Elevenst, "1970-01-01T00:00:00.000Z", None),
            (PriceSource::Chamgagyeok, "2026-09-25", Some("100g")),
        ]
    );
}

#[test]
fn a_reference_is_no_price_and_is_attributed() {
    let mut builder = BasketBuilder::default();
    let wanted = Wanted {
        name: "양파".to_owned(),
        quantity: "1개".to_owned(),
    };
    let reference = Reference {
        price_krw: 2_841,
        per: "1kg".to_owned(),
        product_name: "양파".to_owned(),
        source: PriceSource::Kamis,
        as_of: AsOf("2026-10-01".to_owned()),
    };
    builder.add_unpriced(wanted, UnpricedReason::OnlyReference, Some(reference));
    let pricing = builder.into_pricing();
    assert_eq!((pricing.total_krw, pricing.optimal.is_none()), (0, true));
    assert_eq!(pricing.attributions, ["출처: 한국농수산식품유통공사 KAMIS"]);
}

proptest! {
    #[test]
    fn the_total_adds_prices_of_its_basis_and_names_all_others(
        found in prop::collection::vec((1_u32..5, prop::sample::select(vec!["가", "나"]), any::<bool>()), 0..30)
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
    }

    #[test]
    fn taking_a_pricing_apart_and_ranking_it_again_changes_nothing(
        found in prop::collection::vec((1_u32..5, prop::sample::select(vec!["가", "나", "다"]), any::<bool>()), 0..30)
    ) {
        let mut again = BasketBuilder::of(mixed(&found)).into_pricing();
        // Which of the left out ones comes first is the order of baskets now.
        again.left_out.sort();
        let mut first = mixed(&found);
        first.left_out.sort();
        prop_assert_eq!(again, first);
    }
}
