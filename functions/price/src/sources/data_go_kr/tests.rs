//! The gateway's envelopes and words, with any status.

use super::*;
use crate::sources::samples;

const SOURCE: PriceSource = PriceSource::Chamgagyeok;

fn check_with(key: &str, status: u16, body: &str) -> Result<Status, SearchError> {
    let keys = &Keys::of([key]);
    let reply = Reply { status, content_type: None, body: body.as_bytes().to_vec() };
    check(SOURCE, &reply, Redactor { keys, name: "두부" })
}

fn checked(status: u16, body: &str) -> Result<Status, SearchError> {
    check_with("a+key/of==", status, body)
}

fn kind(status: u16, body: &str) -> String {
    match checked(status, body) {
        Err(error) => error.kind.to_string(),
        Ok(status) => format!("{status:?}"),
    }
}

fn hint(key: &str, code: &str) -> String {
    let body = format!("<cmmMsgHeader><returnReasonCode>{code}</returnReasonCode></cmmMsgHeader>");
    let error = check_with(key, 200, &body).unwrap_err();
    error.hint.unwrap_or_default().into_owned()
}

#[test]
fn every_envelope_is_read_with_every_status() {
    let inner = r#"{"errMsg":"SERVICE ERROR","returnAuthMsg":"SERVICE_KEY_IS_NOT_REGISTERED_ERROR","returnReasonCode":"30"}"#;
    let xml = "<cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader>";
    for status in [200, 400, 403, 404, 429, 500] {
        for body in [
            inner,
            &format!(r#"{{"cmmMsgHeader":{inner}}}"#),
            &format!(r#" {{"OpenAPI_ServiceResponse":{{"cmmMsgHeader":{inner}}}}}"#),
            r#"{"returnAuthMsg":"SERVICE_KEY_IS_NOT_REGISTERED_ERROR"}"#,
            xml,
            &format!("<?xml version=\"1.0\"?>\n<OpenAPI_ServiceResponse>{xml}</OpenAPI_ServiceResponse>"),
            &format!("\u{FEFF}{inner}"),
            &format!("\u{FEFF}{xml}"),
        ] {
            assert_eq!(
                kind(status, body),
                format!("credentials refused: status {status}, code 30: SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
                "{body}"
            );
        }
    }
}

#[test]
fn codes_are_classified() {
    for (codes, start) in [
        (&["22", "022"][..], "too many calls a day: "),
        (&["23"], "too many calls a second: "),
        (&["20", "21", "29", "30", "31", "32", "33"], "credentials refused: "),
        (&["01", "1", "02", "04", "05", "99"], "provider out of order: "),
        (&["10", "11", "12", "77", "X1"], "call refused: "),
        (&["00", "0"], "Answer"),
        (&["03", "3"], "NoData"),
    ] {
        for code in codes {
            let body = format!(r#"{{"cmmMsgHeader":{{"returnReasonCode":"{code}"}}}}"#);
            assert!(kind(200, &body).starts_with(start), "{code}: {}", kind(200, &body));
        }
    }
    assert!(kind(429, r#"{"returnReasonCode":22}"#).starts_with("too many calls a day: status 429, code 22"));
}

/// The portal's own table of messages, and other gateways' words for the same.
const WORDS: [(&str, &str); 12] = [
    ("API token quota exceeded", DAY),
    ("API 서비스의 일일 호출 허용량을 초과하였습니다.", DAY),
    ("API rate limit exceeded", SECOND),
    ("Too Many Requests", SECOND),
    ("Unauthorized", KEY),
    ("SERVICE KEY IS NOT REGISTERED ERROR", KEY),
    ("Forbidden", KEY),
    ("API not found", "call refused: "),
    ("Error forwarding request to backend server", FAILED),
    ("Error receiving response from backend server", FAILED),
    ("Unexpected errors", FAILED),
    ("Service Unavailable", FAILED),
];
const DAY: &str = "too many calls a day: ";
const SECOND: &str = "too many calls a second: ";
const KEY: &str = "credentials refused: ";
const FAILED: &str = "provider out of order: ";

#[test]
fn words_are_classified_with_every_status() {
    for (words, start) in WORDS {
        for status in [200, 400, 401, 403, 404, 500, 503] {
            for text in [
                words.to_owned(),
                words.to_lowercase(),
                format!("\u{FEFF}\r\n{}\n", words.to_uppercase()),
                format!("<!DOCTYPE html><html><head><title>{words}</title></head></html>"),
                format!("<html>\n<h1>{words}</h1><br>"),
                format!(r#"{{"message":"{words}"}}"#),
                format!("\u{FEFF}{{\"message\":\"{words}\"}}"),
                format!(r#"{{"error":{{"code":7,"message":"{words}"}}}}"#),
                format!(r#""{words}""#),
            ] {
                let kind = kind(status, &text);
                assert!(kind.starts_with(start), "{status} {text}: {kind}");
            }
        }
    }
}

#[test]
fn other_words_are_classified_by_status() {
    for (status, start) in [
        (429, "too many calls a second: "),
        (401, "credentials refused: "),
        (403, "credentials refused: "),
        (502, "provider out of order: "),
        (404, "call refused: "),
    ] {
        for text in ["", "<html>", "no", "{\"a\":1}", "<cmmMsgHeader><errMsg>no</errMsg></cmmMsgHeader>"] {
            assert!(kind(status, text).starts_with(start), "{status} {text}");
        }
    }
    for answer in ["", "no", "{\"a\":1}", "<response/>", "<html/>", "[]"] {
        assert_eq!(kind(200, answer), "Answer", "{answer}");
    }
}

/// In the names of products.
#[test]
fn an_answer_may_have_such_words() {
    let name = "API token quota exceeded, Unauthorized";
    for answer in [
        format!("<response><header/><body><result><goodName>{name}</goodName></result></body></response>"),
        format!(r#"{{"response":{{"header":{{"resultCode":"00","resultMsg":"{name}"}}}}}}"#),
        format!(r#"{{"data":["{name}"]}}"#),
        format!(r#"["{name}"]"#),
        format!("\u{FEFF}[\"{name}\"]"),
        format!("<response><text><html>{name}</html></text></response>"),
    ] {
        assert_eq!(kind(200, &answer), "Answer", "{answer}");
    }
}

#[test]
fn each_refusal_has_its_hint() {
    insta::assert_snapshot!(
        ["12", "20", "21", "22", "23", "29", "30", "31", "32", "33"].map(|code| format!("{code}: {}", hint("a+b==", code))).join("\n"),
        @r"
    12: the source's base URL must name the service that answers: there is none at this one
    20: apply for this service on data.go.kr with the account of the key
    21: the provider has suspended the key: ask data.go.kr
    22: the day's calls of this key are used up: apply for more on data.go.kr, or lower per_day of the source
    23: lower per_second of the source
    29: this machine's address is on a list of data.go.kr: ask there
    30: write the decoded service key of data.go.kr with `aws ssm put-parameter --type SecureString`; a new key works about an hour after its approval
    31: the key's time is over: extend the application on data.go.kr
    32: add the address that the function calls from to the application on data.go.kr
    33: the service wants signed calls, which are not made: ask data.go.kr
    "
    );
    let words = |text: &str| checked(200, text).unwrap_err().hint.unwrap_or_default().into_owned();
    for (text, code) in [
        ("API token quota exceeded", "22"),
        ("API rate limit exceeded", "23"),
        ("Unauthorized", "30"),
        ("Forbidden", "20"),
        ("API not found", "12"),
    ] {
        assert_eq!(words(text), hint("a+b==", code), "{text}");
    }
    assert!(hint("a%2Bb%3D%3D", "30").contains("encoded form"));
    assert_eq!(hint("a", "10"), "");
}

#[test]
fn every_payload_is_read_as_expected() {
    samples::each("data-go-kr-gateway", |sample, _| {
        for source in [PriceSource::Chamgagyeok, PriceSource::Kamis] {
            let read = samples::read(sample, |reply, redactor| check(source, reply, redactor));
            samples::compare(sample, read, |_| samples::unknown_expectation(&sample.expected))?;
        }
        Ok(recordings::Verdict::Passed)
    });
}
