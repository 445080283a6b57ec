//! `cargo bench --package micro`: what the parts of the pipeline and of its tools take, each by itself.
#![expect(
    clippy::expect_used,
    reason = "a benchmark whose input is refused has nothing to measure"
)]

use std::{num::NonZeroU32, sync::Arc};

use asl::{
    StateMachine,
    run::{TaskCall, TaskFailure, World},
};
use contract::{Order, PriceSource, SessionId};
use divan::{Bencher, black_box, counter::ItemsCount};
use futures::future::BoxFuture;
use jiff::Timestamp;
use micro::interpreter;
use price::{
    basket::{BasketBuilder, Wanted},
    search::offer::{Answer, Offer},
};
use serde_json::{Value, json};
use stack::{Environment, environment::PricesPolicy};

fn main() {
    divan::main();
}

/// The interpreter's own pace.
#[divan::bench]
fn state_transitions(bencher: Bencher<'_, '_>) {
    let machine = interpreter::machine().expect("the machine parses");
    let runtime = interpreter::virtual_time().expect("a runtime starts");
    bencher
        .counter(ItemsCount::new(interpreter::TRANSITIONS))
        .bench_local(|| interpreter::count_down(&runtime, &machine));
}

/// Answers each of our tasks at once.
struct Kitchen;

impl World for Kitchen {
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
    let runtime = interpreter::virtual_time().expect("a runtime starts");
    let input = serde_json::to_value(order()).expect("an order is JSON");
    bencher.bench_local(|| {
        let (outcome, _) = interpreter::run(&runtime, &machine, input.clone(), Arc::new(Kitchen));
        assert_eq!(
            outcome.status(),
            "SUCCEEDED",
            "what fails is no execution to measure"
        );
    });
}

#[divan::bench]
fn machine_parse(bencher: Bencher<'_, '_>) {
    let text = stack::workflow::workflow(PricesPolicy::Required).to_json_string();
    bencher.bench(|| StateMachine::parse(black_box(&text)));
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

/// The largest order: 50 ingredients with 10 offers each.
#[divan::bench]
fn basket_of_50_by_10(bencher: Bencher<'_, '_>) {
    let searched: Vec<(Wanted, Answer)> = (0..50)
        .map(|at| {
            let wanted = Wanted {
                name: format!("재료 {at}"),
                quantity: "1개".to_owned(),
            };
            let offer = |rank: u32| Offer {
                price_krw: NonZeroU32::MIN.saturating_add(1_000 + (at * 37 + rank * 101) % 900),
                vendor: format!("가게 {}", (at + rank * 7) % 23),
                product_name: format!("상품 {rank}"),
                link: None,
                per: None,
                surveyed_on: None,
            };
            (wanted, Answer::new((0..10).map(offer).collect(), 0))
        })
        .collect();
    bencher.bench(|| {
        let mut builder = BasketBuilder::default();
        for (wanted, answer) in black_box(&searched) {
            let offer = answer.cheapest().expect("each has an offer").clone();
            builder.add_priced(wanted.clone(), PriceSource::Naver, offer, Timestamp::UNIX_EPOCH);
        }
        builder.into_pricing()
    });
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
