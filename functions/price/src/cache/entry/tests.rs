//! Cached answers are decoded as they were; invalid rows are misses.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{clock::test::NOON_MS, testing};

const SOURCE: PriceSource = PriceSource::Chamgagyeok;

fn now() -> Timestamp {
    Timestamp::from_millisecond(NOON_MS).unwrap()
}

fn body() -> Value {
    json!({ "schema": 2, "atMs": NOON_MS - 1_000, "content": {
        "offers": [{ "priceKrw": 1_980, "vendor": "마트", "productName": "두부", "link": "https://a.example/1",
                     "per": "100g", "surveyedOn": "2026-11-20" }],
        "withoutPrice": 2,
    } })
}

fn reads(source: PriceSource, body: &Value) -> bool {
    decode(source, &body.to_string(), now()).is_some()
}

/// Whether the body can be read with another value there.
fn with(pointer: &str, value: impl Into<Value>) -> bool {
    let mut body = body();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[key] = value.into();
    reads(SOURCE, &body)
}

#[test]
fn a_valid_row_is_read() {
    let cached = decode(SOURCE, &body().to_string(), now()).unwrap();
    assert_eq!(cached.at.as_millisecond(), NOON_MS - 1_000);
    assert_eq!(cached.content.without_price(), 2);
    let offer = cached.content.cheapest().unwrap();
    assert_eq!((offer.price_krw.get(), offer.per.as_deref()), (1_980, Some("100g")));
}

/// Places in a row, and values that make the row invalid.
const INVALID: &str = r#"
/content/more [1]
/content/withoutPrice [null, -1, "2"]
/content/offers/0/more [1]
/content/offers/0/priceKrw [0, -5, 1000000000000, "1980", 19.5, null, 100000001]
/content/offers/0/vendor ["", " ", "a\u0007", "\u202ea"]
/content/offers/0/productName ["\n", "a\u0000b"]
/content/offers/0/link ["javascript:alert(1)", "data:,x", "file:///etc/passwd", "a", "", "https://", "https://a\n.example"]
/content/offers/0/per ["", "\u0001"]
/content/offers/0/surveyedOn ["2026-11-26", "2026-13-01", "20261120", "2026-11-20T00:00", "+002026-11-20", ""]
/schema [1]
"#;
const VALID: &str = r#"
/content/offers/0/priceKrw [1, 100000000]
/content/offers/0/productName [""]
/content/offers/0/surveyedOn ["2026-11-25"]
"#;

#[test]
fn invalid_fields_are_a_miss() {
    for (table, is_valid) in [(INVALID, false), (VALID, true)] {
        for (pointer, values) in table.lines().filter_map(|line| line.split_once(' ')) {
            for value in serde_json::from_str::<Vec<Value>>(values).unwrap() {
                assert_eq!(with(pointer, value.clone()), is_valid, "{pointer}: {value}");
            }
        }
    }
    for (field, max_chars) in
        [("vendor", MAX_VENDOR_CHARS), ("productName", MAX_PRODUCT_NAME_CHARS), ("per", MAX_PER_CHARS)]
    {
        let pointer = format!("/content/offers/0/{field}");
        assert!(
            with(&pointer, "가".repeat(max_chars)) && !with(&pointer, "가".repeat(max_chars + 1)),
            "{field}"
        );
    }
    assert!(!with("/content/offers/0/link", format!("https://a.example/{}", "x".repeat(MAX_LINK_BYTES))));
    assert!(!with("/content/offers", vec![body()["content"]["offers"][0].clone(); MAX_OFFERS + 1]));
}

#[test]
fn a_reference_is_of_the_rows_source_and_has_no_offers_beside_it() {
    let reference = json!({ "price": 2_841, "per": "1kg", "productName": "양파", "source": "kamis", "asOf": "2026-10-01" });
    let mut body = body();
    body["content"]["reference"] = reference;
    assert!(!reads(PriceSource::Kamis, &body), "beside an offer");
    body["content"]["offers"] = json!([]);
    assert!(reads(PriceSource::Kamis, &body));
    for (key, value) in [
        ("source", json!("chamgagyeok")),
        ("price", json!(0)),
        ("price", json!(1_000_000_000_000_i64)),
        ("asOf", json!("2027-01-01")),
        ("per", json!("")),
    ] {
        let mut bad = body.clone();
        bad["content"]["reference"][key] = value;
        assert!(!reads(PriceSource::Kamis, &bad), "{key}");
        assert!(!reads(SOURCE, &bad), "a source with vendors refers to none");
    }
}

#[test]
fn a_row_has_no_vendor_and_no_unit_that_its_source_cannot_have() {
    let mut package = body();
    let offer = package["content"]["offers"][0].as_object_mut().unwrap();
    offer.remove("per");
    for source in [PriceSource::Naver, PriceSource::Elevenst] {
        assert!(!reads(source, &package), "{source}: surveyed");
    }
    let offer = package["content"]["offers"][0].as_object_mut().unwrap();
    offer.remove("surveyedOn");
    for source in [PriceSource::Naver, PriceSource::Elevenst, SOURCE] {
        assert!(reads(source, &package), "{source}");
    }
    assert!(!reads(PriceSource::Kamis, &package) && !reads(PriceSource::Kamis, &body()));
    package["content"]["offers"] = json!([]);
    assert!(!reads(PriceSource::Kamis, &package), "it has no products");
    package["content"]["withoutPrice"] = json!(0);
    assert!(reads(PriceSource::Kamis, &package), "it had no price");
}

#[test]
fn an_answer_that_could_not_be_read_is_not_written() {
    let encoded = |link: &str| {
        let offer = Offer { link: Some(link.to_owned()), ..testing::offer(1, "마트") };
        let content = Answer::new(vec![offer], 0);
        encode(SOURCE, &Stored { content, at: now() })
    };
    assert!(encoded("https://a.example").is_some());
    assert!(encoded("javascript:alert(1)").is_none());
}

#[test]
fn mutated_rows_are_misses_or_have_clean_offers() {
    let content = Answer::new(vec![testing::offer(1_980, "마트"), testing::offer(2_980, "가게")], 2);
    let body = encode(SOURCE, &Stored { content, at: now() }).unwrap();
    let words = [
        "schema",
        "offers",
        "\"price\":0",
        "100000001",
        "javascript:",
        "\\u202e",
        "9999-12-31",
        "9223372036854775807",
    ];
    mutations::check(&[body], &words, |body| {
        if let Some(cached) = decode(SOURCE, &String::from_utf8_lossy(body), now()) {
            testing::assert_clean(&cached.content);
            assert!(encode(SOURCE, &cached).is_some());
        }
    });
}

proptest! {
    #[test]
    fn an_answer_is_read_with_its_cheapest_offers(
        offers in prop::collection::vec((1_u32..=MAX_PRICE_KRW, "[가-힣a-z]{1,20}", prop::option::of("https://[a-z]{1,9}\\.example/[a-z]{0,9}")), 0..25),
        without_price in 0_usize..5,
        ms in 0_i64..NOON_MS,
    ) {
        let offers = offers.into_iter().map(|(price, vendor, link)| Offer { link, ..testing::offer(price, &vendor) });
        let content = Answer::new(offers.collect(), without_price);
        let at = Timestamp::from_millisecond(ms).unwrap();
        let body = encode(SOURCE, &Stored { content: content.clone(), at }).unwrap();
        let cached = decode(SOURCE, &body, now()).unwrap();
        prop_assert_eq!(cached.at, at);
        prop_assert_eq!(cached.content.offers(), &content.offers()[..content.offers().len().min(MAX_OFFERS)]);
        prop_assert_eq!(cached.content.cheapest(), content.cheapest());
    }
}
