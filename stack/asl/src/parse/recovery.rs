//! Retry and Catch.

use super::{
    fields::{ErrorList, Fields, MAX_TIMEOUT_S},
    node::Node,
    payload,
};
use crate::model::{Catcher, ErrorPattern, Jitter, Retrier};

/// Attempts that AWS accepts. Source: States Language, "Retry" (`MaxAttempts` at most 99,999,999).
const MAX_ATTEMPTS: u64 = 99_999_999;
/// Seconds of delay that AWS accepts. Source: States Language, "Retry" (less than 31,622,400).
const MAX_DELAY_S: u64 = 31_622_399;

pub(super) fn retry(fields: &mut Fields, errors: &mut ErrorList) -> Vec<Retrier> {
    each(fields, "Retry", errors, |fields, errors| Some(retrier(fields, errors)))
}

pub(super) fn catch(fields: &mut Fields, errors: &mut ErrorList) -> Vec<Catcher> {
    each(fields, "Catch", errors, catcher)
}

fn each<T>(
    fields: &mut Fields,
    name: &'static str,
    errors: &mut ErrorList,
    read: impl Fn(Fields, &mut ErrorList) -> Option<T>,
) -> Vec<T> {
    let at = fields.at(name);
    let items = fields.list(name, errors).unwrap_or_default();
    let read_one = |(i, node): (usize, Node)| read(Fields::open(node, format!("{at}/{i}"), errors)?, errors);
    items.into_iter().enumerate().filter_map(read_one).collect()
}

fn retrier(mut fields: Fields, errors: &mut ErrorList) -> Retrier {
    let comment = fields.text("Comment", errors);
    let error_equals = error_equals(&mut fields, errors);
    let interval_seconds = fields.whole("IntervalSeconds", 1, MAX_TIMEOUT_S, errors);
    let max_attempts =
        fields.whole("MaxAttempts", 0, MAX_ATTEMPTS, errors).and_then(|n| u32::try_from(n).ok());
    let backoff_rate = fields.number("BackoffRate", errors).and_then(|n| n.as_f64());
    if let Some(rate) = backoff_rate.filter(|rate| *rate < 1.0) {
        errors.add(fields.at("BackoffRate"), format!("expected at least 1, found {rate}"), None);
    }
    let max_delay_seconds = fields.whole("MaxDelaySeconds", 1, MAX_DELAY_S, errors);
    if let Some(most) =
        max_delay_seconds.filter(|most| *most <= interval_seconds.unwrap_or(Retrier::INTERVAL_S))
    {
        let message = format!("expected more than IntervalSeconds, found {most}");
        errors.add(fields.at("MaxDelaySeconds"), message, None);
    }
    let jitter_strategy = match fields.text("JitterStrategy", errors).as_deref() {
        None => None,
        Some("FULL") => Some(Jitter::Full),
        Some("NONE") => Some(Jitter::None),
        Some(other) => {
            let hint = Some("FULL or NONE".to_owned());
            errors.add(fields.at("JitterStrategy"), format!("unknown jitter strategy: {other}"), hint);
            None
        }
    };
    fields.close("a retrier", errors);
    Retrier {
        comment,
        error_equals,
        interval_seconds,
        max_attempts,
        backoff_rate,
        max_delay_seconds,
        jitter_strategy,
    }
}

fn catcher(mut fields: Fields, errors: &mut ErrorList) -> Option<Catcher> {
    let comment = fields.text("Comment", errors);
    let error_equals = error_equals(&mut fields, errors);
    let result_path = payload::placement(&mut fields, errors);
    let next = fields.required_text("Next", errors);
    fields.close("a catcher", errors);
    Some(Catcher { comment, error_equals, result_path, next: next? })
}

fn error_equals(fields: &mut Fields, errors: &mut ErrorList) -> Vec<ErrorPattern> {
    const NAME: &str = "ErrorEquals";
    fields.require(NAME, errors);
    let at = fields.at(NAME);
    let Some(items) = fields.list(NAME, errors) else {
        return Vec::new();
    };
    if items.is_empty() {
        errors.add(at.clone(), "names no error".to_owned(), None);
    }
    let mut patterns = Vec::with_capacity(items.len());
    for (i, item) in items.into_iter().enumerate() {
        match item {
            Node::Text(name) => patterns.push(ErrorPattern::new(name)),
            other => {
                errors.add(
                    format!("{at}/{i}"),
                    format!("expected an error's name, found {}", other.kind()),
                    None,
                );
            }
        }
    }
    patterns
}
