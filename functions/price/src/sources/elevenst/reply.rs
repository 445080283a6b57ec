//! 11번가's replies, from bytes to offers or an error. Both have status 200; the root element distinguishes them.

use std::borrow::Cow;

use contract::PriceSource;

use super::outliers;
use crate::{
    http::{client::Reply, redaction::Redactor},
    search::{
        ErrorReply, SearchError, SearchErrorKind,
        offer::{Answer, Offer, grouped_price},
    },
    sources::limit_words,
    text::{
        plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
        web_address::secure_address,
        xml::{self, Element},
    },
};

/// The vendor of a product without a seller.
const THE_SHOP_ITSELF: &str = "11번가";
/// The key is unknown. Source: replies to invalid keys; there is no public table of codes.
const UNREGISTERED_KEY: &str = "003";

pub(crate) fn read(reply: &Reply, redactor: Redactor<'_>) -> Result<Answer, SearchError> {
    let root = xml::parse(&reply.body, reply.content_type.as_deref());
    let text = String::from_utf8_lossy(&reply.body);
    let kind = match root {
        Ok(root) => match root.name.as_str() {
            "ErrorResponse" => {
                let message = [root.field("ErrorMessage"), root.field("ErrorDetail")].join(" ");
                refused(reply.status, root.field("ErrorCode"), &message, redactor)
            }
            // Not seen, but read by another caller.
            "Error" => refused(reply.status, root.field("Code"), root.field("Message"), redactor),
            _ if reply.status != 200 => refused(reply.status, "", &text, redactor),
            "ProductSearchResponse" => match root.child("Products") {
                Some(products) => return Ok(answer(products)),
                None => SearchErrorKind::UnexpectedShape("`Products` in `ProductSearchResponse`"),
            },
            _ => SearchErrorKind::UnexpectedShape("`ProductSearchResponse` or `ErrorResponse`"),
        },
        // With status 200 it may be an answer that was cut, with any words in the names of products.
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

/// Products without a valid price are counted.
fn answer(products: &Element) -> Answer {
    let count = products.all("Product").count();
    let offers: Vec<Offer> = products.all("Product").filter_map(offer).collect();
    let floor = outliers::outlier_floor(offers.iter().map(|offer| offer.price_krw));
    let offers: Vec<Offer> = offers.into_iter().filter(|offer| offer.price_krw.get() >= floor).collect();
    let without_price = count - offers.len();
    Answer::new(offers, without_price)
}

fn offer(product: &Element) -> Option<Offer> {
    let text = |field, most| plain_text::from_html(product.field(field), most);
    let vendor = ["SellerNick", "Seller"]
        .map(|field| text(field, MAX_VENDOR_CHARS))
        .into_iter()
        .find(|vendor| !vendor.is_empty());
    // In a sale buyers pay its price.
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

/// Only the code of an unknown key is known, so the words decide, and else the status.
fn refused(status: u16, code: &str, message: &str, redactor: Redactor<'_>) -> SearchErrorKind {
    let words = message.to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    let refusal = ErrorReply { status, code: ErrorReply::code(code), message: redactor.quoted(message) };
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
    fn the_sale_price_comes_first() {
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
    fn placeholders_are_products_without_a_price() {
        let list = [10, 2_980, 10, 3_500, 4_200]
            .map(|price| format!("<Product><SalePrice>{price}</SalePrice></Product>"));
        let answer = products(&list.concat());
        let cheapest = answer.cheapest().unwrap().price_krw.get();
        assert_eq!((cheapest, answer.offers().len(), answer.without_price()), (2_980, 3, 2));
        check_price("<SalePrice>10</SalePrice>", None);
    }
}
