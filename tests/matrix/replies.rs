//! `replies.jsonl`: what a provider may send in the place of an answer. Every line is an order of its own, through the real
//! functions: it fails with the right name and reason, or its ingredient has no price, or it is cooked all the same. No
//! function dies of it, waits longer than its time, fills its memory, or keeps what is wrong.
//!
//! The seed's providers share one environment; each source that lives has one in which it is asked.

mod cached;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use cases::{Failures, ensure, says};
use contract::{
    Order, PriceSource, Status, Task,
    task::{PriceFetcher, RecipeGenerator},
};
use futures::{StreamExt as _, stream};
use local::{
    embedded::{Config, Limits},
    stubs::{Behaviour, Stub, When, chamgagyeok},
};
use serde::Deserialize;
use serde_json::{Value, json};
use stack::Environment;
use tokio::net::TcpListener;

use super::reply::{Reply, Words};
use crate::harness::{Harness, OrderOutcome, asks, order, parse};

/// How many orders are under way at once.
const AT_ONCE: usize = 16;
/// Environments that are up side by side.
const HARNESSES: usize = 4;
/// The functions' timeouts here: short for the recipe, whose lines count its retries, and enough for a busy machine elsewhere. An
/// adapter gives up a second earlier: the lines that wait for it wait that long.
const RECIPE_TIMEOUT: Duration = Duration::from_secs(6);
const PRICE_TIMEOUT: Duration = Duration::from_secs(15);
/// Most memory that a function may have used, in MB: far below its limit, and far below the largest body that is sent.
const MAX_MEMORY_MB: u64 = 48;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(skip)]
    name: String,
    from: Provider,
    reply: Reply,
    /// What is ordered, for a source that knows names of its own only; else the line's marker.
    ingredient: Option<String>,
    /// What the source's call is about then; else the line's marker.
    about: Option<String>,
    /// The error, and a part of the reason.
    failed: Option<(String, String)>,
    /// Why the ingredient has no price.
    unpriced: Option<String>,
    #[serde(default)]
    cooked: bool,
    /// Texts in the plan then.
    #[serde(default)]
    shows: Vec<String>,
    /// How often the provider is asked, when that is certain.
    calls: Option<usize>,
    /// Whether an answer is kept: never where the order fails.
    kept: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Provider {
    Naver,
    Bedrock,
    Elevenst,
    Chamgagyeok,
    Kamis,
}

impl Provider {
    pub(super) const fn source(self) -> Option<PriceSource> {
        match self {
            Self::Naver => Some(PriceSource::Naver),
            Self::Bedrock => None,
            Self::Elevenst => Some(PriceSource::Elevenst),
            Self::Chamgagyeok => Some(PriceSource::Chamgagyeok),
            Self::Kamis => Some(PriceSource::Kamis),
        }
    }

    /// Something else that is ordered, which has a price.
    const fn something_else(self) -> &'static str {
        match self {
            Self::Naver | Self::Bedrock | Self::Chamgagyeok => "두부",
            Self::Elevenst | Self::Kamis => "양파",
        }
    }

    pub(super) fn stub(self, harness: &Harness) -> &Stub {
        match self.source() {
            Some(source) => harness.environment.sources().get(source),
            None => harness.environment.bedrock(),
        }
    }

    fn url(self, harness: &Harness) -> &str {
        match self.source() {
            Some(source) => harness.environment.sources().base_url(source).unwrap(),
            None => &harness.environment.urls().bedrock,
        }
    }
}

fn lines() -> Vec<Line> {
    let cases = cases::read("replies.jsonl", include_str!("replies.jsonl"), 254);
    cases.into_iter().map(|case| Line { name: case.name, ..case.fields }).collect()
}

impl Line {
    /// The words that the provider knows this order by. They may be health data, and stand in no error and no log.
    fn marker(&self) -> String {
        let marker = || format!("표식 {} 끝", self.name);
        self.ingredient.clone().unwrap_or_else(marker)
    }

    /// What its calls are about.
    fn about(&self) -> String {
        self.about.clone().unwrap_or_else(|| self.marker())
    }

    fn order(&self) -> Order {
        let mut order = json!({
            "sessionId": self.name,
            "profile": { "target": "general", "budget": 20_000, "servings": 2 },
            "ingredients": [],
        });
        if self.from == Provider::Bedrock {
            order["profile"] = json!({ "target": "keto", "phase": self.marker(), "carbLimit": 20,
                                       "budget": 20_000, "servings": 2 });
        } else {
            order["ingredients"] = json!([{ "name": self.marker() }, { "name": self.from.something_else() }]);
        }
        parse(&order)
    }

    fn check(&self, outcome: &OrderOutcome, stub: &Stub) -> Result<(), String> {
        let calls = stub.calls().iter().filter(|call| call.subject.contains(&self.about())).count();
        ensure(self.calls.is_none_or(|expected| calls == expected), || format!("{calls} calls"))?;
        ensure(calls > 0, || "the provider was not asked".to_owned())?;
        match (&self.failed, &self.unpriced, self.cooked) {
            (Some((error, reason)), None, false) => self.has_failed(outcome, error, reason),
            (None, Some(reason), false) => self.has_no_price(outcome, reason),
            (None, None, true) => self.is_cooked(outcome),
            _ => Err("needs one of `failed`, `unpriced` and `cooked`".to_owned()),
        }
    }

    fn has_failed(&self, outcome: &OrderOutcome, error: &str, reason: &str) -> Result<(), String> {
        let session = &outcome.session;
        ensure(session.status == Status::Failed, || format!("session {:?}", session.status))?;
        ensure(session.error.as_deref() == Some(error), || {
            format!("{:?}: {:?}", session.error, session.cause)
        })?;
        ensure(outcome.execution.error.as_deref() == Some(error), || format!("{:?}", outcome.execution))?;
        let cause = session.cause.as_deref().unwrap_or_default();
        let cause_json: Value = serde_json::from_str(cause).map_err(|error| format!("{error}: {cause}"))?;
        says(cause_json["errorMessage"].as_str().unwrap_or_default(), reason)?;
        ensure(!cause.contains(&self.marker()), || format!("repeats the order: {cause}"))
    }

    fn has_no_price(&self, outcome: &OrderOutcome, reason: &str) -> Result<(), String> {
        let session = &outcome.session;
        ensure(session.status == Status::Completed, || format!("{:?}", outcome.execution))?;
        let pricing = serde_json::to_value(&session.result).unwrap()["pricing"].take();
        let unpriced = pricing["unpriced"].as_array().unwrap();
        let mine = unpriced.iter().find(|item| item["name"] == self.marker().as_str());
        ensure(mine.is_some_and(|item| item["reason"] == reason), || pricing.to_string())?;
        let other = self.from.something_else();
        // The shop in front of a reference may be too slow on a machine that is busy; the reference knows the other, too.
        let fell_on = |reason: &Value| self.from == Provider::Kamis && reason == "onlyReference";
        ensure(
            !unpriced.iter().any(|item| {
                item["name"] == other && item["reason"] != "notSearched" && !fell_on(&item["reason"])
            }),
            || format!("the other ingredient lost its price: {pricing}"),
        )
    }

    fn is_cooked(&self, outcome: &OrderOutcome) -> Result<(), String> {
        let result = outcome.session.result.as_ref();
        let plan = result.ok_or_else(|| format!("{:?}", outcome.execution))?;
        let text = serde_json::to_string(plan).unwrap();
        let lacking = self.shows.iter().find(|shown| !text.contains(*shown));
        ensure(lacking.is_none(), || format!("no {lacking:?} in {text}"))?;
        // The recipe that was sent and no other, the ingredient with the price that was sent.
        if self.from == Provider::Bedrock {
            let name = &*plan.recipe.name;
            ensure(name.ends_with('국'), || format!("another recipe: {name}"))
        } else {
            let marker = self.marker();
            let priced = plan.pricing.priced().any(|name| name == marker);
            ensure(priced, || format!("without a price: {:?}", plan.pricing))
        }
    }
}

/// A server that no redirect may lead to.
async fn elsewhere() -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let visits = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&visits);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (url, visits)
}

fn limited(config: &mut Config) {
    let limits = |timeout, memory_mb| Limits { timeout, memory_mb };
    config.limits = [
        (RecipeGenerator::NAME, limits(RECIPE_TIMEOUT, RecipeGenerator::MEMORY_MB)),
        (PriceFetcher::NAME, limits(PRICE_TIMEOUT, PriceFetcher::MEMORY_MB)),
    ]
    .map(|(task, limits)| (task.to_owned(), limits))
    .into();
}

/// Cooks the lines of these providers. Those of a price source have an environment each: a function leaves a source alone for
/// a while that was not reached twice, and a source that says that its day is over is not asked again.
async fn run_lines(providers: &[Provider], environment: &Environment) {
    let mine = lines().into_iter().filter(|line| providers.contains(&line.from));
    let (alone, together): (Vec<_>, Vec<_>) = mine.partition(|line| line.from.source().is_some());
    let harnesses =
        alone.into_iter().map(|line| vec![line]).chain((!together.is_empty()).then_some(together));
    let cooking = stream::iter(harnesses).map(async |lines| {
        let harness = Harness::of(environment, limited).await;
        run_one(harness, providers, &lines).await
    });
    let mut failures = Failures::default();
    for others in cooking.buffer_unordered(HARNESSES).collect::<Vec<_>>().await {
        failures.join(others);
    }
    failures.none();
}

async fn run_one(harness: Harness, providers: &[Provider], lines: &[Line]) -> Failures {
    let mut failures = Failures::default();
    // What is loaded once is loaded before anything goes wrong.
    harness.run(&order("first", &[providers[0].something_else()])).await;
    let (elsewhere, visits) = elsewhere().await;
    let korea = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let today = local::clock::now().to_zoned(korea).date();
    let survey_day = chamgagyeok::survey_days(today, 1)[0].strftime("%Y%m%d").to_string();
    for &provider in providers {
        let words = Words { elsewhere: &elsewhere, itself: provider.url(&harness), survey_day: &survey_day };
        let lines = lines.iter().filter(|line| line.from == provider);
        let behaviour = lines.fold(Behaviour::default(), |behaviour, line| {
            behaviour.with_fault(When::About(line.about()), line.reply.script(&words))
        });
        provider.stub(&harness).behave(behaviour);
    }

    let cooking = stream::iter(lines).map(async |line| (line, harness.run(&line.order()).await));
    let outcome: Vec<_> = cooking.buffer_unordered(AT_ONCE).collect().await;
    for (line, outcome) in &outcome {
        failures.note(&line.name, line.check(outcome, line.from.stub(&harness)));
    }
    failures.note("all", ensure(visits.load(Ordering::SeqCst) == 0, || "a redirect was followed".to_owned()));
    cached::check(&harness, lines, &mut failures).await;
    survived(&harness.log().await, &mut failures);
    harness.close().await;
    failures
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_is_survived_as_its_line_says() {
    let environment = Environment::local().unwrap();
    run_lines(&[Provider::Naver, Provider::Bedrock], &environment).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_of_a_shop_is_survived_as_its_line_says() {
    let environment = asks(&[PriceSource::Elevenst], "required");
    run_lines(&[Provider::Elevenst], &environment).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_of_a_survey_is_survived_as_its_line_says() {
    let environment = asks(&[PriceSource::Chamgagyeok], "required");
    run_lines(&[Provider::Chamgagyeok], &environment).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_of_a_reference_is_survived_as_its_line_says() {
    let environment = asks(&[PriceSource::Elevenst, PriceSource::Kamis], "required");
    run_lines(&[Provider::Kamis], &environment).await;
}

/// What the functions' logs say of all lines together.
fn survived(log: &[String], failures: &mut Failures) {
    let mut ends = BTreeMap::<String, u32>::new();
    let mut peak_mb = 0;
    for line in log {
        failures.note("log", ensure(!line.contains("표식"), || format!("repeats an order: {line}")));
        failures.note("log", ensure(!line.contains("panicked"), || line.clone()));
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        if line["type"] == "platform.report" {
            let status = line["record"]["status"].as_str().unwrap_or_default();
            *ends.entry(status.to_owned()).or_default() += 1;
            peak_mb = peak_mb.max(line["record"]["metrics"]["maxMemoryUsedMB"].as_u64().unwrap_or(u64::MAX));
        }
    }
    let answered = ends.keys().all(|status| status == "success" || status == "failure");
    failures.note("functions", ensure(answered && !ends.is_empty(), || format!("how they ended: {ends:?}")));
    failures.note("functions", ensure(peak_mb <= MAX_MEMORY_MB, || format!("used {peak_mb} MB")));
}
