//! The adapter against servers on loopback that answer as 참가격 does.

use axum::response::Response;
use contract::error_name::PriceError;
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::{
    store::fake::FakeTable,
    testing::test_server::{Call, Calls, access_by, error_text, reply, search, server},
};

const KEY: &str = "a+key/of+the==";
const GOODS: &str = "<item><goodId>928</goodId><goodName>당근(흙당근, 100g)</goodName><goodSmlclsCode>030102008</goodSmlclsCode><goodTotalCnt>100</goodTotalCnt><goodTotalDivCode>G</goodTotalDivCode></item>\
    <item><goodId>1505</goodId><goodName>버터(450g)</goodName><goodSmlclsCode>030204001</goodSmlclsCode><goodTotalCnt>450</goodTotalCnt><goodTotalDivCode>G</goodTotalDivCode></item>\
    <item><goodId>1791</goodId><goodName>대하(100g)</goodName><goodSmlclsCode>030103008</goodSmlclsCode></item>";
const STORES: &str = "<iros.openapi.service.vo.entpInfoVO><entpId>156</entpId><entpName>이마트영등포점</entpName></iros.openapi.service.vo.entpInfoVO>\
    <iros.openapi.service.vo.entpInfoVO><entpId>5499000001</entpId><entpName>먼 가게</entpName></iros.openapi.service.vo.entpInfoVO>";

/// A Thursday.
fn thursday() -> Timestamp {
    "2026-10-01T03:00:00Z".parse().unwrap()
}

fn xml(result: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><response><result>{result}</result><resultCode>00</resultCode><resultMsg>ok</resultMsg></response>"
    );
    reply(200, "application/xml;charset=UTF-8", body)
}

fn price(day: &str, good: &str, store: &str, krw: &str) -> String {
    format!(
        "<iros.openapi.service.vo.goodPriceVO><goodInspectDay>{day}</goodInspectDay><entpId>{store}</entpId><goodId>{good}</goodId><goodPrice>{krw}</goodPrice></iros.openapi.service.vo.goodPriceVO>"
    )
}

/// The service with a survey on 2026-09-18, which has no prices of 대하.
fn survey(call: &Call) -> Response {
    let (day, good) = (call.value("goodInspectDay"), call.value("goodId"));
    match call.path.as_str() {
        "/base/getProductInfoSvc.do" => xml(GOODS),
        "/base/getStoreInfoSvc.do" => xml(STORES),
        "/base/getProductPriceInfoSvc" if day == "20260918" && good != "1791" => xml(&[
            price(day, good, "156", "291"),
            price(day, good, "5499000001", "330"),
            price(day, good, "707", "100"),
        ]
        .concat()),
        "/base/getProductPriceInfoSvc" => xml(""),
        _ => reply(404, "text/plain", "API not found"),
    }
}

async fn source(base: &BaseUrl, key: &str, table: &Arc<FakeTable>, now: Clock) -> Chamgagyeok {
    let base = base.join("base").to_string().parse().unwrap();
    let documents = DocumentStore::new(Some(Arc::<FakeTable>::clone(table)), now);
    Chamgagyeok::new(&base, access_by(key).await, documents, now).unwrap()
}

/// With a table of its own.
async fn new_source(base: &BaseUrl) -> Chamgagyeok {
    source(base, KEY, &Arc::default(), thursday).await
}

fn paths(calls: &Calls) -> Vec<String> {
    let calls = calls.lock().unwrap();
    let line = |call: &Call| {
        let parts =
            [call.path.trim_start_matches("/base/"), call.value("goodInspectDay"), call.value("goodId")];
        parts.join(" ").trim_end().to_owned()
    };
    let mut lines: Vec<_> = calls.iter().map(line).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn the_lists_and_the_latest_survey_day_are_loaded_once() {
    let (base, calls) = server(|call, _| survey(call)).await;
    let table = Arc::<FakeTable>::default();
    let chamgagyeok = source(&base, KEY, &table, thursday).await;
    let (answer, failures) = search(&chamgagyeok, "당근").await;
    let answer = answer.unwrap();
    let offer = answer.cheapest().unwrap();
    assert_eq!(
        (offer.price_krw.get(), offer.vendor.as_str(), offer.per.as_deref()),
        (291, "이마트영등포점", Some("100g"))
    );
    assert_eq!(offer.surveyed_on.as_ref().unwrap().0, "2026-09-18");
    assert_eq!(answer.offers().len(), 2);
    assert!(failures.iter().all(|&failed| failed == 0.0));
    assert_eq!(
        paths(&calls),
        [
            "getProductInfoSvc.do",
            "getProductPriceInfoSvc 20260918 1505",
            "getProductPriceInfoSvc 20260918 928",
            "getProductPriceInfoSvc 20260918 928",
            "getProductPriceInfoSvc 20260925 1505",
            "getProductPriceInfoSvc 20260925 928",
            "getStoreInfoSvc.do",
        ]
    );
    for call in calls.lock().unwrap().drain(..) {
        // The key is encoded once, and its parameter is spelled as each service does.
        let parameter = if call.path.contains("Svc.do") { "ServiceKey" } else { "serviceKey" };
        assert!(
            call.raw_query.starts_with(&format!("{parameter}=a%2Bkey%2Fof%2Bthe%3D%3D")),
            "{}",
            call.raw_query
        );
    }

    search(&chamgagyeok, "버터").await.0.unwrap();
    assert_eq!(paths(&calls), ["getProductPriceInfoSvc 20260918 1505"]);
    calls.lock().unwrap().clear();

    // Another process reads all of it from the table.
    let beside = source(&base, KEY, &table, thursday).await;
    search(&beside, "당근").await.0.unwrap();
    assert_eq!(paths(&calls), ["getProductPriceInfoSvc 20260918 928"]);
}

#[tokio::test]
async fn a_day_later_lists_and_day_are_loaded_again() {
    let (base, calls) = server(|call, _| survey(call)).await;
    let table = Arc::<FakeTable>::default();
    search(&source(&base, KEY, &table, thursday).await, "당근").await.0.unwrap();
    let later: Clock = || "2026-10-02T03:00:00Z".parse().unwrap();
    calls.lock().unwrap().clear();
    search(&source(&base, KEY, &table, later).await, "당근").await.0.unwrap();
    assert!(paths(&calls).contains(&"getProductInfoSvc.do".to_owned()));
    assert!(paths(&calls).contains(&"getProductPriceInfoSvc 20261002 928".to_owned()));
}

#[tokio::test]
async fn searches_that_come_together_load_the_lists_once() {
    let (base, calls) = server(|call, _| survey(call)).await;
    let chamgagyeok = new_source(&base).await;
    let searches = ["당근", "버터", "당근", "버터"].map(|name| search(&chamgagyeok, name));
    for (answer, _) in join_all(searches).await {
        assert_eq!(answer.unwrap().offers().len(), 2);
    }
    let lists = paths(&calls).iter().filter(|path| path.contains("Svc.do")).count();
    assert_eq!(lists, 2);
}

/// A provider that fails is asked once, not once for each ingredient.
#[tokio::test]
async fn searches_that_come_together_share_a_failure() {
    let (base, calls) = server(|_, _| reply(403, "text/plain", "Forbidden")).await;
    let chamgagyeok = new_source(&base).await;
    let searches = ["당근", "버터", "당근", "버터"].map(|name| search(&chamgagyeok, name));
    let mut shared = 0;
    for (answer, _) in join_all(searches).await {
        let text = error_text(&answer.unwrap_err());
        assert!(text.contains("credentials refused: status 403") && text.contains("hint: "), "{text}");
        shared += usize::from(text.contains("load that another search began failed: "));
    }
    assert_eq!((shared, calls.lock().unwrap().len()), (3, 2));
    // A later search loads again.
    search(&chamgagyeok, "당근").await.0.unwrap_err();
    assert_eq!(calls.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn an_unknown_product_costs_no_more_calls() {
    let (base, calls) = server(|call, _| survey(call)).await;
    let chamgagyeok = new_source(&base).await;
    assert_eq!(search(&chamgagyeok, "아보카도").await.0.unwrap(), Answer::default());
    assert_eq!(paths(&calls), ["getProductInfoSvc.do"]);
}

/// The survey day is found by the prices of another product.
#[tokio::test]
async fn a_product_without_prices_is_an_answer() {
    let (base, calls) = server(|call, _| survey(call)).await;
    let chamgagyeok = new_source(&base).await;
    assert_eq!(search(&chamgagyeok, "대하").await.0.unwrap(), Answer::default());
    assert!(paths(&calls).contains(&"getProductPriceInfoSvc 20260918 1791".to_owned()));
    calls.lock().unwrap().clear();
    assert_eq!(search(&chamgagyeok, "당근").await.0.unwrap().offers().len(), 2);
    assert_eq!(paths(&calls), ["getProductPriceInfoSvc 20260918 928"]);
}

/// Neither the searched product nor the next processed one has prices, so the third shows the survey day.
#[tokio::test]
async fn a_third_product_shows_the_survey_day() {
    let more = "<item><goodId>553</goodId><goodName>신라면(5개입)</goodName><goodSmlclsCode>030201011</goodSmlclsCode></item>";
    let (base, calls) = server(move |call, _| match call.value("goodId") {
        "" if call.path.contains("ProductInfo") => xml(&format!("{GOODS}{more}")),
        "1505" => xml(""),
        _ => survey(call),
    })
    .await;
    let chamgagyeok = new_source(&base).await;
    assert_eq!(search(&chamgagyeok, "대하").await.0.unwrap(), Answer::default());
    assert_eq!(calls.lock().unwrap().len(), 2 + 2 * 3 + 1);
}

/// An error and no answer, which would be cached for hours.
#[track_caller]
fn assert_no_survey_day(answer: Result<Answer, SearchError>) {
    let why = answer.unwrap_err().kind;
    assert!(matches!(why, SearchErrorKind::UnexpectedShape(NO_SURVEY_DAY)), "{why:?}");
    assert_eq!(why.error(), PriceError::PriceFetchFailed);
}

#[tokio::test]
async fn without_a_survey_in_eight_weeks_the_search_fails_and_no_more_calls_are_made() {
    let (base, calls) = server(|call, _| match call.value("goodInspectDay") {
        "" => survey(call),
        _ => xml(""),
    })
    .await;
    let table = Arc::<FakeTable>::default();
    let chamgagyeok = source(&base, KEY, &table, thursday).await;
    assert_no_survey_day(search(&chamgagyeok, "당근").await.0);
    assert_eq!(calls.lock().unwrap().drain(..).count(), 2 + 2 * 8);
    assert_no_survey_day(search(&chamgagyeok, "당근").await.0);
    assert!(calls.lock().unwrap().is_empty());
    // It is not shared with other processes.
    assert_eq!(table.body("document#chamgagyeok#survey-day"), None);
}

#[tokio::test]
async fn a_survey_day_in_the_future_is_ignored() {
    let (base, _) = server(|call, _| match call.value("goodId") {
        "" => survey(call),
        good => xml(&price("20991231", good, "156", "10")),
    })
    .await;
    let chamgagyeok = new_source(&base).await;
    assert_no_survey_day(search(&chamgagyeok, "당근").await.0);
}

#[tokio::test]
async fn invalid_stored_documents_are_loaded_again() {
    let product =
        |name: &str| json!([{ "id": "928", "name": name, "class": "0301", "detail": "", "per": "" }]);
    let store = |id: &str, name: &str| json!([{ "id": id, "name": name }]);
    let now_ms = thursday().as_millisecond();
    let long = "당근".repeat(500);
    for (document, at_ms, content) in [
        ("survey-day", now_ms, json!("20991231")),
        ("survey-day", now_ms, json!("20260701")),
        ("survey-day", now_ms, json!("soon")),
        ("survey-day", now_ms, Value::Null),
        ("products", now_ms, json!([])),
        ("products", now_ms, product("")),
        ("products", now_ms, product("당\n근")),
        ("products", now_ms, product(&long)),
        ("products", now_ms, json!({ "form": 1 })),
        ("products", now_ms + 60_000, product("감자")),
        ("products", now_ms - 90_000_000, product("감자")),
        ("stores", now_ms, json!([])),
        ("stores", now_ms, store("156", "\u{7}")),
        ("stores", now_ms, store("156", &long)),
        ("stores", now_ms, store("x", "a")),
        ("stores", now_ms, store("156", "a\u{202e}b")),
    ] {
        let (base, _) = server(|call, _| survey(call)).await;
        let table = Arc::<FakeTable>::default();
        let body = json!({ "schema": 2, "atMs": at_ms, "content": content }).to_string();
        let key = format!("document#chamgagyeok#{document}");
        table.plant(&key, &body);
        let chamgagyeok = source(&base, KEY, &table, thursday).await;
        let answer = search(&chamgagyeok, "당근").await.0.unwrap();
        assert_eq!(answer.offers().len(), 2, "{body}");
        assert_ne!(table.body(&key), Some(body));
    }
}

#[tokio::test]
async fn an_invalid_list_is_not_cached() {
    let (base, _) = server(|call, nth| match (call.path.as_str(), nth) {
        ("/base/getProductInfoSvc.do", 0) => xml(""),
        _ => survey(call),
    })
    .await;
    let chamgagyeok = new_source(&base).await;
    let error = search(&chamgagyeok, "당근").await.0.unwrap_err();
    assert!(matches!(error.kind, SearchErrorKind::UnexpectedShape("a list of goods")), "{error:?}");
    assert_eq!(search(&chamgagyeok, "당근").await.0.unwrap().offers().len(), 2);
}
