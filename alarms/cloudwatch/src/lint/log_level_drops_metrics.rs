//! `log-level-drops-metrics`: a function's log level drops the lines that carry its metrics.
//!
//! **Why.** A metric in the embedded metric format is a line of the log. With JSON logs a line without a level counts as INFO, so a
//! level of WARN, ERROR or FATAL drops every metric of the function, and the alarms on them go quiet.
//!
//! **What it wants.** Where an alarm watches a metric that no filter of the template makes, no function drops such lines: an error
//! where all functions do, else a warning, since the template does not say which function sends it.
//!
//! **What to do.** Set `ApplicationLogLevel` to INFO or lower, and choose in the function what it logs.
//!
//! Source: Lambda Developer Guide, "Configuring advanced logging controls": log level filtering and the embedded metric format.

use super::{Found, Function, Subject};

pub(super) const RULE: &str = "log-level-drops-metrics";

/// Levels above INFO.
const DROPPING: [&str; 3] = ["WARN", "ERROR", "FATAL"];

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    let Some((alarm, own)) = subject.emitted().next() else { return };
    let (dropping, others): (Vec<_>, Vec<&Function>) = subject
        .functions
        .iter()
        .partition(|function| function.log_level.as_deref().is_some_and(|level| DROPPING.contains(&level)));
    let severity = if others.is_empty() { super::Severity::Error } else { super::Severity::Warning };
    for function in dropping {
        let level = function.log_level.as_deref().unwrap_or_default();
        let message = format!(
            "the log level {level} drops the metrics of {}, and {} watches {}",
            function.id, alarm.id, own.metric.name
        );
        let place = (function.id.as_str(), "LoggingConfig/ApplicationLogLevel");
        found.add(severity, place, message, "set ApplicationLogLevel to INFO");
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, metric},
        *,
    };

    #[track_caller]
    fn found(namespace: &str, levels: &[Option<&str>], expected: &[&str]) {
        let functions = levels.iter().enumerate().map(|(at, level)| Function {
            id: format!("F{at}"),
            name: format!("f{at}"),
            timeout_s: None,
            log_level: level.map(str::to_owned),
        });
        let subject = Subject {
            alarms: vec![alarm(metric(namespace, "Errors", &[], "Sum"))],
            functions: functions.collect(),
            ..Subject::default()
        };
        check(&subject, expected);
    }

    #[test]
    fn a_level_above_info_drops_metrics() {
        found("Shop", &[None, Some("INFO"), Some("DEBUG")], &[]);
        found("AWS/Lambda", &[Some("ERROR")], &[]);
        let message = "F0/LoggingConfig/ApplicationLogLevel: the log level ERROR drops the metrics of F0, and Alarm watches Errors";
        let rule = "log-level-drops-metrics";
        found("Shop", &[Some("ERROR")], &[&format!("error {rule} {message}")]);
        found("Shop", &[Some("ERROR"), Some("INFO")], &[&format!("warning {rule} {message}")]);
        found("Shop", &[Some("ERROR"), None], &[&format!("warning {rule} {message}")]);
    }
}
