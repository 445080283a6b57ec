//! Every recorded payload of 참가격, through the adapter's reading.

use std::collections::{BTreeMap, BTreeSet};

use recordings::{Checked, Sample, Verdict, known_keys};
use serde_json::{Value, json};

use super::{
    offers,
    reply::{self, Store},
};
use crate::{
    korea,
    matching::{matches, product::SurveyProduct},
    search::{SearchError, offer::grouped_price},
    sources::samples,
    text::xml::Element,
};

/// Expectations of the stores' coordinates, which the adapter does not read.
const COORDINATES: [&str; 2] = ["no_usable_coordinates", "swapped"];
/// The expected vendor of the cheapest offer.
const VENDOR: &str = "vendor";

#[test]
fn every_payload_is_read_as_expected() {
    samples::each("chamgagyeok", |sample, beside| {
        samples::compare(sample, rows(sample), |rows| {
            let expected = &sample.expected;
            let known = |key: &str| expected.get(key).is_some();
            if expected["no_hit"] == true {
                known_keys(expected, &["no_hit"])?;
                assert_eq!(rows, []);
                Ok(Verdict::Passed)
            } else if known("stores") {
                let [unusable, swapped] = COORDINATES;
                known_keys(expected, &["stores", "names", unusable, swapped])?;
                check_stores(&reply::stores(&rows).unwrap(), expected);
                Ok(Verdict::Passed)
            } else if known("goods") {
                known_keys(expected, &["goods", "match"])?;
                check_products(&reply::products(&rows).unwrap(), expected);
                Ok(Verdict::Passed)
            } else if known("rows") || known("min") {
                let stores = beside
                    .iter()
                    .filter(|sample| sample.expected.get("stores").is_some())
                    .find_map(|sample| reply::stores(&self::rows(sample).ok()?).ok());
                check_prices(&rows, stores.as_deref(), expected)
            } else {
                samples::unknown_expectation(expected)
            }
        })
    });
}

fn rows(sample: &Sample) -> Result<Vec<Element>, SearchError> {
    samples::read(sample, reply::rows)
}

fn check_stores(list: &[Store], expected: &Value) {
    assert_eq!(Some(list.len() as u64), expected["stores"].as_u64());
    let names: BTreeMap<_, _> = list.iter().map(|store| (store.id.as_str(), store.name.as_str())).collect();
    for (id, expect) in expected["names"].as_object().into_iter().flatten() {
        assert_eq!(names.get(id.as_str()).copied(), expect.as_str(), "{id}");
    }
}

fn check_products(list: &[SurveyProduct], expected: &Value) {
    assert_eq!(Some(list.len() as u64), expected["goods"].as_u64());
    for (name, ids) in expected["match"].as_object().into_iter().flatten() {
        let found = matches(name, list).into_iter();
        let found: BTreeSet<u64> = found.map(|at| list[at].id.parse().unwrap()).collect();
        let ids = ids.as_array().unwrap().iter();
        assert_eq!(found, ids.map(|id| id.as_u64().unwrap()).collect(), "{name}");
    }
}

/// The vendors' names are in another sample. An expected vendor without it is a failure.
fn check_prices(rows: &[Element], stores: Option<&[Store]>, expected: &Value) -> Checked {
    let keys = expected.as_object().into_iter().flatten();
    let vendors: Vec<_> = keys.filter(|(key, _)| *key == VENDOR || key.starts_with("vendor_of_")).collect();
    let mut known = vec!["rows", "min", "min_entpId"];
    known.extend(vendors.iter().map(|(key, _)| key.as_str()));
    known_keys(expected, &known)?;
    let first = rows.first().expect("rows");
    let (good, day) = (first.field("goodId").to_owned(), first.field("goodInspectDay"));
    let prices = reply::prices(rows, &good, day);
    if let Some(count) = expected["rows"].as_u64() {
        assert_eq!(prices.len() as u64, count);
    }
    let least = prices.iter().filter_map(|row| grouped_price(&row.price)).min().unwrap();
    if let Some(min) = expected["min"].as_u64() {
        assert_eq!(u64::from(least.get()), min);
    }
    if let Some(id) = expected["min_entpId"].as_str() {
        let is = |row: &reply::PriceRow| row.store == id && grouped_price(&row.price) == Some(least);
        assert!(prices.iter().any(is), "{id}");
    }
    if vendors.is_empty() {
        return Ok(Verdict::Passed);
    }
    let stores = stores.ok_or("a vendor is expected, and no sample beside it has the stores")?;
    let listed = SurveyProduct { id: good, ..SurveyProduct::default() };
    let answer = offers::answer([(&listed, prices)], stores, korea::from_compact(day).unwrap());
    for (key, vendor) in vendors {
        let is = |name: &str| Some(name) == vendor.as_str();
        if key == VENDOR {
            assert!(is(&answer.cheapest().unwrap().vendor), "{vendor}");
        } else {
            assert!(answer.offers().iter().any(|offer| is(&offer.vendor)), "{vendor}");
        }
    }
    Ok(Verdict::Passed)
}

#[test]
fn a_vendor_without_the_stores_and_an_unknown_expectation_are_failures() {
    let row = "<r><goodId>1</goodId><goodInspectDay>20261127</goodInspectDay><entpId>7</entpId><goodPrice>900</goodPrice></r>";
    let rows = [crate::text::xml::parse(row.as_bytes(), None).unwrap()];
    let check = |expected| check_prices(&rows, None, &expected);
    assert_eq!(check(json!({ "rows": 1, "min": 900 })), Ok(Verdict::Passed));
    assert!(check(json!({ "rows": 1, "vendor_of_7": "가게" })).is_err());
    assert_eq!(check(json!({ "rows": 1, "max": 900 })), Err("expectation that nobody reads: max".to_owned()));
}
