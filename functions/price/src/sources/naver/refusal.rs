//! Naver's refusals, classified by status, code and words.
//!
//! Bodies have two envelopes, `{errorMessage, errorCode}` and the API hub's `{error: {errorCode, message, details}}`, or are
//! plain text. The content type does not distinguish them: JSON is sent as `text/plain` too.

use std::borrow::Cow;

use contract::{PriceSource, limits::NAVER_LAST_DAY};
use serde_json::Value;

use crate::{
    http::redaction::Redactor,
    search::{ErrorReply, SearchError, SearchErrorKind},
    sources::limit_words::{self, Limit},
};

/// There is no such search (404). Source: several callers since the day after [`NAVER_LAST_DAY`].
const NO_SUCH_SEARCH: &str = "SE05";
/// The limits of a 429. With another code the words decide.
const DAILY_LIMIT: &str = "010";
const LIMIT_PER_SECOND: &str = "012";

/// The error behind a status other than 200.
pub(super) fn error(status: u16, body: &[u8], redactor: Redactor<'_>) -> SearchError {
    let (code, message) = match serde_json::from_slice::<Value>(body) {
        Ok(reply) => envelope(&reply),
        Err(_) => text(&String::from_utf8_lossy(body)),
    };
    let kind = kind(ErrorReply { status, code, message: redactor.quoted(&message) });
    SearchError { hint: hint(&kind, status), ..SearchError::new(PriceSource::Naver, kind) }
}

fn kind(refusal: ErrorReply) -> SearchErrorKind {
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
        _ => SearchErrorKind::Refused(refusal),
    }
}

fn hint(kind: &SearchErrorKind, status: u16) -> Option<Cow<'static, str>> {
    let hint = match (kind, status) {
        // Source: the guide. All kinds of search count together.
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

/// Text, or a number, which has lost its leading zeros: 12 is 012.
fn code_of(code: &Value) -> Option<String> {
    let text = match code {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => format!("{:0>3}", number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    ErrorReply::code(&text)
}

/// The first word that looks like a documented code: `SE` and two digits, or three digits that begin with 0.
fn text(text: &str) -> (Option<String>, String) {
    let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let code = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| match word.strip_prefix("SE") {
        Some(number) => number.len() == 2 && digits(number),
        None => word.len() == 3 && word.starts_with('0') && digits(word),
    });
    (code.map(str::to_owned), text.to_owned())
}
