//! A stand-in for KAMIS's daily prices on their own protocol, behind data.go.kr's gateway: JSON in which `items` is an object,
//! an object with one object, or an empty text. XML answers, which the service has too, are refused here.
//!
//! Source: the parameters, fields and item codes that callers published. What one call is about is recorded as
//! `price ITEM`, so that a fault can select calls.

use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, OriginalUri, State},
    response::Response,
    routing::get,
};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};

use super::{
    behaviour::{Answer, Behaviour},
    gateway::{self, ErrorReply},
    query::Parameters,
    quota::korea,
    stub::Stub,
    wire::Socket,
};

mod survey;

/// Most rows on a page.
const MAX_PAGE_SIZE: usize = 1_000;
const DEFAULT_PAGE_SIZE: usize = 10;

#[derive(Clone)]
struct Kamis {
    stub: Stub,
    key: String,
    now: fn() -> Timestamp,
}

/// The stand-in with its routes below a path. `now` says which days were surveyed.
pub(crate) fn stub(path: &str, key: String, now: fn() -> Timestamp, behaviour: Behaviour) -> (Stub, Router) {
    let stub = Stub::new("kamis", gateway::QUOTA_REFUSALS, behaviour);
    let kamis = Kamis { stub: stub.clone(), key, now };
    let router = Router::new()
        .route(&format!("{path}/price"), get(price))
        .fallback(async || Response::from(Answer::from(gateway::no_such_service())))
        .with_state(kamis);
    (stub, router)
}

async fn price(
    State(kamis): State<Kamis>,
    ConnectInfo(socket): ConnectInfo<Socket>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let query = Parameters::of(&uri);
    let subject = format!("price {}", query.text(ITEM));
    let call = kamis.stub.intercept(&subject, uri.to_string(), Bytes::new(), &socket);
    if let Some(fault) = call.await {
        return fault;
    }
    let today = korea((kamis.now)());
    let answer = gateway::authorised(&query, &kamis.key).and_then(|()| answer(&query, today));
    answer.unwrap_or_else(Answer::from).into()
}

const ITEM: &str = "cond[item_cd::EQ]";

/// The answer to an authorised request, on that day in Korea.
pub(crate) fn answer(query: &Parameters<'_>, today: Date) -> Result<Answer, ErrorReply> {
    let json = query.text("returnType").eq_ignore_ascii_case("json");
    let size = query.number("numOfRows", DEFAULT_PAGE_SIZE, 1, MAX_PAGE_SIZE);
    let page = query.number("pageNo", 1, 1, 1_000_000);
    let (true, Some(size), Some(page)) = (json, size, page) else {
        return Err(gateway::bad_parameter());
    };
    let day = |name: &str, default: Date| match query.bytes(name) {
        None => Ok(default),
        Some(_) => Date::strptime("%Y%m%d", query.text(name)).map_err(|_| gateway::bad_parameter()),
    };
    let since = day("cond[exmn_ymd::GTE]", Date::MIN)?;
    let until = day("cond[exmn_ymd::LTE]", today)?;
    let filters = [
        (ITEM, "item_cd"),
        ("cond[ctgry_cd::EQ]", "ctgry_cd"),
        ("cond[se_cd::EQ]", "se_cd"),
        ("cond[vrty_cd::EQ]", "vrty_cd"),
        ("cond[grd_cd::EQ]", "grd_cd"),
        ("cond[mrkt_cd::EQ]", "mrkt_cd"),
    ];
    let fits = |row: &Value| {
        filters.iter().all(|(parameter, field)| {
            let wanted = query.text(parameter);
            wanted.is_empty() || row.get(field).and_then(Value::as_str) == Some(wanted)
        })
    };
    let mut rows = survey::rows(since, until, today);
    rows.retain(fits);
    let total = rows.len();
    let shown = rows.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    Ok(page_of(shown, total, page, size))
}

pub fn page(rows: Vec<Value>) -> Answer {
    let total = rows.len();
    page_of(rows, total, 1, MAX_PAGE_SIZE)
}

fn page_of(mut rows: Vec<Value>, total: usize, page: usize, size: usize) -> Answer {
    // As the portal turns XML into JSON: nothing is an empty text, and one is no list.
    let items = match rows.len() {
        0 => json!(""),
        1 => json!({ "item": rows.pop() }),
        _ => json!({ "item": rows }),
    };
    // Both are seen.
    let code = if total.is_multiple_of(2) { "0" } else { "00" };
    let body = json!({ "response": {
        "header": { "resultCode": code, "resultMsg": "OK" },
        "body": {
            "dataType": "JSON",
            "pageNo": page,
            "numOfRows": size,
            "totalCount": total,
            "items": items,
        },
    }});
    Answer::new(200, "application/json;charset=UTF-8", body.to_string())
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;
    use jiff::civil::date;

    use super::*;

    fn asked(query: &str) -> Result<Value, ErrorReply> {
        let uri: Uri = format!("http://a/?returnType=json&{query}").parse().unwrap();
        let answer = answer(&Parameters::of(&uri), date(2026, 11, 25))?;
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        Ok(body["response"]["body"].clone())
    }

    const ONION: &str = "cond%5Bitem_cd%3A%3AEQ%5D=245&cond[ctgry_cd::EQ]=200";

    #[test]
    fn a_week_of_an_item_is_oldest_first_and_ends_yesterday() {
        let week = "cond[exmn_ymd::GTE]=20261118&cond[exmn_ymd::LTE]=20261125&numOfRows=1000";
        let body = asked(&format!("{ONION}&{week}")).unwrap();
        let rows = body["items"]["item"].as_array().unwrap();
        let days: Vec<_> = rows.iter().map(|row| row["exmn_ymd"].as_str().unwrap()).collect();
        assert!(days.is_sorted());
        assert_eq!((days[0], days[days.len() - 1]), ("20261118", "20261124"));
        assert!(!days.contains(&"20261121") && !days.contains(&"20261122"));
        assert!(rows.iter().all(|row| row["item_nm"] == "양파"));
        let of = |field: &str, value: &str| rows.iter().filter(|row| row[field] == value).count();
        assert!(of("se_cd", "01") > of("se_cd", "02") && of("se_cd", "02") > 0);
        assert_eq!(body["totalCount"], rows.len());
    }

    #[test]
    fn nothing_is_a_text_and_one_is_no_list() {
        let day = "cond[exmn_ymd::GTE]=20261124&cond[exmn_ymd::LTE]=20261124";
        assert_eq!(asked(&format!("cond[item_cd::EQ]=999&{day}")).unwrap()["items"], "");
        let future = "cond[exmn_ymd::GTE]=20261126&cond[exmn_ymd::LTE]=20261130";
        assert_eq!(asked(&format!("{ONION}&{future}")).unwrap()["items"], "");
        let one = asked(&format!("{ONION}&{day}&cond[se_cd::EQ]=02")).unwrap();
        assert_eq!(one["items"]["item"]["mrkt_nm"], "가락도매");
    }

    #[test]
    fn pages_and_what_is_refused() {
        let first = asked(&format!("{ONION}&numOfRows=2")).unwrap();
        let second = asked(&format!("{ONION}&numOfRows=2&pageNo=2")).unwrap();
        assert_ne!(first["items"], second["items"]);
        for query in ["numOfRows=0", "numOfRows=1001", "pageNo=0", "cond[exmn_ymd::GTE]=2026-11-24"] {
            assert_eq!(asked(query).unwrap_err(), gateway::bad_parameter(), "{query}");
        }
        let xml: Uri = "http://a/?returnType=xml".parse().unwrap();
        assert!(answer(&Parameters::of(&xml), date(2026, 11, 25)).is_err());
    }
}
