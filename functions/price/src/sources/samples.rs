//! Recorded and documented payloads of providers, each with the expected result. Each adapter's own `samples` module compares
//! them with what its reader returns.

use recordings::{Checked, Sample, Verdict, known_keys};
use serde_json::Value;

use crate::{
    http::{client::Reply, keys::Keys, redaction::Redactor},
    search::{SearchError, SearchErrorKind},
};

/// Checks every payload of that source.
#[track_caller]
pub(crate) fn each(source: &str, check: impl Fn(&Sample, &[&Sample]) -> Checked) {
    let folder = format!("price-sources/{source}");
    recordings::samples(&format!("{source} payloads"), &folder, check);
}

/// What an adapter makes of the payload.
pub(crate) fn read<T>(
    sample: &Sample,
    reader: impl Fn(&Reply, Redactor<'_>) -> Result<T, SearchError>,
) -> Result<T, SearchError> {
    let Sample { status, content_type, body, .. } = sample;
    let reply = Reply { status: *status, content_type: content_type.clone(), body: body.clone() };
    reader(&reply, Redactor { keys: &Keys::of(["a-key", "a-secret"]), name: "두부" })
}

/// A sample with a class has to be an error of that class; any other has to be an answer, which `check` compares.
pub(crate) fn compare<T>(
    sample: &Sample,
    read: Result<T, SearchError>,
    check: impl FnOnce(T) -> Checked,
) -> Checked {
    match (sample.expected.get("class"), read) {
        (Some(class), Err(error)) => {
            known_keys(&sample.expected, &["class"])?;
            class_of(class, &error.kind)
        }
        (Some(class), Ok(_)) => Err(format!("expected {class}, got an answer")),
        (None, Err(error)) => Err(error.kind.to_string()),
        (None, Ok(answer)) => check(answer),
    }
}

/// Whether the error is of the class that a recording names.
pub(crate) fn class_of(class: &Value, kind: &SearchErrorKind) -> Checked {
    let fits = match class.as_str().unwrap_or_default() {
        "AUTH" | "auth" => matches!(kind, SearchErrorKind::Credentials(_)),
        "QUOTA_DAY" => matches!(kind, SearchErrorKind::DailyLimit(_)),
        "RATE" => matches!(kind, SearchErrorKind::RateLimited(_)),
        "RATE_LIMIT_EXCEEDED" => {
            matches!(kind, SearchErrorKind::DailyLimit(_) | SearchErrorKind::RateLimited(_))
        }
        "BAD_REQUEST" | "bad_request" => matches!(kind, SearchErrorKind::Refused(_)),
        "api_gone" => matches!(kind, SearchErrorKind::ServiceEnded(_)),
        "UPSTREAM" | "server" => matches!(
            kind,
            SearchErrorKind::ProviderFailed(_) | SearchErrorKind::NotXml(_) | SearchErrorKind::NotJson(_)
        ),
        _ => return Err(format!("unknown class: {class}")),
    };
    fits.then_some(Verdict::Passed).ok_or_else(|| format!("expected {class}, got {kind:?}"))
}

/// An unknown expectation is a failure: a sample that is not compared would pass.
pub(crate) fn unknown_expectation(expected: &Value) -> Checked {
    Err(format!("unknown expectation: {expected}"))
}

#[test]
fn a_class_that_is_unknown_fails() {
    assert_eq!(
        class_of(&"AUTH".into(), &SearchErrorKind::DeadlineExceeded).unwrap_err(),
        "expected \"AUTH\", got DeadlineExceeded"
    );
    assert_eq!(
        class_of(&"NEW".into(), &SearchErrorKind::DeadlineExceeded).unwrap_err(),
        "unknown class: \"NEW\""
    );
}
