//! Every recorded payload of KAMIS, through the adapter's reading.

use recordings::{Verdict, known_keys};
use serde_json::Value;

use super::{items, reference, reply};
use crate::sources::samples;

#[test]
fn every_payload_is_read_as_expected() {
    samples::each("kamis", |sample, _| {
        // Shapes of the old service (kamis.or.kr), which is not called.
        let json: Option<Value> = serde_json::from_slice(&sample.body).ok();
        if json.is_some_and(|json| json.get("data").is_some()) {
            return Ok(Verdict::NotSupported);
        }
        samples::compare(sample, samples::read(sample, reply::read), |page| {
            let expected = &sample.expected;
            // Asked on the newest day that it has.
            let today = page.rows.iter().filter_map(|row| row.day).max();
            let usual = |name: &str| {
                let item = items::named(name)?;
                Some(reference::usual(&page.rows, &item, today?)?.price_krw)
            };
            if expected["no_hit"] == true {
                known_keys(expected, &["no_hit"])?;
                assert_eq!(page.rows, []);
            } else if let Some(prices) = expected["prices"].as_array() {
                known_keys(expected, &["prices"])?;
                let rows = page.rows.iter();
                let found: Vec<_> = rows.map(|row| row.price.map(|price| u64::from(price.get()))).collect();
                assert_eq!(found, prices.iter().map(Value::as_u64).collect::<Vec<_>>());
            } else if expected["reference"] == true {
                known_keys(expected, &["reference", "price"])?;
                let item = &page.rows.first().expect("a row").item;
                assert_eq!(usual(item), expected["price"].as_u64(), "{item}");
            } else if let Some(names) = expected.as_object().filter(|names| !names.is_empty()) {
                for (name, price) in names {
                    // What is no item of the survey is an expectation of another kind.
                    if items::named(name).is_none() {
                        return samples::unknown_expectation(expected);
                    }
                    assert_eq!(usual(name), price.as_u64(), "{name}");
                }
            } else {
                return samples::unknown_expectation(expected);
            }
            Ok(Verdict::Passed)
        })
    });
}
