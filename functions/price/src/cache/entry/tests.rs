//! A cached answer is decoded as it was; everything else is a miss.

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

/// Whether a body is read after that field of its content or of its offer is changed.
fn with(pointer: &str, value: impl Into<Value>) -> bool {
    let mut body = body();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[key] = value.into();
    reads(SOURCE, &body)
}

#[test]
fn a_good_row_is_read() {
    let cached = decode(SOURCE, &body().to_string(), now()).unwrap();
    assert_eq!(cached.at.as_millisecond(), NOON_MS - 1_000);
    assert_eq!(cached.content.without_price(), 2);
    let offer = cached.content.cheapest().unwrap();
    assert_eq!((offer.price_krw.get(), offer.per.as_deref()), (1_980, Some("100g")));
}

#[test]
fn invalid_fields_are_a_miss() {
    let long = format!("https://a.example/{}", "x".repeat(2_048));
    let names: [&str; 3] = ["\n", "a\u{0}b", &"가".repeat(301)];
    for (pointer, values) in [
        ("/content/more", json!([1])),
        ("/content/withoutPrice", json!([null, -1, "2"])),
        ("/content/offers/0/more", json!([1])),
        (
            "/content/offers/0/priceKrw",
            json!([0, -5, 1_000_000_000_000_i64, "1980", 19.5, null, 100_000_001]),
        ),
        ("/content/offers/0/vendor", json!(["", " ", "a\u{7}", "\u{202e}a", "가".repeat(101)])),
        ("/content/offers/0/productName", json!(names)),
        (
            "/content/offers/0/link",
            json!([
                "javascript:alert(1)",
                "data:,x",
                "file:///etc/passwd",
                "a",
                "",
                "https://",
                "https://a\n.example",
                long
            ]),
        ),
        ("/content/offers/0/per", json!(["", "\u{1}", "가".repeat(41)])),
        // The future, and other ways to write a day.
        (
            "/content/offers/0/surveyedOn",
            json!(["2026-11-26", "2026-13-01", "20261120", "2026-11-20T00:00", "+002026-11-20", ""]),
        ),
        ("/content/offers", json!([vec![body()["content"]["offers"][0].clone(); MAX_OFFERS + 1]])),
    ] {
        for value in values.as_array().unwrap() {
            assert!(!with(pointer, value.clone()), "{pointer}: {value}");
        }
    }
    for (pointer, value) in [
        ("/content/offers/0/priceKrw", json!(1)),
        ("/content/offers/0/priceKrw", json!(100_000_000)),
        ("/content/offers/0/productName", json!("")),
        ("/content/offers/0/surveyedOn", json!("2026-11-25")),
        ("/atMs", json!(NOON_MS + 299_000)),
    ] {
        assert!(with(pointer, value.clone()), "{pointer}: {value}");
    }
    assert!(!with("/atMs", NOON_MS + 301_000) && !with("/schema", 1));
}

#[test]
fn a_reference_is_its_own_sources_and_stands_alone() {
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
fn a_row_gives_its_source_no_vendor_and_no_unit_that_it_cannot_have() {
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
    assert!(!reads(PriceSource::Kamis, &package), "it knows no products without a price");
    package["content"]["withoutPrice"] = json!(0);
    assert!(reads(PriceSource::Kamis, &package), "it knew no price");
}

#[test]
fn what_would_not_be_read_is_not_written() {
    let encoded = |link: &str| {
        let offer = Offer { link: Some(link.to_owned()), ..testing::offer(1, "마트") };
        let content = Answer::new(vec![offer], 0);
        encode(SOURCE, &Stored { content, at: now() })
    };
    assert!(encoded("https://a.example").is_some());
    assert!(encoded("javascript:alert(1)").is_none());
}

#[test]
fn mutated_rows_give_nothing_or_clean_offers() {
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
    fn what_is_written_reads_back_with_the_cheapest_offers(
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
