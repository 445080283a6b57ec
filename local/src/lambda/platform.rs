//! The lines that Lambda itself writes into a function's log, in its JSON format, each with its level.
//!
//! Source: the Telemetry API's event schemas, and the levels of "Log-level filtering" of the developer guide.

use std::time::Duration;

use cfn::resource::SystemLogLevel;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{failure::Failure, settings::FunctionSettings};
use crate::clock;

#[derive(Debug, Clone, Copy)]
pub(super) struct InvocationMetrics {
    pub(super) duration: Duration,
    /// Only of the invocation that a sandbox was started for.
    pub(super) init: Option<Duration>,
    pub(super) memory_mb: u32,
    pub(super) peak_bytes: u64,
}

#[derive(Debug)]
pub(super) struct Event {
    pub(super) level: SystemLogLevel,
    pub(super) text: String,
}

/// When a function initialises: ahead of its first invocation, or again within it after that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Init,
    Invoke,
}

impl Phase {
    const fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Invoke => "invoke",
        }
    }
}

pub(super) fn init_start(at: Timestamp, phase: Phase, settings: &FunctionSettings) -> Event {
    let mut record = json!({
        "initializationType": "on-demand",
        "phase": phase.name(),
        "functionName": settings.name,
        "functionVersion": "$LATEST",
    });
    // The line that names the runtime's version is INFO, the other one DEBUG.
    let level = match phase {
        Phase::Init => SystemLogLevel::Info,
        Phase::Invoke => SystemLogLevel::Debug,
    };
    if let (Phase::Init, Some(record)) = (phase, record.as_object_mut()) {
        record.insert("runtimeVersion".to_owned(), "provided:al2023".into());
    }
    line(at, level, "platform.initStart", &record)
}

pub(super) fn init_report(
    at: Timestamp,
    phase: Phase,
    outcome: Result<(), &Failure>,
    duration: Duration,
) -> Event {
    let status = match outcome {
        Ok(()) => "success",
        Err(Failure::TimedOut { .. }) => "timeout",
        Err(_) => "error",
    };
    let mut record = json!({
        "initializationType": "on-demand",
        "phase": phase.name(),
        "status": status,
        "metrics": { "durationMs": milliseconds(duration) },
    });
    if let (Err(failure), "error", Some(record)) = (outcome, status, record.as_object_mut()) {
        record.insert("errorType".to_owned(), failure.reported_type().into());
    }
    let level = level(outcome, SystemLogLevel::Debug);
    line(at, level, "platform.initReport", &record)
}

pub(super) fn start(at: Timestamp, request_id: &str) -> Event {
    let record = json!({ "requestId": request_id, "version": "$LATEST" });
    line(at, SystemLogLevel::Info, "platform.start", &record)
}

/// `failure` is a failed answer of a living function, `error` the end of its process, `timeout` the end of its time.
pub(super) fn report(
    at: Timestamp,
    request_id: &str,
    outcome: Result<(), &Failure>,
    figures: InvocationMetrics,
) -> Event {
    let status = match outcome {
        Ok(()) => "success",
        Err(Failure::TimedOut { .. }) => "timeout",
        Err(Failure::Reported { .. } | Failure::ResponseTooLarge) => "failure",
        Err(_) => "error",
    };
    let mut metrics = json!({
        "durationMs": milliseconds(figures.duration),
        "billedDurationMs": figures.duration.as_millis() + 1,
        "memorySizeMB": figures.memory_mb,
        "maxMemoryUsedMB": figures.peak_bytes.div_ceil(1_048_576),
    });
    if let (Some(init), Some(metrics)) = (figures.init, metrics.as_object_mut()) {
        metrics.insert("initDurationMs".to_owned(), milliseconds(init).into());
    }
    let mut record = json!({ "requestId": request_id, "metrics": metrics, "status": status });
    if let (Err(failure), Some(record)) = (outcome, record.as_object_mut()) {
        record.insert("errorType".to_owned(), failure.reported_type().into());
    }
    line(at, level(outcome, SystemLogLevel::Info), "platform.report", &record)
}

/// What went wrong is a warning.
fn level(outcome: Result<(), &Failure>, of_a_success: SystemLogLevel) -> SystemLogLevel {
    outcome.map_or(SystemLogLevel::Warn, |()| of_a_success)
}

fn line(at: Timestamp, level: SystemLogLevel, kind: &str, record: &Value) -> Event {
    let text = json!({ "time": clock::wire(at), "type": kind, "record": record }).to_string();
    Event { level, text }
}

/// With two places after the point, as Lambda writes them.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lambda::Ending;

    fn check(outcome: Result<(), &Failure>, expected: &Value) {
        let figures = InvocationMetrics {
            duration: Duration::from_micros(1_234),
            init: None,
            memory_mb: 256,
            peak_bytes: 30 << 20,
        };
        let event = report(Timestamp::UNIX_EPOCH, "r-1", outcome, figures);
        assert_eq!(event.level == SystemLogLevel::Info, outcome.is_ok());
        let mut line: Value = serde_json::from_str(&event.text).unwrap();
        assert_eq!(
            line["record"]["metrics"].take(),
            json!({ "durationMs": 1.23, "billedDurationMs": 2, "memorySizeMB": 256, "maxMemoryUsedMB": 30 })
        );
        line["record"].as_object_mut().unwrap().remove("metrics");
        assert_eq!(line["record"], *expected);
    }

    #[test]
    fn every_status() {
        check(Ok(()), &json!({ "requestId": "r-1", "status": "success" }));
        check(
            Err(&Failure::TimedOut { after: Duration::from_secs(3) }),
            &json!({ "requestId": "r-1", "status": "timeout", "errorType": "Sandbox.Timedout" }),
        );
        check(
            Err(&Failure::Exited(Ending::Code(1))),
            &json!({ "requestId": "r-1", "status": "error", "errorType": "Runtime.ExitError" }),
        );
        check(
            Err(&Failure::OutOfMemory),
            &json!({ "requestId": "r-1", "status": "error", "errorType": "Runtime.OutOfMemory" }),
        );
        check(
            Err(&Failure::Reported { error_type: "X".into(), payload: Value::Null }),
            &json!({ "requestId": "r-1", "status": "failure", "errorType": "X" }),
        );
    }

    #[test]
    fn a_report_of_an_init() {
        let check = |phase, outcome, level, expected: &Value| {
            let event = init_report(Timestamp::UNIX_EPOCH, phase, outcome, Duration::from_micros(1_234));
            let line: Value = serde_json::from_str(&event.text).unwrap();
            assert_eq!(line["type"], "platform.initReport");
            assert_eq!(line["record"], *expected);
            assert_eq!(event.level, level, "{line}");
        };
        let record = |phase: &str, status: &str| {
            json!({
                "initializationType": "on-demand", "phase": phase, "status": status, "metrics": { "durationMs": 1.23 },
            })
        };
        check(Phase::Init, Ok(()), SystemLogLevel::Debug, &record("init", "success"));
        let timeout = Failure::TimedOut { after: Duration::from_secs(10) };
        check(Phase::Invoke, Err(&timeout), SystemLogLevel::Warn, &record("invoke", "timeout"));
        let mut error = record("init", "error");
        error["errorType"] = "Runtime.ExitError".into();
        let exit = Failure::Exited(Ending::Code(1));
        check(Phase::Init, Err(&exit), SystemLogLevel::Warn, &error);
    }
}
