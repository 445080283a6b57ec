//! Naver's answer, from bytes to offers. What a refusal says is read in `refusal`.
//!
//! Source: Naver's guide to the shopping search (`ko/service-apis/search/shopping/shopping.md` of
//! naver/naver-openapi-guide).

use serde_json::Value;

use crate::{
    search::{
        SearchErrorKind,
        offer::{Answer, Offer, known_price},
    },
    text::{
        plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
        web_address::web_address,
    },
};

/// What the guide puts in `mallName` where a product has no mall but a page of Naver's price comparison. It is
/// kept as the vendor, and stands in where the field is empty or missing.
const PRICE_COMPARISON: &str = "네이버";

/// Reads the body of a status 200.
///
/// A product with a broken field keeps its other fields; one without a known price is counted, not offered.
///
/// # Errors
/// The body is not JSON, or has no list of `items`: the search was not answered.
pub(super) fn parse(body: &[u8]) -> Result<Answer, SearchErrorKind> {
    let reply: Value = serde_json::from_slice(body).map_err(SearchErrorKind::from)?;
    let items =
        reply.get("items").ok_or(SearchErrorKind::UnexpectedShape("an object with a list of `items`"))?;
    let items = items.as_array().ok_or(SearchErrorKind::UnexpectedShape("`items` to be a list"))?;
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
    let vendor = if mall.is_empty() { PRICE_COMPARISON } else { &mall };
    let title = plain_text::from_html(text("title"), MAX_PRODUCT_NAME_CHARS);
    Some(Offer { link: web_address(text("link")), ..Offer::new(price_krw, vendor, title) })
}

#[cfg(test)]
mod tests {
    use contract::pricing::UnpricedReason;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn parse_items(items: &Value) -> Answer {
        let reply = json!({ "lastBuildDate": "Sun, 22 Nov 2026 09:00:00 +0900", "total": 1, "start": 1, "display": 10, "items": items });
        parse(reply.to_string().as_bytes()).unwrap()
    }

    #[track_caller]
    fn check_refused(body: &[u8], expect: &str) {
        assert_eq!(parse(body).unwrap_err().to_string(), expect);
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
        }]));
        let expect = Offer {
            product_name: "국산 대파 1단 & 쪽파".to_owned(),
            link: Some("https://search.shopping.naver.com/catalog/1".to_owned()),
            ..testing::offer(2_980, "채소가게")
        };
        assert_eq!(answer, Answer::new(vec![expect], 0));
    }

    #[test]
    fn prices_are_text_or_numbers_and_anything_else_is_unknown() {
        let price = |lprice: &Value| {
            let answer = parse_items(&json!([{ "title": "두부", "lprice": lprice, "mallName": "가게" }]));
            answer.cheapest().ok().map(|offer| offer.price_krw.get())
        };
        assert_eq!([json!("16380"), json!(16_380)].map(|lprice| price(&lprice)), [Some(16_380); 2]);
        for lprice in [
            json!("0"),
            json!(""),
            json!(-5),
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
            assert_eq!(price(&lprice), None, "{lprice}");
        }
    }

    #[test]
    fn a_mall_without_a_name_is_naver_itself() {
        for mall in [json!("네이버"), json!(" "), json!("<b></b>"), json!(null), json!(7)] {
            let answer = parse_items(&json!([{ "lprice": "10", "mallName": mall }]));
            assert_eq!(answer.cheapest().unwrap().vendor, "네이버", "{mall}");
        }
    }

    #[test]
    fn a_broken_field_breaks_neither_its_item_nor_the_others() {
        let answer = parse_items(&json!([
            { "title": 7, "link": [], "lprice": "300", "mallName": {} },
            null,
            "두부",
            [],
            { "title": "값 없음" },
            { "title": "두부", "lprice": "200", "mallName": "가게", "hprice": { "odd": true }, "link": "javascript:alert(1)" },
        ]));
        let found = answer.offers().iter();
        let found: Vec<_> =
            found.map(|offer| (offer.price_krw.get(), &*offer.product_name, &offer.link)).collect();
        assert_eq!(found, [(200, "두부", &None), (300, "", &None)]);
        assert_eq!(answer.without_price(), 4);
    }

    #[test]
    fn nothing_found_is_an_answer() {
        assert_eq!(parse(br#"{"items":[]}"#).unwrap(), Answer::default());
        let unpriced = parse_items(&json!([{ "lprice": "0" }, {}]));
        assert_eq!(unpriced.cheapest(), Err(UnpricedReason::NoKnownPrice));
    }

    #[test]
    fn another_shape_is_no_answer() {
        const NO_ITEMS: &str =
            "answer has not the documented shape: expected an object with a list of `items`";
        const NO_LIST: &str = "answer has not the documented shape: expected `items` to be a list";
        for body in ["{}", "[]", "null", "\"items\""] {
            check_refused(body.as_bytes(), NO_ITEMS);
        }
        check_refused(br#"{"items":null}"#, NO_LIST);
        check_refused(br#"{"items":{"item":[]}}"#, NO_LIST);
        check_refused(b"<rss></rss>", "answer is not JSON");
        check_refused(b"{\"items\":[]} x", "answer is not JSON");
        check_refused(b"{\"items\":[\"\xFF\"]}", "answer is not JSON");
        check_refused("[".repeat(100_000).as_bytes(), "answer is not JSON");
        // Cut behind any byte, within a character too: no offer is made of a part.
        let body = json!({ "items": [{ "title": "국산 <b>대파</b>", "lprice": "2980" }] }).to_string();
        for at in 0..body.len() {
            check_refused(&body.as_bytes()[..at], "answer is not JSON");
        }
    }

    fn any_field() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[0-9]{0,12}".prop_map(Value::from),
            "https?://[a-z<>&;]{0,20}".prop_map(Value::from),
            Just(json!([])),
        ]
    }

    #[test]
    fn mutated_replies_give_clean_offers() {
        let item = json!({ "title": "국산 <b>대파</b> &amp; 쪽파", "link": "https://a.example/1", "lprice": "2980", "mallName": "채소가게" });
        let body = json!({ "total": 1, "items": [item] });
        let words = ["<b>", "&#x202E;", "&#0;", "lprice", "mallName", "items", "javascript:", "http://[::1"];
        mutations::check(&[body.to_string()], &words, |body| {
            if let Ok(answer) = parse(body) {
                testing::assert_clean(&answer);
            }
        });
    }

    proptest! {
        #[test]
        fn any_fields_give_clean_offers(
            items in prop::collection::vec((any_field(), any_field(), any_field(), any_field()), 0..12)
        ) {
            let item = |(title, link, lprice, mall)| json!({ "title": title, "link": link, "lprice": lprice, "mallName": mall });
            let items: Vec<Value> = items.into_iter().map(item).collect();
            testing::assert_clean(&parse_items(&Value::from(items)));
        }
    }
}
