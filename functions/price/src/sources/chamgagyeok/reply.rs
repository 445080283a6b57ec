//! 참가격's answers, from bytes to the rows of its lists and prices. How prices become offers lives in `offers`.

use contract::{PriceSource, text::is_hidden, visible::is_ignorable};
use serde::{Deserialize, Serialize};

use super::unit;
use crate::{
    http::{client::Reply, redaction::Redactor},
    matching::product::SurveyProduct,
    search::{Refusal, SearchError, SearchErrorKind},
    sources::data_go_kr::{self, Status},
    text::{
        plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
        xml::{self, Element},
    },
};

/// Longest number of a store or a good that is kept: the longest seen has ten digits, more than 32 bits hold.
const MAX_ID_BYTES: usize = 20;
/// Most rows of a list: three times what there is.
const MAX_LIST: usize = 2_000;

/// A store of the survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Store {
    pub(super) id: String,
    pub(super) name: String,
}

/// A price of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PriceRow {
    pub(super) store: String,
    /// As it is written.
    pub(super) price: String,
}

/// The elements of an answer's result: none on a day without a survey.
pub(super) fn rows(reply: &Reply, redactor: Redactor<'_>) -> Result<Vec<Element>, SearchError> {
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
        // Its own codes: no such date, no such class, neither store nor product. The same numbers mean other things at the
        // gateway.
        code @ ("01" | "02" | "05") => {
            return Err(error(SearchErrorKind::Refused(Refusal {
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

/// The list of products. A row without number or name is left out.
///
/// # Errors
/// None is left: no list of products is empty.
pub(super) fn products(rows: &[Element]) -> Result<Vec<SurveyProduct>, SearchErrorKind> {
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

/// The list of stores. A row without number or name is left out.
///
/// # Errors
/// None is left: no list of stores is empty.
pub(super) fn stores(rows: &[Element]) -> Result<Vec<Store>, SearchErrorKind> {
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

/// The prices of a product on a day. A row of another product or another day is ignored.
pub(super) fn prices(rows: &[Element], product: &str, day: &str) -> Vec<PriceRow> {
    let is_of =
        |row: &Element| ["", product].contains(&row.field("goodId")) && row.field("goodInspectDay") == day;
    let rows = rows.iter().take(MAX_LIST).filter(|row| is_of(row));
    rows.map(|row| PriceRow {
        store: id(row.field("entpId")).unwrap_or_default(),
        price: row.field("goodPrice").to_owned(),
    })
    .collect()
}

/// Whether a stored list of products could have been read from an answer.
pub(super) fn are_valid_products(products: &[SurveyProduct]) -> bool {
    let is_valid = |product: &SurveyProduct| {
        let texts = [&product.name, &product.class, &product.detail, &product.per];
        id(&product.id).is_some()
            && !product.name.is_empty()
            && texts.iter().all(|text| is_plain(text, MAX_PRODUCT_NAME_CHARS))
    };
    (1..=MAX_LIST).contains(&products.len()) && products.iter().all(is_valid)
}

/// The same of a list of stores.
pub(super) fn are_valid_stores(stores: &[Store]) -> bool {
    let is_valid = |store: &Store| {
        id(&store.id).is_some() && !store.name.is_empty() && is_plain(&store.name, MAX_VENDOR_CHARS)
    };
    (1..=MAX_LIST).contains(&stores.len()) && stores.iter().all(is_valid)
}

/// One line, and not longer than what is kept of an answer's text.
fn is_plain(text: &str, max_chars: usize) -> bool {
    !text.chars().any(|c| is_hidden(c) || is_ignorable(c)) && text.chars().nth(max_chars).is_none()
}

/// A number of a store or a good, which is only ever compared.
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
    fn a_day_without_a_survey_is_an_answer() {
        assert_eq!(of(""), []);
        for body in
            ["<response><result/></response>", "<response><result/><resultCode>03</resultCode></response>"]
        {
            assert_eq!(read(200, body).unwrap(), []);
        }
    }

    #[test]
    fn codes_and_shapes_that_are_no_answer() {
        const SHAPE: &str = "answer has not the documented shape: expected";
        let with_code = |code| {
            format!(
                "<response><result/><resultCode>{code}</resultCode><resultMsg>a-key is bad</resultMsg></response>"
            )
        };
        let envelope = "<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>22</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>";
        for (body, expect) in [
            (with_code("01"), "call refused: status 200, code 01: (key) is bad"),
            (with_code("02"), "call refused: status 200, code 02: (key) is bad"),
            (with_code("05"), "call refused: status 200, code 05: (key) is bad"),
            (with_code("22"), "too many calls a day: "),
            (with_code("99"), "provider out of order: "),
            (envelope.to_owned(), "too many calls a day: status 200, code 22"),
            (r#"{"cmmMsgHeader":{"returnReasonCode":"23"}}"#.to_owned(), "too many calls a second: "),
            ("<html/>".to_owned(), &format!("{SHAPE} `response`")),
            ("<response/>".to_owned(), &format!("{SHAPE} `result` in `response`")),
            (String::new(), "answer is not XML"),
            ("{}".to_owned(), "answer is not XML"),
            ("<response><result>".to_owned(), "answer is not XML"),
            ("<!DOCTYPE a><response/>".to_owned(), "answer is not XML"),
        ] {
            let kind = read(200, &body).unwrap_err().kind.to_string();
            assert!(kind.starts_with(expect), "{body}: {kind}");
        }
        let nameless = products(&of("<item><goodId>1</goodId></item>")).unwrap_err();
        assert_eq!(nameless.to_string(), format!("{SHAPE} a list of goods"));
        let nameless = stores(&of("<item><entpId>1</entpId></item>")).unwrap_err();
        assert_eq!(nameless.to_string(), format!("{SHAPE} a list of stores"));
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
    fn names_of_control_characters_are_none() {
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

    #[test]
    fn mutated_replies_are_read_without_panic() {
        let body = "<response><result><item><goodId>928</goodId><goodName>당근(100g)</goodName><goodPrice>1,980</goodPrice><entpId>1</entpId></item></result><resultCode>00</resultCode></response>";
        let words = ["<item>", "</item>", "<![CDATA[", "]]>", "&#x202E;", "<!DOCTYPE", "<?xml", "goodPrice"];
        mutations::check(&[body], &words, |body| {
            let Ok(rows) = read(200, &String::from_utf8_lossy(body)) else {
                return;
            };
            let (_products, _stores) = (products(&rows), stores(&rows));
            let _prices = prices(&rows, "928", "20260925");
        });
    }
}
