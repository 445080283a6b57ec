//! What Naver says when it says no, from status and bytes to a reason. A good answer is read in `reply`.
//!
//! Bodies come in two envelopes, `{errorMessage, errorCode}` and the API hub's `{error: {errorCode, message,
//! details}}`, and as plain text. The content type says nothing about which: JSON is sent as `text/plain` too.

use std::borrow::Cow;

use contract::{limits::NAVER_LAST_DAY, metric::Provider};
use serde_json::Value;

use crate::{
    limit::{self, Limit},
    private::Private,
    search::{Refusal, Unanswered, Why},
};

/// Longest code: the documented ones have three or four characters. Shorter than any key.
const MAX_CODE_CHARS: usize = 8;
/// The search is not there (404). Source: measured by several callers since the day after [`NAVER_LAST_DAY`].
const NO_SUCH_SEARCH: &str = "SE05";
/// The limit of calls a day (429), and that of calls a second. With another code the words decide.
const DAILY_LIMIT: &str = "010";
const LIMIT_PER_SECOND: &str = "012";

/// The reason behind a status other than 200.
pub(super) fn unanswered(status: u16, body: &[u8], private: Private<'_>) -> Unanswered {
    let why = why(refusal(status, body, private));
    Unanswered {
        provider: Provider::Naver,
        hint: hint(&why, status),
        why,
    }
}

fn why(refusal: Refusal) -> Why {
    let code = refusal.code.as_deref();
    match refusal.status {
        429 => match code {
            Some(DAILY_LIMIT) => Why::LimitPerDay(refusal),
            Some(LIMIT_PER_SECOND) => Why::LimitPerSecond(refusal),
            _ => limit::said(429, &refusal.said)
                .unwrap_or(Limit::Second)
                .why(refusal),
        },
        401 => Why::Credentials(refusal),
        404 if code == Some(NO_SUCH_SEARCH) => Why::Ended(refusal),
        500..=599 => Why::OutOfOrder(refusal),
        // Every other status is a call that would be refused again.
        _ => Why::Refused(refusal),
    }
}

fn hint(why: &Why, status: u16) -> Option<Cow<'static, str>> {
    let hint = match (why, status) {
        // Source: the guide; one client id, all kinds of search together.
        (Why::LimitPerDay(_), _) => {
            "Naver allows a client id 25,000 calls a day: ask for more or search less"
        }
        (Why::LimitPerSecond(_), _) => {
            "lower `per_second` of `[source.naver]` in the environment's file: functions that run beside each other share Naver's limit"
        }
        (Why::Credentials(_), _) => {
            "write the client id and secret of an application that uses the search API with `aws ssm put-parameter --type SecureString`"
        }
        (Why::Ended(_), _) => return Some(ended().into()),
        (_, 300..=399) => {
            "the source's base URL must name the server that answers: redirects are not followed"
        }
        (_, 403) => "the application must have the search API switched on in Naver's developer centre",
        // For everything else nobody here can do more than read what Naver said.
        _ => return None,
    };
    Some(hint.into())
}

/// What to do from the day after [`NAVER_LAST_DAY`] on (D15).
fn ended() -> String {
    let (year, month, day) = NAVER_LAST_DAY;
    format!(
        "Naver ended its shopping search on {year}-{month:02}-{day:02} for everybody: use another price source, or a base URL that \
         still speaks its protocol"
    )
}

fn refusal(status: u16, body: &[u8], private: Private<'_>) -> Refusal {
    let (code, said) = match serde_json::from_slice::<Value>(body) {
        Ok(reply) => envelope(&reply),
        Err(_) => text(&String::from_utf8_lossy(body)),
    };
    Refusal {
        status,
        code,
        said: private.quoted(&said),
    }
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
    let fits =
        (1..=MAX_CODE_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then_some(text)
}

/// The first word of a text that looks like a documented code: `SE` and two digits, or three digits the first
/// of which is 0.
fn text(text: &str) -> (Option<String>, String) {
    let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let code = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| match word.strip_prefix("SE") {
            Some(number) => number.len() == 2 && digits(number),
            None => word.len() == 3 && word.starts_with('0') && digits(word),
        });
    (code.map(str::to_owned), text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::private::Keys;

    /// The reason for a search of that name, with keys of these texts.
    fn named(name: &str, status: u16, body: &[u8]) -> Unanswered {
        let keys = &Keys::of(["an-id-of-twenty-chars", "a-secret!!"]);
        super::unanswered(status, body, Private { keys, name })
    }

    fn unanswered(status: u16, body: &[u8]) -> Unanswered {
        named("두부", status, body)
    }

    fn check(status: u16, body: &str, expect: &str) {
        let unanswered = unanswered(status, body.as_bytes());
        assert_eq!(unanswered.why.to_string(), expect);
    }

    #[test]
    fn per_second_and_per_day_are_told_apart() {
        let per_second =
            r#"{"errorMessage":"Rate limit exceeded. (속도 제한을 초과했습니다.)","errorCode":"012"}"#;
        check(
            429,
            per_second,
            "too many calls a second: status 429, code 012: Rate limit exceeded. (속도 제한을 초과했습니다.)",
        );
        let per_day = r#"{"errorMessage":"Query limit exceeded.","errorCode":"010"}"#;
        check(
            429,
            per_day,
            "too many calls a day: status 429, code 010: Query limit exceeded.",
        );
    }

    #[test]
    fn a_limit_of_another_kind_is_what_its_words_say_and_else_of_the_second() {
        check(429, "", "too many calls a second: status 429, code unknown");
        check(
            429,
            r#"{"error":{"errorCode":"400","message":"Quota Exceeded"}}"#,
            "too many calls a day: status 429, code 400: Quota Exceeded",
        );
        check(
            429,
            r#"{"error":{"errorCode":"420","message":"Rate Limited"}}"#,
            "too many calls a second: status 429, code 420: Rate Limited",
        );
        check(
            429,
            r#"{"errorCode":"999"}"#,
            "too many calls a second: status 429, code 999",
        );
    }

    #[test]
    fn what_is_no_code_is_not_taken_for_one() {
        check(
            400,
            r#"{"errorCode":"SE012345"}"#,
            "call refused: status 400, code SE012345",
        );
        for none in [
            r#""SE0123456""#,
            r#""""#,
            r#""SE 01""#,
            r#""코드""#,
            "null",
            "true",
            "[1]",
            "{}",
        ] {
            check(
                400,
                &format!(r#"{{"errorCode":{none}}}"#),
                "call refused: status 400, code unknown",
            );
        }
    }

    #[test]
    fn codes_may_be_numbers() {
        check(
            429,
            r#"{"errorCode":10}"#,
            "too many calls a day: status 429, code 010",
        );
        check(
            429,
            r#"{"errorCode":12}"#,
            "too many calls a second: status 429, code 012",
        );
        check(
            401,
            r#"{"error":{"errorCode":200}}"#,
            "credentials refused: status 401, code 200",
        );
    }

    #[test]
    fn both_envelopes_are_read() {
        check(
            401,
            r#"{"errorMessage":"NID AUTH Result Invalid (1000) : Authentication failed.","errorCode":"024"}"#,
            "credentials refused: status 401, code 024: NID AUTH Result Invalid (1000) : Authentication failed.",
        );
        check(
            401,
            r#"{"error":{"errorCode":"200","message":"Authentication Failed","details":"Invalid key."}}"#,
            "credentials refused: status 401, code 200: Authentication Failed",
        );
    }

    #[test]
    fn the_search_that_ended_says_so() {
        let body =
            r#"{"errorMessage":"Invalid search api (존재하지 않는 검색 api 입니다.)","errorCode":"SE05"}"#;
        check(
            404,
            body,
            "search has ended: status 404, code SE05: Invalid search api (존재하지 않는 검색 api 입니다.)",
        );
        let unanswered = unanswered(404, body.as_bytes());
        assert!(unanswered.hint.unwrap().contains("2026-07-31"));
    }

    #[test]
    fn a_404_of_another_kind_is_a_refusal() {
        check(404, "", "call refused: status 404, code unknown");
        check(
            404,
            "not found",
            "call refused: status 404, code unknown: not found",
        );
    }

    #[test]
    fn other_refusals_keep_their_code() {
        for (status, code) in [
            (400, "SE01"),
            (400, "SE02"),
            (400, "SE04"),
            (400, "SE06"),
            (403, "028"),
        ] {
            check(
                status,
                &format!(r#"{{"errorCode":"{code}"}}"#),
                &format!("call refused: status {status}, code {code}"),
            );
        }
        check(302, "", "call refused: status 302, code unknown");
        check(204, "", "call refused: status 204, code unknown");
        check(
            500,
            r#"{"errorCode":"SE99"}"#,
            "provider out of order: status 500, code SE99",
        );
        check(
            503,
            "<h1>busy</h1>",
            "provider out of order: status 503, code unknown: busy",
        );
    }

    #[test]
    fn plain_text_may_name_a_code() {
        check(
            429,
            "errorCode: 010 Query limit exceeded",
            "too many calls a day: status 429, code 010: errorCode: 010 Query limit exceeded",
        );
        check(
            404,
            "<errorCode>SE05</errorCode>",
            "search has ended: status 404, code SE05: SE05",
        );
        check(
            400,
            "100 SELL SE1 0123 00",
            "call refused: status 400, code unknown: 100 SELL SE1 0123 00",
        );
    }

    #[test]
    fn odd_bodies_have_no_code() {
        for body in [
            r#""010""#,
            "[]",
            "10",
            r#"{"error":"010"}"#,
            r#"{"errorCode":["010"]}"#,
            r#"{"errorCode":""}"#,
        ] {
            check(429, body, "too many calls a second: status 429, code unknown");
        }
        check(
            400,
            r#"{"errorCode":"far-too-long"}"#,
            "call refused: status 400, code unknown",
        );
    }

    #[test]
    fn what_is_quoted_is_one_bounded_line_without_keys() {
        let body = format!(
            r#"{{"errorCode":"024","errorMessage":"bad id an-id-of-twenty-chars\n\u202Eand a-secret!! {}"}}"#,
            "가".repeat(1_000)
        );
        let unanswered = unanswered(401, body.as_bytes());
        let Why::Credentials(refusal) = &unanswered.why else {
            panic!("{unanswered:?}")
        };
        assert!(refusal.said.starts_with("bad id (key) and (key) 가가가"));
        assert_eq!(refusal.said.chars().count(), 200);
    }

    #[test]
    fn no_part_of_a_key_survives_the_cut() {
        for padding in 150..220 {
            let body = format!("{} an-id-of-twenty-chars", "x".repeat(padding));
            let unanswered = unanswered(401, body.as_bytes());
            assert!(!format!("{unanswered:?}").contains("an-"), "{padding}");
        }
    }

    #[test]
    fn an_echoed_name_is_not_quoted() {
        let check = |name: &str, body: &str, expect: &str| {
            let message = named(name, 400, body.as_bytes()).why.to_string();
            assert_eq!(
                message,
                format!("call refused: status 400, code unknown: {expect}")
            );
        };
        check(
            "두부",
            r#"{"errorMessage":"no such thing: 두부"}"#,
            "no such thing: (name)",
        );
        check("두부", r#"{"errorMessage":"\ub450\ubd80?"}"#, "(name)?");
        check(
            "순 두부",
            "bad query=%EC%88%9C+%EB%91%90%EB%B6%80",
            "bad query=(name)",
        );
        check("순 두부", "<p>순\n<b>두</b>부</p>", "(name)");
        check("<b>콩", "bad <b>콩 and &lt;b&gt;콩", "bad (name) and (name)");
        check("소금&후추", "bad 소금&amp;후추", "bad (name)");
        check(
            "두부",
            &format!("{} 두부", "x".repeat(198)),
            &format!("{} (", "x".repeat(198)),
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..300)) {
            let unanswered = unanswered(status, &body);
            prop_assert!(!unanswered.why.to_string().chars().any(contract::text::is_hidden));
        }
    }
}
