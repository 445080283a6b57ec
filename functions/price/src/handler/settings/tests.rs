//! The function's start with valid settings, and its errors with others.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use runtime::{Secret, SecretSource};
use serde_json::{Value, json};

use super::*;
use crate::{clock::test, store::fake::FakeTable};

fn naver() -> Value {
    json!({ "source": "naver", "baseUrl": "http://127.0.0.1:1", "keyParameters": ["id", "secret"],
            "concurrency": 10, "perSecond": 10, "perDay": 24_000, "freshS": 3_600 })
}

fn with(key: &str, value: impl Into<Value>) -> Value {
    let mut settings = naver();
    settings[key] = value.into();
    settings
}

/// Without keys of these names; every other key is its own name.
#[derive(Clone)]
struct SecretsWithout(&'static [&'static str]);

impl SecretSource for SecretsWithout {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        let is_missing = self.0.contains(&name);
        let found =
            if is_missing { Err(SecretError::NotFound(name.to_owned())) } else { Ok(Secret::new(name)) };
        Box::pin(async move { found })
    }
}

fn over_a_table(usable: &[(SourceSettings, Arc<Secrets>)]) -> Result<PriceHandler<Source>, StartError> {
    let table: Arc<dyn PriceTable> = Arc::new(FakeTable::default());
    build(usable, &table, test::now)
}

async fn made(settings: &Value) -> Result<PriceHandler<Source>, StartError> {
    over_a_table(&with_secrets(sources(&settings.to_string())?, &SecretsWithout(&[])).await?)
}

#[tokio::test]
async fn a_source_whose_secrets_cannot_be_read_is_left_out() {
    let mut elevenst = with("source", "elevenst");
    elevenst["keyParameters"] = json!(["key"]);
    let listed = sources(&json!([naver(), elevenst]).to_string()).unwrap();
    for (missing, left) in
        [(&[] as &[_], &["naver", "elevenst"] as &[_]), (&["secret"], &["elevenst"]), (&["key"], &["naver"])]
    {
        let usable = with_secrets(listed.clone(), &SecretsWithout(missing)).await.unwrap();
        let names: Vec<_> = usable.iter().map(|(settings, _)| settings.source.to_string()).collect();
        assert_eq!(names, left);
        over_a_table(&usable).unwrap();
    }
    let error = with_secrets(listed, &SecretsWithout(&["id", "key"])).await.unwrap_err();
    assert_eq!(runtime::chain(&error), "credentials could not be read: secret parameter does not exist: id");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn errors_name_the_setting() {
    made(&json!([naver()])).await.unwrap();
    let cases: BTreeMap<&str, Value> = BTreeMap::from([
        ("PRICE_SOURCES: no source is listed", json!([])),
        ("PRICE_SOURCES: listed twice: naver", json!([naver(), naver()])),
        ("PRICE_SOURCES: naver: expected a number from 1: concurrency", json!([with("concurrency", 0)])),
        ("PRICE_SOURCES: naver: expected a number from 1: perSecond", json!([with("perSecond", 0)])),
        ("PRICE_SOURCES: naver: expected a number from 1: perDay", json!([with("perDay", 0)])),
        ("PRICE_SOURCES: naver: expected a number from 1: freshS", json!([with("freshS", 0)])),
        (
            "PRICE_SOURCES: naver: baseUrl: expected https, or http to this machine: http://naver.example",
            json!([with("baseUrl", "http://naver.example")]),
        ),
        (
            "PRICE_SOURCES: naver: expected 2 key parameters, got 1",
            json!([with("keyParameters", json!(["id"]))]),
        ),
    ]);
    for (expect, settings) in cases {
        let error = made(&settings).await.unwrap_err();
        assert_eq!(runtime::chain(&error), format!("setting is not usable: {expect}"));
        assert!(error.hint().is_some(), "{expect}");
    }
}

#[tokio::test]
async fn errors_of_json_name_the_field() {
    for (settings, expect) in [
        (json!([with("source", "danawa")]), "unknown variant `danawa`"),
        (json!([with("more", 1)]), "unknown field `more`"),
        (json!([with("perSecond", -1)]), "invalid value: integer `-1`"),
        (json!([with("perSecond", "10")]), "invalid type: string"),
        (json!({}), "invalid type: map, expected a sequence"),
    ] {
        let error = made(&settings).await.unwrap_err();
        let text = runtime::chain(&error);
        assert!(text.starts_with("setting is not usable: PRICE_SOURCES: "), "{text}");
        assert!(text.contains(expect), "{text}");
        assert!(error.hint().is_some());
    }
}

#[tokio::test]
async fn a_missing_variable_is_named() {
    let failure = handler(test::now).await.unwrap_err();
    assert_eq!(failure.error, PriceError::PriceFetchFailed);
    assert_eq!(failure.message, "setting is not usable: environment variable is not set: PRICE_SOURCES");
    assert!(failure.hint.is_some());
}
