//! KAMIS's answers behind data.go.kr's gateway, from bytes to rows.

use std::num::NonZeroU32;

use contract::PriceSource;
use jiff::civil::Date;
use serde_json::Value;

use crate::{
    http::{client::Reply, redaction::Redactor},
    korea,
    search::{SearchError, SearchErrorKind, offer::grouped_price},
    sources::data_go_kr::{self, Status},
    text::plain_text,
};

/// The code of the prices that households pay.
pub(super) const RETAIL: &str = "01";
/// The code of the prices that traders pay.
pub(super) const WHOLESALE: &str = "02";
/// Most rows that are read: more than a page has.
const MAX_ROWS: usize = 2_000;
const MAX_NAME_CHARS: usize = 100;
/// The code of grade 상품.
const STANDARD_GRADE: &str = "04";

/// A price of one market.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(super) day: Option<Date>,
    pub(super) wholesale: bool,
    /// The item's code.
    pub(super) code: String,
    pub(super) item: String,
    pub(super) variety: String,
    pub(super) grade: String,
    /// Of grade 상품.
    pub(super) is_standard_grade: bool,
    /// The unit of the price.
    pub(super) per: String,
    /// `None`: the market had no price.
    pub(super) price: Option<NonZeroU32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(super) rows: Vec<Row>,
    /// The service's count of the rows of all pages.
    pub(super) total: u64,
}

pub(crate) fn read(reply: &Reply, redactor: Redactor<'_>) -> Result<Page, SearchError> {
    const SOURCE: PriceSource = PriceSource::Kamis;
    if data_go_kr::check(SOURCE, reply, redactor)? == Status::NoData {
        return Ok(Page::default());
    }
    let error = |kind| SearchError::new(SOURCE, kind);
    let json: Value = serde_json::from_slice(&reply.body).map_err(|json| error(json.into()))?;
    let response = json.get("response").unwrap_or(&json);
    let header = response.get("header").unwrap_or(&Value::Null);
    let (code, message) = (text(header, "resultCode"), text(header, "resultMsg"));
    if !code.is_empty()
        && data_go_kr::check_code(SOURCE, reply.status, &code, &message, redactor)? == Status::NoData
    {
        return Ok(Page::default());
    }
    let body = response.get("body");
    let body = body.ok_or_else(|| error(SearchErrorKind::UnexpectedShape("`body` in `response`")))?;
    let rows = list(body.get("items").and_then(|items| items.get("item")));
    Ok(Page {
        rows: rows.into_iter().take(MAX_ROWS).filter_map(row).collect(),
        total: text(body, "totalCount").parse().unwrap_or_default(),
    })
}

/// A list, or one object instead of a list.
fn list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => Vec::new(),
    }
}

/// Text or a number in one line; empty for anything else.
fn text(value: &Value, field: &str) -> String {
    match value.get(field) {
        Some(Value::String(text)) => plain_text::clean(text, MAX_NAME_CHARS),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A row of retail or wholesale trade; organic food (03, 07) is left out.
fn row(row: &Value) -> Option<Row> {
    let text = |field| text(row, field);
    let wholesale = match text("se_cd").as_str() {
        "" | RETAIL => false,
        WHOLESALE => true,
        _ => return None,
    };
    Some(Row {
        day: day(&text("exmn_ymd")),
        wholesale,
        code: text("item_cd"),
        item: text("item_nm"),
        variety: text("vrty_nm"),
        grade: text("grd_nm"),
        is_standard_grade: text("grd_cd") == STANDARD_GRADE,
        per: text("unit_sz") + &text("unit"),
        // Not the price of a kilogram in the row: it is wrong for livestock.
        price: grouped_price(&text("exmn_dd_prc")),
    })
}

fn day(text: &str) -> Option<Date> {
    korea::from_compact(&text.replace('-', ""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::keys::Keys;

    fn read_bytes(status: u16, body: &[u8]) -> Result<Page, SearchError> {
        let reply = Reply { status, content_type: None, body: body.to_vec() };
        let keys = &Keys::of(["a-key"]);
        read(&reply, Redactor { keys, name: "" })
    }

    fn page(items: &Value) -> Page {
        let body = json!({ "response": { "header": { "resultCode": "0", "resultMsg": "OK" }, "body": { "totalCount": 3, "items": items } } });
        read_bytes(200, body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn items_are_a_list_one_object_or_nothing() {
        let row = json!({ "exmn_ymd": "20261001", "se_cd": "01", "item_cd": "245", "item_nm": "양파", "grd_cd": "04", "unit_sz": 1, "unit": "kg", "exmn_dd_prc": "2,841" });
        let read = page(&json!({ "item": [row] }));
        assert_eq!(read, page(&json!({ "item": row })));
        let expect = Row {
            day: Some("2026-10-01".parse().unwrap()),
            code: "245".to_owned(),
            item: "양파".to_owned(),
            is_standard_grade: true,
            per: "1kg".to_owned(),
            price: NonZeroU32::new(2_841),
            ..Row::default()
        };
        assert_eq!((read.rows, read.total), (vec![expect], 3));
        for none in [json!(""), json!(null), json!([]), json!({}), json!({ "item": "" })] {
            assert_eq!(page(&none).rows, [], "{none}");
        }
    }

    #[test]
    fn a_field_may_be_absent_or_odd_and_organic_food_is_left_out() {
        let odd = page(&json!({ "item": [{}, 7, { "exmn_ymd": "20269999", "item_nm": [] }] }));
        assert_eq!(odd.rows, vec![Row::default(); 3]);
        for none in ["", "0", "-", "-5", "1,2", "1000000000000"] {
            let page = page(&json!({ "item": { "exmn_dd_prc": none } }));
            assert_eq!(page.rows[0].price, None, "{none}");
        }
        let trades = ["01", "02", "03", "07"].map(|trade| json!({ "se_cd": trade }));
        let trades = page(&json!({ "item": trades }));
        assert!(trades.rows.iter().map(|row| row.wholesale).eq([false, true]));
    }
}
