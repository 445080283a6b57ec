//! Naver's refusals, from status and bytes to a reason.
//!
//! Bodies come in two envelopes, `{errorMessage, errorCode}` and the API hub's `{error: {errorCode, message, details}}`, and
//! as plain text. The content type does not tell them apart: JSON is sent as `text/plain` too.

use std::borrow::Cow;

use contract::{PriceSource, limits::NAVER_LAST_DAY};
use serde_json::Value;

use crate::{
    http::redaction::Redactor,
    search::{Refusal, SearchError, SearchErrorKind},
    sources::limit_words::{self, Limit},
};

/// The search is not there (404). Source: measured by several callers since the day after [`NAVER_LAST_DAY`].
const NO_SUCH_SEARCH: &str = "SE05";
/// The limit of calls a day (429), and that of calls a second. With another code the words decide.
const DAILY_LIMIT: &str = "010";
const LIMIT_PER_SECOND: &str = "012";

/// The error behind a status other than 200.
pub(super) fn error(status: u16, body: &[u8], redactor: Redactor<'_>) -> SearchError {
    let (code, message) = match serde_json::from_slice::<Value>(body) {
        Ok(reply) => envelope(&reply),
        Err(_) => text(&String::from_utf8_lossy(body)),
    };
    let kind = kind(Refusal { status, code, message: redactor.quoted(&message) });
    SearchError { hint: hint(&kind, status), ..SearchError::new(PriceSource::Naver, kind) }
}

fn kind(refusal: Refusal) -> SearchErrorKind {
    let code = refusal.code.as_deref();
    match refusal.status {
        429 => match code {
            Some(DAILY_LIMIT) => SearchErrorKind::DailyLimit(refusal),
            Some(LIMIT_PER_SECOND) => SearchErrorKind::RateLimited(refusal),
            _ => limit_words::limit_in(429, &refusal.message).unwrap_or(Limit::Second).error(refusal),
        },
        401 => SearchErrorKind::Credentials(refusal),
        404 if code == Some(NO_SUCH_SEARCH) => SearchErrorKind::ServiceEnded(refusal),
        500..=599 => SearchErrorKind::ProviderFailed(refusal),
        // Every other status is a call that would be refused again.
        _ => SearchErrorKind::Refused(refusal),
    }
}

fn hint(kind: &SearchErrorKind, status: u16) -> Option<Cow<'static, str>> {
    let hint = match (kind, status) {
        // Source: the guide; one client id, all kinds of search together.
        (SearchErrorKind::DailyLimit(_), _) => {
            "Naver allows a client id 25,000 calls a day: ask for more or search less"
        }
        (SearchErrorKind::RateLimited(_), _) => {
            "lower `per_second` of `[source.naver]` in the environment's file: functions that run beside each other share Naver's limit"
        }
        (SearchErrorKind::Credentials(_), _) => {
            "write the client id and secret of an application that uses the search API with `aws ssm put-parameter --type SecureString`"
        }
        (SearchErrorKind::ServiceEnded(_), _) => {
            let (year, month, day) = NAVER_LAST_DAY;
            let hint = format!(
                "Naver ended its shopping search on {year}-{month:02}-{day:02} for everybody: use another price source, or a base URL \
                 that still speaks its protocol"
            );
            return Some(hint.into());
        }
        (_, 300..=399) => {
            "the source's base URL must name the server that answers: redirects are not followed"
        }
        (_, 403) => "the application must have the search API switched on in Naver's developer centre",
        // For everything else nobody here can do more than read Naver's words.
        _ => return None,
    };
    Some(hint.into())
}

fn envelope(reply: &Value) -> (Option<String>, String) {
    let (code, message) = match reply.get("error") {
        Some(error) => (error.get("errorCode"), error.get("message")),
        None => (reply.get("errorCode"), reply.get("errorMessage")),
    };
    let message = message.and_then(Value::as_str).unwrap_or_default();
    (code.and_then(code_of), message.to_owned())
}

/// A code is written as text or as a number, which loses the zeros in front: 12 is 012.
fn code_of(code: &Value) -> Option<String> {
    let text = match code {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => format!("{:0>3}", number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Refusal::code(&text)
}

/// The first word of a text that looks like a documented code: `SE` and two digits, or three digits the first
/// of which is 0.
fn text(text: &str) -> (Option<String>, String) {
    let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let code = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| match word.strip_prefix("SE") {
        Some(number) => number.len() == 2 && digits(number),
        None => word.len() == 3 && word.starts_with('0') && digits(word),
    });
    (code.map(str::to_owned), text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::keys::Keys;

    /// The error for a search of that name.
    fn named(name: &str, status: u16, body: &[u8]) -> SearchError {
        let keys = &Keys::of(["an-id-of-twenty-chars", "a-secret!!"]);
        error(status, body, Redactor { keys, name })
    }

    /// Status | body | what is told of it.
    const REPLIES: &str = r#"
429 | {"errorMessage":"Rate limit exceeded. (속도 제한을 초과했습니다.)","errorCode":"012"} | too many calls a second: status 429, code 012: Rate limit exceeded. (속도 제한을 초과했습니다.) (hint)
429 | {"errorMessage":"Query limit exceeded.","errorCode":"010"} | too many calls a day: status 429, code 010: Query limit exceeded. (hint)
429 | {"errorCode":10} | too many calls a day: status 429, code 010 (hint)
429 | {"errorCode":12} | too many calls a second: status 429, code 012 (hint)
429 | {"errorCode":"999"} | too many calls a second: status 429, code 999 (hint)
429 | {"error":{"errorCode":"400","message":"Quota Exceeded"}} | too many calls a day: status 429, code 400: Quota Exceeded (hint)
429 | errorCode: 010 Query limit exceeded | too many calls a day: status 429, code 010: errorCode: 010 Query limit exceeded (hint)
429 |  | too many calls a second: status 429, code unknown (hint)
429 | slow down | too many calls a second: status 429, code unknown: slow down (hint)
401 | {"errorMessage":"NID AUTH Result Invalid (1000)","errorCode":"024"} | credentials refused: status 401, code 024: NID AUTH Result Invalid (1000) (hint)
401 | {"error":{"errorCode":200,"message":"Authentication Failed","details":"Invalid key."}} | credentials refused: status 401, code 200: Authentication Failed (hint)
404 | <errorCode>SE05</errorCode> | search has ended: status 404, code SE05: SE05 (hint)
404 | not found | call refused: status 404, code unknown: not found
400 | {"errorCode":"SE01"} | call refused: status 400, code SE01
400 | {"errorCode":"SE012345"} | call refused: status 400, code SE012345
400 | {"errorCode":"SE0123456"} | call refused: status 400, code unknown
400 | {"errorCode":""} | call refused: status 400, code unknown
400 | {"errorCode":"SE 01"} | call refused: status 400, code unknown
400 | {"errorCode":"코드"} | call refused: status 400, code unknown
400 | {"errorCode":null} | call refused: status 400, code unknown
400 | {"errorCode":[1]} | call refused: status 400, code unknown
400 | "010" | call refused: status 400, code unknown
400 | [] | call refused: status 400, code unknown
400 | 10 | call refused: status 400, code unknown
400 | {"error":"010"} | call refused: status 400, code unknown
400 | 100 SELL SE1 0123 00 | call refused: status 400, code unknown: 100 SELL SE1 0123 00
403 | {"errorCode":"028"} | call refused: status 403, code 028 (hint)
302 |  | call refused: status 302, code unknown (hint)
204 |  | call refused: status 204, code unknown
500 | {"errorCode":"SE99"} | provider out of order: status 500, code SE99
503 | <h1>busy</h1> | provider out of order: status 503, code unknown: busy
"#;

    #[test]
    fn codes_of_both_envelopes_and_of_text_say_what_happened() {
        for line in REPLIES.lines().skip(1) {
            let [status, body, expect] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
            let error = named("두부", status.parse().unwrap(), body.as_bytes());
            let hint = error.hint.map_or("", |_| " (hint)");
            assert_eq!(format!("{}{hint}", error.kind), expect, "{line}");
        }
    }

    #[test]
    fn the_search_that_ended_says_when() {
        let body = r#"{"errorMessage":"Invalid search api","errorCode":"SE05"}"#;
        let hint = named("두부", 404, body.as_bytes()).hint.unwrap();
        assert!(hint.starts_with("Naver ended its shopping search on 2026-07-31"), "{hint}");
    }

    #[test]
    fn an_echo_of_the_name_or_a_key_is_not_quoted() {
        for (name, body, expect) in [
            ("두부", r#"{"errorMessage":"no such thing: 두부"}"#, "no such thing: (name)"),
            ("두부", r#"{"errorMessage":"\ub450\ubd80?"}"#, "(name)?"),
            ("순 두부", "bad query=%EC%88%9C+%EB%91%90%EB%B6%80", "bad query=(name)"),
            ("<b>콩", "bad <b>콩 and &lt;b&gt;콩", "bad (name) and (name)"),
            ("소금&후추", "bad 소금&amp;후추", "bad (name)"),
            ("두부", "bad id an-id-of-twenty-chars\n\u{202E}and a-secret!!", "bad id (key) and (key)"),
        ] {
            let message = named(name, 400, body.as_bytes()).kind.to_string();
            assert_eq!(message, format!("call refused: status 400, code unknown: {expect}"));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..300)) {
            let error = named("두부", status, &body);
            prop_assert!(!error.kind.to_string().chars().any(contract::text::is_hidden));
        }
    }
}
