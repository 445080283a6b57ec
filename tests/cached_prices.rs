//! Prices that are cached between orders, and rows of the table that something else wrote.

use aws_sdk_dynamodb::types::AttributeValue;
use contract::PriceSource;
use local::stubs::{elevenst, gateway};
use serde_json::{Value, json};

use crate::{
    harness::{Harness, order, pricing},
    price_sources::{always, calls, item, three_sources},
};

/// A row of the table by its key.
async fn row(harness: &Harness, key: &str) -> Option<Value> {
    let call = harness.tables.get_item().table_name(harness.prices_table()).consistent_read(true);
    let found = call.key("key", AttributeValue::S(key.to_owned())).send().await.unwrap();
    let body = found.item?.get("body")?.as_s().ok()?.clone();
    Some(serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

/// The row once an order has kept it. A function waits 20 ms for its last writes, which is not enough on a busy machine now and
/// then: the next order writes it.
async fn kept(harness: &Harness, key: &str, session: &str, is_kept: impl Fn(&Value) -> bool) -> Value {
    for number in 1..20 {
        if let Some(found) = row(harness, key).await.filter(&is_kept) {
            return found;
        }
        let again = order(&format!("{session}-again-{number}"), &["버터"]);
        harness.run(&again).await;
    }
    panic!("{session}: no order keeps {key}");
}

/// Writes another body into a row that is there.
async fn spoil(harness: &Harness, key: &str, body: AttributeValue) {
    let call = harness.tables.update_item().table_name(harness.prices_table());
    call.key("key", AttributeValue::S(key.to_owned()))
        .update_expression("SET body = :body")
        .condition_expression("attribute_exists(body)")
        .expression_attribute_values(":body", body)
        .send()
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_order_calls_no_source() {
    let harness = three_sources(|_| {}).await;
    let names = ["버터", "대파", "느타리버섯", "유니콘 고기"];
    let mut before = harness.run(&order("kept-0", &names)).await;
    assert!(calls(&harness).iter().all(|&calls| calls > 0));
    // A function waits 20 ms for its last writes: on a busy machine, the order behind it may have to ask for one of them again.
    for number in 1..20 {
        let asked = calls(&harness);
        let outcome = harness.run(&order(&format!("kept-{number}"), &names)).await;
        if calls(&harness) == asked {
            assert_eq!(pricing(&outcome), pricing(&before), "the moment at which each was asked included");
            harness.close().await;
            return;
        }
        before = outcome;
    }
    panic!("every order asks again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_price_is_better_than_none_and_says_how_old_it_is() {
    let harness = three_sources(|_| {}).await;
    harness.run(&order("stale-1", &["버터"])).await;
    let key = "elevenst#버터";
    let mut body = kept(&harness, key, "stale", |_| true).await;
    // A day is longer than any price of 11번가 is fresh.
    let asked_at_ms = body["atMs"].as_i64().unwrap() - 86_400_000;
    body["atMs"] = json!(asked_at_ms);
    spoil(&harness, key, AttributeValue::S(body.to_string())).await;

    let sources = harness.environment.sources();
    sources.get(PriceSource::Elevenst).behave(always(elevenst::unregistered_key()));
    sources.get(PriceSource::Chamgagyeok).behave(always(gateway::unknown_key()));
    sources.get(PriceSource::Kamis).behave(always(gateway::unknown_key()));
    let outcome = harness.run(&order("stale-2", &["버터"])).await;
    let butter = item(pricing(&outcome), "버터");
    let asked_at = jiff::Timestamp::from_millisecond(asked_at_ms).unwrap();
    assert_eq!((butter.source, &butter.as_of.0), (PriceSource::Elevenst, &format!("{asked_at:.3}")));
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_row_is_asked_for_again_and_written_over() {
    let harness = three_sources(|_| {}).await;
    let key = "elevenst#버터";
    let outcome = harness.run(&order("spoilt", &["버터"])).await;
    let right = item(pricing(&outcome), "버터").price_krw;
    let good = kept(&harness, key, "good", |_| true).await;
    let set = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}: {good}")) = value;
        AttributeValue::S(body.to_string())
    };
    let spoilt = [
        ("older-schema", set("/schema", json!(0))),
        ("newer-schema", set("/schema", json!(99))),
        ("price-0", set("/content/offers/0/priceKrw", json!(0))),
        ("price-of-a-trillion", set("/content/offers/0/priceKrw", json!(1_000_000_000_000_u64))),
        ("price-a-text", set("/content/offers/0/priceKrw", json!("1"))),
        ("price-negative", set("/content/offers/0/priceKrw", json!(-5))),
        ("script", set("/content/offers/0/link", json!("javascript:alert(1)"))),
        ("control", set("/content/offers/0/vendor", json!("싱싱\u{1b}[2J마켓"))),
        ("nobody", set("/content/offers/0/vendor", json!(""))),
        ("long", set("/content/offers/0/productName", json!("가".repeat(100_000)))),
        ("future", set("/atMs", json!(4_102_444_800_000_i64))),
        ("no-json", AttributeValue::S("{".to_owned())),
        ("empty", AttributeValue::S(String::new())),
        ("a-number", AttributeValue::N("1".to_owned())),
        ("a-list", AttributeValue::L(vec![])),
    ];
    for (session, body) in spoilt {
        spoil(&harness, key, body).await;
        let before = calls(&harness)[0];
        let outcome = harness.run(&order(session, &["버터"])).await;
        let butter = item(pricing(&outcome), "버터");
        assert_eq!((butter.price_krw, butter.source), (right, PriceSource::Elevenst), "{session}");
        assert_eq!(calls(&harness)[0], before + 1, "{session}");
        kept(&harness, key, session, |row| row["content"] == good["content"]).await;
    }
    harness.close().await;
}
