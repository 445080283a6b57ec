//! Recorded replies and errors of the real service. Every class has an example in the tests of `reply` and `bedrock`.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use recordings::Verdict;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Model, ModelError,
    bedrock::tests::serve,
    reply::{self, Reading, ReplyError},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    json: Option<Value>,
    error: Option<String>,
    /// The field that a `schema` error names.
    field: Option<String>,
    /// One of these classes.
    either: Option<Vec<String>>,
    usage: Option<Value>,
    text: Option<String>,
    retryable: Option<bool>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[test]
fn recorded_payloads() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    recordings::files("bedrock", "bedrock", |payload| {
        let expected = payload["expected"].clone();
        let expected: Expected = serde_json::from_value(expected).map_err(|error| error.to_string())?;
        match payload["status"].as_u64() {
            Some(status) if status >= 300 => runtime.block_on(error(payload, status, &expected)),
            _ => reply(&payload["body"], &expected),
        }?;
        Ok(Verdict::Passed)
    });
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, expected: Option<&T>) -> Result<(), String> {
    match expected {
        Some(expected) if got != expected => Err(format!("{what}: {got:?} instead of {expected:?}")),
        _ => Ok(()),
    }
}

/// A body is recorded as JSON, or as text if it is none.
fn text(body: &Value) -> String {
    body.as_str().map_or_else(|| body.to_string(), str::to_owned)
}

fn reply(body: &Value, expected: &Expected) -> Result<(), String> {
    let bytes = text(body).into_bytes();
    for at in 0..bytes.len() {
        if reply::read(&bytes[..at]).recipe.is_ok() {
            return Err(format!("a recipe although it is cut behind {at} bytes"));
        }
    }
    let reading = reply::read(&bytes);
    for (field, tokens) in
        [("input_tokens", reading.usage.input_tokens), ("output_tokens", reading.usage.output_tokens)]
    {
        let expected = expected.usage.as_ref().map(|usage| usage[field].clone());
        same(field, &tokens.into(), expected.as_ref())?;
    }
    let (object, words) = reply::contents(body).unwrap_or_default();
    same("text", &words, expected.text.as_ref())?;
    if let Some(json) = &expected.json {
        return match reading.recipe {
            Ok(recipe) => same("recipe", &serde_json::to_value(&recipe).unwrap(), Some(json)),
            Err(ReplyError::NotARecipe(_)) => same("object", &object, Some(&Some(json.clone()))),
            Err(error) => Err(error.to_string()),
        };
    }
    let class = class(&reading)?;
    same("truncated", &reading.truncated, Some(&(class == "truncated")))?;
    same("class", &class.to_owned(), expected.error.as_ref())?;
    match (&expected.either, &expected.error, &reading.recipe) {
        (Some(either), ..) if either.iter().any(|one| one == class) => Ok(()),
        (None, Some(_), Err(error)) => names(error, expected.field.as_deref()),
        _ => Err(format!("class: {class} instead of {:?}", expected.either)),
    }
}

fn class(reading: &Reading) -> Result<&'static str, String> {
    match &reading.recipe {
        Ok(_) => Ok("json"),
        Err(ReplyError::Truncated) => Ok("truncated"),
        Err(ReplyError::NoJson | ReplyError::Empty | ReplyError::ThinkingOnly) => Ok("no_json"),
        Err(ReplyError::NotARecipe(_)) => Ok("schema"),
        Err(other) => Err(other.to_string()),
    }
}

fn names(error: &ReplyError, field: Option<&str>) -> Result<(), String> {
    let said = error.to_string();
    match field {
        Some(field) if !said.ends_with(&format!(": {field}")) => {
            Err(format!("does not name {field}: {said}"))
        }
        _ => Ok(()),
    }
}

async fn error(payload: &Value, status: u64, expected: &Expected) -> Result<(), String> {
    let status = StatusCode::from_u16(status.try_into().unwrap()).unwrap();
    let mut headers = HeaderMap::new();
    for (key, value) in payload["headers"].as_object().into_iter().flatten() {
        let key: HeaderName = key.parse().unwrap();
        headers.insert(key, HeaderValue::from_str(value.as_str().unwrap()).unwrap());
    }
    let body = text(&payload["body"]);
    let (model, calls) = serve(move || (status, headers.clone(), body.clone())).await;
    let error = model.ask(b"{}").await.unwrap_err();
    same("calls", &calls.lock().unwrap().len(), Some(&1))?;
    same("retryable", &error.is_transient(), expected.retryable.as_ref())?;
    let class = match &error {
        ModelError::Throttled(_) | ModelError::DayQuota(_) => "throttled",
        ModelError::Rejected { said, .. } if said.code() == "ValidationException" => "validation",
        other => return Err(other.to_string()),
    };
    match &expected.error {
        Some(expected) => same("class", &class.to_owned(), Some(expected)),
        None => Err("an error without an expected class".to_owned()),
    }
}
