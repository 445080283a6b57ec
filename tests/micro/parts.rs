//! `cargo bench --package micro`: what the parts of the pipeline and of its tools take, each by itself.
#![expect(clippy::expect_used, reason = "a benchmark whose input is refused has nothing to measure")]

use std::sync::Arc;

use asl::{
    StateMachine,
    run::{AbortSignal, Outcome, Start, TaskCall, TaskExecutor, TaskFailure, execute},
};
use contract::{Order, SessionId};
use divan::{Bencher, black_box, counter::ItemsCount};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use stack::{Environment, environment::PricesPolicy};
use tokio::runtime::{Builder, Runtime};

fn main() {
    divan::main();
}

/// Rounds of the loop of [`LOOP`].
const ROUNDS: u32 = 1_000;

/// A Task, a Pass that shapes data and a Choice each round.
const LOOP: &str = r#"{"StartAt":"Count","States":{
    "Count":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:111122223333:function:count","TimeoutSeconds":10,
        "Retry":[{"ErrorEquals":["States.TaskFailed"],"MaxAttempts":3}],"ResultPath":"$.left","Next":"Shape"},
    "Shape":{"Type":"Pass","Parameters":{"left.$":"$.left","order.$":"$.order","id.$":"$$.Execution.Id"},
        "Next":"Again"},
    "Again":{"Type":"Choice","Default":"Done",
        "Choices":[{"Variable":"$.left","NumericGreaterThan":0,"Next":"Count"}]},
    "Done":{"Type":"Succeed"}}}"#;

/// Answers at once with one less.
struct Countdown;

impl TaskExecutor for Countdown {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        let left = call.input.get("left").and_then(Value::as_u64).unwrap_or(0);
        Box::pin(async move { Ok(json!(left.saturating_sub(1))) })
    }
}

/// A runtime of one thread whose clock moves when nothing else is left to do.
fn virtual_time() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().expect("a runtime starts")
}

/// Executes a machine once; what fails is no execution to measure.
fn run(runtime: &Runtime, machine: &StateMachine, input: Value, world: Arc<dyn TaskExecutor>) -> Outcome {
    let start = Start {
        execution_arn: "arn:aws:states:us-east-1:111122223333:execution:machine:run".to_owned(),
        execution_name: "run".to_owned(),
        machine_arn: "arn:aws:states:us-east-1:111122223333:stateMachine:machine".to_owned(),
        machine_name: "machine".to_owned(),
        role_arn: "arn:aws:iam::111122223333:role/machine".to_owned(),
        input,
        started_at: jiff::Timestamp::UNIX_EPOCH,
        jitter_seed: 7,
    };
    let outcome = runtime.block_on(execute(machine, start, world, AbortSignal::never(), |_| {}));
    assert_eq!(outcome.status(), "SUCCEEDED", "the execution fails");
    outcome
}

/// The interpreter's own rate on one core: AWS counts a transition for each state that is entered.
#[divan::bench]
fn state_transitions(bencher: Bencher<'_, '_>) {
    let machine = LOOP.parse::<StateMachine>().expect("the machine parses");
    let runtime = virtual_time();
    let input = json!({"left": ROUNDS, "order": {"sessionId": "s-1", "ingredients": [{"name": "두부", "amount": "1"}]}});
    bencher
        .counter(ItemsCount::new(3 * ROUNDS + 1))
        .bench_local(|| run(&runtime, &machine, input.clone(), Arc::new(Countdown)));
}

/// Answers each of our tasks at once.
struct Tasks;

impl TaskExecutor for Tasks {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        let answer = match call.state.as_str() {
            "GenerateRecipe" => recipe(),
            "FetchPrices" | "PriceRecipe" => pricing(),
            _ => json!({"recipe": recipe(), "pricing": pricing(), "generatedAt": "2026-11-23T00:00:00Z"}),
        };
        Box::pin(async move { Ok(answer) })
    }
}

fn recipe() -> Value {
    json!({"name": "버터 새우", "nutrition": {"calories": 420, "protein": 25, "carbs": 8, "fat": 35},
        "ingredients": [{"name": "새우", "amount": "300", "unit": "g"}, {"name": "마늘", "amount": "4", "unit": "쪽"}],
        "steps": ["새우는 껍질을 벗긴다", "마늘을 썬다", "볶는다"], "targetSpecificInfo": {"ketoInfo": {"netCarbs": 6}}})
}

fn pricing() -> Value {
    json!({"total": 11260, "optimal": {"vendor": "쿠팡", "items": [{"name": "새우", "price": 8710, "quantity": "200g"}]},
        "alternatives": [{"vendor": "이마트몰", "total": 2550, "items": [{"name": "버터", "price": 2550, "quantity": "1개"}]}],
        "unpriced": [{"name": "마늘", "reason": "notSearched"}]})
}

fn order_text() -> &'static [u8] {
    include_bytes!("../../orders/keto.json")
}

fn order() -> Order {
    Order::parse(order_text(), || SessionId::new("s-1").expect("an id")).expect("the order is taken")
}

/// One order through our whole state machine.
#[divan::bench]
fn workflow_execution(bencher: Bencher<'_, '_>) {
    let machine = stack::workflow::workflow(PricesPolicy::Required);
    let runtime = virtual_time();
    let input = serde_json::to_value(order()).expect("an order is JSON");
    bencher.bench_local(|| run(&runtime, &machine, input.clone(), Arc::new(Tasks)));
}

#[divan::bench]
fn machine_parse(bencher: Bencher<'_, '_>) {
    let text = stack::workflow::workflow(PricesPolicy::Required).to_json_string();
    bencher.bench(|| black_box(&text).parse::<StateMachine>());
}

#[divan::bench]
fn machine_check(bencher: Bencher<'_, '_>) {
    let machine = stack::workflow::workflow(PricesPolicy::Required);
    bencher.bench(|| asl::check(black_box(&machine)));
}

/// From an environment to its files, and every finding.
#[divan::bench]
fn stack_synth_and_check(bencher: Bencher<'_, '_>) {
    let environment = Environment::local().expect("the built-in environment is taken");
    let today = jiff::civil::date(2026, 11, 23);
    bencher.bench(|| {
        let app = stack::app(black_box(&environment));
        (stack::synth(&app), stack::check(&app, today))
    });
}

#[divan::bench]
fn order_parse(bencher: Bencher<'_, '_>) {
    bencher.bench(|| Order::parse(black_box(order_text()), || SessionId::new("s-1").expect("an id")));
}

#[divan::bench]
fn bedrock_reply(bencher: Bencher<'_, '_>) {
    let body = json!({"id": "msg", "type": "message", "role": "assistant", "model": "claude",
        "content": [{"type": "tool_use", "id": "t", "name": "recipe", "input": recipe()}], "stop_reason": "tool_use",
        "usage": {"input_tokens": 500, "output_tokens": 300}})
    .to_string();
    let reading = recipe::reply::read(body.as_bytes());
    reading.recipe.expect("a recipe");
    bencher.bench(|| recipe::reply::read(black_box(body.as_bytes())));
}
