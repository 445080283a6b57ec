//! Refusals of the gateway of Korea's public data portal (apis.data.go.kr), in front of its services: in XML or JSON, with or
//! without an outer object, or in a few words, with any status, 200 among them. Adapters read their services' own answers.
//!
//! Source: codes and envelopes that callers got in 2026 (the portal publishes the codes, not their envelopes), and the portal's
//! table of messages (`API token quota exceeded` and seven others) with their meanings.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use contract::PriceSource;
use serde_json::Value;

use crate::{
    http::{client::Reply, keys::Keys, redaction::Redactor},
    search::{ErrorReply, SearchError, SearchErrorKind},
    sources::limit_words::{self, Limit},
    text::{
        plain_text,
        xml::{self, Element},
    },
};

/// Most bytes of a body that are read from a service of the portal. The largest answer, a list of 630 stores, takes 310 KB.
pub(crate) const MAX_BODY_BYTES: usize = 3_145_728;
/// Most bytes of a text that is searched for words.
const MAX_WORDS_BYTES: usize = 4_096;
/// The byte order mark that a body may begin with.
const BOM: &[u8] = "\u{FEFF}".as_bytes();
/// The portal's names of reasons and their codes, for envelopes without a code. Blanks may stand between their words.
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
/// Other words for these reasons. A text that names a limit is read as that limit first.
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
/// No data of what was asked for, which is an answer.
const NO_DATA: u16 = 3;
const NO_SUCH_SERVICE: u16 = 12;
const UNKNOWN_KEY: u16 = 30;
const ENCODED_KEY: &str = "the key is stored in its encoded form and an address encodes it again: write the decoded one with \
                           `aws ssm put-parameter --type SecureString`";
const HINTS: [(u16, &str); 10] = [
    (NO_SUCH_SERVICE, "the source's base URL must name the service that answers: there is none at this one"),
    (20, "apply for this service on data.go.kr with the account of the key"),
    (21, "the provider has suspended the key: ask data.go.kr"),
    (
        22,
        "the day's calls of this key are used up: apply for more on data.go.kr, or lower per_day of the source",
    ),
    (23, "lower per_second of the source"),
    (29, "this machine's address is on a list of data.go.kr: ask there"),
    (
        UNKNOWN_KEY,
        "write the decoded service key of data.go.kr with `aws ssm put-parameter --type SecureString`; a new key works about an hour \
         after its approval",
    ),
    (31, "the key's time is over: extend the application on data.go.kr"),
    (32, "add the address that the function calls from to the application on data.go.kr"),
    (33, "the service wants signed calls, which are not made: ask data.go.kr"),
];

/// The key of the portal in its decoded form, which an address encodes once.
///
/// # Errors
/// The key is empty: the gateway would answer with a 404 that names no reason.
pub(crate) fn key(source: PriceSource, keys: &Keys) -> Result<&str, SearchError> {
    match keys.at(0) {
        "" => Err(SearchError {
            hint: Some("write the service key of data.go.kr, decoded, with `aws ssm put-parameter --type SecureString`".into()),
            ..SearchError::new(source, SearchErrorKind::CredentialUnusable("key is empty"))
        }),
        key => Ok(key),
    }
}

/// A reply that is not a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Answer,
    NoData,
}

/// Looks for the gateway's envelope or its words in a reply. Any status but 200 is a refusal.
pub(crate) fn check(
    source: PriceSource,
    reply: &Reply,
    redactor: Redactor<'_>,
) -> Result<Status, SearchError> {
    let body = reply.body.strip_prefix(BOM).unwrap_or(&reply.body);
    let body = body.trim_ascii_start();
    let json: Option<Value> = match body.first() {
        Some(b'{') => serde_json::from_slice(body).ok(),
        _ => None,
    };
    let envelope = match body.first() {
        Some(b'<') => {
            xml::parse(&reply.body, reply.content_type.as_deref()).ok().and_then(|root| from_xml(&root))
        }
        _ => json.as_ref().and_then(from_json),
    };
    if let Some((code, message)) = envelope {
        return check_code(source, reply.status, &code, &message, redactor);
    }
    let text = String::from_utf8_lossy(body);
    let words = match body.first() {
        // The service's answer has names of products, which may be any words.
        Some(b'{') if reply.status == 200 => json.as_ref().and_then(message).unwrap_or_default(),
        Some(b'<' | b'[') if reply.status == 200 && !is_page(&text) => "",
        _ => &text,
    };
    let end = words.floor_char_boundary(MAX_WORDS_BYTES);
    let number = code_in(reply.status, words.get(..end).unwrap_or_default());
    if number.is_none() && reply.status == 200 {
        return Ok(Status::Answer);
    }
    let refusal = ErrorReply { status: reply.status, code: None, message: redactor.quoted(words) };
    classify(source, number, refusal, redactor.keys)
}

/// The message of JSON without an envelope: at the top, or in an object.
fn message(json: &Value) -> Option<&str> {
    const FIELDS: [&str; 3] = ["message", "error", "msg"];
    let fields = |json| FIELDS.iter().filter_map(move |&field| Value::get(json, field));
    fields(json).find_map(Value::as_str).or_else(|| fields(json).flat_map(fields).find_map(Value::as_str))
}

/// Whether a text begins as a page of HTML, which no service answers with. Elsewhere HTML may be the text of an answer.
fn is_page(text: &str) -> bool {
    let start = text.trim_start().bytes();
    ["<!doctype html", "<html", "<h1"]
        .iter()
        .any(|tag| start.clone().take(tag.len()).map(|byte| byte.to_ascii_lowercase()).eq(tag.bytes()))
}

/// Classifies a code of the gateway, or of a service with the same table. `00` and no code are an answer.
pub(crate) fn check_code(
    source: PriceSource,
    status: u16,
    code: &str,
    message: &str,
    redactor: Redactor<'_>,
) -> Result<Status, SearchError> {
    let code = code.trim();
    let number = code.parse().ok().or_else(|| code_in(status, message));
    let refusal = ErrorReply {
        status,
        code: match number {
            Some(number) => Some(format!("{number:02}")),
            None => ErrorReply::code(code),
        },
        message: redactor.quoted(message),
    };
    classify(source, number, refusal, redactor.keys)
}

/// By the code, or else by the status.
fn classify(
    source: PriceSource,
    number: Option<u16>,
    refusal: ErrorReply,
    keys: &Keys,
) -> Result<Status, SearchError> {
    let kind = match (number, refusal.status) {
        (Some(0), _) => return Ok(Status::Answer),
        (Some(NO_DATA), _) => return Ok(Status::NoData),
        (Some(22), _) => SearchErrorKind::DailyLimit(refusal),
        (Some(23), _) | (None, 429) => SearchErrorKind::RateLimited(refusal),
        (Some(20 | 21 | 29..=33), _) | (None, 401 | 403) => SearchErrorKind::Credentials(refusal),
        (Some(1 | 2 | 4 | 5 | 99), _) | (None, 500..=599) => SearchErrorKind::ProviderFailed(refusal),
        _ => SearchErrorKind::Refused(refusal),
    };
    Err(SearchError { hint: hint(&kind, number, keys), ..SearchError::new(source, kind) })
}

/// The code of a text.
fn code_in(status: u16, words: &str) -> Option<u16> {
    let line = plain_text::from_html(words, MAX_WORDS_BYTES);
    let name: String =
        line.to_uppercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let found = |names: &[(&str, u16)]| {
        let found = names.iter().find(|(listed, _)| name.contains(listed));
        found.map(|&(_, code)| code)
    };
    let limit = || {
        limit_words::limit_in(status, &line).map(|limit| match limit {
            Limit::Day => 22,
            Limit::Second => 23,
        })
    };
    found(&NAMES).or_else(limit).or_else(|| found(&WORDS))
}

fn hint(kind: &SearchErrorKind, number: Option<u16>, keys: &Keys) -> Option<Cow<'static, str>> {
    let number = match kind {
        SearchErrorKind::DailyLimit(_) => 22,
        SearchErrorKind::RateLimited(_) => 23,
        SearchErrorKind::Credentials(_) => number.unwrap_or(UNKNOWN_KEY),
        SearchErrorKind::Refused(refusal) => match number {
            None if matches!(refusal.status, 300..=399 | 404) => NO_SUCH_SERVICE,
            number => number?,
        },
        _ => return None,
    };
    let is_encoded = keys.at(0).contains("%2") || keys.at(0).contains("%3");
    if number == UNKNOWN_KEY && is_encoded {
        return Some(ENCODED_KEY.into());
    }
    HINTS.iter().find(|(listed, _)| *listed == number).map(|&(_, hint)| hint.into())
}

/// Code and message of an envelope in JSON.
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
        .then(|| (text("returnReasonCode"), words(&text("returnAuthMsg"), &text("errMsg"))))
}

/// The same in XML.
fn from_xml(root: &Element) -> Option<(String, String)> {
    let header = match root.name.as_str() {
        "cmmMsgHeader" => root,
        _ => root.child("cmmMsgHeader")?,
    };
    let message = words(header.field("returnAuthMsg"), header.field("errMsg"));
    Some((header.field("returnReasonCode").to_owned(), message))
}

fn words(reason: &str, error: &str) -> String {
    if reason.is_empty() { error.to_owned() } else { reason.to_owned() }
}
