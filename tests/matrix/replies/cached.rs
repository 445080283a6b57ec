//! What the table of prices holds when all lines of an environment are through: answers that somebody gave, and no other.

use std::collections::BTreeMap;

use cases::{Failures, ensure};
use contract::ingredient_name;
use serde_json::Value;

use super::{Line, Provider};
use crate::harness::Harness;

/// Highest price that is believed, in KRW.
const MOST_KRW: u64 = 100_000_000;

pub(super) async fn check(harness: &Harness, lines: &[Line], failures: &mut Failures) {
    let bodies = bodies(harness).await;
    // On a machine that is busy a function gives up what it could not write in 20 ms, and says so.
    let gave_up = harness.log().await.iter().any(|line| line.contains("answers are not cached"));
    for line in lines {
        let Some(source) = line.from.source().filter(|_| line.from != Provider::Bedrock) else {
            continue;
        };
        let key = format!("{source}#{}", ingredient_name::key(&line.marker()));
        let kept = bodies.get(&key);
        let expected =
            if line.failed.is_some() { Some(false) } else { line.kept.filter(|kept| !(*kept && gave_up)) };
        failures.note(
            &line.name,
            ensure(expected.is_none_or(|expected| kept.is_some() == expected), || format!("kept: {kept:?}")),
        );
    }
    failures.note("kept", ensure(gave_up || !bodies.is_empty(), || "nothing is kept".to_owned()));
    for (key, body) in &bodies {
        failures.note(key, is_right(body));
    }
}

/// The answers in the table by their keys.
async fn bodies(harness: &Harness) -> BTreeMap<String, String> {
    let mut pages = harness.tables.scan().table_name(harness.prices_table()).into_paginator().items().send();
    let mut bodies = BTreeMap::new();
    while let Some(row) = pages.next().await {
        let row = row.unwrap();
        let key = row["key"].as_s().unwrap().clone();
        let is_answer = !key.starts_with("document#");
        if let Some(body) = row.get("body").filter(|_| is_answer) {
            bodies.insert(key, body.as_s().unwrap().clone());
        }
    }
    bodies
}

/// Every price is one, and no text commands a terminal.
fn is_right(body: &str) -> Result<(), String> {
    let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let offers = body["content"]["offers"].as_array().ok_or("no offers")?;
    for offer in offers {
        let price = offer["priceKrw"].as_u64().unwrap_or_default();
        ensure((1..=MOST_KRW).contains(&price), || format!("a price of {price}"))?;
        let texts = offer.as_object().into_iter().flat_map(|offer| offer.values()).filter_map(Value::as_str);
        let mut texts = texts.filter(|text| text.chars().any(char::is_control));
        ensure(texts.next().is_none(), || format!("a control character: {offer}"))?;
    }
    Ok(())
}
