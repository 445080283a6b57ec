//! How the gateway of Korea's public data portal (apis.data.go.kr) says no, in front of every service behind it: in XML or
//! JSON, with or without an outer object, or in a few words, with any status, 200 among them. The services' own answers are
//! read beside their adapters.
//!
//! Source: the codes and envelopes that callers met, 2026 (the portal publishes the codes, not their envelopes), and the
//! portal's table of messages in words (`API token quota exceeded` and seven others), with what it says of each.

use std::borrow::Cow;

use contract::PriceSource;
use serde_json::Value;

use crate::{
    Unanswered,
    calls::Reply,
    limit::{self, Limit},
    plain_text,
    private::{Keys, Private},
    search::{Refusal, Why},
    xml::{self, Element},
};

/// Most bytes of a body that are read from a service of the portal. The largest answer, a list of 630 stores, takes 310 KB.
pub(crate) const MAX_BODY_BYTES: usize = 3_145_728;
/// Longest code that is quoted.
const MAX_CODE_CHARS: usize = 8;
/// Most bytes of a text that are looked at for words.
const MAX_WORDS_BYTES: usize = 4_096;
/// Names of reasons, where there is no code: as the portal writes them, with blanks or with lines between their words.
const NAMES: [(&str, u16); 15] = [
    ("PER_SECOND", 23),
    ("LIMITED_NUMBER_OF_SERVICE_REQUESTS", 22),
    ("SERVICE_KEY_IS_NOT_REGISTERED", 30),
    ("DEADLINE_HAS_EXPIRED", 31),
    ("UNREGISTERED_IP", 32),
    ("UNSIGNED_CALL", 33),
    ("SERVICE_ACCESS_DENIED", 20),
    ("TEMPORARILY_DISABLE", 21),
    ("NO_OPENAPI_SERVICE", 12),
    ("NODATA", NO_DATA),
    ("APPLICATION_ERROR", 1),
    ("DB_ERROR", 2),
    ("HTTP_ERROR", 4),
    ("SERVICETIMEOUT", 5),
    ("SERVICETIME_OUT", 5),
];
/// What stands in their place in words, and the code that means the same. A text that names a limit is that limit first.
const WORDS: [(&str, u16); 12] = [
    ("UNAUTHORIZED", 30),
    ("인증키", 30),
    ("FORBIDDEN", 20),
    ("활용신청", 20),
    ("API_NOT_FOUND", 12),
    // Error forwarding request to, or receiving response from, backend server.
    ("BACKEND_SERVER", 4),
    ("UNEXPECTED_ERROR", 99),
    ("INTERNAL_SERVER_ERROR", 99),
    ("SERVICE_UNAVAILABLE", 99),
    ("TEMPORARILY_UNAVAILABLE", 99),
    ("BAD_GATEWAY", 99),
    ("GATEWAY_TIME", 99),
];
/// What to do where nobody answers.
const NO_SUCH_SERVICE: &str =
    "the source's base URL must name the service that answers: there is none at this one";
/// There is nothing of what was asked for, which is an answer.
const NO_DATA: u16 = 3;

/// The key of the portal: the decoded form, which an address encodes once.
///
/// # Errors
/// There is none: the gateway would answer with a 404 that names no reason.
pub(crate) fn key(source: PriceSource, keys: &Keys) -> Result<&str, Unanswered> {
    match keys.at(0) {
        "" => Err(Unanswered {
            hint: Some("write the service key of data.go.kr, decoded, with `aws ssm put-parameter --type SecureString`".into()),
            ..Unanswered::by(source, Why::UnusableCredential("key is empty"))
        }),
        key => Ok(key),
    }
}

/// What a code of the portal comes to.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// All is well, or nobody said anything.
    Fine,
    /// There is nothing of what was asked for.
    NoData,
    /// No.
    No(Unanswered),
}

/// Looks for the gateway's envelope or its words in a reply, and takes any status but 200 for a no.
pub(crate) fn verdict(source: PriceSource, reply: &Reply, private: Private<'_>) -> Verdict {
    let body = reply.body.trim_ascii_start();
    let json: Option<Value> = match body.first() {
        Some(b'{') => serde_json::from_slice(body).ok(),
        _ => None,
    };
    let envelope = match body.first() {
        Some(b'<') => xml::parse(&reply.body, reply.content_type.as_deref())
            .ok()
            .and_then(|root| from_xml(&root)),
        _ => json.as_ref().and_then(from_json),
    };
    if let Some((code, said)) = envelope {
        return judge(source, reply.status, &code, &said, private);
    }
    let text = String::from_utf8_lossy(body);
    let said = match body.first() {
        // What may be the service's answer holds names of goods, which say anything.
        Some(b'{') if reply.status == 200 => json.as_ref().and_then(message).unwrap_or_default(),
        Some(b'<' | b'[') if reply.status == 200 && !is_page(&text) => "",
        _ => &text,
    };
    let start = said.floor_char_boundary(MAX_WORDS_BYTES);
    let number = named(reply.status, said.get(..start).unwrap_or_default());
    if number.is_none() && reply.status == 200 {
        return Verdict::Fine;
    }
    let refusal = Refusal {
        status: reply.status,
        code: None,
        said: private.quoted(said),
    };
    decide(source, number, refusal, private.keys)
}

/// What some gateways say in JSON without an envelope.
fn message(json: &Value) -> Option<&str> {
    ["message", "error", "msg"]
        .iter()
        .find_map(|&field| json.get(field)?.as_str())
}

/// Whether a text is a page of HTML, which no service answers with.
fn is_page(text: &str) -> bool {
    let start: String = text.chars().take(MAX_WORDS_BYTES).collect();
    let start = start.to_lowercase();
    ["<!doctype html", "<html", "<h1"]
        .iter()
        .any(|tag| start.contains(tag))
}

/// What a code means, of the gateway or of a service that uses its table; `00` and no code are fine.
pub(crate) fn judge(
    source: PriceSource,
    status: u16,
    code: &str,
    said: &str,
    private: Private<'_>,
) -> Verdict {
    let code = code.trim();
    let number = code.parse().ok().or_else(|| named(status, said));
    let fits =
        (1..=MAX_CODE_CHARS).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let refusal = Refusal {
        status,
        code: match number {
            Some(number) => Some(format!("{number:02}")),
            None => fits.then(|| code.to_owned()),
        },
        said: private.quoted(said),
    };
    decide(source, number, refusal, private.keys)
}

/// By the code, and where there is none by the status.
fn decide(source: PriceSource, number: Option<u16>, refusal: Refusal, keys: &Keys) -> Verdict {
    let why = match (number, refusal.status) {
        (Some(0), _) => return Verdict::Fine,
        (Some(NO_DATA), _) => return Verdict::NoData,
        (Some(22), _) => Why::LimitPerDay(refusal),
        (Some(23), _) | (None, 429) => Why::LimitPerSecond(refusal),
        (Some(20 | 21 | 29..=33), _) | (None, 401 | 403) => Why::Credentials(refusal),
        (Some(1 | 2 | 4 | 5 | 99), _) | (None, 500..=599) => Why::OutOfOrder(refusal),
        _ => Why::Refused(refusal),
    };
    Verdict::No(unanswered(source, why, number, keys))
}

/// The code that words mean.
fn named(status: u16, said: &str) -> Option<u16> {
    let line = plain_text::from_html(said, MAX_WORDS_BYTES);
    let name: String = line
        .to_uppercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    let found = |names: &[(&str, u16)]| {
        let found = names.iter().find(|(listed, _)| name.contains(listed));
        found.map(|&(_, code)| code)
    };
    let limit = || {
        limit::said(status, &line).map(|limit| match limit {
            Limit::Day => 22,
            Limit::Second => 23,
        })
    };
    found(&NAMES).or_else(limit).or_else(|| found(&WORDS))
}

fn unanswered(source: PriceSource, why: Why, code: Option<u16>, keys: &Keys) -> Unanswered {
    Unanswered {
        hint: hint(&why, code, keys),
        ..Unanswered::by(source, why)
    }
}

fn hint(why: &Why, code: Option<u16>, keys: &Keys) -> Option<Cow<'static, str>> {
    let hint = match (why, code) {
        (Why::LimitPerDay(_), _) => {
            "the day's calls of this key are used up: apply for more on data.go.kr, or lower per_day of the source"
        }
        (Why::LimitPerSecond(_), _) => "lower per_second of the source",
        (Why::Credentials(_), Some(20)) => "apply for this service on data.go.kr with the account of the key",
        (Why::Credentials(_), Some(21)) => "the key is switched off for now: ask data.go.kr",
        (Why::Credentials(_), Some(29)) => "this machine's address is on a list of data.go.kr: ask there",
        (Why::Credentials(_), Some(31)) => "the key's time is over: extend the application on data.go.kr",
        (Why::Credentials(_), Some(32)) => {
            "add the address that the function calls from to the application on data.go.kr"
        }
        (Why::Credentials(_), Some(33)) => {
            "the service wants signed calls, which are not made: ask data.go.kr"
        }
        (Why::Credentials(_), _) if keys.at(0).contains("%2") || keys.at(0).contains("%3") => {
            "the key is stored in its encoded form and an address encodes it again: write the decoded one with \
             `aws ssm put-parameter --type SecureString`"
        }
        (Why::Credentials(_), _) => {
            "write the decoded service key of data.go.kr with `aws ssm put-parameter --type SecureString`; a new key works about an hour \
             after its approval"
        }
        (Why::Refused(_), Some(12)) => NO_SUCH_SERVICE,
        (Why::Refused(refusal), None) if matches!(refusal.status, 300..=399 | 404) => NO_SUCH_SERVICE,
        _ => return None,
    };
    Some(hint.into())
}

/// Code and words of an envelope in JSON.
fn from_json(json: &Value) -> Option<(String, String)> {
    let outer = json.get("OpenAPI_ServiceResponse").unwrap_or(json);
    let header = outer.get("cmmMsgHeader").unwrap_or(outer);
    let text = |field| match header.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    ["returnReasonCode", "returnAuthMsg", "errMsg"]
        .iter()
        .any(|&field| header.get(field).is_some())
        .then(|| {
            (
                text("returnReasonCode"),
                words(&text("returnAuthMsg"), &text("errMsg")),
            )
        })
}

/// The same in XML.
fn from_xml(root: &Element) -> Option<(String, String)> {
    let header = match root.name.as_str() {
        "cmmMsgHeader" => root,
        _ => root.child("cmmMsgHeader")?,
    };
    let said = words(header.field("returnAuthMsg"), header.field("errMsg"));
    Some((header.field("returnReasonCode").to_owned(), said))
}

fn words(reason: &str, error: &str) -> String {
    if reason.is_empty() {
        error.to_owned()
    } else {
        reason.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest;

    const SOURCE: PriceSource = PriceSource::Chamgagyeok;

    fn asked_with(key: &str, status: u16, body: &str) -> Verdict {
        let keys = &Keys::of([key]);
        let reply = Reply {
            status,
            content_type: None,
            body: body.as_bytes().to_vec(),
        };
        verdict(SOURCE, &reply, Private { keys, name: "두부" })
    }

    fn asked(status: u16, body: &str) -> Verdict {
        asked_with("a+key/of==", status, body)
    }

    fn why(status: u16, body: &str) -> String {
        match asked(status, body) {
            Verdict::No(unanswered) => unanswered.why.to_string(),
            other => format!("{other:?}"),
        }
    }

    fn hint(key: &str, code: &str) -> String {
        let body = format!("<cmmMsgHeader><returnReasonCode>{code}</returnReasonCode></cmmMsgHeader>");
        match asked_with(key, 200, &body) {
            Verdict::No(unanswered) => unanswered.hint.unwrap_or_default().into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_envelope_says_the_same_with_every_status() {
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
            ] {
                assert_eq!(
                    why(status, body),
                    format!(
                        "credentials refused: status {status}, code 30: SERVICE_KEY_IS_NOT_REGISTERED_ERROR"
                    ),
                    "{body}"
                );
            }
        }
    }

    #[test]
    fn each_code_has_its_reason() {
        for (codes, start) in [
            (&["22", "022"][..], "too many calls a day: "),
            (&["23"], "too many calls a second: "),
            (
                &["20", "21", "29", "30", "31", "32", "33"],
                "credentials refused: ",
            ),
            (&["01", "1", "02", "04", "05", "99"], "provider out of order: "),
            (&["10", "11", "12", "77", "X1"], "call refused: "),
            (&["00", "0"], "Fine"),
            (&["03", "3"], "NoData"),
        ] {
            for code in codes {
                let body = format!(r#"{{"cmmMsgHeader":{{"returnReasonCode":"{code}"}}}}"#);
                assert!(why(200, &body).starts_with(start), "{code}: {}", why(200, &body));
            }
        }
        assert!(
            why(429, r#"{"returnReasonCode":22}"#).starts_with("too many calls a day: status 429, code 22")
        );
    }

    /// The portal's own table of messages, and what stands for them in other gateways.
    #[test]
    fn words_say_the_same_with_every_status() {
        for (words, start) in [
            ("API token quota exceeded", "too many calls a day: "),
            (
                "API 서비스의 일일 호출 허용량을 초과하였습니다.",
                "too many calls a day: ",
            ),
            ("API rate limit exceeded", "too many calls a second: "),
            ("Too Many Requests", "too many calls a second: "),
            ("Unauthorized", "credentials refused: "),
            ("SERVICE KEY IS NOT REGISTERED ERROR", "credentials refused: "),
            ("Forbidden", "credentials refused: "),
            ("API not found", "call refused: "),
            (
                "Error forwarding request to backend server",
                "provider out of order: ",
            ),
            (
                "Error receiving response from backend server",
                "provider out of order: ",
            ),
            ("Unexpected errors", "provider out of order: "),
            ("Service Unavailable", "provider out of order: "),
        ] {
            for status in [200, 400, 401, 403, 404, 500, 503] {
                for text in [
                    words.to_owned(),
                    words.to_lowercase(),
                    format!("\u{FEFF}\r\n{}\n", words.to_uppercase()),
                    format!("<!DOCTYPE html><html><head><title>{words}</title></head></html>"),
                    format!("<html>\n<h1>{words}</h1><br>"),
                    format!(r#"{{"message":"{words}"}}"#),
                    format!(r#""{words}""#),
                ] {
                    assert!(
                        why(status, &text).starts_with(start),
                        "{status} {text}: {}",
                        why(status, &text)
                    );
                }
            }
        }
        assert_eq!(
            why(429, "API token quota exceeded\n"),
            "too many calls a day: status 429, code unknown: API token quota exceeded"
        );
    }

    #[test]
    fn words_that_say_nothing_are_judged_by_status() {
        for (status, start) in [
            (429, "too many calls a second: "),
            (401, "credentials refused: "),
            (403, "credentials refused: "),
            (502, "provider out of order: "),
            (404, "call refused: "),
        ] {
            for text in [
                "",
                "<html>",
                "no",
                "{\"a\":1}",
                "<cmmMsgHeader><errMsg>no</errMsg></cmmMsgHeader>",
            ] {
                assert!(why(status, text).starts_with(start), "{status} {text}");
            }
        }
        for answer in ["", "no", "{\"a\":1}", "<response/>", "<html/>", "[]"] {
            assert_eq!(why(200, answer), "Fine", "{answer}");
        }
    }

    /// What a good is called says nothing of our calls.
    #[test]
    fn an_answer_that_holds_such_words_is_an_answer() {
        let name = "API token quota exceeded, Unauthorized";
        for answer in [
            format!(
                "<response><header/><body><result><goodName>{name}</goodName></result></body></response>"
            ),
            format!(r#"{{"response":{{"header":{{"resultCode":"00","resultMsg":"{name}"}}}}}}"#),
            format!(r#"{{"data":["{name}"]}}"#),
            format!(r#"["{name}"]"#),
        ] {
            assert_eq!(why(200, &answer), "Fine", "{answer}");
        }
    }

    #[test]
    fn hints_say_what_mends_it() {
        insta::assert_snapshot!(
            ["12", "20", "21", "22", "23", "29", "30", "31", "32", "33"].map(|code| format!("{code}: {}", hint("a+b==", code))).join("\n"),
            @r"
        12: the source's base URL must name the service that answers: there is none at this one
        20: apply for this service on data.go.kr with the account of the key
        21: the key is switched off for now: ask data.go.kr
        22: the day's calls of this key are used up: apply for more on data.go.kr, or lower per_day of the source
        23: lower per_second of the source
        29: this machine's address is on a list of data.go.kr: ask there
        30: write the decoded service key of data.go.kr with `aws ssm put-parameter --type SecureString`; a new key works about an hour after its approval
        31: the key's time is over: extend the application on data.go.kr
        32: add the address that the function calls from to the application on data.go.kr
        33: the service wants signed calls, which are not made: ask data.go.kr
        "
        );
        let words = |text: &str| match asked(200, text) {
            Verdict::No(unanswered) => unanswered.hint.unwrap_or_default().into_owned(),
            other => panic!("{other:?}"),
        };
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
    fn no_key_is_sent_without_one() {
        let unanswered = key(SOURCE, &Keys::of([" \n"])).unwrap_err();
        assert_eq!(
            unanswered.why.to_string(),
            "credential is not usable: key is empty"
        );
        assert!(unanswered.hint.is_some());
        assert_eq!(key(SOURCE, &Keys::of([" a+b==\n"])).unwrap(), "a+b==");
    }

    #[test]
    fn an_echoed_key_is_not_quoted() {
        for key in ["a+key/of==", "a%2Bkey%2Fof%3D%3D", "a%2bkey%2fof%3d%3d"] {
            assert_eq!(
                why(400, &format!("bad {key}!")),
                "call refused: status 400, code unknown: bad (key)!"
            );
        }
    }

    #[test]
    fn every_payload_is_read_as_expected() {
        manifest::each("data-go-kr-gateway", |sample, _| {
            for source in [PriceSource::Chamgagyeok, PriceSource::Kamis] {
                let keys = &Keys::of(["a-key"]);
                let read = match verdict(source, &manifest::reply(sample), Private { keys, name: "" }) {
                    Verdict::No(unanswered) => Err(unanswered),
                    Verdict::Fine | Verdict::NoData => Ok(()),
                };
                manifest::judged(sample, read, |()| manifest::nobody_reads(&sample.expected))?;
            }
            Ok(recordings::Verdict::Passed)
        });
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(status in 100_u16..600, body in any::<String>()) {
            let _ = asked(status, &body);
        }
    }
}
