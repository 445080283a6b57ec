//! Recorded and documented payloads of the living sources, each with what is expected of it. Which reader they go through is
//! said beside the adapters.

use recordings::{Checked, Sample, Verdict, known_keys};
use serde_json::Value;

use crate::{Unanswered, calls::Reply, search::Why};

/// Checks every payload of that source.
#[track_caller]
pub(crate) fn each(source: &str, check: impl Fn(&Sample, &[&Sample]) -> Checked) {
    let folder = format!("price-sources/{source}");
    recordings::samples(&format!("{source} payloads"), &folder, check);
}

/// The payload as it comes back of a call.
pub(crate) fn reply(sample: &Sample) -> Reply {
    Reply {
        status: sample.status,
        content_type: sample.content_type.clone(),
        body: sample.body.clone(),
    }
}

/// A sample with a class ends in an error of that class and expects nothing else, any other in an answer, which is handed on.
pub(crate) fn judged<T>(
    sample: &Sample,
    read: Result<T, Unanswered>,
    check: impl FnOnce(T) -> Checked,
) -> Checked {
    match (sample.expected.get("class"), read) {
        (Some(class), Err(unanswered)) => {
            known_keys(&sample.expected, &["class"])?;
            class_of(class, &unanswered.why)
        }
        (Some(class), Ok(_)) => Err(format!("expected {class}, got an answer")),
        (None, Err(unanswered)) => Err(unanswered.why.to_string()),
        (None, Ok(answer)) => check(answer),
    }
}

/// The reason is of the class that a recording names.
pub(crate) fn class_of(class: &Value, why: &Why) -> Checked {
    let fits = match class.as_str().unwrap_or_default() {
        "AUTH" | "auth" => matches!(why, Why::Credentials(_)),
        "QUOTA_DAY" => matches!(why, Why::LimitPerDay(_)),
        "RATE" => matches!(why, Why::LimitPerSecond(_)),
        "RATE_LIMIT_EXCEEDED" => matches!(why, Why::LimitPerDay(_) | Why::LimitPerSecond(_)),
        "BAD_REQUEST" | "bad_request" => matches!(why, Why::Refused(_)),
        "api_gone" => matches!(why, Why::Ended(_)),
        "UPSTREAM" | "server" => matches!(why, Why::OutOfOrder(_) | Why::NotXml(_) | Why::NotJson(_)),
        _ => return Err(format!("class that nobody reads: {class}")),
    };
    fits.then_some(Verdict::Passed)
        .ok_or_else(|| format!("expected {class}, got {why:?}"))
}

/// What nobody reads is a failure: a sample that is not looked at would pass.
pub(crate) fn nobody_reads(expected: &Value) -> Checked {
    Err(format!("expectation that nobody reads: {expected}"))
}

#[test]
fn a_class_that_is_unknown_fails() {
    assert_eq!(
        class_of(&"AUTH".into(), &Why::NoTime).unwrap_err(),
        "expected \"AUTH\", got NoTime"
    );
    assert_eq!(
        class_of(&"NEW".into(), &Why::NoTime).unwrap_err(),
        "class that nobody reads: \"NEW\""
    );
}
