//! One invocation in this process: its answer and its log lines.

use std::sync::{
    Arc, Mutex, Once,
    atomic::{AtomicUsize, Ordering},
};

use contract::{
    Pricing, Timestamp,
    error_name::PriceError,
    metric::{Emitted, Provider},
    task::{PriceFetcher, PriceRequest},
};
use lambda_runtime::Context;
use serde_json::{Value, json};
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;
use crate::settings;

const ARN: &str = "arn:aws:states:ap-northeast-2:123456789012:execution:m:s-1";

/// Behaves as the first ingredient's name says.
struct Obeys;

impl Handler<PriceFetcher> for Obeys {
    const UNEXPECTED: PriceError = PriceError::PriceFetchFailed;

    async fn handle(
        &self,
        input: PriceRequest,
        invocation: &Invocation,
    ) -> Result<Pricing, Failure<PriceError>> {
        invocation.metrics.call(Provider::Naver, Duration::from_millis(12), true);
        match &*input.ingredients[0].name {
            "well" => {
                invocation.metrics.add(Emitted::IngredientsPriced, 1.0);
                // A background task outside of the invocation's span.
                tokio::spawn(async { tracing::warn!(count = 1, level = "mine", "in the background") })
                    .await
                    .unwrap();
                Ok(Pricing { total_krw: 1, ..Pricing::nothing() })
            }
            "badly" => Err(Failure::new(PriceError::RateLimitExceeded, "quota is used up: naver")),
            "panicking" => panic!("insulin"),
            "slowly" => {
                tokio::time::sleep(invocation.deadline.budget()).await;
                Err(Failure::new(PriceError::PriceFetchFailed, "no answer in time: naver"))
            }
            other => unreachable!("{other}"),
        }
    }
}

/// What a function wrote.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn order(how: &str) -> Value {
    json!({ "sessionId": "s-1", "executionId": ARN, "ingredients": [{ "name": how }] })
}

fn event(payload: Value, time_s: i64) -> LambdaEvent<Payload> {
    open_call_sites();
    let mut context = Context::default();
    context.request_id = "r-1".to_owned();
    context.deadline = u64::try_from(logs::now().as_millisecond() + time_s * 1_000).unwrap();
    LambdaEvent::new(Payload::Json(payload), context)
}

/// Keeps every call site open for the scoped subscribers of these tests. Without a subscriber for the whole program, a call
/// site that another thread registers while a scoped one begins stays closed: a known limit of tracing.
fn open_call_sites() {
    static OPEN: Once = Once::new();
    OPEN.call_once(|| {
        let nothing = tracing_subscriber::filter::dynamic_filter_fn(|_, _| false);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(nothing)).unwrap();
    });
}

async fn invoke_with<I, F>(init: I, payload: Value) -> (Result<Pricing, Diagnostic>, Vec<Value>)
where
    I: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<Obeys, Failure<PriceError>>> + Send,
{
    let (written, current) = (Written::default(), Current::default());
    let lines = Lines::to(written.clone());
    let _logs = tracing::subscriber::set_default(logs::subscriber(lines.clone(), current.clone()));
    let function = Function::<PriceFetcher, Obeys, I>::new(init, Ok("test".to_owned()), lines, current);
    let outcome = function.invoke(event(payload, 20)).await;
    tracing::info!("between invocations");
    (outcome, written.lines())
}

async fn invoke(payload: Value) -> (Result<Pricing, Diagnostic>, Vec<Value>) {
    invoke_with(|| async { Ok(Obeys) }, payload).await
}

#[tokio::test]
async fn every_line_of_an_invocation_has_its_ids_and_no_other_line_has() {
    let (outcome, lines) = invoke(order("well")).await;
    assert_eq!(outcome.unwrap().total_krw, 1);
    let (last, inside) = lines.split_last().unwrap();
    assert_eq!(inside.len(), 5, "start, background, two sets of dimensions, end");
    for line in inside {
        assert_eq!(line["requestId"], "r-1", "{line}");
        assert_eq!(line["sessionId"], "s-1", "{line}");
        assert_eq!(line["executionId"], ARN, "{line}");
    }
    assert_eq!(last["message"], "between invocations");
    assert_eq!(last.get("sessionId"), None);
}

#[tokio::test]
async fn a_log_line_has_lambdas_fields_once() {
    let (_, lines) = invoke(order("well")).await;
    let mut background = lines[1].clone();
    let timestamp: Timestamp = serde_json::from_value(background["timestamp"].take()).unwrap();
    assert!(timestamp.0.parse::<jiff::Timestamp>().is_ok() && timestamp.0.len() == 24, "{timestamp}");
    let expect = json!({ "timestamp": null, "level": "WARN", "message": "in the background", "count": 1,
                         "requestId": "r-1", "sessionId": "s-1", "executionId": ARN });
    assert_eq!(background, expect);
}

#[tokio::test]
async fn outcome_and_metrics_are_written_however_it_ends() {
    for (how, outcome, error) in [
        ("well", "succeeded", Value::Null),
        ("badly", "failed", "RATE_LIMIT_EXCEEDED".into()),
        ("panicking", "failed", "PRICE_FETCH_FAILED".into()),
    ] {
        let (_, lines) = invoke(order(how)).await;
        let end = &lines[lines.len() - 2];
        assert_eq!((&end["message"], &end["level"]), (&"invocation ended".into(), &"INFO".into()));
        assert_eq!((&end["outcome"], &end["error"]), (&outcome.into(), &error));
        assert!(end["latency_ms"].is_f64());

        let calls: Vec<_> = lines.iter().filter(|line| line.get("ProviderCalls").is_some()).collect();
        assert_eq!(calls.len(), 1, "{how}");
        assert_eq!(calls[0]["Provider"], "naver");
        assert_eq!(calls[0]["ProviderFailures"], 0.0);
        assert_eq!(calls[0].get("level"), None);
    }
}

#[tokio::test]
async fn a_panic_is_the_tasks_error_without_its_message() {
    let (outcome, lines) = invoke(order("panicking")).await;
    let diagnostic = outcome.unwrap_err();
    assert_eq!(diagnostic.error_type, "PRICE_FETCH_FAILED");
    assert!(diagnostic.error_message.starts_with("PRICE_FETCH_FAILED: the function panicked"));
    assert!(!format!("{diagnostic:?}{lines:?}").contains("insulin"));
}

#[tokio::test]
async fn an_invalid_input_is_answered_and_not_handled() {
    let mut payload = order("well");
    payload["ingredients"] = json!([{ "name": "두부", "amount": 30 }]);
    let (outcome, lines) = invoke(payload).await;
    let diagnostic = outcome.unwrap_err();
    assert_eq!(diagnostic.error_type, "INVALID_INPUT");
    assert!(diagnostic.error_message.starts_with("INVALID_INPUT: ingredients[0].amount: expected "));
    assert_eq!(lines[1]["error"], "INVALID_INPUT");
    assert_eq!(lines[1]["sessionId"], "s-1");
    assert!(!format!("{lines:?}").contains("두부"));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_lambdas() {
    let function = Function::<PriceFetcher, Obeys, _>::new(
        || async { Ok(Obeys) },
        Ok("test".to_owned()),
        Lines::to(Written::default()),
        Current::default(),
    );
    let started = Instant::now();
    let outcome = function.invoke(event(order("slowly"), 1)).await;
    assert_eq!(outcome.unwrap_err().error_message, "PRICE_FETCH_FAILED: no answer in time: naver");
    assert!(started.elapsed() < Duration::from_millis(900), "a budget of nothing, not of a second");
}

#[tokio::test]
async fn a_failed_init_is_the_answer_and_is_tried_again() {
    let tried = Arc::new(AtomicUsize::new(0));
    let init = {
        let tried = Arc::clone(&tried);
        move || {
            let nth = tried.fetch_add(1, Ordering::SeqCst);
            async move {
                let no_secret =
                    || Failure::new(PriceError::PriceFetchFailed, "secret parameter does not exist: /x");
                if nth < 2 { Err(no_secret()) } else { Ok(Obeys) }
            }
        }
    };
    let lines = Lines::to(Written::default());
    let function =
        Function::<PriceFetcher, Obeys, _>::new(init, Ok("test".to_owned()), lines, Current::default());
    function.warm_up(Duration::from_secs(1)).await;
    let failed = function.invoke(event(order("well"), 20)).await.unwrap_err();
    assert_eq!(failed.error_message, "PRICE_FETCH_FAILED: secret parameter does not exist: /x");
    assert!(function.invoke(event(order("well"), 20)).await.is_ok());
    assert!(function.invoke(event(order("well"), 20)).await.is_ok());
    assert_eq!(tried.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn an_init_that_panics_or_hangs_is_the_tasks_error() {
    let (outcome, _) = invoke_with(|| async { panic!("insulin") }, order("well")).await;
    assert_eq!(outcome.unwrap_err().error_message, "PRICE_FETCH_FAILED: the function's init panicked");

    let function = Function::<PriceFetcher, Obeys, _>::new(
        std::future::pending,
        Ok("test".to_owned()),
        Lines::to(Written::default()),
        Current::default(),
    );
    let began = Instant::now();
    let outcome = function.invoke(event(order("well"), 20)).await;
    assert_eq!(
        outcome.unwrap_err().error_message,
        "PRICE_FETCH_FAILED: the function's init did not end in time"
    );
    // Before Lambda would have killed it, on a paused clock.
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn metrics_without_an_environment_are_refused() {
    let missing = settings::required(contract::EnvVar::Environment);
    let lines = Lines::to(Written::default());
    let init = || async { Ok(Obeys) };
    let function = Function::<PriceFetcher, Obeys, _>::new(init, missing, lines, Current::default());
    let message = function.invoke(event(order("well"), 20)).await.unwrap_err().error_message;
    assert!(message.starts_with("PRICE_FETCH_FAILED: environment variable is not set: AI_CHEF_ENVIRONMENT"));
}
