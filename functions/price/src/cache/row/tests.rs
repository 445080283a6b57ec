//! What is kept reads back as it was; everything else is a miss.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::clock::test::NOON_MS;

const SOURCE: PriceSource = PriceSource::Chamgagyeok;

fn now() -> Timestamp {
    Timestamp::from_millisecond(NOON_MS).unwrap()
}

fn body() -> Value {
    json!({
        "schema": 1,
        "askedAtMs": NOON_MS - 1_000,
        "offers": [{ "price": 1_980, "vendor": "마트", "productName": "두부", "link": "https://a.example/1",
                     "per": "100g", "surveyedOn": "2026-11-20" }],
        "withoutPrice": 2,
    })
}

fn is_read(body: &Value) -> bool {
    read(SOURCE, &body.to_string(), now()).is_some()
}

/// Whether the body is read after that field of its offer is changed.
fn with_offer(key: &str, value: impl Into<Value>) -> bool {
    let mut body = body();
    body["offers"][0][key] = value.into();
    is_read(&body)
}

fn with(key: &str, value: impl Into<Value>) -> bool {
    let mut body = body();
    body[key] = value.into();
    is_read(&body)
}

#[test]
fn a_good_row_is_read() {
    let kept = read(SOURCE, &body().to_string(), now()).unwrap();
    assert_eq!(kept.asked_at.as_millisecond(), NOON_MS - 1_000);
    assert_eq!(kept.answer.without_price(), 2);
    let offer = kept.answer.cheapest().unwrap();
    assert_eq!(
        (offer.price_krw.get(), offer.per.as_deref()),
        (1_980, Some("100g"))
    );
}

#[test]
fn a_row_of_another_form_is_a_miss() {
    assert!(with("schema", 1));
    for schema in [json!(0), json!(2), json!("1"), json!(null), json!(1.5)] {
        assert!(!with("schema", schema));
    }
    assert!(!with("more", 1));
    let mut without = body();
    without.as_object_mut().unwrap().remove("withoutPrice");
    assert!(!is_read(&without));
    for text in ["", "{", "null", "[]", "\"\""] {
        assert_eq!(read(SOURCE, text, now()), None);
    }
}

#[test]
fn a_poisoned_price_is_a_miss() {
    assert!(with_offer("price", 1) && with_offer("price", 100_000_000));
    for price in [
        json!(0),
        json!(-5),
        json!(1_000_000_000_000_i64),
        json!("1980"),
        json!(19.5),
        json!(null),
        json!(100_000_001),
    ] {
        assert!(!with_offer("price", price.clone()), "{price}");
    }
}

#[test]
fn poisoned_texts_are_a_miss() {
    for vendor in ["", " ", "a\u{7}", "\u{202e}a", &"가".repeat(101)] {
        assert!(!with_offer("vendor", vendor), "{vendor:?}");
    }
    assert!(with_offer("productName", ""));
    for name in ["\n", "a\u{0}b", &"가".repeat(301)] {
        assert!(!with_offer("productName", name), "{name:?}");
    }
    let long = format!("https://a.example/{}", "x".repeat(2_048));
    for link in [
        "javascript:alert(1)",
        "data:,x",
        "file:///etc/passwd",
        "a",
        "",
        "https://",
        "https://a\n.example",
        &long,
    ] {
        assert!(!with_offer("link", link), "{link:.40}");
    }
    for per in ["", "\u{1}", &"가".repeat(41)] {
        assert!(!with_offer("per", per), "{per:?}");
    }
}

#[test]
fn what_comes_from_the_future_is_a_miss() {
    assert!(with("askedAtMs", NOON_MS + 299_000));
    for asked_at_ms in [NOON_MS + 301_000, i64::MAX, i64::MIN] {
        assert!(!with("askedAtMs", asked_at_ms), "{asked_at_ms}");
    }
    assert!(with_offer("surveyedOn", "2026-11-25"));
    for day in [
        "2026-11-26",
        "2026-13-01",
        "20261120",
        "2026-11-20T00:00",
        "+002026-11-20",
        "",
    ] {
        assert!(!with_offer("surveyedOn", day), "{day}");
    }
}

#[test]
fn what_is_huge_is_a_miss() {
    let many = vec![body()["offers"][0].clone(); MAX_OFFERS + 1];
    assert!(!with("offers", many));
    assert_eq!(
        read(SOURCE, &(" ".repeat(MAX_BODY_BYTES) + &body().to_string()), now()),
        None
    );
}

#[test]
fn a_reference_is_its_own_sources_and_stands_alone() {
    let is_read = |body: &Value| read(PriceSource::Kamis, &body.to_string(), now()).is_some();
    let reference = json!({ "price": 2_841, "per": "1kg", "productName": "양파", "source": "kamis", "asOf": "2026-10-01" });
    let mut body = body();
    body["reference"] = reference.clone();
    assert!(!is_read(&body), "beside an offer");
    body["offers"] = json!([]);
    assert!(is_read(&body));
    let mut of_a_shop = body.clone();
    of_a_shop["reference"]["source"] = json!("chamgagyeok");
    assert!(
        read(SOURCE, &of_a_shop.to_string(), now()).is_none(),
        "a source with vendors refers to none"
    );
    for (key, value) in [
        ("source", json!("chamgagyeok")),
        ("price", json!(0)),
        ("price", json!(1_000_000_000_000_i64)),
        ("asOf", json!("2027-01-01")),
        ("per", json!("")),
    ] {
        let mut bad = body.clone();
        bad["reference"][key] = value;
        assert!(!is_read(&bad), "{key}");
    }
}

#[test]
fn who_has_no_vendors_becomes_none_by_its_row() {
    let reads = |source: PriceSource, body: &Value| read(source, &body.to_string(), now()).is_some();
    let mut package = body();
    let offer = package["offers"][0].as_object_mut().unwrap();
    offer.remove("per");
    offer.remove("surveyedOn");
    for source in [PriceSource::Naver, PriceSource::Elevenst, SOURCE] {
        assert!(reads(source, &package), "{source}");
    }
    assert!(!reads(PriceSource::Kamis, &package) && !reads(PriceSource::Kamis, &body()));
    package["offers"] = json!([]);
    assert!(
        !reads(PriceSource::Kamis, &package),
        "it knows no products without a price"
    );
    package["withoutPrice"] = json!(0);
    assert!(reads(PriceSource::Kamis, &package), "it had nothing to say");
}

#[test]
fn only_a_price_of_a_unit_says_its_unit_and_day() {
    for key in ["per", "surveyedOn"] {
        let mut body = body();
        body["offers"][0].as_object_mut().unwrap().remove(key);
        assert!(is_read(&body), "{key}");
        for source in [PriceSource::Naver, PriceSource::Elevenst] {
            assert!(
                read(source, &body.to_string(), now()).is_none(),
                "{source} without {key}"
            );
        }
    }
}

#[test]
fn what_would_not_be_read_is_not_written() {
    let offer = |link: &str| Offer {
        price_krw: NonZeroU32::MIN,
        vendor: "마트".to_owned(),
        product_name: "두부".to_owned(),
        link: Some(link.to_owned()),
        per: None,
        surveyed_on: None,
    };
    let written = |link| {
        let answer = Answer::new(vec![offer(link)], 0);
        write(
            SOURCE,
            &Kept {
                answer,
                asked_at: now(),
            },
        )
    };
    assert!(written("https://a.example").is_some());
    assert!(written("javascript:alert(1)").is_none());
}

proptest! {
    #[test]
    fn what_is_written_reads_back_with_the_cheapest_offers(
        prices in prop::collection::vec((1_u32..=MAX_PRICE_KRW, "[가-힣a-z]{1,20}", prop::option::of("https://[a-z]{1,9}\\.example/[a-z]{0,9}")), 0..25),
        without_price in 0_usize..5,
        ms in 0_i64..NOON_MS,
    ) {
        let offers = prices.into_iter().map(|(price, vendor, link)| Offer {
            price_krw: NonZeroU32::new(price).unwrap(),
            product_name: format!("{vendor} 상품"),
            vendor,
            link,
            per: None,
            surveyed_on: None,
        });
        let answer = Answer::new(offers.collect(), without_price);
        let asked_at = Timestamp::from_millisecond(ms).unwrap();
        let body = write(SOURCE, &Kept { answer: answer.clone(), asked_at }).unwrap();
        let kept = read(SOURCE, &body, now()).unwrap();
        prop_assert_eq!(kept.asked_at, asked_at);
        prop_assert_eq!(kept.answer.offers(), &answer.offers()[..answer.offers().len().min(MAX_OFFERS)]);
        prop_assert_eq!(kept.answer.cheapest(), answer.cheapest());
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
        let _ = read(SOURCE, &text, now());
    }
}
