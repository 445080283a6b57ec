//! Recorded and documented payloads of Naver, where they lie beside the repository: each goes through the
//! adapter's reading.

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use contract::error_name::PriceError;
use serde_json::{Value, json};

use super::{QUERY, refusal, reply};
use crate::{
    private::{Keys, Private},
    search::Why,
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/naver")
}

/// To the real standard error: the test runner keeps what a passing test prints, and how much ran must be seen.
fn say(text: &str) {
    let _nobody_reads = writeln!(io::stderr(), "{text}");
}

#[test]
fn every_payload_is_read_as_expected() {
    let Ok(entries) = fs::read_dir(folder()) else {
        say("naver payloads: absent");
        return;
    };
    let mut count = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let payload: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        check(&payload);
        count += 1;
    }
    assert!(count > 0, "no payload in {}", folder().display());
    say(&format!("naver payloads: {count}"));
}

fn check(payload: &Value) {
    match (
        payload["status"].as_u64(),
        &payload["body"],
        &payload["body_text"],
    ) {
        (Some(200), body @ Value::Object(_), _) => check_answer(body, &payload["expected"]),
        // An item that was stored alone.
        (None, item @ Value::Object(_), _) => check_item(item, &payload["expected"]),
        // The XML of `shop.xml`, which is another protocol: not an answer to `shop.json`.
        (Some(200), Value::Null, Value::String(xml)) => {
            assert!(matches!(reply::parse(xml.as_bytes()), Err(Why::NotJson(_))));
        }
        (Some(status), body @ Value::Object(_), _) => check_refusal(status, body, &payload["expected"]),
        (None, Value::Null, Value::Null) => check_limits(&payload["limits"]),
        other => panic!("a kind of payload that nobody reads: {other:?}"),
    }
}

fn check_answer(body: &Value, expected: &Value) {
    let bytes = body.to_string().into_bytes();
    for at in 0..bytes.len() {
        assert!(
            matches!(reply::parse(&bytes[..at]), Err(Why::NotJson(_))),
            "cut behind {at} bytes"
        );
    }
    let answer = reply::parse(&bytes).unwrap();
    assert_eq!(answer.offers().len(), body["items"].as_array().unwrap().len());
    let cheapest = answer.cheapest().unwrap();
    assert_eq!(
        Some(u64::from(cheapest.price_krw.get())),
        expected["cheapest"]["price"].as_u64()
    );
    assert_eq!(
        Some(cheapest.vendor.as_str()),
        expected["cheapest"]["vendor"].as_str()
    );
    assert_eq!(
        Some(cheapest.product_name.as_str()),
        expected["cheapest"]["title"].as_str()
    );
    for (_, title) in expected["titles_clean"].as_object().unwrap() {
        assert!(
            answer
                .offers()
                .iter()
                .any(|offer| Some(offer.product_name.as_str()) == title.as_str()),
            "{title}"
        );
    }
}

fn check_item(item: &Value, expected: &Value) {
    let answer = reply::parse(json!({ "items": [item] }).to_string().as_bytes()).unwrap();
    let offer = answer.cheapest().unwrap();
    assert_eq!(Some(u64::from(offer.price_krw.get())), expected["price"].as_u64());
    assert_eq!(Some(offer.vendor.as_str()), expected["vendor"].as_str());
}

fn check_refusal(status: u64, body: &Value, expected: &Value) {
    let unanswered = refusal::unanswered(
        u16::try_from(status).unwrap(),
        body.to_string().as_bytes(),
        Private {
            keys: &Keys::of(["some-id", "some-secret"]),
            name: "두부",
        },
    );
    let code = body.get("error").unwrap_or(body)["errorCode"].as_str().unwrap();
    assert!(
        unanswered.why.to_string().contains(&format!("code {code}: ")),
        "{unanswered:?}"
    );
    match expected["class"].as_str().unwrap() {
        "bad_request" => assert!(matches!(unanswered.why, Why::Refused(_))),
        "auth" => assert!(matches!(unanswered.why, Why::Credentials(_))),
        "RATE_LIMIT_EXCEEDED" => assert_eq!(unanswered.why.error(), PriceError::RateLimitExceeded),
        other => panic!("a class that nobody reads: {other}"),
    }
}

/// What is asked for must be within what is documented.
fn check_limits(limits: &Value) {
    let [(_, display), (_, start), (_, sort)] = QUERY;
    for (name, number) in [("display", display), ("start", start)] {
        let number: u64 = number.parse().unwrap();
        let range = &limits[name];
        assert!(
            (range["min"].as_u64().unwrap()..=range["max"].as_u64().unwrap()).contains(&number),
            "{name}"
        );
    }
    assert!(limits["sort"].as_array().unwrap().contains(&sort.into()));
}
