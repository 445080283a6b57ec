//! Every payload of 11번가 that lies beside the repository, through the adapter's reading.

use super::reply;
use crate::{
    Answer, manifest,
    private::{Keys, Private},
};

#[test]
fn every_payload_is_read_as_expected() {
    manifest::each("elevenst", |sample| {
        let keys = &Keys::of(["a-key"]);
        let answer = reply::read(&sample.reply, Private { keys, name: "두부" });
        let expected = &sample.expected;
        if let Some(class) = expected["class"].as_str() {
            manifest::check_class(class, &answer.unwrap_err().why);
        } else if let Some(items) = expected["items"].as_array() {
            let answer = answer.unwrap();
            let mut found: Vec<_> = answer
                .offers()
                .iter()
                .map(|offer| {
                    serde_json::json!({
                        "vendor": offer.vendor,
                        "price": offer.price_krw.get(),
                        "productName": offer.product_name,
                        "link": offer.link,
                    })
                })
                .collect();
            let mut items = items.clone();
            for list in [&mut found, &mut items] {
                list.sort_by_key(|item| item["price"].as_u64());
            }
            assert_eq!(found, items, "{}", sample.name);
        } else {
            assert_eq!(expected["no_hit"], true, "{}", sample.name);
            assert_eq!(answer.unwrap(), Answer::default(), "{}", sample.name);
        }
    });
}
