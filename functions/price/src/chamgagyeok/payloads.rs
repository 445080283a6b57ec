//! Every recorded payload of 참가격, through the adapter's reading.

use std::collections::{BTreeMap, BTreeSet};

use recordings::{Sample, Verdict};
use serde_json::Value;

use super::{
    offers,
    reply::{self, Listed, Store},
};
use crate::{
    Unanswered, korea, manifest,
    matching::{Good, matches},
    offer::grouped_price,
    private::{Keys, Private},
    xml::Element,
};

#[test]
fn every_payload_is_read_as_expected() {
    manifest::each("chamgagyeok", |sample, beside| {
        manifest::judged(sample, rows(sample), |rows| {
            let expected = &sample.expected;
            let known = |key: &str| expected.get(key).is_some();
            if expected["no_hit"] == true {
                assert_eq!(rows, []);
            } else if known("stores") {
                check_stores(&reply::stores(&rows).unwrap(), expected);
            } else if known("goods") {
                check_goods(&reply::goods(&rows).unwrap(), expected);
            } else if known("rows") || known("min") {
                let stores = beside
                    .iter()
                    .filter(|sample| sample.expected.get("stores").is_some())
                    .find_map(|sample| reply::stores(&rows_of(sample)?).ok());
                check_prices(&rows, stores.as_deref(), expected);
            } else {
                return manifest::nobody_reads(expected);
            }
            Ok(Verdict::Passed)
        })
    });
}

fn rows(sample: &Sample) -> Result<Vec<Element>, Unanswered> {
    let keys = &Keys::of(["a-key"]);
    reply::rows(&manifest::reply(sample), Private { keys, name: "" })
}

fn rows_of(sample: &Sample) -> Option<Vec<Element>> {
    rows(sample).ok()
}

fn check_stores(list: &[Store], expected: &Value) {
    assert_eq!(Some(list.len() as u64), expected["stores"].as_u64());
    let names: BTreeMap<_, _> = list
        .iter()
        .map(|store| (store.id.as_str(), store.name.as_str()))
        .collect();
    for (id, expect) in expected["names"].as_object().into_iter().flatten() {
        assert_eq!(names.get(id.as_str()).copied(), expect.as_str(), "{id}");
    }
}

fn check_goods(list: &[Listed], expected: &Value) {
    assert_eq!(Some(list.len() as u64), expected["goods"].as_u64());
    let goods: Vec<Good> = list.iter().map(Listed::good).collect();
    for (name, ids) in expected["match"].as_object().into_iter().flatten() {
        let found = matches(name, &goods).into_iter();
        let found: BTreeSet<u64> = found.map(|at| goods[at].id.parse().unwrap()).collect();
        let ids = ids.as_array().unwrap().iter();
        assert_eq!(found, ids.map(|id| id.as_u64().unwrap()).collect(), "{name}");
    }
}

/// The vendors' names stand in another sample: without it they are not looked at.
fn check_prices(rows: &[Element], stores: Option<&[Store]>, expected: &Value) {
    let first = rows.first().expect("rows");
    let (good, day) = (first.field("goodId").to_owned(), first.field("goodInspectDay"));
    let prices = reply::prices(rows, &good, day);
    if let Some(count) = expected["rows"].as_u64() {
        assert_eq!(prices.len() as u64, count);
    }
    let least = prices
        .iter()
        .filter_map(|row| grouped_price(&row.price))
        .min()
        .unwrap();
    if let Some(min) = expected["min"].as_u64() {
        assert_eq!(u64::from(least.get()), min);
    }
    if let Some(id) = expected["min_entpId"].as_str() {
        let is = |row: &reply::PriceRow| row.store == id && grouped_price(&row.price) == Some(least);
        assert!(prices.iter().any(is), "{id}");
    }
    let Some(stores) = stores else { return };
    let listed = Listed {
        id: good,
        ..Listed::default()
    };
    let answer = offers::answer([(&listed, prices)], stores, korea::from_compact(day).unwrap());
    if let Some(vendor) = expected["vendor"].as_str() {
        assert_eq!(answer.cheapest().unwrap().vendor, vendor);
    }
    for (key, vendor) in expected.as_object().into_iter().flatten() {
        if key.starts_with("vendor_of_") {
            assert!(
                answer
                    .offers()
                    .iter()
                    .any(|offer| Some(offer.vendor.as_str()) == vendor.as_str()),
                "{vendor}"
            );
        }
    }
}
