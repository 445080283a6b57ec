//! Every recorded payload of 11번가, through the adapter's reading.

use recordings::{Verdict, known_keys};
use serde_json::json;

use super::reply;
use crate::{search::offer::Answer, sources::samples};

#[test]
fn every_payload_is_read_as_expected() {
    samples::each("elevenst", |sample, _| {
        samples::compare(sample, samples::read(sample, reply::read), |answer| {
            if let Some(items) = sample.expected["items"].as_array() {
                known_keys(&sample.expected, &["items"])?;
                let offers = answer.offers().iter();
                let mut found: Vec<_> = offers
                    .map(|offer| {
                        json!({
                            "vendor": offer.vendor,
                            "price": offer.price_krw.get(),
                            "productName": offer.product_name,
                            "link": offer.link,
                        })
                    })
                    .collect();
                let mut items = items.clone();
                for list in [&mut found, &mut items] {
                    list.sort_by_key(|item| (item["price"].as_u64(), item.to_string()));
                }
                assert_eq!(found, items);
            } else if sample.expected["no_hit"] == true {
                known_keys(&sample.expected, &["no_hit"])?;
                assert_eq!(answer, Answer::default());
            } else {
                return samples::unknown_expectation(&sample.expected);
            }
            Ok(Verdict::Passed)
        })
    });
}
