//! The lines that Lambda itself writes into a function's log, in its JSON format.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{failure::Failure, function::FunctionSettings};
use crate::clock;

/// The numbers of a `platform.report`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub(super) duration: Duration,
    /// Only of the invocation that a sandbox was started for.
    pub(super) init: Option<Duration>,
    pub(super) memory_mb: u32,
    pub(super) peak_bytes: u64,
}

pub(super) fn init_start(at: Timestamp, settings: &FunctionSettings) -> String {
    line(
        at,
        "platform.initStart",
        &json!({
            "initializationType": "on-demand",
            "phase": "init",
            "runtimeVersion": "provided:al2023",
            "functionName": settings.name,
            "functionVersion": "$LATEST",
        }),
    )
}

pub(super) fn start(at: Timestamp, request_id: &str) -> String {
    line(
        at,
        "platform.start",
        &json!({ "requestId": request_id, "version": "$LATEST" }),
    )
}

/// `failure` is a failed answer of a living function, `error` the end of its process, `timeout` the end of its time.
pub(super) fn report(
    at: Timestamp,
    request_id: &str,
    outcome: Result<(), &Failure>,
    figures: Figures,
) -> String {
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
    line(at, "platform.report", &record)
}

fn line(at: Timestamp, kind: &str, record: &Value) -> String {
    json!({ "time": clock::wire(at), "type": kind, "record": record }).to_string()
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
        let figures = Figures {
            duration: Duration::from_micros(1_234),
            init: None,
            memory_mb: 256,
            peak_bytes: 30 << 20,
        };
        let line = report(Timestamp::UNIX_EPOCH, "r-1", outcome, figures);
        let mut line: Value = serde_json::from_str(&line).unwrap();
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
            Err(&Failure::TimedOut {
                after: Duration::from_secs(3),
            }),
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
            Err(&Failure::Reported {
                error_type: "X".into(),
                payload: Value::Null,
            }),
            &json!({ "requestId": "r-1", "status": "failure", "errorType": "X" }),
        );
    }
}
