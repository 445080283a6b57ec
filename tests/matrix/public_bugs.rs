//! Recorded fault reports, where recordings are given: answers of providers, each in an environment of its own that gets
//! nothing else from that provider, and what must become of the order.

use std::time::Duration;

use cases::ensure;
use contract::{
    Order, PriceSource, Task,
    metric::{Emitted, NAMESPACE},
    task::RecipeGenerator,
};
use local::{
    embedded::{Config, Limits},
    stubs::{Answer, Behaviour, When},
};
use recordings::Verdict;
use serde::Deserialize;
use serde_json::{Value, json};
use stack::Environment;

use super::replies::Provider;
use crate::harness::{Harness, OrderOutcome, asks, order, parse};

/// Room for a model that is asked twice: its retries end where less than a wait and a call is left.
const RECIPE_TIMEOUT: Duration = Duration::from_secs(15);
/// Stands where a recorded body was to be filled in: whatever is expected, nobody can make it of that.
const UNFILLED: &str = "@@RAW@@";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "name")]
    _name: String,
    from: Provider,
    status: u16,
    headers: Vec<String>,
    body: String,
    ingredient: Option<String>,
    expect: Expect,
    #[serde(rename = "right")]
    _right: Option<String>,
}

/// What must become of the order. Absent means that anything may.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expect {
    cooked: Option<bool>,
    /// The execution's error.
    error: Option<String>,
    /// How often the provider is asked.
    calls: Option<usize>,
    min_calls: Option<usize>,
    #[serde(default)]
    plan_contains: Vec<String>,
    #[serde(default)]
    plan_lacks: Vec<String>,
    tokens_counted: Option<bool>,
    limit: Option<Limit>,
    /// Whether the credentials were refused.
    credentials: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Limit {
    Day,
    Second,
}

#[test]
fn recorded_fault_reports() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    recordings::lines("public-bugs", "public-bugs/replies.jsonl", |line| {
        let line: Line = serde_json::from_value(line.clone()).map_err(|error| error.to_string())?;
        if line.body.contains(UNFILLED) {
            return Ok(Verdict::NotSupported);
        }
        runtime.block_on(run_one(&line))?;
        Ok(Verdict::Passed)
    });
}

async fn run_one(line: &Line) -> Result<(), String> {
    let environment = match line.from.source() {
        // A reference is asked where a shop has no offer.
        Some(PriceSource::Kamis) => asks(&[PriceSource::Elevenst, PriceSource::Kamis], "required"),
        Some(source) => asks(&[source], "required"),
        None => Environment::local().unwrap(),
    };
    let harness = Harness::of(&environment, limited).await;
    if line.from == Provider::Kamis {
        let shop = harness.environment.sources().get(PriceSource::Elevenst);
        shop.behave(Behaviour::default().with_fault(When::Always, nothing()));
    }
    line.from.stub(&harness).behave(Behaviour::default().with_fault(When::Always, line.answer()));
    let outcome = harness.run(&line.order()).await;
    let log = harness.log().await;
    let checked = line.check(&harness, &outcome, &log);
    harness.close().await;
    checked
}

/// A shop's answer that has no offer.
fn nothing() -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "text/xml".to_owned())],
        body:
            b"<ProductSearchResponse><Products><TotalCount>0</TotalCount></Products></ProductSearchResponse>"
                .to_vec(),
    }
}

fn limited(config: &mut Config) {
    let limits = Limits { timeout: RECIPE_TIMEOUT, memory_mb: RecipeGenerator::MEMORY_MB };
    config.limits = [(RecipeGenerator::NAME.to_owned(), limits)].into();
}

impl Line {
    fn answer(&self) -> Answer {
        let header = |line: &String| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            (name.to_owned(), value.trim().to_owned())
        };
        Answer {
            status: self.status,
            headers: self.headers.iter().map(header).collect(),
            body: self.body.clone().into_bytes(),
        }
    }

    fn order(&self) -> Order {
        match &self.ingredient {
            Some(ingredient) => order("reported", &[ingredient]),
            None => parse(&json!({
                "sessionId": "reported",
                "profile": { "target": "general", "budget": 20_000, "servings": 2 },
                "ingredients": [],
            })),
        }
    }

    fn check(&self, harness: &Harness, outcome: &OrderOutcome, log: &[String]) -> Result<(), String> {
        let Expect {
            cooked: must_cook,
            error,
            calls,
            min_calls,
            plan_contains,
            plan_lacks,
            tokens_counted,
            limit,
            credentials,
        } = &self.expect;
        let plan = outcome.session.result.as_ref();
        let plan = plan.map(|plan| serde_json::to_string(plan).unwrap());
        let is = |what: &str, got: bool, expected: Option<bool>| {
            ensure(expected.is_none_or(|expected| got == expected), || {
                format!("{what}: {got}, {:?}", outcome.execution)
            })
        };
        is("cooked", plan.is_some(), *must_cook)?;
        let got = &outcome.execution.error;
        ensure(error.is_none() || error == got, || format!("{:?}", outcome.execution))?;

        let asked = self.from.stub(harness).calls().len();
        let enough = asked >= min_calls.unwrap_or(1) && calls.is_none_or(|calls| asked == calls);
        ensure(enough, || format!("{asked} calls"))?;

        let has = |text: &String| plan.as_ref().is_some_and(|plan| plan.contains(text));
        for text in plan_contains {
            ensure(has(text), || format!("no {text:?} in {plan:?}"))?;
        }
        for text in plan_lacks {
            ensure(!has(text), || format!("{text:?} in {plan:?}"))?;
        }

        is("tokens counted", counted(harness), *tokens_counted)?;
        let cause = outcome.execution.cause.clone().unwrap_or_default();
        let says = |words: &str| cause.contains(words) || log.iter().any(|line| line.contains(words));
        if let Some(limit) = limit {
            let (error, words) = match (self.from, limit) {
                (Provider::Bedrock, Limit::Day) => ("RECIPE_GENERATION_FAILED", "the day's quota is used up"),
                (Provider::Bedrock, Limit::Second) => ("RECIPE_GENERATION_FAILED", "throttled"),
                (_, Limit::Day) => ("RATE_LIMIT_EXCEEDED", "calls a day"),
                (_, Limit::Second) => ("RATE_LIMIT_EXCEEDED", "calls a second"),
            };
            // What a reference does not answer fails no order.
            let fails = self.from != Provider::Kamis || got.is_some();
            is(words, says(words) && (!fails || got.as_deref() == Some(error)), Some(true))?;
        }
        is("credentials refused", says("credentials refused"), *credentials)
    }
}

/// Whether the tokens of every reply are in the metrics that the body says them in.
fn counted(harness: &Harness) -> bool {
    [Emitted::InputTokens, Emitted::OutputTokens].iter().all(|metric| {
        let points = harness.environment.metrics().named(NAMESPACE, metric.name());
        points.iter().any(|point| point.values.iter().any(|&tokens| tokens > 0.0))
    })
}

/// It is asked for what every shop sells, too: the shop in front of it has nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_asked_for_what_a_shop_would_have() {
    let line = json!({
        "name": "a", "from": "kamis", "status": 429, "headers": [], "body": "API token quota exceeded", "ingredient": "양파",
        "expect": { "cooked": true, "calls": 1, "limit": "day" },
    });
    assert_eq!(run_one(&serde_json::from_value(line).unwrap()).await, Ok(()));
}

/// A line is read as the README of the recordings describes it, and a word that nobody knows is an error.
#[test]
fn an_unknown_expectation_is_an_error() {
    let line = |expect: Value| {
        serde_json::from_value::<Line>(json!({
            "name": "a", "from": "kamis", "status": 200, "headers": [], "body": "", "ingredient": "오이", "expect": expect,
        }))
    };
    let known =
        json!({ "cooked": true, "minCalls": 2, "planLacks": ["x"], "limit": "second", "credentials": true });
    assert!(line(known).is_ok());
    for unknown in [json!({ "cookedd": true }), json!({ "limit": "week" })] {
        assert!(line(unknown).is_err());
    }
}
