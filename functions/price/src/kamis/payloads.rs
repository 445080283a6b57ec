//! Every payload of KAMIS that lies beside the repository, through the adapter's reading.

use super::{items, reference, reply};
use crate::{
    manifest,
    private::{Keys, Private},
};

#[test]
fn every_payload_is_read_as_expected() {
    manifest::each("kamis", |sample| {
        let (name, expected) = (&sample.name, &sample.expected);
        let keys = &Keys::of(["a-key"]);
        let page = reply::read(&sample.reply, Private { keys, name: "" }).unwrap();
        let usual = |name: &str, today: &str| {
            let found = reference::usual(&page.rows, &items::named(name).unwrap(), today.parse().unwrap());
            found.map(|reference| reference.price_krw)
        };
        if expected["no_hit"] == true {
            assert_eq!(page.rows, [], "{name}");
        } else if let Some(prices) = expected["prices"].as_array() {
            let found: Vec<_> = page
                .rows
                .iter()
                .map(|row| row.price.map(|price| u64::from(price.get())))
                .collect();
            let expect: Vec<_> = prices.iter().map(serde_json::Value::as_u64).collect();
            assert_eq!(found, expect, "{name}");
        } else if expected["reference"] == true {
            assert_eq!(usual("배추", "2026-10-01"), expected["price"].as_u64(), "{name}");
        } else {
            for (name, price) in expected.as_object().unwrap() {
                assert_eq!(usual(name, "2026-09-14"), price.as_u64(), "{name}");
            }
        }
    });
}
