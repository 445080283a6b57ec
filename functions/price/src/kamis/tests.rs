//! The adapter against servers on this machine that answer as KAMIS does.

use serde_json::{Value, json};

use super::*;
use crate::{
    scripted::{Call, budget, patience, reply, said, search, secrets, server},
    search::Why,
};

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
    let secrets = secrets(&[key]).await;
    Kamis::new(base, secrets, "key".to_owned(), budget(), patience(), thursday).unwrap()
}

#[tokio::test]
async fn retail_rows_of_two_weeks_are_asked_for() {
    let (base, calls) = server(|_, _| {
        page(
            2,
            &json!({ "item": [row("20260929", "01", "9,999"), row("20260930", "01", "2841")] }),
        )
    })
    .await;
    let (answer, failures) = search(&kamis(&base, KEY).await, "양파").await;
    let answer = answer.unwrap();
    let reference = answer.reference().unwrap();
    assert_eq!(
        (
            reference.price_krw,
            reference.per.as_str(),
            reference.product_name.as_str()
        ),
        (2_841, "1kg", "양파 상품")
    );
    assert_eq!(
        (reference.as_of.0.as_str(), reference.source),
        ("2026-09-30", PriceSource::Kamis)
    );
    assert!(answer.offers().is_empty());
    assert_eq!(failures, [0.0]);
    let calls = calls.lock().unwrap();
    let [
        Call {
            path,
            raw_query,
            query,
        },
    ] = calls.as_slice()
    else {
        panic!("{calls:?}")
    };
    assert_eq!(path, "/price");
    assert!(
        raw_query.starts_with("serviceKey=a%2Bkey%2Fof%2Bthe%3D%3D&returnType=json&pageNo=1&numOfRows=1000&"),
        "{raw_query}"
    );
    let conditions: Vec<_> = query
        .iter()
        .filter(|(name, _)| name.starts_with("cond"))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
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
        let day = if call.value("pageNo") == "3" {
            "20261001"
        } else {
            "20260920"
        };
        page(2_001, &json!({ "item": row(day, "01", "2841") }))
    })
    .await;
    let answer = search(&kamis(&base, KEY).await, "양파").await.0.unwrap();
    assert_eq!(answer.reference().unwrap().as_of.0, "2026-10-01");
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn wholesale_stands_in_where_there_is_no_retail_price() {
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
async fn what_the_survey_does_not_have_calls_nobody() {
    let (base, calls) = server(|_, _| page(0, &json!(""))).await;
    let kamis = kamis(&base, KEY).await;
    assert_eq!(search(&kamis, "아보카도").await.0.unwrap(), Answer::default());
    assert!(calls.lock().unwrap().is_empty());
    assert_eq!(search(&kamis, "양파").await.0.unwrap(), Answer::default());
}

#[tokio::test]
async fn a_day_in_the_future_is_not_believed() {
    let (base, _) = server(|_, _| page(1, &json!({ "item": row("20991231", "01", "10") }))).await;
    assert_eq!(
        search(&kamis(&base, KEY).await, "양파").await.0.unwrap(),
        Answer::default()
    );
}

/// The shape of the old service, which somebody's own base URL may pass on.
#[tokio::test]
async fn an_answer_of_the_old_service_is_read_too() {
    let (base, calls) = server(|_, _| {
        let body = json!({ "condition": [{ "p_regday": "2026-09-29" }], "data": { "error_code": "000", "item": [{ "item_name": "양파", "kind_name": "양파(1kg)", "rank_code": "04", "dpr1": "1,847" }] } });
        reply(200, "application/json", body.to_string())
    })
    .await;
    let answer = search(&kamis(&base, KEY).await, "양파").await.0.unwrap();
    let reference = answer.reference().unwrap();
    assert_eq!((reference.price_krw, reference.per.as_str()), (1_847, "1kg"));
    assert_eq!(calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn errors_are_said_with_a_hint_and_without_the_key() {
    let (base, _) = server(|call, _| {
        let body = json!({ "cmmMsgHeader": { "returnReasonCode": "31", "returnAuthMsg": format!("bad {}", call.raw_query) } });
        reply(200, "application/json", body.to_string())
    })
    .await;
    let kamis = kamis(&base, KEY).await;
    let unanswered = search(&kamis, "양파").await.0.unwrap_err();
    let said = said(&unanswered);
    assert!(
        said.starts_with(
            "kamis gave no answer: credentials refused: status 200, code 31: bad serviceKey=(key)&"
        ),
        "{said}"
    );
    assert!(said.contains("hint: the key's time is over"), "{said}");
    assert!(!format!("{unanswered:?} {kamis:?}").contains("a%2Bkey"));
}

#[tokio::test]
async fn without_a_key_or_with_a_huge_answer_there_is_none() {
    let (base, calls) = server(|_, _| reply(200, "application/json", " ".repeat(5_000_000))).await;
    let unanswered = search(&kamis(&base, "\n").await, "양파").await.0.unwrap_err();
    assert!(
        matches!(unanswered.why, Why::UnusableCredential(_)),
        "{unanswered:?}"
    );
    assert!(calls.lock().unwrap().is_empty());
    let unanswered = search(&kamis(&base, KEY).await, "양파").await.0.unwrap_err();
    assert!(
        matches!(
            unanswered.why,
            Why::TooLarge {
                limit_bytes: MAX_BODY_BYTES
            }
        ),
        "{unanswered:?}"
    );
}
