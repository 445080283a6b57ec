//! Naver's answer, from bytes to offers.
//!
//! Source: Naver's guide to the shopping search (`ko/service-apis/search/shopping/shopping.md` of
//! naver/naver-openapi-guide).

use contract::PriceSource;
use serde_json::Value;

use super::refusal;
use crate::{
    http::{client::Reply, redaction::Redactor},
    search::{
        SearchError, SearchErrorKind,
        offer::{Answer, Offer, known_price},
    },
    text::{
        plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
        web_address::web_address,
    },
};

/// The guide's `mallName` of a product without a mall, which has a page of Naver's price comparison. Also the vendor where the
/// field is missing.
const PRICE_COMPARISON: &str = "네이버";

/// Reads a reply: with status 200 an answer, with any other a refusal.
pub(crate) fn read(reply: &Reply, redactor: Redactor<'_>) -> Result<Answer, SearchError> {
    match reply.status {
        200 => parse(&reply.body).map_err(|kind| SearchError::new(PriceSource::Naver, kind)),
        status => Err(refusal::error(status, &reply.body, redactor)),
    }
}

/// A product with a broken field keeps its other fields. One without a known price is counted, not offered.
fn parse(body: &[u8]) -> Result<Answer, SearchErrorKind> {
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
        // Documented as a number, sent as a string; "0" or "" if unknown.
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
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn parse_items(items: &Value) -> Answer {
        let reply = json!({ "lastBuildDate": "Sun, 22 Nov 2026 09:00:00 +0900", "total": 1, "start": 1, "display": 10, "items": items });
        parse(reply.to_string().as_bytes()).unwrap()
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
    fn the_vendor_without_a_mall_is_naver() {
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
}
