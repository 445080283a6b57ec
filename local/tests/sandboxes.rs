//! A sandbox by itself: how it initialises, which lines of it are kept, and whom its Runtime API serves.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use cfn::resource::{LogLevel, SystemLogLevel};
use local::{lambda::FunctionSettings, logs::MinLevels};
use serde_json::{Value, json};

use super::{Bench, bench};

/// With all of Lambda's lines, and no time at all to initialise ahead of the invocation.
fn late(change: impl FnOnce(&mut FunctionSettings)) -> Bench {
    bench(|settings| {
        settings.init_limit = Duration::ZERO;
        settings.min_levels = Some(MinLevels { application: LogLevel::Info, system: SystemLogLevel::Debug });
        change(settings);
    })
}

fn init(mode: &str) -> impl FnOnce(&mut FunctionSettings) {
    move |settings| settings.environment.push(("INIT".into(), mode.into()))
}

/// Lambda's lines in short: type, phase, status and error.
fn platform_lines(bench: &Bench) -> Vec<String> {
    let short = |line: &Value| {
        let words = [
            &line["type"],
            &line["record"]["phase"],
            &line["record"]["status"],
            &line["record"]["errorType"],
        ];
        let words = words.iter().filter_map(|word| word.as_str());
        words.collect::<Vec<_>>().join(" ").replace("platform.", "")
    };
    bench.platform().iter().map(short).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_init_that_takes_too_long_starts_again_within_the_invocation() {
    let bench = late(|_| {});
    let first = bench.ask(json!({ "do": "echo" })).await.unwrap();
    let cold = [
        "initStart init",
        "initReport init timeout",
        "initStart invoke",
        "initReport invoke success",
        "start",
        "report success",
    ];
    assert_eq!(platform_lines(&bench), cold);
    let report = bench.platform().pop().unwrap();
    let metrics = &report["record"]["metrics"];
    assert_eq!(metrics["initDurationMs"], Value::Null, "it is part of the duration: {metrics}");
    let again = bench.ask(json!({ "do": "echo" })).await.unwrap();
    assert_eq!(first["pid"], again["pid"]);
    assert_eq!(platform_lines(&bench)[cold.len()..], ["start", "report success"]);
    bench.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_init_that_never_ends_has_the_time_of_the_function() {
    let bench = late(|settings| {
        settings.timeout = Duration::from_millis(300);
        init("hang")(settings);
    });
    let message = "Error: Task timed out after 0.30 seconds";
    bench.fails(json!({ "do": "echo" }), "Sandbox.Timedout", message).await;
    let expected = [
        "initStart init",
        "initReport init timeout",
        "initStart invoke",
        "initReport invoke timeout",
        "start",
        "report timeout Sandbox.Timedout",
    ];
    assert_eq!(platform_lines(&bench), expected);
    bench.host.shutdown().await;
}

/// Also when it failed ahead of the invocation: what was started to be warm is not started twice for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_init_that_fails_is_tried_once_more() {
    for (mode, error) in [("crash", "Runtime.ExitError"), ("error", "NoSecret")] {
        let bench = bench(init(mode));
        bench.host.warm();
        assert_eq!(bench.ask(json!({})).await.unwrap_err()["errorType"], error);
        let mut status = "error";
        if mode == "error" {
            status = "failure";
        }
        let expected = [
            "initStart init".to_owned(),
            format!("initReport init error {error}"),
            "initStart invoke".to_owned(),
            format!("initReport invoke error {error}"),
            "start".to_owned(),
            format!("report {status} {error}"),
        ];
        assert_eq!(platform_lines(&bench), expected);
        bench.host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_below_the_levels_are_dropped() {
    let least = MinLevels { application: LogLevel::Warn, system: SystemLogLevel::Warn };
    let bench = late(|settings| settings.min_levels = Some(least));
    bench.ask(json!({ "do": "log", "n": 3 })).await.unwrap();
    let seen = bench.ask(json!({ "do": "environment" })).await.unwrap();
    assert_eq!(seen["AWS_LAMBDA_LOG_LEVEL"], "WARN");
    bench.fails(json!({ "do": "exit", "n": 1 }), "Runtime.ExitError", "status 1").await;
    bench.host.shutdown().await;
    let all = bench.logs.lines().remove("f").unwrap();
    assert_eq!(platform_lines(&bench), ["initReport init timeout", "report error Runtime.ExitError"]);
    assert_eq!(all.len(), 2, "{all:?}");
}

/// Whoever else finds the port takes no invocation away, and stops nothing from starting.
#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_api_serves_its_own_process() {
    let bench = bench(|_| {});
    let seen = bench.ask(json!({ "do": "environment" })).await.unwrap();
    let address = seen["AWS_LAMBDA_RUNTIME_API"].as_str().unwrap();
    for call in ["GET /2018-06-01/runtime/invocation/next", "POST /2018-06-01/runtime/init/error"] {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{call} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(answer.contains("this sandbox serves another process"), "{answer}");
    }
    bench.ask(json!({ "do": "echo" })).await.unwrap();
    bench.host.shutdown().await;
}
