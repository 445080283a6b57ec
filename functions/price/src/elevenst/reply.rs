//! What 11번가 sends, from bytes to offers or to a reason. Its answers and its errors both come with status 200, so the root
//! element says which it is.

use std::{borrow::Cow, num::NonZeroU32};

use contract::PriceSource;

use super::decoys;
use crate::{
    Answer, Offer, Unanswered,
    calls::Reply,
    limit,
    offer::grouped_price,
    plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
    private::Private,
    search::{Refusal, Why},
    web_address::secure_address,
    xml::{self, Element},
};

/// The vendor of a product that names none.
const THE_SHOP_ITSELF: &str = "11번가";
/// The key is not known: seen in answers to made-up keys. No table of the codes is public.
const UNREGISTERED_KEY: &str = "003";
/// Longest code that is quoted.
const MAX_CODE_CHARS: usize = 8;

/// Reads any reply.
pub(super) fn read(reply: &Reply, private: Private<'_>) -> Result<Answer, Unanswered> {
    let root = xml::parse(&reply.body, reply.content_type.as_deref());
    let text = String::from_utf8_lossy(&reply.body);
    let why = match root {
        Ok(root) => match root.name.as_str() {
            "ErrorResponse" => {
                let said = [root.field("ErrorMessage"), root.field("ErrorDetail")].join(" ");
                refused(reply.status, root.field("ErrorCode"), &said, private)
            }
            // Never seen live, read by a caller all the same.
            "Error" => refused(reply.status, root.field("Code"), root.field("Message"), private),
            _ if reply.status != 200 => refused(reply.status, "", &text, private),
            "ProductSearchResponse" => match root.child("Products") {
                Some(products) => return Ok(answer(products)),
                None => Why::Shape("`Products` in `ProductSearchResponse`"),
            },
            _ => Why::Shape("`ProductSearchResponse` or `ErrorResponse`"),
        },
        // With status 200 it may be an answer that was cut, and its names of goods say anything.
        Err(error)
            if reply.status == 200
                && (text.trim_start().starts_with('<') || limit::said(200, &text).is_none()) =>
        {
            Why::NotXml(error)
        }
        Err(_) => refused(reply.status, "", &text, private),
    };
    Err(Unanswered {
        hint: hint(&why, reply.status),
        ..Unanswered::by(PriceSource::Elevenst, why)
    })
}

/// The offers among the products. One without a price that is believed is counted.
fn answer(products: &Element) -> Answer {
    let count = products.all("Product").count();
    let offers: Vec<Offer> = products.all("Product").filter_map(offer).collect();
    let least = decoys::least_believed(offers.iter().map(|offer| offer.price_krw));
    let offers: Vec<Offer> = offers
        .into_iter()
        .filter(|offer| offer.price_krw.get() >= least)
        .collect();
    let without_price = count - offers.len();
    Answer::new(offers, without_price)
}

fn offer(product: &Element) -> Option<Offer> {
    let text = |field, most| plain_text::from_html(product.field(field), most);
    let vendor = ["SellerNick", "Seller"]
        .map(|field| text(field, MAX_VENDOR_CHARS))
        .into_iter()
        .find(|vendor| !vendor.is_empty());
    Some(Offer {
        price_krw: price(product)?,
        vendor: vendor.unwrap_or_else(|| THE_SHOP_ITSELF.to_owned()),
        product_name: text("ProductName", MAX_PRODUCT_NAME_CHARS),
        link: secure_address(product.field("DetailPageUrl")),
        per: None,
        surveyed_on: None,
    })
}

/// What a buyer pays without delivery: the sale's price where there is a sale.
fn price(product: &Element) -> Option<NonZeroU32> {
    grouped_price(product.field("SalePrice")).or_else(|| grouped_price(product.field("ProductPrice")))
}

/// The reason behind an error's code and words. Beside the unknown key no code is public, so the words decide, and what they
/// do not say is a refusal that stays.
fn refused(status: u16, code: &str, said: &str, private: Private<'_>) -> Why {
    let words = said.to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    let fits =
        (1..=MAX_CODE_CHARS).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let refusal = Refusal {
        status,
        code: fits.then(|| code.to_owned()),
        said: private.quoted(said),
    };
    if code == UNREGISTERED_KEY || says(&["unregisteredkey", "등록되지 않은"]) {
        Why::Credentials(refusal)
    } else if let Some(limit) = limit::said(status, said) {
        limit.why(refusal)
    } else if says(&["점검", "시스템", "system", "internal", "unavailable"]) {
        Why::OutOfOrder(refusal)
    } else {
        by_status(refusal)
    }
}

fn by_status(refusal: Refusal) -> Why {
    match refusal.status {
        401 | 403 => Why::Credentials(refusal),
        500..=599 => Why::OutOfOrder(refusal),
        _ => Why::Refused(refusal),
    }
}

fn hint(why: &Why, status: u16) -> Option<Cow<'static, str>> {
    let hint = match (why, status) {
        (Why::Credentials(_), _) => {
            "write the key of an account that 11번가 registered for its Open API with `aws ssm put-parameter --type SecureString`; if it is \
             registered, ask 11번가 whether it wants a fixed address"
        }
        (Why::LimitPerSecond(_), _) => "lower per_second of the source: 11번가 publishes no limit",
        (Why::LimitPerDay(_), _) => "lower per_day of the source: 11번가 publishes no limit",
        (Why::Refused(_), 300..=399) => {
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
    use crate::private::Keys;

    fn read_bytes(status: u16, body: &[u8]) -> Result<Answer, Unanswered> {
        let reply = Reply {
            status,
            content_type: None,
            body: body.to_vec(),
        };
        let keys = &Keys::of(["0123456789abcdef0123456789abcdef"]);
        read(&reply, Private { keys, name: "두부" })
    }

    fn products(products: &str) -> Answer {
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"EUC-KR\"?><ProductSearchResponse><Products><TotalCount>9</TotalCount>{products}</Products></ProductSearchResponse>"
        );
        read_bytes(200, &EUC_KR.encode(&xml).0).unwrap()
    }

    fn check_price(fields: &str, expect: Option<u32>) {
        let answer = products(&format!("<Product>{fields}</Product>"));
        assert_eq!(
            answer.cheapest().ok().map(|offer| offer.price_krw.get()),
            expect,
            "{fields}"
        );
        assert_eq!(answer.offers().len() + answer.without_price(), 1);
    }

    fn why(status: u16, body: &str) -> String {
        let unanswered = read_bytes(status, body.as_bytes()).unwrap_err();
        let hint = unanswered.hint.map_or("", |_| " (hint)");
        format!("{}{hint}", unanswered.why)
    }

    #[test]
    fn a_product_is_an_offer() {
        let answer = products(
            "<Product><ProductCode>1</ProductCode><ProductName><![CDATA[국산 <b>두부</b> 300g &amp; 순두부]]></ProductName>\
             <ProductPrice>2,300</ProductPrice><SellerNick>  </SellerNick><Seller><![CDATA[콩가게]]></Seller>\
             <DetailPageUrl><![CDATA[http://www.11st.co.kr/products/1?a=b&c=d]]></DetailPageUrl><SalePrice>1,980</SalePrice></Product>",
        );
        let expect = Offer {
            price_krw: NonZeroU32::new(1_980).unwrap(),
            vendor: "콩가게".to_owned(),
            product_name: "국산 두부 300g & 순두부".to_owned(),
            link: Some("https://www.11st.co.kr/products/1?a=b&c=d".to_owned()),
            per: None,
            surveyed_on: None,
        };
        assert_eq!(answer.offers(), [expect]);
    }

    #[test]
    fn the_sales_price_and_else_the_products() {
        check_price(
            "<ProductPrice>2300</ProductPrice><SalePrice>1980</SalePrice>",
            Some(1_980),
        );
        for none in [
            "",
            "<SalePrice/>",
            "<SalePrice>0</SalePrice>",
            "<SalePrice>-5</SalePrice>",
            "<SalePrice>1000000000000</SalePrice>",
        ] {
            check_price(&format!("<ProductPrice>2,300</ProductPrice>{none}"), Some(2_300));
            check_price(none, None);
        }
        for none in ["", "0", "-5", "1,2", "1000000000000", "무료", "1.5"] {
            check_price(&format!("<ProductPrice>{none}</ProductPrice>"), None);
        }
        check_price("<ProductPrice>1,234</ProductPrice>", Some(1_234));
    }

    #[test]
    fn names_and_links_come_out_clean() {
        let answer = products(
            "<Product><ProductName>두&#x202E;부&#10;</ProductName><SalePrice>900</SalePrice><DetailPageUrl>javascript:alert(1)</DetailPageUrl><SellerNick>&#8;&#x202E;</SellerNick></Product>",
        );
        let offer = answer.cheapest().unwrap();
        assert_eq!(
            (offer.product_name.as_str(), offer.vendor.as_str(), &offer.link),
            ("두 부", "11번가", &None)
        );
    }

    #[test]
    fn decoys_are_products_without_a_price() {
        let list: String = [10, 2_980, 10, 3_500, 4_200]
            .map(|price| format!("<Product><SalePrice>{price}</SalePrice></Product>"))
            .concat();
        let answer = products(&list);
        assert_eq!(
            (
                answer.cheapest().unwrap().price_krw.get(),
                answer.offers().len(),
                answer.without_price()
            ),
            (2_980, 3, 2)
        );
        check_price("<SalePrice>10</SalePrice>", None);
    }

    #[test]
    fn the_root_says_what_it_is() {
        let unknown = "<ErrorResponse><ErrorCode>003</ErrorCode><ErrorMessage>tMall.unregisteredKey</ErrorMessage></ErrorResponse>";
        for status in [200, 400, 403, 500] {
            assert_eq!(
                why(status, unknown),
                format!("credentials refused: status {status}, code 003: tMall.unregisteredKey (hint)")
            );
        }
        assert_eq!(
            why(
                200,
                "<Error><Code>900</Code><Message>bad keyword 두부 of 0123456789abcdef0123456789abcdef</Message></Error>"
            ),
            "call refused: status 200, code 900: bad keyword (name) of (key)"
        );
        assert_eq!(
            why(
                200,
                "<ErrorResponse><ErrorCode>x y</ErrorCode><ErrorDetail>일일 호출 한도 초과</ErrorDetail></ErrorResponse>"
            ),
            "too many calls a day: status 200, code unknown: 일일 호출 한도 초과 (hint)"
        );
        assert_eq!(
            why(
                200,
                "<ErrorResponse><ErrorMessage>Too many requests</ErrorMessage></ErrorResponse>"
            ),
            "too many calls a second: status 200, code unknown: Too many requests (hint)"
        );
        assert_eq!(
            why(
                200,
                "<ErrorResponse><ErrorDetail>시스템 점검 중</ErrorDetail></ErrorResponse>"
            ),
            "provider out of order: status 200, code unknown: 시스템 점검 중"
        );
    }

    #[test]
    fn what_is_no_answer_is_said() {
        const SHAPE: &str = "answer has not the documented shape: expected";
        assert_eq!(
            why(200, "<html>a</html>"),
            format!("{SHAPE} `ProductSearchResponse` or `ErrorResponse`")
        );
        assert_eq!(
            why(200, "<ProductSearchResponse/>"),
            format!("{SHAPE} `Products` in `ProductSearchResponse`")
        );
        for not_xml in [
            "",
            "두부",
            "{}",
            "<ProductSearchResponse><Products>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        ] {
            assert_eq!(why(200, not_xml), "answer is not XML");
        }
        assert_eq!(
            why(503, "<h1>busy</h1>"),
            "provider out of order: status 503, code unknown: busy"
        );
        assert_eq!(
            why(503, "busy"),
            "provider out of order: status 503, code unknown: busy"
        );
        assert_eq!(
            why(429, ""),
            "too many calls a second: status 429, code unknown (hint)"
        );
        for status in [200, 403, 429] {
            assert_eq!(
                why(status, "Daily quota exceeded\n"),
                format!("too many calls a day: status {status}, code unknown: Daily quota exceeded (hint)")
            );
        }
        assert_eq!(
            why(200, "<ProductSearchResponse><Products>API token quota exceeded"),
            "answer is not XML"
        );
        assert_eq!(why(302, ""), "call refused: status 302, code unknown (hint)");
        assert_eq!(why(204, ""), "call refused: status 204, code unknown");
    }

    #[test]
    fn another_charset_than_the_declared_one_is_no_answer() {
        let xml = "<?xml version=\"1.0\" encoding=\"EUC-KR\"?><ProductSearchResponse><Products><Product><ProductName>국산 콩 두부</ProductName><SalePrice>900</SalePrice></Product></Products></ProductSearchResponse>";
        assert_eq!(why(200, xml), "answer is not XML");
        assert!(read_bytes(200, &EUC_KR.encode(xml).0).is_ok());
        let utf8 = xml.replace("EUC-KR", "utf-8");
        assert_eq!(
            read_bytes(200, utf8.as_bytes()).unwrap().offers()[0].product_name,
            "국산 콩 두부"
        );
    }

    #[test]
    fn an_answer_that_is_cut_is_none() {
        let xml = "<ProductSearchResponse><Products><Product><SalePrice>900</SalePrice></Product></Products></ProductSearchResponse>";
        for at in 0..xml.len() {
            assert!(
                matches!(
                    read_bytes(200, &xml.as_bytes()[..at]).unwrap_err().why,
                    Why::NotXml(_)
                ),
                "{at}"
            );
        }
    }

    #[test]
    fn nothing_found_is_an_answer() {
        assert_eq!(products(""), Answer::default());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read_bytes(status, &body);
        }

        #[test]
        fn any_fields_give_clean_offers(fields in prop::collection::vec(("[^<&\\]]{0,20}", "[0-9,-]{0,13}", "[^<&\\]]{0,20}", "https?://[a-z/]{0,9}"), 0..12)) {
            let list: Vec<String> = fields
                .iter()
                .map(|(name, price, seller, link)| format!("<Product><ProductName>{name}</ProductName><SalePrice>{price}</SalePrice><Seller>{seller}</Seller><DetailPageUrl>{link}</DetailPageUrl></Product>"))
                .collect();
            let xml = format!("<ProductSearchResponse><Products>{}</Products></ProductSearchResponse>", list.concat());
            let answer = read_bytes(200, xml.as_bytes()).unwrap();
            prop_assert_eq!(answer.offers().len() + answer.without_price(), fields.len());
            for offer in answer.offers() {
                prop_assert!((100..=crate::offer::MAX_PRICE_KRW).contains(&offer.price_krw.get()));
                prop_assert!(!offer.vendor.is_empty());
                let texts = [&offer.vendor, &offer.product_name].into_iter().chain(&offer.link);
                prop_assert!(!texts.flat_map(|text| text.chars()).any(contract::text::is_hidden));
            }
        }
    }
}
