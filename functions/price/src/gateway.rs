//! How the gateway of Korea's public data portal (apis.data.go.kr) says no, in front of every service behind it: in XML or
//! JSON, with or without an outer object, or as plain text, with any status, 200 among them. The services' own answers are
//! read beside their adapters.
//!
//! Source: the codes and envelopes that callers met, 2026 (the portal publishes the codes, not their envelopes).

use std::borrow::Cow;

use contract::PriceSource;
use serde_json::Value;

use crate::{
    Unanswered,
    calls::Reply,
    private::{Keys, Private},
    search::{Refusal, Why},
    xml::{self, Element},
};

/// Most bytes of a body that are read from a service of the portal. The largest answer, a list of 630 stores, takes 310 KB.
pub(crate) const MAX_BODY_BYTES: usize = 3_145_728;
/// Longest code that is quoted.
const MAX_CODE_CHARS: usize = 8;
/// Names of reasons, where an envelope has no code.
const NAMES: [(&str, u16); 9] = [
    ("PER_SECOND", 23),
    ("LIMITED_NUMBER_OF_SERVICE_REQUESTS", 22),
    ("SERVICE_KEY_IS_NOT_REGISTERED", 30),
    ("DEADLINE_HAS_EXPIRED", 31),
    ("UNREGISTERED_IP", 32),
    ("SERVICE_ACCESS_DENIED", 20),
    ("TEMPORARILY_DISABLE", 21),
    ("NO_OPENAPI_SERVICE", 12),
    ("NODATA", NO_DATA),
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

/// Looks for the gateway's envelope in a reply, and takes any status but 200 for a no.
pub(crate) fn verdict(source: PriceSource, reply: &Reply, private: Private<'_>) -> Verdict {
    let body = reply.body.trim_ascii_start();
    let envelope = match body.first() {
        Some(b'{') => serde_json::from_slice(body)
            .ok()
            .and_then(|json: Value| from_json(&json)),
        Some(b'<') => xml::parse(&reply.body, reply.content_type.as_deref())
            .ok()
            .and_then(|root| from_xml(&root)),
        _ => None,
    };
    if let Some((code, said)) = envelope {
        return judge(source, reply.status, &code, &said, private);
    }
    let text = String::from_utf8_lossy(body);
    let refusal = Refusal {
        status: reply.status,
        code: None,
        said: private.quoted(&text),
    };
    let why = match reply.status {
        401 | 403 => Why::Credentials(refusal),
        429 => Why::LimitPerSecond(refusal),
        500..=599 => Why::OutOfOrder(refusal),
        _ if text.starts_with("Unexpected error") => Why::OutOfOrder(refusal),
        200 => return Verdict::Fine,
        _ => Why::Refused(refusal),
    };
    Verdict::No(unanswered(source, why, None, private.keys))
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
    let number = code.parse().ok().or_else(|| named(said));
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
    let why = match number {
        Some(0) => return Verdict::Fine,
        Some(NO_DATA) => return Verdict::NoData,
        Some(22) => Why::LimitPerDay(refusal),
        Some(23) => Why::LimitPerSecond(refusal),
        Some(20 | 21 | 29..=33) => Why::Credentials(refusal),
        Some(1 | 2 | 4 | 5 | 99) => Why::OutOfOrder(refusal),
        _ => Why::Refused(refusal),
    };
    Verdict::No(unanswered(source, why, number, private.keys))
}

fn named(said: &str) -> Option<u16> {
    let found = NAMES.iter().find(|(name, _)| said.contains(name));
    found.map(|&(_, code)| code)
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

    #[test]
    fn plain_text_and_nothing_are_judged_by_status() {
        assert_eq!(
            why(200, "Unexpected errors"),
            "provider out of order: status 200, code unknown: Unexpected errors"
        );
        assert!(why(404, "Unexpected errors").starts_with("provider out of order: "));
        assert!(why(403, "Forbidden").starts_with("credentials refused: "));
        assert!(why(429, "").starts_with("too many calls a second: "));
        assert!(why(502, "<html>").starts_with("provider out of order: "));
        assert!(why(404, "API not found").starts_with("call refused: "));
        assert!(why(400, "{\"a\":1}").starts_with("call refused: "));
        assert_eq!(why(200, "{\"a\":1}"), "Fine");
        assert_eq!(why(200, "<response/>"), "Fine");
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
        manifest::each("data-go-kr-gateway", |sample| {
            let keys = &Keys::of(["a-key"]);
            for source in [PriceSource::Chamgagyeok, PriceSource::Kamis] {
                match verdict(source, &sample.reply, Private { keys, name: "" }) {
                    Verdict::No(unanswered) => {
                        manifest::check_class(sample.expected["class"].as_str().unwrap(), &unanswered.why);
                    }
                    other => panic!("{}: {other:?}", sample.name),
                }
            }
        });
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(status in 100_u16..600, body in any::<String>()) {
            let _ = asked(status, &body);
        }
    }
}
