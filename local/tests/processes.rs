//! Real processes: functions that misbehave; beside this, the program `local` when it is killed. One binary, because it
//! needs the program and the misbehaving function as cargo built them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects by failing, its helpers too"
)]

mod killed;
mod restart;
mod sandboxes;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use local::{
    lambda::{FunctionSettings, Host, INIT_LIMIT},
    logs::Logs,
    metrics::Metrics,
    process::Launcher,
};
use serde_json::{Value, json};

const LOCAL: &str = env!("CARGO_BIN_EXE_local");

fn misbehave() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_misbehave"))
}

struct Bench {
    host: Host,
    logs: Logs,
}

fn bench(change: impl FnOnce(&mut FunctionSettings)) -> Bench {
    let mut settings = FunctionSettings {
        name: "f".into(),
        arn: "arn:aws:lambda:r:1:function:f".into(),
        region: "ap-northeast-2".into(),
        log_group: "/aws/lambda/f".into(),
        handler: "bootstrap".into(),
        timeout: Duration::from_secs(20),
        init_limit: INIT_LIMIT,
        min_levels: None,
        memory_mb: 256,
        reserved_concurrency: None,
        environment: vec![("OURS".into(), "1".into())],
        binary: misbehave(),
    };
    change(&mut settings);
    let logs = Logs::new(None, Metrics::default());
    let host = Host::new(vec![settings], &Launcher::new(LOCAL), &logs).unwrap();
    Bench { host, logs }
}

impl Bench {
    /// The answer, or the payload of the failure.
    async fn ask(&self, input: Value) -> Result<Value, Value> {
        let payload = input.to_string().into();
        let answer = self.host.invoke("arn:aws:lambda:r:1:function:f", payload, "Root=1").await;
        answer.map(|bytes| serde_json::from_slice(&bytes).unwrap()).map_err(|failed| failed.payload())
    }

    async fn fails(&self, input: Value, error_type: &str, message: &str) {
        let failure = self.ask(input).await.unwrap_err();
        assert_eq!(failure["errorType"], error_type, "{failure}");
        let text = failure["errorMessage"].as_str().unwrap();
        assert!(text.ends_with(message), "{text}");
    }

    /// What Lambda wrote of the function, oldest first.
    fn platform(&self) -> Vec<Value> {
        let lines = self.logs.lines().remove("f").unwrap();
        let parsed = lines.iter().filter_map(|line| serde_json::from_str(&line.text).ok());
        parsed.filter(|line: &Value| line["type"].is_string()).collect()
    }

    /// The status and the error of the newest `platform.report`.
    fn report(&self) -> (String, Value) {
        let mut lines = self.platform().into_iter().rev();
        let report = lines.find(|line| line["type"] == "platform.report").unwrap();
        (report["record"]["status"].as_str().unwrap().to_owned(), report["record"]["errorType"].clone())
    }
}

/// Waits for something that nothing tells us of. Shorter than any function's own timeout: what ends by that has not been
/// ended by us.
async fn until(what: &str, mut check: impl FnMut() -> bool) {
    let patience = Duration::from_secs(10);
    let found = tokio::time::timeout(patience, async {
        while !check() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    assert!(found.await.is_ok(), "not in {patience:?}: {what}");
}

/// Neither alive nor a zombie.
fn is_gone(pid: u32) -> bool {
    !Path::new("/proc").join(pid.to_string()).exists()
}

fn is_dead(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.map_or(true, |stat| stat.rsplit_once(") ").unwrap().1.starts_with('Z'))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_is_kept_warm_and_leaves_with_the_host() {
    let bench = bench(|_| {});
    let first = bench.ask(json!({ "do": "echo", "n": 1 })).await.unwrap();
    assert_eq!(first["input"]["n"], 1);
    let again = bench.ask(json!({ "do": "echo" })).await.unwrap();
    assert_eq!(first["pid"], again["pid"]);
    assert_eq!(bench.report(), ("success".to_owned(), Value::Null));
    bench.host.shutdown().await;
    assert!(is_gone(u32::try_from(first["pid"].as_u64().unwrap()).unwrap()));
    bench.fails(json!({ "do": "echo" }), "Lambda.ServiceException", "shutting down").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_without_its_program() {
    let bench = bench(|settings| settings.binary = "/nowhere/bootstrap".into());
    assert!(bench.ask(json!({})).await.is_err());
    bench.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_refused_and_the_invocation_goes_on() {
    let bench = bench(|_| {});
    assert_eq!(bench.ask(json!({ "do": "garbage" })).await.unwrap(), Value::Null);
    assert_eq!(bench.ask(json!({ "do": "twice" })).await.unwrap(), Value::Null);
    bench.ask(json!({ "do": "echo" })).await.unwrap();
    bench.host.shutdown().await;
    let lines = bench.logs.lines().remove("f").unwrap();
    let said = |word: &str| {
        let mut lines = lines.iter().map(|line| line.text.as_str());
        lines.find_map(|line| line.strip_prefix(word)).unwrap().to_owned()
    };
    assert_eq!(said("garbage: "), "400 400 431 400 400 404 405 400 400 403 403 400 100 403");
    assert_eq!(said("twice: "), "400");
}

/// What the function starts counts, and what that leaves behind.
#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_children_counts() {
    let bench = bench(|settings| settings.timeout = Duration::from_secs(5));
    for whose in ["a child", "an orphan"] {
        let greedy = json!({ "do": format!("memory of {whose}") });
        bench.fails(greedy, "Runtime.ExitError", "signal: killed").await;
        assert_eq!(bench.report(), ("error".to_owned(), json!("Runtime.OutOfMemory")), "{whose}");
    }
    bench.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reserved_concurrency_throttles() {
    let bench = Arc::new(bench(|settings| settings.reserved_concurrency = Some(1)));
    let busy = Arc::clone(&bench);
    let hanging = tokio::spawn(async move { busy.ask(json!({ "do": "hang" })).await });
    until("the first is under way", || {
        bench.logs.lines()["f"].iter().any(|line| line.text.contains("platform.start"))
    })
    .await;
    bench.fails(json!({ "do": "echo" }), "Lambda.TooManyRequestsException", "Rate Exceeded.").await;
    bench.host.shutdown().await;
    assert_eq!(hanging.await.unwrap().unwrap_err()["errorType"], "Lambda.ServiceException");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_variables_of_lambda_and_of_the_template() {
    let bench = bench(|_| {});
    let seen: BTreeMap<String, String> =
        serde_json::from_value(bench.ask(json!({ "do": "environment" })).await.unwrap()).unwrap();
    let foreign: Vec<_> = seen.keys().filter(|name| !name.starts_with("AWS_")).map(String::as_str).collect();
    let expected = ["LAMBDA_TASK_ROOT", "LANG", "LD_LIBRARY_PATH", "OURS", "PATH", "TZ", "_HANDLER"];
    assert_eq!(foreign, expected);
    assert_eq!(seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "256");
    bench.host.shutdown().await;
}
