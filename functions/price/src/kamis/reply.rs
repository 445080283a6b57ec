//! What KAMIS sends behind data.go.kr's gateway, from bytes to rows. The gateway's errors are read in `gateway`, the shapes of
//! the old service in `legacy`.

use contract::PriceSource;
use jiff::civil::Date;
use serde_json::Value;

use super::{RETAIL, WHOLESALE, legacy, reference::Row};
use crate::{
    Unanswered,
    calls::Reply,
    gateway::{self, Verdict},
    korea,
    offer::grouped_price,
    plain_text,
    private::Private,
    search::Why,
};

/// Most rows that are read: more than a page has.
const MAX_ROWS: usize = 2_000;
/// Longest name that is kept.
const MAX_NAME_CHARS: usize = 100;
/// The code of grade 상품.
pub(super) const PLAIN: &str = "04";

/// A page of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    /// Rows of all pages together, as the service counts them.
    pub(super) total: u64,
}

/// Reads any reply, of the new service or in a shape of the old one: somebody's own base URL may still speak that.
pub(super) fn read(reply: &Reply, private: Private<'_>) -> Result<Page, Unanswered> {
    const SOURCE: PriceSource = PriceSource::Kamis;
    match gateway::verdict(SOURCE, reply, private) {
        Verdict::Fine => {}
        Verdict::NoData => return Ok(Page::default()),
        Verdict::No(unanswered) => return Err(unanswered),
    }
    let unanswered = |why| Unanswered::by(SOURCE, why);
    let json: Value = serde_json::from_slice(&reply.body).map_err(|error| unanswered(Why::NotJson(error)))?;
    if let Some(data) = json.get("data") {
        let rows = legacy::rows(&json, data, reply.status)?;
        let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        // The old service has no pages.
        return Ok(Page {
            rows,
            total: total.min(1),
        });
    }
    let response = json.get("response").unwrap_or(&json);
    let header = response.get("header").unwrap_or(&Value::Null);
    let code = text(header, "resultCode");
    if !code.is_empty() {
        match gateway::judge(SOURCE, reply.status, &code, &text(header, "resultMsg"), private) {
            Verdict::Fine => {}
            Verdict::NoData => return Ok(Page::default()),
            Verdict::No(unanswered) => return Err(unanswered),
        }
    }
    let body = response
        .get("body")
        .ok_or(Why::Shape("`body` in `response`"))
        .map_err(unanswered)?;
    let rows = list(body.get("items").and_then(|items| items.get("item")));
    Ok(Page {
        rows: rows.into_iter().take(MAX_ROWS).filter_map(from).collect(),
        total: text(body, "totalCount").parse().unwrap_or_default(),
    })
}

/// A list, or the one thing that stands in a list's place; nothing of anything else.
pub(super) fn list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => Vec::new(),
    }
}

/// A field that may be text or a number, in one line; empty where it is neither.
pub(super) fn text(value: &Value, field: &str) -> String {
    match value.get(field) {
        Some(Value::String(text)) => plain_text::clean(text, MAX_NAME_CHARS),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A row of either trade: organic food (03, 07) has prices of its own.
fn from(row: &Value) -> Option<Row> {
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
        plain: text("grd_cd") == PLAIN,
        average: false,
        per: text("unit_sz") + &text("unit"),
        // Not the price by the kilogram beside it: it is wrong for livestock.
        price: grouped_price(&text("exmn_dd_prc")),
    })
}

/// A day with or without lines between its parts.
pub(super) fn day(text: &str) -> Option<Date> {
    korea::from_compact(&text.replace('-', ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::private::Keys;

    fn read_bytes(status: u16, body: &[u8]) -> Result<Page, Unanswered> {
        let reply = Reply {
            status,
            content_type: None,
            body: body.to_vec(),
        };
        let keys = &Keys::of(["a-key"]);
        read(&reply, Private { keys, name: "" })
    }

    fn of(items: &Value) -> Page {
        let body = json!({ "response": { "header": { "resultCode": "0", "resultMsg": "OK" }, "body": { "totalCount": 3, "items": items } } });
        read_bytes(200, body.to_string().as_bytes()).unwrap()
    }

    fn why(body: &str) -> String {
        read_bytes(200, body.as_bytes()).unwrap_err().why.to_string()
    }

    #[test]
    fn items_are_a_list_one_thing_or_nothing() {
        let row = json!({ "exmn_ymd": "20261001", "se_cd": "01", "item_cd": "245", "item_nm": "양파", "grd_cd": "04", "unit_sz": 1, "unit": "kg", "exmn_dd_prc": "2,841" });
        let page = of(&json!({ "item": [row] }));
        assert_eq!(page, of(&json!({ "item": row })));
        let read = &page.rows[0];
        assert_eq!(
            (
                read.price.unwrap().get(),
                read.per.as_str(),
                read.plain,
                read.wholesale
            ),
            (2_841, "1kg", true, false)
        );
        assert_eq!(page.total, 3);
        for none in [
            json!(""),
            json!(null),
            json!([]),
            json!({}),
            json!({ "item": "" }),
        ] {
            assert_eq!(of(&none).rows, [], "{none}");
        }
    }

    #[test]
    fn any_field_may_be_absent_or_odd() {
        let page =
            of(&json!({ "item": [{}, 7, { "exmn_dd_prc": "-", "exmn_ymd": "20269999", "item_nm": [] }] }));
        assert!(
            page.rows
                .iter()
                .all(|row| row.price.is_none() && row.day.is_none())
        );
        assert_eq!(page.rows.len(), 3);
    }

    #[test]
    fn prices_of_organic_food_are_others() {
        let trades = ["01", "02", "03", "07"].map(|trade| json!({ "se_cd": trade }));
        let found: Vec<bool> = of(&json!({ "item": trades }))
            .rows
            .iter()
            .map(|row| row.wholesale)
            .collect();
        assert_eq!(found, [false, true]);
    }

    #[test]
    fn what_is_no_price_is_none() {
        for none in ["", "0", "-", "-5", "1,2", "1000000000000"] {
            let page = of(&json!({ "item": { "exmn_dd_prc": none } }));
            assert_eq!(page.rows[0].price, None, "{none}");
        }
    }

    #[test]
    fn codes_and_shapes_that_are_no_answer() {
        let code = |code: &str| {
            why(&json!({ "response": { "header": { "resultCode": code, "resultMsg": "a-key" }, "body": {} } }).to_string())
        };
        assert_eq!(code("30"), "credentials refused: status 200, code 30: (key)");
        assert!(code("22").starts_with("too many calls a day: "));
        assert!(code("99").starts_with("provider out of order: "));
        assert!(code("10").starts_with("call refused: "));
        assert!(read_bytes(200, br#"{"response":{"header":{"resultCode":"00"},"body":{}}}"#).is_ok());
        assert_eq!(
            read_bytes(200, br#"{"response":{"header":{"resultCode":"03"}}}"#).unwrap(),
            Page::default()
        );
        assert_eq!(
            why("{}"),
            "answer has not the documented shape: expected `body` in `response`"
        );
        assert_eq!(
            why("[]"),
            "answer has not the documented shape: expected `body` in `response`"
        );
        assert_eq!(why("<response/>"), "answer is not JSON");
        assert_eq!(why(""), "answer is not JSON");
        assert_eq!(
            why("Unexpected errors"),
            "provider out of order: status 200, code unknown: Unexpected errors"
        );
    }

    #[test]
    fn an_answer_that_is_cut_is_none() {
        let body = r#"{"response":{"header":{"resultCode":"0"},"body":{"items":{"item":[]}}}}"#;
        for at in 0..body.len() {
            assert!(
                matches!(
                    read_bytes(200, &body.as_bytes()[..at]).unwrap_err().why,
                    Why::NotJson(_)
                ),
                "{at}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(status in 100_u16..600, body in any::<String>()) {
            let _ = read_bytes(status, body.as_bytes());
        }
    }
}
