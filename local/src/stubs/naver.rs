//! A stand-in for Naver's shopping search on its own protocol.
//!
//! Source: the service's guide (`/v1/search/shop.json`, its error codes) and recorded answers.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{ConnectInfo, OriginalUri, Query, State},
    http::HeaderMap,
    response::{IntoResponse as _, Response},
    routing::get,
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::{
    behaviour::{Answer, Behaviour},
    offers::offers,
    quota::QuotaRefusals,
    stub::Stub,
    wire::Socket,
};
use crate::clock;

/// The key pair that the stand-in takes.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    pub client_id: String,
    pub client_secret: String,
}

/// Prints nothing of the pair.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

const QUOTA_REFUSALS: QuotaRefusals = QuotaRefusals { per_second: per_second_limit, per_day: daily_limit };

const JSON: &str = "application/json; charset=UTF-8";

#[derive(Clone)]
struct Naver {
    stub: Stub,
    keys: Keys,
}

#[derive(Deserialize)]
pub(crate) struct Search {
    query: Option<String>,
    display: Option<String>,
    start: Option<String>,
    sort: Option<String>,
}

impl Search {
    pub(crate) fn name(&self) -> &str {
        self.query.as_deref().unwrap_or_default().trim()
    }
}

pub(crate) fn stub(keys: Keys, behaviour: Behaviour) -> (Stub, Router) {
    let stub = Stub::new("naver", QUOTA_REFUSALS, behaviour);
    let naver = Naver { stub: stub.clone(), keys };
    let router = Router::new()
        .route("/v1/search/shop.json", get(search))
        .fallback(async || Response::from(no_such_api()))
        .with_state(naver);
    (stub, router)
}

async fn search(
    State(naver): State<Naver>,
    ConnectInfo(socket): ConnectInfo<Socket>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    query: Result<Query<Search>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Ok(Query(search)) = query else {
        return error(400, "SE06", "Malformed encoding (잘못된 형식의 인코딩입니다.)").into();
    };
    let name = search.query.as_deref().unwrap_or_default();
    if let Some(fault) = naver.stub.intercept(name, uri.to_string(), Bytes::new(), &socket).await {
        return fault;
    }
    let has = |header: &str, expected: &str| headers.get(header).is_some_and(|value| value == expected);
    if !has("X-Naver-Client-Id", &naver.keys.client_id)
        || !has("X-Naver-Client-Secret", &naver.keys.client_secret)
    {
        return unauthorized().into();
    }
    answer(&search, search.name()).unwrap_or_else(Response::from)
}

/// The answer to a search for `name`.
pub(crate) fn answer(search: &Search, name: &str) -> Result<Response, Answer> {
    if name.is_empty() {
        return Err(error(400, "SE01", "Incorrect query request (잘못된 쿼리요청입니다.)"));
    }
    let display = number(search.display.as_deref(), 10, 100)
        .ok_or_else(|| error(400, "SE02", "Invalid display value (부적절한 display 값입니다.)"))?;
    let start = number(search.start.as_deref(), 1, 1_000)
        .ok_or_else(|| error(400, "SE03", "Invalid start value (부적절한 start 값입니다.)"))?;
    let mut found = offers(name, display);
    match search.sort.as_deref().unwrap_or("sim") {
        "sim" | "date" => {}
        "asc" => found.sort_by_key(|offer| offer.price_krw),
        "dsc" => found.sort_by_key(|offer| std::cmp::Reverse(offer.price_krw)),
        _ => return Err(error(400, "SE04", "Invalid sort value (부적절한 sort 값입니다.)")),
    }
    let items: Vec<_> = found
        .iter()
        .map(|offer| {
            json!({
                "title": offer.title,
                "link": format!("https://search.shopping.naver.com/catalog/{}", offer.product_id),
                "image": format!("https://shopping-phinf.pstatic.net/main/{}.jpg", offer.product_id),
                "lprice": offer.price_krw.to_string(),
                "hprice": "",
                "mallName": offer.mall,
                "productId": offer.product_id.to_string(),
                "productType": "2",
                "brand": offer.brand,
                "maker": "",
                "category1": "식품",
                "category2": "신선식품",
                "category3": "",
                "category4": "",
            })
        })
        .collect();
    let seoul = TimeZone::fixed(jiff::tz::offset(9));
    let built = clock::now().to_zoned(seoul).strftime("%a, %d %b %Y %H:%M:%S %z");
    Ok(Json(json!({
        "lastBuildDate": built.to_string(),
        "total": items.len(),
        "start": start,
        "display": items.len(),
        "items": items,
    }))
    .into_response())
}

/// A number from 1 to `most`, or the default when it is left out.
fn number(text: Option<&str>, default: usize, most: usize) -> Option<usize> {
    match text {
        None => Some(default),
        Some(text) => text.parse().ok().filter(|number| (1..=most).contains(number)),
    }
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::new(status, JSON, json!({ "errorMessage": message, "errorCode": code }).to_string())
}

pub fn no_offers() -> Answer {
    let body = json!({ "lastBuildDate": "", "total": 0, "start": 1, "display": 0, "items": [] });
    Answer::new(200, JSON, body.to_string())
}

pub fn unauthorized() -> Answer {
    let message = "NID AUTH Result Invalid (1000) : Authentication failed. (인증에 실패했습니다.)";
    error(401, "024", message)
}

pub fn daily_limit() -> Answer {
    error(429, "010", "Query limit exceeded. (허용된 쿼리 한도를 초과했습니다.)")
}

pub fn per_second_limit() -> Answer {
    error(429, "012", "Rate limit exceeded. (속도 제한을 초과했습니다.)")
}

/// The search does not exist (any more).
pub fn no_such_api() -> Answer {
    error(404, "SE05", "Invalid search api (존재하지 않는 검색 api 입니다.)")
}

pub fn system_error() -> Answer {
    error(500, "SE99", "System Error (시스템 에러)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(display: Option<&str>, sort: Option<&str>, expected: Option<&str>) {
        let search = Search {
            query: None,
            display: display.map(str::to_owned),
            start: None,
            sort: sort.map(str::to_owned),
        };
        let refused = answer(&search, "두부").err();
        let code = refused.map(|answer| String::from_utf8(answer.body).unwrap());
        match (&code, expected) {
            (None, None) => {}
            (Some(body), Some(code)) => assert!(body.contains(code), "{body}"),
            _ => panic!("{code:?} {expected:?}"),
        }
    }

    #[test]
    fn display_and_sort_are_checked() {
        check(None, None, None);
        check(Some("1"), Some("asc"), None);
        check(Some("100"), Some("sim"), None);
        for display in ["0", "101", "-1", "x", ""] {
            check(Some(display), None, Some("SE02"));
        }
        check(None, Some("price"), Some("SE04"));
    }
}
