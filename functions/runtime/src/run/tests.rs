//! A function as a process, against a Runtime API and a Parameter Store on loopback.

use std::{
    collections::VecDeque,
    process::{ExitStatus, Stdio},
    sync::Mutex,
};

use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contract::{Pricing, error_name::PriceError, metric::Provider, task::PriceFetcher, task::PriceRequest};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpListener, process::Command, sync::mpsc};

use super::*;
use crate::{Invocation, Secrets, aws, parameter_store::ParameterStore};

const PARAMETER: &str = "/ai-chef/secret";
const SECRET: &str = "hunter2";

/// Answers with the length of its secret; panics or fails when the first ingredient says so.
struct Child(Secrets);

impl Handler<PriceFetcher> for Child {
    const UNEXPECTED: PriceError = PriceError::PriceFetchFailed;

    async fn handle(
        &self,
        input: PriceRequest,
        invocation: &Invocation,
    ) -> Result<Pricing, Failure<PriceError>> {
        invocation.metrics.call(Provider::Naver, Duration::from_millis(7), true);
        let secret = self.0.get(PARAMETER).unwrap();
        match &*input.ingredients[0].name {
            "panicking" => panic!("insulin {}", secret.expose()),
            "badly" => Err(Failure::new(PriceError::RateLimitExceeded, "quota is used up: naver")),
            _ => {
                let total_krw = secret.expose().len() as u64;
                Ok(Pricing { total_krw, ..Pricing::nothing() })
            }
        }
    }
}

/// Set for the process that the tests below start: this program again, with [`child`] alone.
const CHILD: &str = "SHELL_TEST_CHILD";

/// The function, if a test below started this process; otherwise nothing.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "no setting of a function: it tells the started process from the tests"
)]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let init = || async {
        let store = ParameterStore::new(&aws::sdk_config());
        let secrets = Secrets::read(store, [PARAMETER.to_owned()]).await;
        secrets.map(Child).map_err(|error| Failure::caused_by(PriceError::PriceFetchFailed, &error))
    };
    runtime.block_on(run_with::<PriceFetcher, Child, _, _>(init)).unwrap();
}

/// The child's requests.
struct Platform {
    orders: Mutex<VecDeque<String>>,
    answers: mpsc::UnboundedSender<(String, Value)>,
    parameter: Value,
}

async fn next(State(platform): State<Arc<Platform>>) -> Response {
    let order = platform.orders.lock().unwrap().pop_front();
    let Some(order) = order else { std::future::pending().await };
    let deadline_ms = (logs::now().as_millisecond() + 20_000).to_string();
    let headers = [
        ("lambda-runtime-aws-request-id", "r-1".to_owned()),
        ("lambda-runtime-deadline-ms", deadline_ms),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:r:1:function:f".to_owned()),
    ];
    (headers, order).into_response()
}

async fn answer(
    State(platform): State<Arc<Platform>>,
    Path((_, outcome)): Path<(String, String)>,
    body: String,
) -> &'static str {
    let body = serde_json::from_str(&body).unwrap();
    platform.answers.send((outcome, body)).unwrap();
    "ok"
}

async fn parameter(State(platform): State<Arc<Platform>>, headers: HeaderMap, body: String) -> Response {
    assert_eq!(headers["x-amz-target"], "AmazonSSM.GetParameter");
    let signature = headers["authorization"].to_str().unwrap();
    assert!(
        signature.starts_with("AWS4-HMAC-SHA256 Credential=local/")
            && signature.contains("/ap-northeast-2/ssm/aws4_request, SignedHeaders="),
        "{signature}"
    );
    let asked: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(asked, json!({ "Name": PARAMETER, "WithDecryption": true }));
    let status = if platform.parameter.get("__type").is_some() { 400 } else { 200 };
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    (status, [("content-type", "application/x-amz-json-1.1")], platform.parameter.to_string()).into_response()
}

struct Ran {
    answers: Vec<(String, Value)>,
    stdout: String,
    stderr: String,
}

/// Starts the child, gives it the orders one after the other and ends it.
async fn serve(orders: &[&str], store: Value) -> Ran {
    let (answers, mut answered) = mpsc::unbounded_channel();
    let orders: VecDeque<_> = orders.iter().map(ToString::to_string).collect();
    let count = orders.len();
    let platform = Arc::new(Platform { orders: Mutex::new(orders), answers, parameter: store });
    let app = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(answer))
        .route("/", post(parameter))
        .with_state(platform);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });

    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--quiet", "--nocapture", "--exact", "run::tests::child"])
        .env_clear()
        .env(CHILD, "1")
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "f")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_REGION", "ap-northeast-2")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_ENDPOINT_URL_SSM", format!("http://{address}"))
        .env(EnvVar::Environment.name(), "test")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut answers = Vec::new();
    while answers.len() < count {
        let answer = tokio::time::timeout(Duration::from_secs(30), answered.recv()).await.unwrap();
        answers.push(answer.unwrap());
    }
    child.kill().await.unwrap();
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut stdout).await.unwrap();
    child.stderr.take().unwrap().read_to_string(&mut stderr).await.unwrap();
    Ran { answers, stdout, stderr }
}

impl Ran {
    /// The child's lines, without those of the test harness around it.
    fn lines(&self) -> Vec<Value> {
        let ours = self.stdout.lines().filter(|line| !line.is_empty() && !line.starts_with("running "));
        ours.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
    }
}

fn order(how: &str) -> String {
    let ingredients = json!([{ "name": how }]);
    json!({ "sessionId": format!("s-{how}"), "executionId": "arn:x", "ingredients": ingredients }).to_string()
}

fn secure_string() -> Value {
    json!({ "Parameter": { "Name": PARAMETER, "Type": "SecureString", "Value": SECRET } })
}

#[tokio::test]
async fn a_function_answers_logs_and_survives() {
    let orders =
        [order("well"), order("badly"), order("panicking"), order(""), "{".to_owned(), order("well")];
    let ran = serve(&orders.each_ref().map(String::as_str), secure_string()).await;

    let kinds: Vec<_> = ran.answers.iter().map(|(kind, body)| (kind.as_str(), &body["errorType"])).collect();
    let error = |name: &str| Value::from(name);
    let errors = [error("RATE_LIMIT_EXCEEDED"), error("PRICE_FETCH_FAILED"), error("INVALID_INPUT")];
    let expect = [
        ("response", &Value::Null),
        ("error", &errors[0]),
        ("error", &errors[1]),
        ("error", &errors[2]),
        ("error", &errors[2]),
        ("response", &Value::Null),
    ];
    assert_eq!(kinds, expect);
    assert_eq!(ran.answers[0].1["total"], SECRET.len());
    assert_eq!(ran.answers[1].1["errorMessage"], "RATE_LIMIT_EXCEEDED: quota is used up: naver");
    assert_eq!(
        ran.answers[3].1["errorMessage"],
        "INVALID_INPUT: ingredients[0].name: expected 1 to 100 characters, got 0"
    );

    let lines = ran.lines();
    let of = |session: &str| lines.iter().filter(|line| line["sessionId"] == session).count();
    assert_eq!(of("s-well"), 2 * 3, "start, metrics and end of both");
    assert_eq!(of("s-panicking"), 4, "start, place, metrics, end");
    assert!(lines.iter().all(|line| line.get("requestId").is_some()), "{lines:#?}");
    let place = lines.iter().find(|line| line["message"] == "panic").unwrap();
    assert!(place["place"].as_str().unwrap().contains("tests.rs:"), "{place}");
    for leak in [SECRET, "insulin"] {
        assert!(!format!("{}{}{:?}", ran.stdout, ran.stderr, ran.answers).contains(leak), "{leak}");
    }
}

#[tokio::test]
async fn a_secret_that_is_missing_is_the_tasks_error() {
    let missing = json!({ "__type": "com.amazonaws.ssm#ParameterNotFound", "message": "" });
    let ran = serve(&[&order("well")], missing).await;
    let message = format!("PRICE_FETCH_FAILED: secret parameter does not exist: {PARAMETER}");
    assert_eq!(ran.answers[0].1["errorMessage"], message.as_str());
    assert_eq!(ran.lines()[0]["message"], "init failed");
}

#[tokio::test]
async fn without_lambda_it_ends_with_an_error() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--quiet", "--nocapture", "--exact", "run::tests::child"])
        .env_clear()
        .env(CHILD, "1")
        .output();
    let output = output.await.unwrap();
    assert!(!ExitStatus::success(&output.status));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("AWS_LAMBDA_RUNTIME_API"), "{text}");
}
