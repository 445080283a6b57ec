//! What 11번가 sends, from bytes to offers or to a reason. Its answers and its errors both come with status 200, so the root
//! element says which it is.

use std::borrow::Cow;

use contract::PriceSource;

use super::outliers;
use crate::{
    http::{client::Reply, redaction::Redactor},
    search::{
        Refusal, SearchError, SearchErrorKind,
        offer::{Answer, Offer, grouped_price},
    },
    sources::limit_words,
    text::{
        plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
        web_address::secure_address,
        xml::{self, Element},
    },
};

/// The vendor of a product that names none.
const THE_SHOP_ITSELF: &str = "11번가";
/// The key is not known: seen in answers to made-up keys. No table of the codes is public.
const UNREGISTERED_KEY: &str = "003";

/// Reads any reply.
pub(super) fn read(reply: &Reply, redactor: Redactor<'_>) -> Result<Answer, SearchError> {
    let root = xml::parse(&reply.body, reply.content_type.as_deref());
    let text = String::from_utf8_lossy(&reply.body);
    let kind = match root {
        Ok(root) => match root.name.as_str() {
            "ErrorResponse" => {
                let message = [root.field("ErrorMessage"), root.field("ErrorDetail")].join(" ");
                refused(reply.status, root.field("ErrorCode"), &message, redactor)
            }
            // Never seen live, read by a caller all the same.
            "Error" => refused(reply.status, root.field("Code"), root.field("Message"), redactor),
            _ if reply.status != 200 => refused(reply.status, "", &text, redactor),
            "ProductSearchResponse" => match root.child("Products") {
                Some(products) => return Ok(answer(products)),
                None => SearchErrorKind::UnexpectedShape("`Products` in `ProductSearchResponse`"),
            },
            _ => SearchErrorKind::UnexpectedShape("`ProductSearchResponse` or `ErrorResponse`"),
        },
        // With status 200 it may be an answer that was cut, and its names of products say anything.
        Err(error)
            if reply.status == 200
                && (text.trim_start().starts_with('<') || limit_words::limit_in(200, &text).is_none()) =>
        {
            SearchErrorKind::NotXml(error)
        }
        Err(_) => refused(reply.status, "", &text, redactor),
    };
    Err(SearchError { hint: hint(&kind, reply.status), ..SearchError::new(PriceSource::Elevenst, kind) })
}

/// The offers among the products. One without a price that is believed is counted.
fn answer(products: &Element) -> Answer {
    let count = products.all("Product").count();
    let offers: Vec<Offer> = products.all("Product").filter_map(offer).collect();
    let least = outliers::outlier_floor(offers.iter().map(|offer| offer.price_krw));
    let offers: Vec<Offer> = offers.into_iter().filter(|offer| offer.price_krw.get() >= least).collect();
    let without_price = count - offers.len();
    Answer::new(offers, without_price)
}

fn offer(product: &Element) -> Option<Offer> {
    let text = |field, most| plain_text::from_html(product.field(field), most);
    let vendor = ["SellerNick", "Seller"]
        .map(|field| text(field, MAX_VENDOR_CHARS))
        .into_iter()
        .find(|vendor| !vendor.is_empty());
    // A buyer pays the sale's price where there is a sale.
    let price = ["SalePrice", "ProductPrice"].map(|field| grouped_price(product.field(field)));
    Some(Offer {
        link: secure_address(product.field("DetailPageUrl")),
        ..Offer::new(
            price.into_iter().flatten().next()?,
            vendor.as_deref().unwrap_or(THE_SHOP_ITSELF),
            text("ProductName", MAX_PRODUCT_NAME_CHARS),
        )
    })
}

/// The reason behind an error's code and words. Beside the unknown key no code is public, so the words decide, and what they
/// do not say is a refusal that stays.
fn refused(status: u16, code: &str, message: &str, redactor: Redactor<'_>) -> SearchErrorKind {
    let words = message.to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    let refusal = Refusal { status, code: Refusal::code(code), message: redactor.quoted(message) };
    if code == UNREGISTERED_KEY || says(&["unregisteredkey", "등록되지 않은"]) {
        SearchErrorKind::Credentials(refusal)
    } else if let Some(limit) = limit_words::limit_in(status, message) {
        limit.error(refusal)
    } else if says(&["점검", "시스템", "system", "internal", "unavailable"]) {
        SearchErrorKind::ProviderFailed(refusal)
    } else {
        match status {
            401 | 403 => SearchErrorKind::Credentials(refusal),
            500..=599 => SearchErrorKind::ProviderFailed(refusal),
            _ => SearchErrorKind::Refused(refusal),
        }
    }
}

fn hint(kind: &SearchErrorKind, status: u16) -> Option<Cow<'static, str>> {
    let hint = match (kind, status) {
        (SearchErrorKind::Credentials(_), _) => {
            "write the key of an account that 11번가 registered for its Open API with `aws ssm put-parameter --type SecureString`; if it is \
             registered, ask 11번가 whether it wants a fixed address"
        }
        (SearchErrorKind::RateLimited(_), _) => "lower per_second of the source: 11번가 publishes no limit",
        (SearchErrorKind::DailyLimit(_), _) => "lower per_day of the source: 11번가 publishes no limit",
        (SearchErrorKind::Refused(_), 300..=399) => {
            "the source's base URL must name the server that answers: redirects are not followed"
        }
        _ => return None,
    };
    Some(hint.into())
}

#[cfg(test)]
mod tests {
    use encoding_rs::EUC_KR;
    use proptest::prelude::*;

    use super::*;
    use crate::{http::keys::Keys, testing};

    fn read_bytes(status: u16, body: &[u8]) -> Result<Answer, SearchError> {
        let reply = Reply { status, content_type: None, body: body.to_vec() };
        let keys = &Keys::of(["0123456789abcdef0123456789abcdef"]);
        read(&reply, Redactor { keys, name: "두부" })
    }

    fn products(products: &str) -> Answer {
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"EUC-KR\"?><ProductSearchResponse><Products><TotalCount>9</TotalCount>{products}</Products></ProductSearchResponse>"
        );
        read_bytes(200, &EUC_KR.encode(&xml).0).unwrap()
    }

    #[track_caller]
    fn check_price(fields: &str, expect: Option<u32>) {
        let answer = products(&format!("<Product>{fields}</Product>"));
        let cheapest = answer.cheapest().ok().map(|offer| offer.price_krw.get());
        assert_eq!(cheapest, expect, "{fields}");
        assert_eq!(answer.offers().len() + answer.without_price(), 1);
    }

    fn told(status: u16, body: &str) -> String {
        let error = read_bytes(status, body.as_bytes()).unwrap_err();
        let hint = error.hint.map_or("", |_| " (hint)");
        format!("{}{hint}", error.kind)
    }

    #[test]
    fn a_product_is_an_offer_with_clean_texts() {
        let answer = products(
            "<Product><ProductCode>1</ProductCode><ProductName><![CDATA[국산 <b>두부</b> 300g &amp; 순두부]]></ProductName>\
             <ProductPrice>2,300</ProductPrice><SellerNick>  </SellerNick><Seller><![CDATA[콩가게]]></Seller>\
             <DetailPageUrl><![CDATA[http://www.11st.co.kr/products/1?a=b&c=d]]></DetailPageUrl><SalePrice>1,980</SalePrice></Product>\
             <Product><ProductName>두&#x202E;부&#10;</ProductName><SalePrice>2,900</SalePrice>\
             <DetailPageUrl>javascript:alert(1)</DetailPageUrl><SellerNick>&#8;&#x202E;</SellerNick></Product>",
        );
        let first = Offer {
            product_name: "국산 두부 300g & 순두부".to_owned(),
            link: Some("https://www.11st.co.kr/products/1?a=b&c=d".to_owned()),
            ..testing::offer(1_980, "콩가게")
        };
        let second = Offer { product_name: "두 부".to_owned(), ..testing::offer(2_900, "11번가") };
        assert_eq!(answer, Answer::new(vec![first, second], 0));
        assert_eq!(products(""), Answer::default());
    }

    #[test]
    fn the_sales_price_and_else_the_products() {
        let both = "<ProductPrice>2300</ProductPrice><SalePrice>1980</SalePrice>";
        check_price(both, Some(1_980));
        for none in ["", "0", "-5", "1,2", "1000000000000", "무료", "1.5"] {
            let sale = format!("<SalePrice>{none}</SalePrice>");
            check_price(&format!("<ProductPrice>2,300</ProductPrice>{sale}"), Some(2_300));
            check_price(&sale, None);
            check_price(&format!("<ProductPrice>{none}</ProductPrice>"), None);
        }
    }

    #[test]
    fn decoys_are_products_without_a_price() {
        let list = [10, 2_980, 10, 3_500, 4_200]
            .map(|price| format!("<Product><SalePrice>{price}</SalePrice></Product>"));
        let answer = products(&list.concat());
        let cheapest = answer.cheapest().unwrap().price_krw.get();
        assert_eq!((cheapest, answer.offers().len(), answer.without_price()), (2_980, 3, 2));
        check_price("<SalePrice>10</SalePrice>", None);
    }

    /// Statuses | body | what is told of it.
    const REPLIES: &str = "
200 400 403 500 | <ErrorResponse><ErrorCode>003</ErrorCode><ErrorMessage>tMall.unregisteredKey</ErrorMessage></ErrorResponse> | credentials refused: status STATUS, code 003: tMall.unregisteredKey (hint)
200 403 429 | Daily quota exceeded | too many calls a day: status STATUS, code unknown: Daily quota exceeded (hint)
200 | <Error><Code>900</Code><Message>bad keyword 두부 of 0123456789abcdef0123456789abcdef</Message></Error> | call refused: status 200, code 900: bad keyword (name) of (key)
200 | <ErrorResponse><ErrorCode>x y</ErrorCode><ErrorDetail>일일 호출 한도 초과</ErrorDetail></ErrorResponse> | too many calls a day: status 200, code unknown: 일일 호출 한도 초과 (hint)
200 | <ErrorResponse><ErrorMessage>Too many requests</ErrorMessage></ErrorResponse> | too many calls a second: status 200, code unknown: Too many requests (hint)
200 | <ErrorResponse><ErrorDetail>시스템 점검 중</ErrorDetail></ErrorResponse> | provider out of order: status 200, code unknown: 시스템 점검 중
503 | <h1>busy</h1> | provider out of order: status 503, code unknown: busy
503 | busy | provider out of order: status 503, code unknown: busy
429 |  | too many calls a second: status 429, code unknown (hint)
302 |  | call refused: status 302, code unknown (hint)
204 |  | call refused: status 204, code unknown
200 | <html>a</html> | answer has not the documented shape: expected `ProductSearchResponse` or `ErrorResponse`
200 | <ProductSearchResponse/> | answer has not the documented shape: expected `Products` in `ProductSearchResponse`
200 |  | answer is not XML
200 | 두부 | answer is not XML
200 | {} | answer is not XML
200 | <!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a> | answer is not XML
200 | <ProductSearchResponse><Products>API token quota exceeded | answer is not XML
";

    #[test]
    fn codes_words_and_shapes_say_what_happened() {
        for line in REPLIES.lines().skip(1) {
            let [statuses, body, expect] = line.split(" | ").collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            for status in statuses.split(' ') {
                let expect = expect.replace("STATUS", status);
                assert_eq!(told(status.parse().unwrap(), body), expect, "{line}");
            }
        }
    }

    #[test]
    fn a_cut_answer_and_another_charset_are_no_answer() {
        let xml = "<?xml version=\"1.0\" encoding=\"EUC-KR\"?><ProductSearchResponse><Products><Product><ProductName>국산 콩 두부</ProductName></Product></Products></ProductSearchResponse>";
        assert_eq!(told(200, xml), "answer is not XML");
        let fine = EUC_KR.encode(xml).0;
        assert!(read_bytes(200, &fine).is_ok());
        // Cut behind any byte, within a character too.
        for at in 0..fine.len() {
            let error = read_bytes(200, &fine[..at]).unwrap_err();
            assert!(matches!(error.kind, SearchErrorKind::NotXml(_)), "{at}");
        }
    }

    #[test]
    fn mutated_replies_are_read_without_panic() {
        let body = "<?xml version=\"1.0\" encoding=\"EUC-KR\"?><ProductSearchResponse><Products><Product><ProductName><![CDATA[<b>A</b>]]></ProductName><SalePrice>1,980</SalePrice></Product></Products></ProductSearchResponse>";
        let words = [
            "<Product>",
            "</Product>",
            "<![CDATA[",
            "]]>",
            "&#x202E;",
            "<!DOCTYPE",
            "EUC-KR",
            "UTF-16",
            "SalePrice",
        ];
        mutations::check(&[body], &words, |body| {
            if let Ok(answer) = read_bytes(200, body) {
                testing::assert_clean(&answer);
            }
        });
    }

    proptest! {
        #[test]
        fn any_fields_give_clean_offers(fields in prop::collection::vec(("[^<&\\]]{0,20}", "[0-9,-]{0,13}", "[^<&\\]]{0,20}", "https?://[a-z/]{0,9}"), 0..12)) {
            let product = |(name, price, seller, link): &(String, String, String, String)| format!("<Product><ProductName>{name}</ProductName><SalePrice>{price}</SalePrice><Seller>{seller}</Seller><DetailPageUrl>{link}</DetailPageUrl></Product>");
            let list: String = fields.iter().map(product).collect();
            let xml = format!("<ProductSearchResponse><Products>{list}</Products></ProductSearchResponse>");
            let answer = read_bytes(200, xml.as_bytes()).unwrap();
            prop_assert_eq!(answer.offers().len() + answer.without_price(), fields.len());
            prop_assert!(answer.offers().iter().all(|offer| offer.price_krw.get() >= 100));
            testing::assert_clean(&answer);
        }
    }
}
