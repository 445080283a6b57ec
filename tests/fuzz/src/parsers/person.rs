//! What a person or a program hands in: orders, ids, words on the wire, arguments.

use clap::Parser as _;
use contract::{
    MealPlan, Order, Pricing, Recipe, Session, SessionId,
    text::{Prose, Text},
};
use jiff::Timestamp;
use serde_json::Value;
use target::{
    Execution, ExecutionStatus, Link,
    handover::Handover,
    report::{Cooked, Cooking},
    show,
    width::Width,
};

use super::json::{PRICING, RECIPE, orders, plan, session, texts};
use crate::{Parser, parser::text};

pub(super) const PARSERS: &[Parser] = &[
    Parser {
        name: "order",
        reads: "an order file",
        feed: order,
        seeds: orders,
        words: &[
            "sessionId",
            "profile",
            "target",
            "ingredients",
            "budget",
            "servings",
            "phase",
            "carbLimit",
            "months",
            "allergies",
            "bloodSugar",
            "medication",
            "cookingTime",
            "keto",
            "baby",
            "diabetes",
            "fridge",
            "general",
            "name",
            "amount",
            "unit",
        ],
    },
    Parser {
        name: "session-id",
        reads: "a session's id, and the texts of an order",
        feed: words,
        seeds: || texts(["s-1", "aeaeb4ca-2974-495e-81c4-d241d6741825", " 두부 ", "_"]),
        words: &[
            "\u{200f}",
            "\u{85}",
            "\u{2028}",
            "\u{61c}",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
        ],
    },
    Parser {
        name: "wire",
        reads: "recipe, pricing, meal plan, order and session as JSON",
        feed: wire,
        seeds: || {
            let mut seeds = texts([RECIPE, PRICING, &plan(), &session()]);
            seeds.push(br#"{"sessionId":"s","profile":{"target":"general","budget":1,"servings":1},"ingredients":[]}"#.to_vec());
            seeds
        },
        words: &[
            "pending",
            "failed",
            "noKnownPrice",
            "targetSpecificInfo",
            "quantity",
            "price",
            "TTL",
        ],
    },
    Parser {
        name: "shown",
        reads: "a meal plan and a history, shown to a person",
        feed: shown,
        seeds: || {
            let history = r#"[{"id":1,"type":"ExecutionStarted","timestamp":1795392000.5,"previousEventId":0},{"id":2,"previousEventId":1,"type":"TaskStateEntered","timestamp":1795392001,"stateEnteredEventDetails":{"name":"GenerateRecipe"}},{"id":3,"previousEventId":2,"type":"LambdaFunctionScheduled","timestamp":1795392001.25},{"id":4,"previousEventId":3,"type":"TaskStateExited","timestamp":1795392002,"stateExitedEventDetails":{"name":"GenerateRecipe"}}]"#;
            let plan = plan();
            texts([
                &format!(r#"{{"plan":{plan},"history":{history}}}"#),
                &format!(
                    r#"{{"cause":"{{\"errorMessage\":\"too slow\"}}","error":"E","history":{history}}}"#
                ),
            ])
        },
        words: &[
            "errorMessage",
            "cause",
            "previousEventId",
            "timestamp",
            "WaitStateEntered",
            "TaskStateAborted",
            "\u{1b}[31m",
        ],
    },
    Parser {
        name: "arguments",
        reads: "what `xtask` hands over to `local`, an argument a line",
        feed: arguments,
        seeds: || {
            texts([
                "deploy\n--function\nRecipeGenerator=/r\n--function\nPriceFetcher=/p\n--build-ms\n7\n--folder\ntarget\n--order\no.json\n--output\njson\n--stay\n--data\nd",
                "run\n--function\nResultCombiner=/c\n--folder\nt\n--order\n-",
                "bench\n--function\nResultCombiner=/c\n--folder\nt\n--samples\n3",
            ])
        },
        words: &["--help", "--", "=", "--function=", "--version", "@"],
    },
];

fn order(bytes: &[u8]) {
    let Ok(id) = SessionId::new("generated") else {
        return;
    };
    match Order::parse(bytes, || id) {
        Ok(order) => {
            // What was taken is taken again as it is written for the machine.
            let wire = serde_json::to_vec(&order).unwrap_or_default();
            assert!(
                serde_json::from_slice::<Order>(&wire).is_ok(),
                "an order that is taken once only"
            );
        }
        Err(refused) => assert!(!refused.to_string().is_empty(), "refused without a word"),
    }
}

fn words(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(id) = SessionId::new(text.as_ref()) {
        assert!(SessionId::new(id.to_string()).is_ok(), "an id that is no id");
    }
    if let Ok(bounded) = Text::<1, 100>::new(&text) {
        let chars = bounded.chars().count();
        assert!((1..=100).contains(&chars), "a text over its bound");
    }
    let _either = Prose::<1>::new(&text);
}

fn wire(bytes: &[u8]) {
    let _recipe = serde_json::from_slice::<Recipe>(bytes);
    let _session = serde_json::from_slice::<Session>(bytes);
    let _order = serde_json::from_slice::<Order>(bytes);
    if let Ok(pricing) = serde_json::from_slice::<Pricing>(bytes) {
        let _names = pricing.priced().count();
    }
    if let Ok(plan) = serde_json::from_slice::<MealPlan>(bytes) {
        let again = serde_json::to_vec(&plan).unwrap_or_default();
        assert!(
            serde_json::from_slice::<MealPlan>(&again).is_ok(),
            "a plan that is read once only"
        );
    }
}

fn shown(bytes: &[u8]) {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(bytes) else {
        return;
    };
    let history = match fields.remove("history") {
        Some(Value::Array(events)) => events,
        _ => Vec::new(),
    };
    let text = |field: &str| fields.get(field).and_then(Value::as_str).map(str::to_owned);
    let plan = fields.get("plan").cloned();
    let cooked = Cooked {
        environment: "local".to_owned(),
        budget_krw: fields
            .get("budgetKrw")
            .and_then(Value::as_u64)
            .unwrap_or_default(),
        execution: Cooking {
            execution: Execution {
                id: contract::ExecutionId("arn".to_owned()),
                status: ExecutionStatus::Failed,
                started_at: Timestamp::UNIX_EPOCH,
                stopped_at: None,
                output: None,
                error: text("error"),
                cause: text("cause"),
            },
            plan: plan.and_then(|plan| serde_json::from_value(plan).ok()),
            history,
        },
        session: None,
        links: vec![Link {
            what: "logs",
            location: text("location").unwrap_or_default(),
        }],
    };
    // How wide the terminal is, the input says as well.
    let cells = u16::from(bytes.last().copied().unwrap_or_default());
    for width in [Width::UNBOUNDED, Width::new(cells)] {
        assert!(!show::cooked(&cooked, width).is_empty(), "nothing is shown");
    }
}

#[derive(clap::Parser)]
struct Cli {
    #[command(subcommand)]
    command: Handover,
}

fn arguments(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(cli) = Cli::try_parse_from(std::iter::once("local").chain(text.split('\n'))) {
        let args = cli.command.to_args();
        let again = Cli::try_parse_from(std::iter::once("local".into()).chain(args));
        assert!(
            again.is_ok_and(|again| again.command == cli.command),
            "arguments that are read as others"
        );
    }
}
