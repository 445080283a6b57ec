//! Naver's answer, from bytes to offers. What a refusal says is read in `refusal`.
//!
//! Source: Naver's guide to the shopping search (`ko/service-apis/search/shopping/shopping.md` of
//! naver/naver-openapi-guide).

use serde_json::Value;

use crate::{
    Answer, Offer,
    offer::known_price,
    plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
    search::Why,
    web_address::web_address,
};

/// What the guide puts in `mallName` where a product has no mall but a page of Naver's price comparison. It is
/// kept as the vendor, and stands in where the field is empty or missing.
const PRICE_COMPARISON: &str = "네이버";

/// Reads the body of a status 200.
///
/// A product with a broken field keeps its other fields; one without a known price is counted, not offered.
///
/// # Errors
/// The body is not JSON, or has no list of `items`: the search was not answered (D6).
pub(super) fn parse(body: &[u8]) -> Result<Answer, Why> {
    let reply: Value = serde_json::from_slice(body).map_err(Why::NotJson)?;
    let items = reply
        .get("items")
        .ok_or(Why::Shape("an object with a list of `items`"))?;
    let items = items.as_array().ok_or(Why::Shape("`items` to be a list"))?;
    let offers: Vec<Offer> = items.iter().filter_map(offer).collect();
    let without_price = items.len() - offers.len();
    Ok(Answer::new(offers, without_price))
}

fn offer(item: &Value) -> Option<Offer> {
    let price_krw = match item.get("lprice")? {
        // Documented as a number, sent as a string; "0" or "" where it is unknown.
        Value::String(digits) => known_price(digits),
        Value::Number(number) => known_price(&number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }?;
    let text = |field| item.get(field).and_then(Value::as_str).unwrap_or_default();
    let mall = plain_text::from_html(text("mallName"), MAX_VENDOR_CHARS);
    Some(Offer {
        price_krw,
        vendor: if mall.is_empty() {
            PRICE_COMPARISON.to_owned()
        } else {
            mall
        },
        product_name: plain_text::from_html(text("title"), MAX_PRODUCT_NAME_CHARS),
        link: web_address(text("link")),
        per: None,
        surveyed_on: None,
    })
}

#[cfg(test)]
mod tests {
    use contract::pricing::UnpricedReason;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parse_items(items: &Value) -> Answer {
        let reply = json!({ "lastBuildDate": "Sun, 22 Nov 2026 09:00:00 +0900", "total": 1, "start": 1, "display": 10, "items": items });
        parse(reply.to_string().as_bytes()).unwrap()
    }

    fn check_refused(body: &[u8], expect: &str) {
        let why = parse(body).unwrap_err();
        assert_eq!(why.to_string(), expect);
        assert_eq!(why.error(), contract::error_name::PriceError::PriceFetchFailed);
    }

    fn check_price(lprice: &Value, expect: Option<u32>) {
        let answer = parse_items(&json!([{ "title": "두부", "lprice": lprice, "mallName": "가게" }]));
        assert_eq!(
            answer.cheapest().ok().map(|offer| offer.price_krw.get()),
            expect,
            "{lprice}"
        );
    }

    #[test]
    fn a_documented_item_is_an_offer() {
        let answer = parse_items(&json!([{
            "title": "국산 <b>대파</b> 1단 &amp; 쪽파",
            "link": "https://search.shopping.naver.com/catalog/1",
            "image": "https://shopping-phinf.pstatic.net/main_1/1.jpg",
            "lprice": "2980",
            "hprice": "",
            "mallName": "채소가게",
            "productId": "1",
            "productType": "2",
            "brand": "",
            "maker": "",
            "category1": "식품",
            "category2": "농산물",
            "category3": "채소",
            "category4": "대파",
        }]));
        insta::assert_debug_snapshot!(answer, @r#"
        Answer {
            offers: [
                Offer {
                    price_krw: 2980,
                    vendor: "채소가게",
                    product_name: "국산 대파 1단 & 쪽파",
                    link: Some(
                        "https://search.shopping.naver.com/catalog/1",
                    ),
                    per: None,
                    surveyed_on: None,
                },
            ],
            without_price: 0,
            reference: None,
        }
        "#);
    }

    /// Behind any byte, within a character too: no offer is made of a part.
    #[test]
    fn an_answer_that_is_cut_is_none() {
        let body = json!({ "total": 1, "items": [{ "title": "국산 <b>대파</b>", "lprice": "2980", "mallName": "채소가게" }] });
        let body = body.to_string();
        assert!(parse(body.as_bytes()).is_ok());
        for at in 0..body.len() {
            check_refused(&body.as_bytes()[..at], "answer is not JSON");
        }
    }

    #[test]
    fn prices_are_text_and_may_be_numbers() {
        check_price(&json!("16380"), Some(16_380));
        check_price(&json!(16_380), Some(16_380));
    }

    #[test]
    fn what_is_no_price_is_unknown() {
        for lprice in [
            json!("0"),
            json!(""),
            json!(0),
            json!(-5),
            json!("-5"),
            json!("1,234"),
            json!(12.5),
            json!(1e30),
            json!(u64::MAX),
            json!("99999999999999999999"),
            json!(null),
            json!(true),
            json!(["100"]),
            json!({}),
        ] {
            check_price(&lprice, None);
        }
    }

    #[test]
    fn a_mall_without_a_name_is_naver_itself() {
        for mall in [
            json!("네이버"),
            json!(""),
            json!(" "),
            json!("<b></b>"),
            json!(null),
            json!(7),
        ] {
            let answer = parse_items(&json!([{ "lprice": "10", "mallName": mall }]));
            assert_eq!(answer.cheapest().unwrap().vendor, "네이버");
        }
        assert_eq!(
            parse_items(&json!([{ "lprice": "10" }]))
                .cheapest()
                .unwrap()
                .vendor,
            "네이버"
        );
    }

    #[test]
    fn only_links_to_the_web_are_kept() {
        let link = |link: &str| {
            parse_items(&json!([{ "lprice": "10", "link": link }]))
                .cheapest()
                .unwrap()
                .link
                .clone()
        };
        assert_eq!(
            link("https://smartstore.naver.com/a?b=1").as_deref(),
            Some("https://smartstore.naver.com/a?b=1")
        );
        assert_eq!(
            link("http://openapi.naver.com/l?AAA").as_deref(),
            Some("http://openapi.naver.com/l?AAA")
        );
        for none in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a/b",
            "/catalog/1",
            "https://",
            "//a/b",
        ] {
            assert_eq!(link(none), None, "{none}");
        }
        assert_eq!(link(&format!("https://a/{}", "x".repeat(2_048))), None);
    }

    #[test]
    fn a_broken_field_breaks_neither_its_item_nor_the_others() {
        let answer = parse_items(&json!([
            { "title": 7, "link": [], "lprice": "300", "mallName": {} },
            null,
            "두부",
            [],
            { "title": "값 없음" },
            { "title": "두부", "lprice": "200", "mallName": "가게", "hprice": { "odd": true } },
        ]));
        let prices: Vec<_> = answer
            .offers()
            .iter()
            .map(|offer| offer.price_krw.get())
            .collect();
        assert_eq!(prices, [200, 300]);
        assert_eq!(answer.offers()[1].product_name, "");
    }

    #[test]
    fn nothing_found_is_an_answer() {
        assert_eq!(parse_items(&json!([])).cheapest(), Err(UnpricedReason::NoOffer));
        assert_eq!(
            parse_items(&json!([{ "lprice": "0" }, {}])).cheapest(),
            Err(UnpricedReason::NoKnownPrice)
        );
        assert_eq!(parse(br#"{"items":[]}"#).unwrap(), Answer::default());
    }

    #[test]
    fn what_is_not_the_documented_shape_is_no_answer() {
        const NO_ITEMS: &str =
            "answer has not the documented shape: expected an object with a list of `items`";
        const NO_LIST: &str = "answer has not the documented shape: expected `items` to be a list";
        check_refused(b"{}", NO_ITEMS);
        check_refused(b"[]", NO_ITEMS);
        check_refused(b"null", NO_ITEMS);
        check_refused(b"\"items\"", NO_ITEMS);
        check_refused(br#"{"items":null}"#, NO_LIST);
        check_refused(br#"{"items":{"item":[]}}"#, NO_LIST);
        for not_json in [
            &b""[..],
            b"<rss></rss>",
            b"{\"items\":[{\"lprice\":\"1",
            b"{\"items\":[]} x",
            b"{\"items\":[\"\xFF\"]}",
        ] {
            check_refused(not_json, "answer is not JSON");
        }
    }

    #[test]
    fn a_deep_body_is_refused() {
        check_refused("[".repeat(100_000).as_bytes(), "answer is not JSON");
    }

    fn any_field() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[0-9]{0,12}".prop_map(Value::from),
            "https?://[a-z<>&;]{0,20}".prop_map(Value::from),
            Just(json!([])),
            Just(json!({})),
        ]
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(body in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = parse(&body);
        }

        #[test]
        fn any_fields_give_clean_offers(
            items in prop::collection::vec((any_field(), any_field(), any_field(), any_field()), 0..12)
        ) {
            let items: Vec<Value> = items
                .into_iter()
                .map(|(title, link, lprice, mall)| json!({ "title": title, "link": link, "lprice": lprice, "mallName": mall }))
                .collect();
            let answer = parse_items(&Value::from(items));
            for offer in answer.offers() {
                prop_assert!(offer.price_krw.get() <= crate::offer::MAX_PRICE_KRW);
                prop_assert!(!offer.vendor.is_empty());
                let texts = [&offer.vendor, &offer.product_name].into_iter().chain(&offer.link);
                prop_assert!(!texts.flat_map(|text| text.chars()).any(contract::text::is_hidden));
            }
        }
    }
}
