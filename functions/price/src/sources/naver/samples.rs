//! Recorded and documented payloads of Naver, each through the adapter's reading.

use recordings::{Checked, Sample, Verdict, known_keys};
use serde_json::{Value, json};

use super::{QUERY, reply};
use crate::{
    search::{SearchError, SearchErrorKind, offer::Answer},
    sources::samples,
};

#[test]
fn every_payload_is_read_as_expected() {
    recordings::files("naver payloads", "naver", |payload| {
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
        let sample = Sample {
            name: String::new(),
            status: payload["status"].as_u64().unwrap_or(200).try_into().unwrap(),
            content_type: None,
            body: body.clone().into_bytes(),
            expected: payload["expected"].clone(),
        };
        let read = samples::read(&sample, reply::read);
        match &read {
            // The XML of `shop.xml`, which is another protocol: not an answer to `shop.json`.
            Err(SearchError { kind: SearchErrorKind::NotJson(_), .. }) if body.starts_with('<') => {
                return Ok(Verdict::NotSupported);
            }
            Err(error) => check_code(&payload["body"], error),
            Ok(_) => {}
        }
        samples::compare(&sample, read, |answer| check_answer(&answer, &sample.expected))
    });
}

/// The error quotes the provider's own code.
fn check_code(body: &Value, error: &SearchError) {
    let text = error.kind.to_string();
    if let Some(code) = body.get("error").unwrap_or(body)["errorCode"].as_str() {
        assert!(text.contains(&format!("code {code}")), "{text}");
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
    // For an item alone the fields are at the top.
    let expect = expected.get("cheapest").unwrap_or(expected);
    if expected.get("cheapest").is_some() {
        known_keys(expected, &["cheapest", "titles_clean"])?;
    }
    known_keys(expect, &["price", "vendor", "title"])?;
    for (_, title) in expected["titles_clean"].as_object().into_iter().flatten() {
        let has = |title: &str| answer.offers().iter().any(|offer| offer.product_name == title);
        assert!(title.as_str().is_some_and(has), "{title}");
    }
    let fields = expect.as_object().into_iter().flatten();
    let compared = fields.map(|(field, expect)| assert_eq!(&found[field], expect, "{field}")).count();
    if compared == 0 { samples::unknown_expectation(expected) } else { Ok(Verdict::Passed) }
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
