//! The handler with a fake model and a paused clock, and with the real adapter.

use std::{collections::VecDeque, sync::Mutex};

use runtime::{Deadline, Recorded};
use serde_json::{Value, json};

use super::*;
use crate::{bedrock, draft::tests::tofu, model::Said};

/// Answers and their times.
type Answers = VecDeque<(Duration, Answer)>;
type Answer = Result<Vec<u8>, ModelError>;

/// Gives these answers in their order, each after its time, then the last one. Records the times of the calls.
struct Scripted {
    answers: Mutex<Answers>,
    asked: Mutex<Vec<Instant>>,
}

impl Scripted {
    fn new(answers: impl IntoIterator<Item = (u64, Answer)>) -> Self {
        let answers = answers.into_iter().map(|(after_ms, answer)| (Duration::from_millis(after_ms), answer));
        Self { answers: Mutex::new(answers.collect()), asked: Mutex::default() }
    }
}

impl Model for &'static Scripted {
    async fn ask(&self, _: &[u8]) -> Answer {
        self.asked.lock().unwrap().push(Instant::now());
        let (after, answer) = {
            let mut answers = self.answers.lock().unwrap();
            if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() }
        };
        sleep(after).await;
        answer
    }
}

fn throttled() -> Answer {
    Err(ModelError::Throttled(Said::new("ThrottlingException", "Too many requests")))
}

fn replied(content: impl Into<Value>, stop_reason: &str) -> Vec<u8> {
    let usage = json!({ "input_tokens": 310, "output_tokens": 420 });
    json!({ "content": content.into(), "stop_reason": stop_reason, "usage": usage }).to_string().into_bytes()
}

fn cooked() -> Vec<u8> {
    replied(json!([{ "type": "tool_use", "name": request::TOOL, "input": tofu() }]), "tool_use")
}

fn input(execution: &str) -> RecipeInput {
    serde_json::from_value(json!({
        "sessionId": "s-1", "executionId": execution,
        "profile": {
            "target": "diabetes", "budget": 9_000, "servings": 1, "bloodSugar": 140, "medication": ["메트포르민"],
        },
    }))
    .unwrap()
}

struct Ran {
    result: Result<Recipe, Failure<RecipeError>>,
    took: Duration,
    asked_at: Vec<Duration>,
    recorded: Recorded,
}

impl Ran {
    fn message(&self) -> &str {
        let failure = self.result.as_ref().unwrap_err();
        assert_eq!(failure.error, RecipeError::RecipeGenerationFailed);
        &failure.message
    }
}

async fn run_for<M: Model>(
    model: M,
    time: Duration,
    execution: &str,
) -> (Result<Recipe, Failure<RecipeError>>, Recorded) {
    let (metrics, recorded) = Recorder::in_memory();
    let invocation = Invocation { deadline: Deadline::after(time), metrics };
    let generator = Generator::new(model, NonZeroU32::new(contract::limits::DEFAULT_MAX_TOKENS).unwrap())
        .until(Some(LastDay { day: 20_012, today: || 20_000 }));
    (generator.handle(input(execution), &invocation).await, recorded)
}

async fn run(time_s: u64, answers: impl IntoIterator<Item = (u64, Answer)>, execution: &str) -> Ran {
    let model: &'static Scripted = Box::leak(Box::new(Scripted::new(answers)));
    let started = Instant::now();
    let (result, recorded) = run_for(model, Duration::from_secs(time_s), execution).await;
    let asked = model.asked.lock().unwrap();
    let asked_at = asked.iter().map(|at| at.duration_since(started)).collect();
    Ran { result, took: started.elapsed(), asked_at, recorded }
}

#[tokio::test(start_paused = true)]
async fn a_good_call_is_recorded_once() {
    let ran = run(30, [(1_500, Ok(cooked()))], "e").await;
    assert_eq!(&*ran.result.unwrap().name, "두부 된장국");
    let values = |metric| ran.recorded.values(metric);
    assert_eq!(values(Emitted::ProviderCalls), [1.0]);
    assert_eq!(values(Emitted::ProviderFailures), [0.0]);
    assert_eq!(values(Emitted::ProviderLatency), [1_500.0]);
    assert_eq!(values(Emitted::InputTokens), [310.0]);
    assert_eq!(values(Emitted::OutputTokens), [420.0]);
    assert_eq!(values(Emitted::TruncatedReplies), [0.0]);
    assert_eq!((values(Emitted::Replies), values(Emitted::UnreadableReplies)), (vec![1.0], vec![0.0]));
    assert_eq!(values(Emitted::ModelDaysLeft), [12.0]);
    assert!(ran.recorded.all().iter().all(|s| s.provider.is_none_or(|p| p == Provider::Bedrock)));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_is_retried() {
    let ran = run(30, [(10, throttled()), (10, Ok(cooked()))], "e").await;
    assert!(ran.result.is_ok());
    // A wait of one to two seconds after an answer of 10 ms.
    let asked_again = ran.asked_at[1].as_millis();
    assert!((1_010..=2_010).contains(&asked_again), "{asked_again}");
    assert_eq!(ran.recorded.values(Emitted::ProviderFailures), [1.0, 0.0]);
    assert_eq!(ran.recorded.values(Emitted::TruncatedReplies), [0.0]);
}

#[tokio::test(start_paused = true)]
async fn retries_end_before_the_deadline() {
    let ran = run(30, [(50, throttled())], "e").await;
    let calls = ran.asked_at.len();
    assert!((4..=6).contains(&calls), "{calls}");
    assert!(ran.took <= Duration::from_secs(29), "{:?}", ran.took);
    // Until there is no time for a wait and a call.
    assert!(ran.took + FIRST_WAIT + LEAST_ATTEMPT > Duration::from_secs(29), "{:?}", ran.took);
    assert_eq!(
        ran.message(),
        format!(
            "the model did not answer, calls made: {calls}: throttled: ThrottlingException: Too many requests"
        )
    );
    assert_eq!(ran.recorded.values(Emitted::ProviderCalls).len(), calls);
    assert!(ran.recorded.values(Emitted::InputTokens).is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_retry_fits_into_the_seeds_time() {
    // One second is reserved, one for the wait, five for the second call.
    assert_eq!(run(7, [(0, throttled())], "e").await.asked_at, [Duration::ZERO, FIRST_WAIT]);
    assert_eq!(run(6, [(0, throttled())], "e").await.asked_at.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn waits_depend_on_the_execution_only() {
    let mut waits = Vec::new();
    for execution in ["a", "b", "a"] {
        waits.push(run(30, [(0, throttled()), (0, Ok(cooked()))], execution).await.asked_at[1]);
    }
    assert_ne!(waits[0], waits[1]);
    assert_eq!(waits[0], waits[2]);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_ends_a_second_before_the_deadline() {
    let ran = run(30, [(60_000, Ok(cooked()))], "e").await;
    assert_eq!(ran.took, Duration::from_secs(29));
    assert_eq!(ran.message(), "the model did not answer, calls made: 1: no answer in time: 29000 ms");
    assert_eq!(ran.recorded.values(Emitted::ProviderLatency), [29_000.0]);
    assert_eq!(ran.recorded.values(Emitted::ProviderFailures), [1.0]);
}

#[tokio::test(start_paused = true)]
async fn without_time_no_call_is_made() {
    let ran = run(1, [(0, Ok(cooked()))], "e").await;
    assert_eq!(ran.message(), "no time was left to ask the model");
    assert!(ran.recorded.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_is_not_retried() {
    let said = Said::new("ValidationException", "Malformed input request");
    let ran = run(30, [(0, Err(ModelError::Rejected { said, hint: Some("do this") }))], "e").await;
    assert_eq!(
        ran.message(),
        "the model did not answer, calls made: 1: rejected: ValidationException: Malformed input request"
    );
    assert_eq!(ran.result.unwrap_err().hint.as_deref(), Some("do this"));
    assert_eq!(ran.took, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_reply_without_a_recipe_is_not_retried() {
    let reply = replied(json!([{ "type": "text", "text": "레시피: {\"name\":" }]), "max_tokens");
    let ran = run(30, [(0, Ok(reply))], "e").await;
    assert_eq!(ran.message(), "the model's reply was cut at the token limit");
    assert_eq!(ran.asked_at.len(), 1);
    // The provider answered; what it answered is unreadable.
    assert_eq!(ran.recorded.values(Emitted::ProviderFailures), [0.0]);
    assert_eq!(ran.recorded.values(Emitted::UnreadableReplies), [1.0]);
    assert_eq!(ran.recorded.values(Emitted::TruncatedReplies), [1.0]);
    assert_eq!(ran.recorded.values(Emitted::OutputTokens), [420.0]);
    assert!(ran.result.unwrap_err().hint.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_repeats_the_order_is_withheld() {
    // The last one is where a message is cut.
    let long = format!("{}메트포르민", "x".repeat(296));
    for text in ["at: 복용약물: \"메트포르민\"", "at: 140mg/dL", &long] {
        let error = ModelError::Rejected { said: Said::new("ValidationException", text), hint: None };
        let ran = run(30, [(0, Err(error))], "e").await;
        assert!(ran.message().ends_with("repeats the order and is withheld"), "{}", ran.message());
    }
}

#[tokio::test]
async fn with_the_real_adapter() {
    let (model, calls) = bedrock::tests::serve(cooked).await;
    let (result, recorded) = run_for(model, Duration::from_secs(30), "e").await;
    assert_eq!(&*result.unwrap().name, "두부 된장국");
    assert_eq!(recorded.values(Emitted::ProviderFailures), [0.0]);
    let body: Value = serde_json::from_slice(&calls.lock().unwrap()[0].2).unwrap();
    assert_eq!(body["max_tokens"], 2_000);
}

#[tokio::test]
async fn a_slow_answer_through_the_real_adapter() {
    let (model, _) = bedrock::tests::serve_never().await;
    let (result, recorded) = run_for(model, Duration::from_millis(1_050), "e").await;
    let message = result.unwrap_err().message;
    assert!(message.starts_with("the model did not answer, calls made: 1: no answer in time"), "{message}");
    assert_eq!(recorded.values(Emitted::ProviderFailures), [1.0]);
}
