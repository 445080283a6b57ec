//! The adapter against servers on loopback that answer as KAMIS does.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::testing::test_server::{access_by, reply, search, server};

const KEY: &str = "a+key/of+the==";

fn thursday() -> Timestamp {
    "2026-10-01T03:00:00Z".parse().unwrap()
}

fn page(total: u64, items: &Value) -> axum::response::Response {
    let body = json!({ "response": { "header": { "resultCode": "00", "resultMsg": "OK" }, "body": { "totalCount": total, "items": items } } });
    reply(200, "application/json;charset=UTF-8", body.to_string())
}

fn row(day: &str, trade: &str, price: &str) -> Value {
    json!({ "exmn_ymd": day, "se_cd": trade, "ctgry_cd": "200", "item_cd": "245", "item_nm": "양파", "vrty_nm": "양파", "grd_cd": "04", "grd_nm": "상품", "unit": "kg", "unit_sz": "1", "exmn_dd_prc": price })
}

async fn kamis(base: &BaseUrl, key: &str) -> Kamis {
    Kamis::new(base, access_by(key).await, thursday).unwrap()
}

#[tokio::test]
async fn retail_rows_of_two_weeks_are_asked_for() {
    let (base, calls) = server(|_, _| {
        page(2, &json!({ "item": [row("20260929", "01", "9,999"), row("20260930", "01", "2841")] }))
    })
    .await;
    let (answer, failures) = search(&kamis(&base, KEY).await, "양파").await;
    let answer = answer.unwrap();
    let reference = answer.reference().unwrap();
    let found = (reference.price_krw, &*reference.per, &*reference.product_name, &*reference.as_of.0);
    assert_eq!(found, (2_841, "1kg", "양파 상품", "2026-09-30"));
    assert_eq!((answer.offers().len(), failures), (0, vec![0.0]));
    let calls = calls.lock().unwrap();
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!(call.path, "/price");
    let query = "serviceKey=a%2Bkey%2Fof%2Bthe%3D%3D&returnType=json&pageNo=1&numOfRows=1000&";
    assert!(call.raw_query.starts_with(query), "{}", call.raw_query);
    let conditions = call.query.iter().filter(|(name, _)| name.starts_with("cond"));
    let conditions: Vec<_> = conditions.map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        conditions,
        [
            "cond[ctgry_cd::EQ]=200",
            "cond[exmn_ymd::GTE]=20260917",
            "cond[exmn_ymd::LTE]=20261001",
            "cond[item_cd::EQ]=245",
            "cond[se_cd::EQ]=01"
        ]
    );
}

#[tokio::test]
async fn the_last_page_has_the_newest_day() {
    let (base, calls) = server(|call, _| {
        let day = if call.value("pageNo") == "3" { "20261001" } else { "20260920" };
        page(2_001, &json!({ "item": row(day, "01", "2841") }))
    })
    .await;
    let answer = search(&kamis(&base, KEY).await, "양파").await.0.unwrap();
    assert_eq!(answer.reference().unwrap().as_of.0, "2026-10-01");
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn wholesale_prices_are_used_without_retail_prices() {
    let (base, calls) = server(|call, _| match call.value("cond[se_cd::EQ]") {
        "02" => page(1, &json!({ "item": [row("20261001", "02", "21200")] })),
        _ => page(0, &json!("")),
    })
    .await;
    let answer = search(&kamis(&base, KEY).await, "양파").await.0.unwrap();
    assert_eq!(answer.reference().unwrap().product_name, "양파 상품 (중도매)");
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn an_unknown_item_costs_no_call() {
    let (base, calls) = server(|_, _| page(0, &json!(""))).await;
    let kamis = kamis(&base, KEY).await;
    assert_eq!(search(&kamis, "아보카도").await.0.unwrap(), Answer::default());
    assert!(calls.lock().unwrap().is_empty());
    assert_eq!(search(&kamis, "양파").await.0.unwrap(), Answer::default());
}

#[tokio::test]
async fn rows_of_the_future_are_ignored() {
    let (base, _) = server(|_, _| page(1, &json!({ "item": row("20991231", "01", "10") }))).await;
    assert_eq!(search(&kamis(&base, KEY).await, "양파").await.0.unwrap(), Answer::default());
}
