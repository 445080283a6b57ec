//! The rule at work: case by case over few products, over its whole table, and over anything at all.

mod table;

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Products by name and class; their number is their place.
fn products(names: &[(&str, &str)]) -> Vec<SurveyProduct> {
    let product = |(index, (name, class)): (usize, &(&str, &str))| SurveyProduct {
        id: index.to_string(),
        name: (*name).to_owned(),
        class: (*class).to_owned(),
        ..SurveyProduct::default()
    };
    names.iter().enumerate().map(product).collect()
}

fn list(text: &str) -> Vec<&str> {
    text.split(';').map(str::trim).filter(|text| !text.is_empty()).collect()
}

#[test]
fn every_case_is_matched() {
    let lines = include_str!("cases.txt").lines();
    let lines: Vec<_> = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.len() > 70, "{}", lines.len());
    for line in lines {
        let [head, listed, expect] = line.split('|').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (group, name) = head.split_once(' ').unwrap();
        let group = if group == "F" { "03010" } else { "03020" };
        let classes: Vec<_> = (0..9).map(|at| format!("{group}{at:04}")).collect();
        let listed: Vec<_> = list(listed)
            .into_iter()
            .zip(&classes)
            .map(|(product, class)| product.split_once('@').unwrap_or((product, class)))
            .collect();
        let products = products(&listed);
        // One blank in front of the bar is not of the name.
        let name = name.strip_suffix(' ').unwrap_or(name);
        let found = matches(name, &products).into_iter();
        let found: Vec<_> = found.map(|at| products[at].name.as_str()).collect();
        assert_eq!(found, list(expect), "{line}: {:#?}", explain(name, &products));
    }
}

#[test]
fn decomposed_names_are_composed() {
    let decomposed: String = "양파".nfd().collect();
    assert_eq!(matches(&decomposed, &products(&[("양파(1kg)", "030102002")])), [0]);
    let product: String = "양파(1kg)".nfd().collect();
    assert_eq!(matches("양파", &products(&[(&product, "030102002")])), [0]);
    assert_eq!(normalised(&decomposed), "양파");
}

#[test]
fn the_way_is_explained() {
    let products = products(&[
        ("알라 무염버터(400g)", "030203011"),
        ("땅콩버터(300g)", "030204015"),
        ("버터롤(3개)", "030201001"),
        ("버터 세제", "030302001"),
    ]);
    insta::assert_json_snapshot!(explain("녹인 무염 버터(실온) 20g", &products));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_matched_without_harm(
        name in any::<String>(),
        titles in prop::collection::vec((any::<String>(), "030[1-4][0-9]{0,5}"), 0..8),
    ) {
        let pairs: Vec<_> = titles.iter().map(|(name, class)| (name.as_str(), class.as_str())).collect();
        let products = products(&pairs);
        let found = matches(&name, &products);
        let once: BTreeSet<_> = found.iter().collect();
        prop_assert_eq!(once.len(), found.len());
        prop_assert!(found.iter().all(|&at| products.get(at).is_some_and(|product| !product.class.starts_with("0303"))));
        prop_assert!(normalised(&name).chars().count() <= MAX_NAME_CHARS);
        prop_assert_eq!(normalised(&name).is_empty(), name.is_empty());
    }

    #[test]
    fn words_of_the_rule_in_any_order_do_no_harm(
        name in prop::collection::vec(prop::sample::select(vec!["다진", "무염", "버터", "땅콩", "파", "(", ")", "2개", "김", "통", "통조림", "돼지", "목살", "또는"]), 0..6),
        titles in prop::collection::vec(prop::collection::vec(prop::sample::select(vec!["버터", "땅콩", "무염", "(", ")", "파", "&", "돼지고기", "목살", "용", "1L", "GT"]), 0..6), 0..8),
    ) {
        let titles: Vec<_> = titles.iter().map(|words| words.concat()).collect();
        let pairs: Vec<_> = titles.iter().map(|name| (name.as_str(), "030203011")).collect();
        let products = products(&pairs);
        let found = matches(&name.join(" "), &products);
        prop_assert_eq!(&found, &matches(&name.join("  "), &products));
        prop_assert!(found.iter().all(|&at| at < products.len()));
    }
}
