//! Every payload of 참가격 that lies beside the repository, through the adapter's reading.

use std::{cell::RefCell, collections::BTreeMap};

use super::{
    offers,
    reply::{self, Listed, Store},
};
use crate::{
    manifest,
    matching::{Good, matches},
    offer::grouped_price,
    private::{Keys, Private},
};

#[test]
fn every_payload_is_read_as_expected() {
    let stores: RefCell<Vec<Store>> = RefCell::default();
    manifest::each("chamgagyeok", |sample| {
        let (name, expected) = (&sample.name, &sample.expected);
        let keys = &Keys::of(["a-key"]);
        let rows = reply::rows(&sample.reply, Private { keys, name: "" });
        if let Some(class) = expected["class"].as_str() {
            manifest::check_class(class, &rows.unwrap_err().why);
            return;
        }
        let rows = rows.unwrap();
        if expected["no_hit"] == true {
            assert_eq!(rows, [], "{name}");
        } else if let Some(count) = expected["stores"].as_u64() {
            let list = reply::stores(&rows).unwrap();
            assert_eq!(list.len() as u64, count, "{name}");
            let names: BTreeMap<_, _> = list.iter().map(|store| (&store.id, &store.name)).collect();
            for (id, expect) in expected["names"].as_object().unwrap() {
                assert_eq!(names[id], expect.as_str().unwrap());
            }
            *stores.borrow_mut() = list;
        } else if let Some(count) = expected["goods"].as_u64() {
            let list = reply::goods(&rows).unwrap();
            assert_eq!(list.len() as u64, count, "{name}");
            check_matches(&list, &expected["match"]);
        } else {
            let good = rows[0].field("goodId").to_owned();
            let prices = reply::prices(&rows, &good, "20260925");
            assert_eq!(prices.len() as u64, expected["rows"].as_u64().unwrap(), "{name}");
            let least = prices
                .iter()
                .filter_map(|row| grouped_price(&row.price))
                .min()
                .unwrap();
            assert_eq!(
                u64::from(least.get()),
                expected["min"].as_u64().unwrap(),
                "{name}"
            );
            let listed = Listed {
                id: good,
                ..Listed::default()
            };
            let day = jiff::civil::date(2026, 9, 25);
            let answer = offers::answer([(&listed, prices.clone())], &stores.borrow(), day);
            if let Some(vendor) = expected["vendor"].as_str() {
                let cheapest = answer.cheapest().unwrap();
                assert_eq!(
                    (cheapest.vendor.as_str(), cheapest.price_krw),
                    (vendor, least),
                    "{name}"
                );
            }
            if let Some(vendor) = expected["vendor_of_103"].as_str() {
                assert!(
                    answer.offers().iter().any(|offer| offer.vendor == vendor),
                    "{name}"
                );
            }
            if let Some(id) = expected["min_entpId"].as_str() {
                assert!(
                    prices
                        .iter()
                        .any(|row| row.store == id && grouped_price(&row.price) == Some(least)),
                    "{name}"
                );
            }
        }
    });
}

fn check_matches(list: &[Listed], expected: &serde_json::Value) {
    let goods: Vec<Good> = list.iter().map(Listed::good).collect();
    for (name, ids) in expected.as_object().into_iter().flatten() {
        let found = matches(name, &goods).into_iter();
        let mut found: Vec<u64> = found.map(|at| goods[at].id.parse().unwrap()).collect();
        found.sort_unstable();
        let expect: Vec<u64> = ids
            .as_array()
            .unwrap()
            .iter()
            .filter_map(serde_json::Value::as_u64)
            .collect();
        assert_eq!(found, expect, "{name}");
    }
}
