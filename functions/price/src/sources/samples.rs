//! Recorded and documented payloads of the living sources, each with what is expected of it. The adapters' own `samples` say
//! which reader they go through.

use recordings::{Checked, Sample, Verdict, known_keys};
use serde_json::Value;

use crate::{
    http::client::Reply,
    search::{SearchError, SearchErrorKind},
};

/// Checks every payload of that source.
#[track_caller]
pub(crate) fn each(source: &str, check: impl Fn(&Sample, &[&Sample]) -> Checked) {
    let folder = format!("price-sources/{source}");
    recordings::samples(&format!("{source} payloads"), &folder, check);
}

/// The payload as it comes back of a call.
pub(crate) fn reply(sample: &Sample) -> Reply {
    Reply { status: sample.status, content_type: sample.content_type.clone(), body: sample.body.clone() }
}

/// A sample with a class ends in an error of that class and expects nothing else, any other in an answer, which is handed on.
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

/// The reason is of the class that a recording names.
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
        _ => return Err(format!("class that nobody reads: {class}")),
    };
    fits.then_some(Verdict::Passed).ok_or_else(|| format!("expected {class}, got {kind:?}"))
}

/// What nobody reads is a failure: a sample that is not looked at would pass.
pub(crate) fn nobody_reads(expected: &Value) -> Checked {
    Err(format!("expectation that nobody reads: {expected}"))
}

#[test]
fn a_class_that_is_unknown_fails() {
    assert_eq!(
        class_of(&"AUTH".into(), &SearchErrorKind::DeadlineExceeded).unwrap_err(),
        "expected \"AUTH\", got DeadlineExceeded"
    );
    assert_eq!(
        class_of(&"NEW".into(), &SearchErrorKind::DeadlineExceeded).unwrap_err(),
        "class that nobody reads: \"NEW\""
    );
}
