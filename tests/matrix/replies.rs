//! `replies.jsonl`: what a provider may send in the place of an answer. Every line is an order of its own in one
//! environment, through the real functions: it fails with the right name and reason, or its ingredient has no price, or it
//! is cooked all the same. No function dies of it, waits longer than its time or fills its memory.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use contract::{
    Order, Status, Task,
    task::{PriceFetcher, RecipeGenerator},
};
use futures::{StreamExt as _, stream};
use local::{
    embedded::Limits,
    standins::{Behaviour, StandIn, When},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{
    case::{self, Failures, ensure, says},
    reply::Reply,
};
use crate::kitchen::{Cooked, Kitchen, parse};

/// How many orders are under way at once.
const AT_ONCE: usize = 16;
/// The functions' timeouts here. An adapter gives up a second earlier: the lines that wait for it wait that long.
const RECIPE_TIMEOUT: Duration = Duration::from_secs(6);
const PRICE_TIMEOUT: Duration = Duration::from_secs(5);
/// Most memory that a function may have used, in MB: far below its limit, and far below the largest body that is sent.
const MAX_MEMORY_MB: u64 = 48;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    name: String,
    from: Provider,
    reply: Reply,
    /// The error, and a part of the reason.
    failed: Option<(String, String)>,
    /// Why the ingredient has no price.
    unpriced: Option<String>,
    #[serde(default)]
    cooked: bool,
    /// How often the provider is asked, when that is certain.
    calls: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Provider {
    Naver,
    Bedrock,
}

impl case::Line for Line {
    fn name(&self) -> &str {
        &self.name
    }
}

pub(super) fn lines() -> Vec<Line> {
    case::lines("replies.jsonl", include_str!("replies.jsonl"))
}

impl Line {
    /// The words that the provider knows this order by. They may be health data, and stand in no error and no log.
    fn marker(&self) -> String {
        format!("표식 {} 끝", self.name)
    }

    fn order(&self) -> Order {
        let mut order = json!({
            "sessionId": self.name,
            "profile": { "target": "general", "budget": 20_000, "servings": 2 },
            "ingredients": [],
        });
        match self.from {
            Provider::Naver => order["ingredients"] = json!([{ "name": self.marker() }, { "name": "두부" }]),
            Provider::Bedrock => {
                order["profile"] = json!({ "target": "keto", "phase": self.marker(), "carbLimit": 20,
                                           "budget": 20_000, "servings": 2 });
            }
        }
        parse(&order)
    }

    fn check(&self, cooked: &Cooked, stand_in: &StandIn) -> Result<(), String> {
        let calls = stand_in
            .calls()
            .iter()
            .filter(|call| call.subject.contains(&self.marker()))
            .count();
        ensure(self.calls.is_none_or(|expected| calls == expected), || {
            format!("{calls} calls")
        })?;
        let session = &cooked.session;
        match (&self.failed, &self.unpriced, self.cooked) {
            (Some((error, reason)), None, false) => {
                ensure(session.status == Status::Failed, || {
                    format!("session {:?}", session.status)
                })?;
                ensure(session.error.as_deref() == Some(error), || {
                    format!("{:?}: {:?}", session.error, session.cause)
                })?;
                ensure(cooked.execution.error.as_deref() == Some(error), || {
                    format!("{:?}", cooked.execution)
                })?;
                let cause = session.cause.as_deref().unwrap_or_default();
                let cause_json: Value =
                    serde_json::from_str(cause).map_err(|error| format!("{error}: {cause}"))?;
                says(cause_json["errorMessage"].as_str().unwrap_or_default(), reason)?;
                ensure(!cause.contains(&self.marker()), || {
                    format!("repeats the order: {cause}")
                })
            }
            (None, Some(reason), false) => {
                ensure(session.status == Status::Completed, || {
                    format!("{:?}", cooked.execution)
                })?;
                let pricing = serde_json::to_value(&session.result).unwrap()["pricing"].take();
                let unpriced = pricing["unpriced"].as_array().unwrap();
                let mine = unpriced
                    .iter()
                    .find(|item| item["name"] == self.marker().as_str());
                ensure(mine.is_some_and(|item| item["reason"] == reason.as_str()), || {
                    pricing.to_string()
                })?;
                ensure(
                    !unpriced
                        .iter()
                        .any(|item| item["name"] == "두부" && item["reason"] != "notSearched"),
                    || format!("the other ingredient lost its price: {pricing}"),
                )
            }
            (None, None, true) => {
                let result = session.result.as_ref();
                let plan = result.ok_or_else(|| format!("{:?}", cooked.execution))?;
                // The recipe that was sent and no other, the ingredient with the price that was sent.
                match self.from {
                    Provider::Naver => {
                        let marker = self.marker();
                        let priced = plan.pricing.priced().any(|name| name == marker);
                        ensure(priced, || format!("without a price: {:?}", plan.pricing))
                    }
                    Provider::Bedrock => {
                        let name = &*plan.recipe.name;
                        ensure(name.ends_with('국'), || format!("another recipe: {name}"))
                    }
                }
            }
            _ => Err("needs one of `failed`, `unpriced` and `cooked`".to_owned()),
        }
    }
}

/// A server that nobody should come to.
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

fn behaviour(lines: &[Line], from: Provider, elsewhere: &str, itself: &str) -> Behaviour {
    let lines = lines.iter().filter(|line| line.from == from);
    lines.fold(Behaviour::default(), |behaviour, line| {
        behaviour.but(When::About(line.marker()), line.reply.script(elsewhere, itself))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_is_survived_as_its_line_says() {
    let lines = lines();
    let (elsewhere, visits) = elsewhere().await;
    let kitchen = Kitchen::with(|config| {
        let limits = |timeout, memory_mb| Limits { timeout, memory_mb };
        config.limits = [
            (
                RecipeGenerator::NAME,
                limits(RECIPE_TIMEOUT, RecipeGenerator::MEMORY_MB),
            ),
            (PriceFetcher::NAME, limits(PRICE_TIMEOUT, PriceFetcher::MEMORY_MB)),
        ]
        .map(|(task, limits)| (task.to_owned(), limits))
        .into();
    })
    .await;
    let (naver, bedrock) = (kitchen.environment.naver(), kitchen.environment.bedrock());
    let urls = kitchen.environment.urls();
    naver.behave(behaviour(
        &lines,
        Provider::Naver,
        &elsewhere,
        kitchen
            .environment
            .sources()
            .base_url(contract::PriceSource::Naver)
            .unwrap(),
    ));
    bedrock.behave(behaviour(&lines, Provider::Bedrock, &elsewhere, &urls.bedrock));

    let cooking = stream::iter(&lines).map(async |line| (line, kitchen.cook(&line.order()).await));
    let cooked: Vec<_> = cooking.buffer_unordered(AT_ONCE).collect().await;
    let mut failures = Failures::default();
    for (line, cooked) in &cooked {
        let stand_in = match line.from {
            Provider::Naver => naver,
            Provider::Bedrock => bedrock,
        };
        failures.note(&line.name, line.check(cooked, stand_in));
    }
    failures.note(
        "all",
        ensure(visits.load(Ordering::SeqCst) == 0, || {
            "a redirect was followed".to_owned()
        }),
    );
    survived(&kitchen.log().await, &mut failures);
    kitchen.close().await;
    failures.none();
}

/// What the functions' logs say of all lines together.
fn survived(log: &[String], failures: &mut Failures) {
    let mut ends = BTreeMap::<String, u32>::new();
    let mut peak_mb = 0;
    for line in log {
        failures.note(
            "log",
            ensure(!line.contains("표식"), || format!("repeats an order: {line}")),
        );
        failures.note("log", ensure(!line.contains("panicked"), || line.clone()));
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        if line["type"] == "platform.report" {
            let status = line["record"]["status"].as_str().unwrap_or_default();
            *ends.entry(status.to_owned()).or_default() += 1;
            peak_mb = peak_mb.max(
                line["record"]["metrics"]["maxMemoryUsedMB"]
                    .as_u64()
                    .unwrap_or(u64::MAX),
            );
        }
    }
    let answered = ends
        .keys()
        .all(|status| status == "success" || status == "failure");
    failures.note(
        "functions",
        ensure(answered && !ends.is_empty(), || {
            format!("how they ended: {ends:?}")
        }),
    );
    failures.note(
        "functions",
        ensure(peak_mb <= MAX_MEMORY_MB, || format!("used {peak_mb} MB")),
    );
}
