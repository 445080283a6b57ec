//! `window-shorter-than-timeout`: an alarm looks back for less time than the function that it watches may take.
//!
//! **Why.** Lambda stamps a point with the start of the invocation and sends it after the end. When a function runs into its
//! timeout, the point belongs to a period that the alarm does not look at any more: the worst failure is the one that is missed.
//!
//! **What it wants.** Period times evaluation periods is at least the function's timeout, an error, and at least that and the time
//! that the metric takes to arrive, a warning: the delay is not promised by AWS.
//!
//! **What to do.** Take a longer period, or more evaluation periods with as many datapoints to alarm as before.
//!
//! Source: Lambda Developer Guide, "Types of metrics for Lambda functions": "the timestamp reflects when the function was
//! invoked"; delays are the cautious figures of `alarms/cloudwatch/src/catalogue/lambda.rs`.

use super::{Found, LintAlarm, LintMetric, Subject};
use crate::catalogue::Stamp;

pub(super) const RULE: &str = "window-shorter-than-timeout";

/// Counts invocations that were refused, and so never ran.
const NEVER_RAN: &str = "Throttles";

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for (alarm, own) in subject.metrics() {
        let Some((window_s, timeout_s, delay_s)) = figures(subject, alarm, own) else { continue };
        let name = &own.metric.name;
        let message = format!(
            "the alarm looks at {window_s} s, while the function may take {timeout_s} s and {name} arrives up to {delay_s} s later"
        );
        let hint = format!("Period times EvaluationPeriods of {} s or more", timeout_s + delay_s);
        if window_s < timeout_s {
            found.error((&alarm.id, "EvaluationPeriods"), message, hint);
        } else if window_s < timeout_s + delay_s {
            found.warning((&alarm.id, "EvaluationPeriods"), message, hint);
        }
    }
}

/// Window, timeout and delay in seconds, where all are known.
fn figures(subject: &Subject, alarm: &LintAlarm, own: &LintMetric) -> Option<(u64, u64, u64)> {
    let (spec, _) = own.spec()?;
    if spec.stamp != Stamp::Start || spec.name == NEVER_RAN {
        return None;
    }
    if ["Period", "EvaluationPeriods"].iter().any(|name| alarm.unknown.contains(name)) {
        return None;
    }
    let name = own.metric.dimensions.get("FunctionName")?;
    let function = subject.functions.iter().find(|function| function.name == *name)?;
    let window_s = alarm.definition.as_ref().ok()?.span_s();
    Some((window_s, function.timeout_s?.into(), spec.delay_s.into()))
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, metric},
        *,
    };

    #[track_caller]
    fn check_window(name: &str, timeout_s: Option<u32>, expected: &[&str]) {
        // It looks at 900 s; Lambda's delay is 120 s.
        let own = alarm(metric("AWS/Lambda", name, &[("FunctionName", "f")], "Sum"));
        let function = Function { id: "F".to_owned(), name: "f".to_owned(), timeout_s, log_level: None };
        check(&Subject { alarms: vec![own], functions: vec![function], ..Subject::default() }, expected);
    }

    #[test]
    fn a_window_covers_timeout_and_delay() {
        check_window("Errors", Some(780), &[]);
        check_window(
            "Errors",
            Some(781),
            &[
                "warning window-shorter-than-timeout Alarm/EvaluationPeriods: the alarm looks at 900 s, while the function may take 781 s and Errors arrives up to 120 s later",
            ],
        );
        check_window(
            "Errors",
            Some(901),
            &[
                "error window-shorter-than-timeout Alarm/EvaluationPeriods: the alarm looks at 900 s, while the function may take 901 s and Errors arrives up to 120 s later",
            ],
        );
        check_window("Errors", None, &[]);
        check_window("Throttles", Some(900), &[]);
    }
}
