//! The shapes of KAMIS's old service (kamis.or.kr), from JSON to rows. The adapter does not call that service: it answers over
//! plain HTTP, and wants two keys. It reads its answers, for a base URL of somebody's own that passes them on.
//!
//! Source: the service's guide (dailyPriceByCategoryList, periodProductList) and answers of September 2026.

use contract::PriceSource;
use jiff::civil::Date;
use serde_json::Value;

use super::{
    reference::Row,
    reply::{PLAIN, day, list, text},
};
use crate::{
    Unanswered,
    offer::grouped_price,
    search::{Refusal, Why},
};

/// Most rows that are read.
const MAX_ROWS: usize = 2_000;
/// The name of the row that is the average of the others.
const AVERAGE: &str = "평균";

/// The rows of an answer's `data`: an object with `item`, or a list with nothing but a code.
pub(super) fn rows(json: &Value, data: &Value, status: u16) -> Result<Vec<Row>, Unanswered> {
    let code = match data {
        Value::Array(codes) => codes
            .first()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        _ => text(data, "error_code"),
    };
    let refusal = || Refusal {
        status,
        code: Some(code.chars().filter(char::is_ascii_digit).take(8).collect()),
        said: String::new(),
    };
    let unanswered = |why| Unanswered::by(PriceSource::Kamis, why);
    match code.as_str() {
        "" | "000" => {}
        "001" => return Ok(Vec::new()),
        "900" => return Err(unanswered(Why::Credentials(refusal()))),
        _ => return Err(unanswered(Why::Refused(refusal()))),
    }
    let asked_for = list(json.get("condition"))
        .into_iter()
        .find_map(|condition| day(&text(condition, "p_regday")));
    let rows = list(data.get("item"));
    Ok(rows
        .into_iter()
        .take(MAX_ROWS)
        .map(|row| from(row, asked_for))
        .collect())
}

/// A row of either list: the one by category (`item_name`, `kind_name`, `dpr1`) or the one by period (`itemname`, `kindname`,
/// `price`).
fn from(row: &Value, asked_for: Option<Date>) -> Row {
    let text = |field| text(row, field);
    let either = |one, other| {
        Some(text(one))
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| text(other))
    };
    let kind = either("kind_name", "kindname");
    let unit = text("unit");
    Row {
        day: period_day(&text("yyyy"), &text("regday")).or(asked_for),
        wholesale: false,
        code: String::new(),
        item: either("item_name", "itemname"),
        // The unit in its bracket is told apart: `대파(1kg)`.
        variety: kind.split('(').next().unwrap_or_default().trim().to_owned(),
        grade: either("rank", "rank_name"),
        plain: text("rank_code") == PLAIN,
        average: text("countyname") == AVERAGE,
        per: if unit.is_empty() { bracket(&kind) } else { unit },
        // `-` where there is none.
        price: grouped_price(&either("dpr1", "price")),
    }
}

/// `2026` and `09/22`.
fn period_day(year: &str, month_and_day: &str) -> Option<Date> {
    day(&format!("{year}{}", month_and_day.replace('/', "")))
}

fn bracket(kind: &str) -> String {
    let inside = kind
        .rsplit_once('(')
        .map(|(_, behind)| behind.trim_end_matches(')').trim());
    inside.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use serde_json::json;

    use super::*;

    fn read(json: &Value) -> Result<Vec<Row>, String> {
        rows(json, &json["data"], 200).map_err(|unanswered| unanswered.why.to_string())
    }

    #[test]
    fn a_list_by_category_has_the_day_in_its_condition() {
        let json = json!({
            "condition": [{ "p_regday": "2026-09-14" }],
            "data": { "error_code": "000", "item": [{ "item_name": "파", "kind_name": "대파(1kg)", "unit": "1kg", "rank_code": "04", "dpr1": "2,760" }] },
        });
        let expect = Row {
            day: Some("2026-09-14".parse().unwrap()),
            item: "파".to_owned(),
            variety: "대파".to_owned(),
            plain: true,
            per: "1kg".to_owned(),
            price: NonZeroU32::new(2_760),
            ..Row::default()
        };
        assert_eq!(read(&json).unwrap(), [expect]);
    }

    #[test]
    fn a_list_by_period_has_it_in_each_row_and_an_average() {
        let json = json!({ "data": { "error_code": "000", "item": [
            { "itemname": null, "kindname": null, "countyname": "평균", "yyyy": "2026", "regday": "09/22", "price": "2,841" },
            { "itemname": "배추", "kindname": "배추(1포기)", "countyname": "서울", "yyyy": "2026", "regday": "09/22", "price": "-" },
        ] } });
        let rows = read(&json).unwrap();
        assert_eq!((rows[0].average, rows[0].price.unwrap().get()), (true, 2_841));
        assert_eq!(
            (rows[1].price, rows[1].per.as_str(), rows[1].variety.as_str()),
            (None, "1포기", "배추")
        );
        assert_eq!(rows[1].day.unwrap().to_string(), "2026-09-22");
    }

    #[test]
    fn codes_stand_in_the_lists_place() {
        assert_eq!(read(&json!({ "data": ["001"] })), Ok(vec![]));
        assert_eq!(
            read(&json!({ "data": ["900"] })),
            Err("credentials refused: status 200, code 900".to_owned())
        );
        assert_eq!(
            read(&json!({ "data": ["200"] })),
            Err("call refused: status 200, code 200".to_owned())
        );
        assert_eq!(
            read(&json!({ "data": { "error_code": "900" } })),
            Err("credentials refused: status 200, code 900".to_owned())
        );
        for odd in [json!([]), json!(""), json!(7), json!({ "item": "" }), json!(null)] {
            assert_eq!(read(&json!({ "data": odd })), Ok(vec![]), "{odd}");
        }
    }
}
