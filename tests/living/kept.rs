//! What is kept between orders, and what is believed of it: rows of the table, written by AWS's own client in the way of
//! whoever spoils them.

use aws_sdk_dynamodb::types::AttributeValue;
use contract::PriceSource;
use local::stubs::{elevenst, gateway};
use serde_json::{Value, json};

use super::{always, calls, item, living, pricing};
use crate::kitchen::{Kitchen, order};

/// A row of the table by its key.
async fn row(kitchen: &Kitchen, key: &str) -> Option<Value> {
    let call = kitchen
        .tables
        .get_item()
        .table_name(kitchen.prices_table())
        .consistent_read(true);
    let found = call
        .key("key", AttributeValue::S(key.to_owned()))
        .send()
        .await
        .unwrap();
    let body = found.item?.get("body")?.as_s().ok()?.clone();
    Some(serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

/// The row once an order has kept it. A function waits 20 ms for its last writes, which is not enough on a busy machine now and
/// then: the next order writes it.
async fn kept(kitchen: &Kitchen, key: &str, session: &str, is_kept: impl Fn(&Value) -> bool) -> Value {
    for number in 1..20 {
        if let Some(found) = row(kitchen, key).await.filter(&is_kept) {
            return found;
        }
        let again = order(&format!("{session}-again-{number}"), &["버터"]);
        kitchen.cook(&again).await;
    }
    panic!("{session}: no order keeps {key}");
}

/// Writes another body into a row that is there.
async fn spoil(kitchen: &Kitchen, key: &str, body: AttributeValue) {
    let call = kitchen.tables.update_item().table_name(kitchen.prices_table());
    call.key("key", AttributeValue::S(key.to_owned()))
        .update_expression("SET body = :body")
        .condition_expression("attribute_exists(body)")
        .expression_attribute_values(":body", body)
        .send()
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_order_asks_nobody() {
    let kitchen = living(|_| {}).await;
    let names = ["버터", "대파", "느타리버섯", "유니콘 고기"];
    let mut before = kitchen.cook(&order("kept-0", &names)).await;
    assert!(calls(&kitchen).iter().all(|&calls| calls > 0));
    // A function waits 20 ms for its last writes: on a busy machine, the order behind it may have to ask for one of them again.
    for number in 1..20 {
        let asked = calls(&kitchen);
        let cooked = kitchen.cook(&order(&format!("kept-{number}"), &names)).await;
        if calls(&kitchen) == asked {
            assert_eq!(
                pricing(&cooked),
                pricing(&before),
                "the moment at which each was asked included"
            );
            kitchen.close().await;
            return;
        }
        before = cooked;
    }
    panic!("every order asks again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_price_is_better_than_none_and_says_how_old_it_is() {
    let kitchen = living(|_| {}).await;
    kitchen.cook(&order("stale-1", &["버터"])).await;
    let key = "elevenst#버터";
    let mut body = kept(&kitchen, key, "stale", |_| true).await;
    // A day is longer than any price of 11번가 is fresh.
    let asked_at_ms = body["atMs"].as_i64().unwrap() - 86_400_000;
    body["atMs"] = json!(asked_at_ms);
    spoil(&kitchen, key, AttributeValue::S(body.to_string())).await;

    let sources = kitchen.environment.sources();
    sources
        .get(PriceSource::Elevenst)
        .behave(always(elevenst::unregistered_key()));
    sources
        .get(PriceSource::Chamgagyeok)
        .behave(always(gateway::unknown_key()));
    sources
        .get(PriceSource::Kamis)
        .behave(always(gateway::unknown_key()));
    let cooked = kitchen.cook(&order("stale-2", &["버터"])).await;
    let butter = item(pricing(&cooked), "버터");
    let asked_at = jiff::Timestamp::from_millisecond(asked_at_ms).unwrap();
    assert_eq!(
        (butter.source, &butter.as_of.0),
        (PriceSource::Elevenst, &format!("{asked_at:.3}"))
    );
    kitchen.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_row_is_asked_for_again_and_written_over() {
    let kitchen = living(|_| {}).await;
    let key = "elevenst#버터";
    let cooked = kitchen.cook(&order("spoilt", &["버터"])).await;
    let right = item(pricing(&cooked), "버터").price_krw;
    let good = kept(&kitchen, key, "good", |_| true).await;
    let set = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer}: {good}")) = value;
        AttributeValue::S(body.to_string())
    };
    let spoilt = [
        ("older-schema", set("/schema", json!(0))),
        ("newer-schema", set("/schema", json!(99))),
        ("price-0", set("/content/offers/0/priceKrw", json!(0))),
        (
            "price-of-a-trillion",
            set("/content/offers/0/priceKrw", json!(1_000_000_000_000_u64)),
        ),
        ("price-a-text", set("/content/offers/0/priceKrw", json!("1"))),
        ("price-negative", set("/content/offers/0/priceKrw", json!(-5))),
        (
            "script",
            set("/content/offers/0/link", json!("javascript:alert(1)")),
        ),
        (
            "control",
            set("/content/offers/0/vendor", json!("싱싱\u{1b}[2J마켓")),
        ),
        ("nobody", set("/content/offers/0/vendor", json!(""))),
        (
            "long",
            set("/content/offers/0/productName", json!("가".repeat(100_000))),
        ),
        ("future", set("/atMs", json!(4_102_444_800_000_i64))),
        ("no-json", AttributeValue::S("{".to_owned())),
        ("empty", AttributeValue::S(String::new())),
        ("a-number", AttributeValue::N("1".to_owned())),
        ("a-list", AttributeValue::L(vec![])),
    ];
    for (session, body) in spoilt {
        spoil(&kitchen, key, body).await;
        let before = calls(&kitchen)[0];
        let cooked = kitchen.cook(&order(session, &["버터"])).await;
        let butter = item(pricing(&cooked), "버터");
        assert_eq!(
            (butter.price_krw, butter.source),
            (right, PriceSource::Elevenst),
            "{session}"
        );
        assert_eq!(calls(&kitchen)[0], before + 1, "{session}");
        kept(&kitchen, key, session, |row| row["content"] == good["content"]).await;
    }
    kitchen.close().await;
}
