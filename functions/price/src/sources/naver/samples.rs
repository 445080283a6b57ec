//! Recorded and documented payloads of Naver, each through the adapter's reading.

use recordings::{Checked, Verdict, known_keys};
use serde_json::{Value, json};

use super::{QUERY, refusal, reply};
use crate::{
    http::{keys::Keys, redaction::Redactor},
    search::{SearchError, SearchErrorKind, offer::Answer},
    sources::samples,
};

#[test]
fn every_payload_is_read_as_expected() {
    recordings::files("naver payloads", "naver", |payload| {
        let expected = &payload["expected"];
        let body = match (&payload["body"], &payload["body_text"]) {
            (Value::Null, Value::String(text)) | (Value::String(text), _) => text.clone(),
            (Value::Null, _) if payload["limits"].is_object() => {
                check_limits(&payload["limits"]);
                return Ok(Verdict::Passed);
            }
            // An item that was stored alone.
            (item, _) if payload["status"].is_null() => json!({ "items": [item] }).to_string(),
            (body, _) => body.to_string(),
        };
        let status = payload["status"].as_u64().unwrap_or(200);
        let answer = read(u16::try_from(status).unwrap(), &body);
        match (expected.get("class"), answer) {
            (Some(class), Err(error)) => {
                known_keys(expected, &["class"])?;
                check_code(&payload["body"], &error);
                samples::class_of(class, &error.kind)
            }
            // The XML of `shop.xml`, which is another protocol: not an answer to `shop.json`.
            (None, Err(SearchError { kind: SearchErrorKind::NotJson(_), .. })) if body.starts_with('<') => {
                Ok(Verdict::NotSupported)
            }
            (None, Ok(answer)) => {
                check_cut(&body);
                check_answer(&answer, expected)
            }
            (Some(class), Ok(_)) => Err(format!("expected {class}, got an answer")),
            (None, Err(error)) => Err(error.kind.to_string()),
        }
    });
}

fn read(status: u16, body: &str) -> Result<Answer, SearchError> {
    let keys = &Keys::of(["some-id", "some-secret"]);
    let redactor = Redactor { keys, name: "두부" };
    match status {
        200 => {
            reply::parse(body.as_bytes()).map_err(|why| SearchError::new(contract::PriceSource::Naver, why))
        }
        _ => Err(refusal::error(status, body.as_bytes(), redactor)),
    }
}

/// The provider's own code is said.
fn check_code(body: &Value, error: &SearchError) {
    let said = error.kind.to_string();
    if let Some(code) = body.get("error").unwrap_or(body)["errorCode"].as_str() {
        assert!(said.contains(&format!("code {code}")), "{said}");
    }
}

fn check_cut(body: &str) {
    for at in 0..body.trim_end().len() {
        let cut = reply::parse(body.as_bytes().get(..at).unwrap());
        assert!(matches!(cut, Err(SearchErrorKind::NotJson(_))), "cut behind {at} bytes");
    }
}

fn check_answer(answer: &Answer, expected: &Value) -> Checked {
    if expected["no_hit"] == true {
        known_keys(expected, &["no_hit"])?;
        assert_eq!(*answer, Answer::default());
        return Ok(Verdict::Passed);
    }
    let cheapest = answer.cheapest().map_err(|reason| format!("{reason:?}"))?;
    let found = json!({
        "price": cheapest.price_krw.get(),
        "vendor": cheapest.vendor,
        "title": cheapest.product_name,
    });
    // Of an item alone it stands at the top.
    let fields = ["price", "vendor", "title"];
    let expect = match expected.get("cheapest") {
        Some(cheapest) => {
            known_keys(expected, &["cheapest", "titles_clean"])?;
            cheapest
        }
        None => expected,
    };
    known_keys(expect, &fields)?;
    let mut read = 0;
    for field in fields {
        if let Some(expect) = expect.get(field) {
            assert_eq!(&found[field], expect, "{field}");
            read += 1;
        }
    }
    for (_, title) in expected["titles_clean"].as_object().into_iter().flatten() {
        let has = |title: &str| answer.offers().iter().any(|offer| offer.product_name == title);
        assert!(title.as_str().is_some_and(has), "{title}");
    }
    if read == 0 {
        return samples::nobody_reads(expected);
    }
    Ok(Verdict::Passed)
}

/// What is asked for must be within what is documented.
fn check_limits(limits: &Value) {
    let [(_, display), (_, start), (_, sort)] = QUERY;
    for (name, number) in [("display", display), ("start", start)] {
        let number: u64 = number.parse().unwrap();
        let range = &limits[name];
        let (min, max) = (range["min"].as_u64().unwrap(), range["max"].as_u64().unwrap());
        assert!((min..=max).contains(&number), "{name}");
    }
    assert!(limits["sort"].as_array().unwrap().contains(&sort.into()));
}
