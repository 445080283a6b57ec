//! Replies and errors of the real service, gathered outside of this repository. Runs over them where they are; every
//! class has a reply of our own in the tests of `reply` and `bedrock`.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::{
    Model, ModelError,
    bedrock::tests::serve,
    draft::DraftError,
    reply::{self, ReplyError},
};

/// To the real standard error: the test runner keeps what a passing test prints, and how much ran must be seen.
fn say(text: &str) {
    let _nobody_reads = writeln!(io::stderr(), "{text}");
}

#[tokio::test]
async fn gathered_payloads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/bedrock");
    let Ok(entries) = fs::read_dir(&folder) else {
        say("bedrock payloads: absent");
        return;
    };
    let mut ran = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let payload: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let name = path.display().to_string();
        if payload.get("status").is_some() {
            error(&name, payload).await;
        } else {
            reply(&name, &payload);
        }
        ran += 1;
    }
    say(&format!("bedrock payloads: {ran}"));
    assert!(ran > 0);
}

fn reply(name: &str, payload: &Value) {
    let (body, expected) = (&payload["body"], &payload["expected"]);
    let bytes = body.to_string().into_bytes();
    for at in 0..bytes.len() {
        assert!(
            reply::read(&bytes[..at]).recipe.is_err(),
            "{name}: cut behind {at} bytes"
        );
    }
    let reading = reply::read(&bytes);
    if let Some(json) = expected.get("json") {
        assert_eq!(reply::first_object(body).as_ref(), Some(json), "{name}");
        match reading.recipe {
            Ok(recipe) => assert_eq!(serde_json::to_value(&recipe).unwrap(), *json, "{name}"),
            Err(error) => {
                assert!(
                    matches!(error, ReplyError::NotARecipe(DraftError::MissingField { .. })),
                    "{name}: {error}"
                );
                assert!(json.get("steps").is_none(), "{name}: {error}");
            }
        }
    } else if let Some(class) = expected.get("error") {
        let error = reading.recipe.unwrap_err();
        let got = match error {
            ReplyError::Truncated => "truncated",
            ReplyError::NoJson | ReplyError::Empty | ReplyError::ThinkingOnly => "no_json",
            other => panic!("{name}: {other}"),
        };
        assert_eq!(got, class, "{name}");
        assert_eq!(reading.truncated, got == "truncated", "{name}");
    } else {
        // A number written as text may be taken or refused: it is refused, and the field is named.
        assert!(expected["either"].is_array(), "{name}: no expectation");
        let error = reading.recipe.unwrap_err().to_string();
        assert!(
            error.contains("wrong type") && error.ends_with("nutrition.calories"),
            "{name}: {error}"
        );
    }
    if let Some(usage) = expected.get("usage") {
        assert_eq!(
            reading.usage.input_tokens.map(u64::from),
            usage["input_tokens"].as_u64(),
            "{name}"
        );
        assert_eq!(
            reading.usage.output_tokens.map(u64::from),
            usage["output_tokens"].as_u64(),
            "{name}"
        );
    }
}

async fn error(name: &str, payload: Value) {
    let expected = payload["expected"].clone();
    let status = StatusCode::from_u16(payload["status"].as_u64().unwrap().try_into().unwrap()).unwrap();
    let mut headers = HeaderMap::new();
    for (key, value) in payload["headers"].as_object().unwrap() {
        let key: HeaderName = key.parse().unwrap();
        headers.insert(key, HeaderValue::from_str(value.as_str().unwrap()).unwrap());
    }
    let body = payload["body"].to_string();
    let (model, _) = serve(move || (status, headers.clone(), body.clone())).await;
    let error = model.ask(b"{}").await.unwrap_err();
    assert_eq!(
        error.is_transient(),
        expected["retryable"].as_bool().unwrap(),
        "{name}"
    );
    let class = match error {
        ModelError::Throttled(_) => "throttled",
        ModelError::Rejected { ref said, .. } if said.code() == "ValidationException" => "validation",
        other => panic!("{name}: {other}"),
    };
    assert_eq!(class, expected["error"], "{name}");
}
