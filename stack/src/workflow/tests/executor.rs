//! An executor that answers by script, and whole orders that are run through the rendered workflow against it.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use Answer::{Fails, FailsLate, Gives, Hangs};
use asl::{
    StateMachine,
    history::Event,
    run::{AbortSignal, Outcome, Start, TaskCall, TaskExecutor, TaskFailure, execute},
};
use serde_json::{Value, json};

use crate::{environment::PricesPolicy, tests::local_with};

pub(super) const EXECUTION: &str = "arn:aws:states:ap-northeast-2:123456789012:execution:cook:order-1";

/// One answer of a state. The last one of a script is given again and again.
#[derive(Clone)]
pub(super) enum Answer {
    Gives(Value),
    Fails(&'static str),
    /// As late as it can without being a timeout.
    FailsLate(&'static str),
    Hangs,
}

/// Answers by script and remembers what it was asked.
pub(super) struct Scripted {
    answers: BTreeMap<&'static str, Vec<Answer>>,
    calls: Mutex<Vec<TaskCall>>,
    pub(super) events: Mutex<Vec<Event>>,
}

impl TaskExecutor for Scripted {
    fn call(&self, call: TaskCall) -> Pin<Box<dyn Future<Output = Result<Value, TaskFailure>> + Send>> {
        let mut calls = self.calls.lock().unwrap();
        let done = calls.iter().filter(|earlier| earlier.state == call.state).count();
        let script = &self.answers[call.state.as_str()];
        let answer = script.get(done).or(script.last()).unwrap().clone();
        let late = call.timeout.unwrap_or_default().saturating_sub(Duration::from_millis(1));
        calls.push(call);
        Box::pin(async move {
            match answer {
                Gives(value) => Ok(value),
                Fails(error) => Err(TaskFailure { error: error.to_owned(), cause: format!("why {error}") }),
                FailsLate(error) => {
                    tokio::time::sleep(late).await;
                    Err(TaskFailure { error: error.to_owned(), cause: format!("why {error}") })
                }
                Hangs => std::future::pending().await,
            }
        })
    }
}

impl Scripted {
    pub(super) fn inputs(&self, state: &str) -> Vec<Value> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|call| call.state == state).map(|call| call.input.clone()).collect()
    }

    pub(super) fn calls(&self, state: &str) -> usize {
        self.inputs(state).len()
    }

    /// The prices that the plan is made of.
    pub(super) fn combined(&self) -> Value {
        self.inputs("CombineResults").pop().unwrap()["pricing"].clone()
    }
}

pub(super) fn recipe() -> Value {
    json!({
        "name": "버터 새우", "nutrition": { "calories": 420, "protein": 25, "carbs": 8, "fat": 35 },
        "ingredients": [{ "name": "새우", "amount": "200", "unit": "g" }], "steps": ["굽는다"], "targetSpecificInfo": {},
    })
}

/// What the first pass finds.
pub(super) fn pricing() -> Value {
    json!({
        "total": 0, "basis": "package", "leftOut": [], "optimal": null, "alternatives": [],
        "unpriced": [{ "name": "새우", "reason": "noOffer" }],
    })
}

/// What the second pass makes of it.
pub(super) fn improved() -> Value {
    let butter = json!({
        "name": "버터", "price": 2550, "quantity": "20g", "source": "elevenst", "asOf": "2026-11-22T00:00:00.000Z",
        "basis": "package", "productName": "무염 버터 450g",
    });
    let mut improved = pricing();
    improved["total"] = json!(2550);
    improved["optimal"] = json!({ "vendor": "마트", "items": [butter] });
    improved
}

pub(super) fn meal_plan() -> Value {
    json!({ "recipe": recipe(), "pricing": pricing(), "generatedAt": "2026-11-22T00:00:00.000Z" })
}

/// Runs the rendered workflow. Every state answers well unless the script says otherwise.
pub(super) async fn run_workflow(script: &[(&'static str, &[Answer])]) -> (Outcome, Arc<Scripted>) {
    run_with(PricesPolicy::Required, script).await
}

/// As [`run_workflow`], in an environment with this policy.
pub(super) async fn run_with(
    policy: PricesPolicy,
    script: &[(&'static str, &[Answer])],
) -> (Outcome, Arc<Scripted>) {
    let order = json!({
        "sessionId": "order-1",
        "profile": { "target": "general", "budget": 10_000, "servings": 2 },
        "ingredients": [{ "name": "새우", "amount": "200", "unit": "g" }],
    });
    let mut answers = BTreeMap::from([
        ("GenerateRecipe", vec![Gives(recipe())]),
        ("FetchPrices", vec![Gives(pricing())]),
        ("PriceRecipe", vec![Gives(improved())]),
        ("CombineResults", vec![Gives(meal_plan())]),
        ("HandleFailure", vec![Gives(json!({}))]),
    ]);
    answers.extend(script.iter().map(|(state, answers)| (*state, answers.to_vec())));
    run(local_with(policy).machine(), order, answers).await
}

pub(super) async fn run(
    machine: &StateMachine,
    input: Value,
    answers: BTreeMap<&'static str, Vec<Answer>>,
) -> (Outcome, Arc<Scripted>) {
    let rendered = machine.to_json_string().parse::<StateMachine>().unwrap();
    let executor = Arc::new(Scripted { answers, calls: Mutex::default(), events: Mutex::default() });
    let start = Start {
        execution_arn: EXECUTION.to_owned(),
        execution_name: "order-1".to_owned(),
        machine_arn: "arn:aws:states:ap-northeast-2:123456789012:stateMachine:cook".to_owned(),
        machine_name: "cook".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/cook".to_owned(),
        input,
        started_at: "2026-11-22T00:00:00Z".parse().unwrap(),
        jitter_seed: 7,
    };
    let outcome = execute(
        &rendered,
        start,
        Arc::clone(&executor) as Arc<dyn TaskExecutor>,
        AbortSignal::never(),
        |event| executor.events.lock().unwrap().push(event),
    )
    .await;
    (outcome, executor)
}
