//! 참가격's answers, from bytes to the rows of its lists and prices.

use contract::{PriceSource, text::is_hidden, visible::is_ignorable};
use serde::{Deserialize, Serialize};

use super::unit;
use crate::{
    http::{client::Reply, redaction::Redactor},
    matching::product::SurveyProduct,
    search::{ErrorReply, SearchError, SearchErrorKind},
    sources::data_go_kr::{self, Status},
    text::{
        plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
        xml::{self, Element},
    },
};

/// Longest number of a store or product: the longest seen has ten digits, more than fit in 32 bits.
const MAX_ID_BYTES: usize = 20;
/// Most rows of a list: three times the largest.
const MAX_LIST: usize = 2_000;

/// A store of the survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Store {
    pub(super) id: String,
    pub(super) name: String,
}

/// A price of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PriceRow {
    pub(super) store: String,
    /// As the service writes it.
    pub(super) price: String,
}

/// The elements of an answer's result; none on a day without a survey.
pub(crate) fn rows(reply: &Reply, redactor: Redactor<'_>) -> Result<Vec<Element>, SearchError> {
    const SOURCE: PriceSource = PriceSource::Chamgagyeok;
    if data_go_kr::check(SOURCE, reply, redactor)? == Status::NoData {
        return Ok(Vec::new());
    }
    let error = |kind| SearchError::new(SOURCE, kind);
    let root = xml::parse(&reply.body, reply.content_type.as_deref())
        .map_err(|xml| error(SearchErrorKind::NotXml(xml)))?;
    if root.name != "response" {
        return Err(error(SearchErrorKind::UnexpectedShape("`response`")));
    }
    let message = root.field("resultMsg");
    match root.field("resultCode") {
        "" => {}
        // Its own codes: no such date, no such class, neither store nor product. The gateway has other meanings for them.
        code @ ("01" | "02" | "05") => {
            return Err(error(SearchErrorKind::Refused(ErrorReply {
                status: reply.status,
                code: Some(code.to_owned()),
                message: redactor.quoted(message),
            })));
        }
        code => {
            if data_go_kr::check_code(SOURCE, reply.status, code, message, redactor)? == Status::NoData {
                return Ok(Vec::new());
            }
        }
    }
    let result = root.children.into_iter().find(|child| child.name == "result");
    result
        .map(|result| result.children)
        .ok_or_else(|| error(SearchErrorKind::UnexpectedShape("`result` in `response`")))
}

/// The products with number and name. An empty list is an error.
pub(crate) fn products(rows: &[Element]) -> Result<Vec<SurveyProduct>, SearchErrorKind> {
    listed(rows, product).ok_or(SearchErrorKind::UnexpectedShape("a list of goods"))
}

fn product(row: &Element) -> Option<SurveyProduct> {
    let text = |field| plain_text::clean(row.field(field), MAX_PRODUCT_NAME_CHARS);
    let name = text("goodName");
    let product = SurveyProduct {
        id: id(row.field("goodId"))?,
        class: text("goodSmlclsCode"),
        detail: text("detailMean"),
        per: unit::per(row.field("goodTotalCnt"), row.field("goodTotalDivCode"), &name),
        name,
    };
    (!product.name.is_empty()).then_some(product)
}

/// The stores with number and name. An empty list is an error.
pub(crate) fn stores(rows: &[Element]) -> Result<Vec<Store>, SearchErrorKind> {
    let store = |row: &Element| {
        let name = plain_text::clean(row.field("entpName"), MAX_VENDOR_CHARS);
        let id = id(row.field("entpId"))?;
        (!name.is_empty()).then_some(Store { id, name })
    };
    listed(rows, store).ok_or(SearchErrorKind::UnexpectedShape("a list of stores"))
}

fn listed<T>(rows: &[Element], read: impl Fn(&Element) -> Option<T>) -> Option<Vec<T>> {
    let list: Vec<T> = rows.iter().take(MAX_LIST).filter_map(read).collect();
    (!list.is_empty()).then_some(list)
}

/// The prices of a product on a day; other rows are ignored.
pub(crate) fn prices(rows: &[Element], product: &str, day: &str) -> Vec<PriceRow> {
    let is_of =
        |row: &Element| ["", product].contains(&row.field("goodId")) && row.field("goodInspectDay") == day;
    let rows = rows.iter().take(MAX_LIST).filter(|row| is_of(row));
    rows.map(|row| PriceRow {
        store: id(row.field("entpId")).unwrap_or_default(),
        price: row.field("goodPrice").to_owned(),
    })
    .collect()
}

/// Whether a stored list is as [`products`] returns it.
pub(super) fn are_valid_products(products: &[SurveyProduct]) -> bool {
    let is_valid = |product: &SurveyProduct| {
        let texts = [&product.name, &product.class, &product.detail, &product.per];
        id(&product.id).is_some()
            && !product.name.is_empty()
            && texts.iter().all(|text| is_plain(text, MAX_PRODUCT_NAME_CHARS))
    };
    (1..=MAX_LIST).contains(&products.len()) && products.iter().all(is_valid)
}

/// Whether a stored list is as [`stores`] returns it.
pub(super) fn are_valid_stores(stores: &[Store]) -> bool {
    let is_valid = |store: &Store| {
        id(&store.id).is_some() && !store.name.is_empty() && is_plain(&store.name, MAX_VENDOR_CHARS)
    };
    (1..=MAX_LIST).contains(&stores.len()) && stores.iter().all(is_valid)
}

/// One line of bounded length.
fn is_plain(text: &str, max_chars: usize) -> bool {
    !text.chars().any(|c| is_hidden(c) || is_ignorable(c)) && text.chars().nth(max_chars).is_none()
}

/// The number of a store or a product; it is only compared.
fn id(text: &str) -> Option<String> {
    let fits = (1..=MAX_ID_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::keys::Keys;

    fn read(status: u16, body: &str) -> Result<Vec<Element>, SearchError> {
        let reply = Reply {
            status,
            content_type: Some("application/xml;charset=UTF-8".to_owned()),
            body: body.as_bytes().to_vec(),
        };
        let keys = &Keys::of(["a-key"]);
        rows(&reply, Redactor { keys, name: "" })
    }

    fn of(result: &str) -> Vec<Element> {
        read(200, &format!("<response><result>{result}</result><resultCode>00</resultCode><resultMsg>ok</resultMsg></response>")).unwrap()
    }

    #[test]
    fn any_field_may_be_absent() {
        let rows = of(
            "<item><goodId>928</goodId><goodName>당근(흙당근, 100g)\n</goodName></item><item><goodName>x</goodName></item><x/>",
        );
        let expect = SurveyProduct {
            id: "928".to_owned(),
            name: "당근(흙당근, 100g)".to_owned(),
            per: "흙당근, 100g".to_owned(),
            ..SurveyProduct::default()
        };
        assert_eq!(products(&rows).unwrap(), [expect]);
    }

    #[test]
    fn names_of_control_characters_are_empty() {
        let rows = of(
            "<i><goodId>1</goodId><goodName>&#8;&#x202E;</goodName><entpId>1</entpId><entpName>\u{0}\u{7}</entpName></i>\
             <i><goodId>2</goodId><goodName>당&#x202E;근</goodName><entpId>2</entpId><entpName>가&#10;게</entpName></i>",
        );
        let names: Vec<_> = products(&rows).unwrap().into_iter().map(|product| product.name).collect();
        let stores: Vec<_> = stores(&rows).unwrap().into_iter().map(|store| store.name).collect();
        assert_eq!((names, stores), (vec!["당 근".to_owned()], vec!["가 게".to_owned()]));
    }

    #[test]
    fn rows_of_another_day_or_product_are_ignored() {
        let row = |day, good, store| {
            format!(
                "<a.b.goodPriceVO><goodInspectDay>{day}</goodInspectDay><goodId>{good}</goodId><entpId>{store}</entpId><goodPrice>300</goodPrice></a.b.goodPriceVO>"
            )
        };
        let rows = of(&[
            row("20260925", "928", "5499000001"),
            row("20260918", "928", "2"),
            row("20990101", "928", "3"),
            row("20260925", "929", "4"),
            row("", "928", "5"),
            row("20260925", "", "x"),
        ]
        .concat());
        let stores: Vec<_> = prices(&rows, "928", "20260925").into_iter().map(|row| row.store).collect();
        assert_eq!(stores, ["5499000001", ""]);
    }
}
