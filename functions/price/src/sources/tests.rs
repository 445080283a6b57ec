//! What every adapter has to do, tested once: classify replies (`replies.txt`), survive cut and mutated ones, make no call
//! without a key, and keep keys and names out of errors. What one provider alone does is tested beside its adapter.

use super::*;
use crate::{
    clock::test,
    http::{client::Reply, keys::Keys, redaction::Redactor},
    search::SearchErrorKind,
    testing::{
        assert_clean,
        test_server::{ChangingKeys, access, error_text, reply, search, server},
    },
};

const KEY: &str = "a-secret!!";

/// Reads a reply as its adapter does; an answer that is a list without offers is an empty one.
fn read(source: PriceSource, status: u16, body: &[u8]) -> Result<Answer, SearchError> {
    let keys = &Keys::of([KEY, KEY]);
    let redactor = Redactor { keys, name: "두부" };
    let reply = Reply { status, content_type: None, body: body.to_vec() };
    match source {
        PriceSource::Naver => naver::reply::read(&reply, redactor),
        PriceSource::Elevenst => elevenst::reply::read(&reply, redactor),
        PriceSource::Chamgagyeok => chamgagyeok::reply::rows(&reply, redactor).map(|rows| {
            let (_products, _stores) =
                (chamgagyeok::reply::products(&rows), chamgagyeok::reply::stores(&rows));
            let _prices = chamgagyeok::reply::prices(&rows, "928", "20260925");
            Answer::default()
        }),
        PriceSource::Kamis => kamis::reply::read(&reply, redactor).map(|_| Answer::default()),
    }
}

#[test]
fn replies_are_classified() {
    let mut source = None;
    let mut count = 0;
    for line in include_str!("replies.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            source = Some(PriceSource::named(name).unwrap());
            continue;
        }
        let [statuses, body, expect] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        for status in statuses.split(' ') {
            let text = match read(source.unwrap(), status.parse().unwrap(), body.as_bytes()) {
                Ok(_) => "answer".to_owned(),
                Err(SearchError { kind, hint, .. }) => {
                    let transient = ["too many calls a second", "provider out of order", "answer is not"];
                    let text = kind.to_string();
                    let is_transient = transient.iter().any(|start| text.starts_with(start));
                    assert_eq!(kind.is_transient(), is_transient, "{line}");
                    text + hint.map_or("", |_| " (hint)")
                }
            };
            assert_eq!(text, expect.replace("STATUS", status), "{source:?}: {line}");
            count += 1;
        }
    }
    assert!(count > 90, "{count}");
}

/// A valid reply of each provider.
const VALID: [(PriceSource, &str); 4] = [
    (
        PriceSource::Naver,
        r#"{"total":1,"items":[{"title":"국산 <b>대파</b> &amp; 쪽파","link":"https://a.example/1","lprice":"2980","mallName":"가게"}]}"#,
    ),
    (
        PriceSource::Elevenst,
        "<?xml version=\"1.0\"?><ProductSearchResponse><Products><Product><ProductName><![CDATA[<b>두부</b>]]></ProductName><SalePrice>1,980</SalePrice></Product></Products></ProductSearchResponse>",
    ),
    (
        PriceSource::Chamgagyeok,
        "<response><result><item><goodId>928</goodId><goodName>당근(100g)</goodName><goodInspectDay>20260925</goodInspectDay><goodPrice>1,980</goodPrice><entpId>1</entpId><entpName>가게</entpName></item></result><resultCode>00</resultCode></response>",
    ),
    (
        PriceSource::Kamis,
        r#"{"response":{"header":{"resultCode":"0"},"body":{"totalCount":3,"items":{"item":[{"exmn_ymd":"20261001","item_cd":"245","item_nm":"양파","unit_sz":1,"unit":"kg","exmn_dd_prc":"2,841"}]}}}}"#,
    ),
];

/// Cut behind any byte, within a character too.
#[test]
fn a_part_of_a_reply_is_no_answer() {
    for (source, body) in VALID {
        read(source, 200, body.as_bytes()).unwrap();
        for at in 0..body.len() {
            let kind = read(source, 200, &body.as_bytes()[..at]).unwrap_err().kind;
            assert!(
                matches!(kind, SearchErrorKind::NotJson(_) | SearchErrorKind::NotXml(_)),
                "{source}: {at}: {kind}"
            );
        }
    }
}

#[test]
fn mutated_replies_give_errors_or_clean_offers() {
    let words = [
        "<b>",
        "&#x202E;",
        "&#0;",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE",
        "<?xml",
        "EUC-KR",
        "UTF-16",
        "<item>",
        "</item>",
        "goodPrice",
        "SalePrice",
        "lprice",
        "mallName",
        "items",
        "resultCode",
        "null",
        "javascript:",
        "http://[::1",
        "99999999",
        "9999-12-31",
    ];
    for (source, body) in VALID {
        mutations::check(&[body], &words, |body| {
            for status in [200, 400, 503] {
                match read(source, status, body) {
                    Ok(answer) => assert_clean(&answer),
                    Err(error) => assert!(!error.kind.to_string().chars().any(contract::text::is_hidden)),
                }
            }
        });
    }
}

async fn adapter(source: PriceSource, base: &BaseUrl, key: &str) -> Source {
    let names = &["id", "secret"][..source.facts().keys.len()];
    let access = access(ChangingKeys::new(&[key]), names).await;
    Source::new(source, base, access, DocumentStore::new(None, test::now), test::now).unwrap()
}

#[tokio::test]
async fn no_call_is_made_without_a_usable_key() {
    let (base, calls) = server(|_, _| reply(200, "text/plain", "")).await;
    for source in PriceSource::ALL {
        let (key, expect) = match source {
            PriceSource::Naver => ("two\nlines", "credential cannot be sent in a header: client id"),
            _ => (" \n", "credential is not usable: key is empty; hint: "),
        };
        let error = search(&adapter(source, &base, key).await, "양파").await.0.unwrap_err();
        let text = error_text(&error);
        assert!(text.starts_with(&format!("{source} gave no answer: {expect}")), "{text}");
    }
    assert!(calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_echoed_key_or_name_is_not_quoted() {
    let (base, _) = server(|call, _| {
        let header = call.headers.get("x-naver-client-secret");
        reply(400, "text/plain", format!("bad {} {header:?}", call.raw_query))
    })
    .await;
    for source in PriceSource::ALL {
        let adapter = adapter(source, &base, "a+key/of+the==").await;
        let error = search(&adapter, "양파").await.0.unwrap_err();
        let text = error_text(&error);
        assert!(text.contains("status 400") && text.contains("(key)"), "{text}");
        for secret in ["a+key", "a%2Bkey", "양파", "%EC%96%91%ED%8C%8C"] {
            assert!(!format!("{text} {error:?} {adapter:?}").contains(secret), "{text}");
        }
    }
}
