//! What the function says of settings that it cannot start with, and that good ones make one.

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

/// Has no key of these names; answers every other name with itself.
#[derive(Clone)]
struct Lacks(&'static [&'static str]);

impl SecretSource for Lacks {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        let lacks = self.0.contains(&name);
        Box::pin(async move {
            if lacks {
                return Err(SecretError::NotFound(name.to_owned()));
            }
            Ok(Secret::new(name))
        })
    }
}

fn over_a_table(usable: &[(SourceSettings, Arc<Secrets>)]) -> Result<PriceHandler<Source>, StartError> {
    let table: Arc<dyn PriceTable> = Arc::new(FakeTable::default());
    build(usable, &table, test::now)
}

async fn made(settings: &Value) -> Result<PriceHandler<Source>, StartError> {
    over_a_table(&with_secrets(sources(&settings.to_string())?, &Lacks(&[])).await?)
}

#[tokio::test]
async fn a_source_whose_secrets_cannot_be_read_is_left_out() {
    let mut elevenst = with("source", "elevenst");
    elevenst["keyParameters"] = json!(["key"]);
    let listed = sources(&json!([naver(), elevenst]).to_string()).unwrap();
    for (lacks, left) in
        [(&[] as &[_], &["naver", "elevenst"] as &[_]), (&["secret"], &["elevenst"]), (&["key"], &["naver"])]
    {
        let usable = with_secrets(listed.clone(), &Lacks(lacks)).await.unwrap();
        let names: Vec<_> = usable.iter().map(|(settings, _)| settings.source.to_string()).collect();
        assert_eq!(names, left);
        over_a_table(&usable).unwrap();
    }
    let error = with_secrets(listed, &Lacks(&["id", "key"])).await.unwrap_err();
    assert_eq!(runtime::chain(&error), "credentials could not be read: secret parameter does not exist: id");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn what_is_wrong_is_named() {
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
async fn a_list_that_does_not_parse_says_where() {
    for (settings, expect) in [
        (json!([with("source", "danawa")]), "unknown variant `danawa`"),
        (json!([with("more", 1)]), "unknown field `more`"),
        (json!([with("perSecond", -1)]), "invalid value: integer `-1`"),
        (json!([with("perSecond", "10")]), "invalid type: string"),
        (json!({}), "invalid type: map, expected a sequence"),
    ] {
        let error = made(&settings).await.unwrap_err();
        let said = runtime::chain(&error);
        assert!(said.starts_with("setting is not usable: PRICE_SOURCES: "), "{said}");
        assert!(said.contains(expect), "{said}");
        assert!(error.hint().is_some());
    }
}

#[tokio::test]
async fn without_its_variables_the_function_says_which_one_is_missing() {
    let failure = handler(test::now).await.unwrap_err();
    assert_eq!(failure.error, PriceError::PriceFetchFailed);
    assert_eq!(failure.message, "setting is not usable: environment variable is not set: PRICE_SOURCES");
    assert!(failure.hint.is_some());
}
