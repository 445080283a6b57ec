//! Incidents from the fault to the page and the recovery: through processes, metrics, alarms and topics, to a subscriber that
//! speaks HTTP. Each is one page, from the alarm on its cause, with its runbook.

use std::{num::NonZeroU16, sync::Arc, time::Duration};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use cloudwatch::alarm::State;
use contract::task::{PriceFetcher, TaskKind};
use futures::future::join_all;
use local::{
    embedded::{Config, Limits},
    stubs::{Behaviour, Reaction, When, bedrock},
};
use serde_json::{Value, json};
use stack::Environment;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
    time::timeout,
};

use crate::{
    harness::{Harness, order, replaced},
    programs::program,
};

/// A minute of the alarms takes two thirds of a second. The alarm on a symptom waits 23 minutes for one on a cause, which is more than a busy
/// machine needs to cook a batch of orders.
const SPEED: NonZeroU16 = NonZeroU16::new(90).unwrap();

/// Nothing takes as long, also on a busy machine.
const LIMIT: Duration = Duration::from_mins(4);

/// Orders that are cooked at the same time.
const BATCH: usize = 15;

/// An environment whose pages go to a subscriber of this test.
struct Incident {
    harness: Harness,
    pages: mpsc::UnboundedReceiver<Value>,
    seen: Vec<Value>,
    orders: usize,
}

/// What CloudWatch said, in the order of arrival.
async fn subscriber() -> (String, mpsc::UnboundedReceiver<Value>) {
    let (sender, pages) = mpsc::unbounded_channel();
    let client = Arc::new(Mutex::new(reqwest_client()));
    let hook = post(async move |headers: HeaderMap, body: Bytes| {
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(headers["x-amz-sns-message-type"], *body["Type"].as_str().unwrap());
        if body["Type"] == "SubscriptionConfirmation" {
            let url = body["SubscribeURL"].as_str().unwrap();
            assert!(client.lock().await.get(url).send().await.unwrap().status().is_success());
        } else {
            let message = body["Message"].as_str().unwrap();
            let _test_is_over = sender.send(serde_json::from_str(message).unwrap());
        }
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", hook)).await });
    (url, pages)
}

fn reqwest_client() -> reqwest::Client {
    // An error says that a provider is there already.
    let _already = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap()
}

impl Incident {
    async fn begin(change: impl FnOnce(&mut Config)) -> Self {
        let (url, pages) = subscriber().await;
        let text = format!(
            "name = \"local-oncall\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\nsources = [\"naver\"]\n\
             [model]\nend_of_life = \"unknown\"\n[source.naver]\nper_second = 50\nper_day = 100000\nconcurrency = 10\n\
             [[subscribers]]\ntopic = \"page\"\nprotocol = \"https\"\nendpoint = \"{url}\"\n"
        );
        let environment = Environment::parse("local-oncall.toml", &text).unwrap();
        let harness = Harness::of(&environment, |config| {
            config.alarm_clock_speed = SPEED;
            change(config);
        })
        .await;
        timeout(LIMIT, harness.environment.topics().confirmed()).await.unwrap();
        Self { harness, pages, seen: Vec::new(), orders: 0 }
    }

    /// Cooks so many orders at the same time.
    async fn cook(&mut self, count: usize, ingredient: &str) {
        cook(&self.harness, &mut self.orders, count, ingredient).await;
    }

    /// Cooks batch after batch until a message about an alarm's state has come, and keeps those before. Orders that are under way
    /// then go on: what failed is tried again by the next behaviour of the stand-ins, and does not fail long after the page.
    async fn until(&mut self, state: &str, count: usize, ingredient: &str) -> Value {
        let Self { harness, pages, seen, orders } = self;
        let cooking = async {
            if count == 0 {
                return std::future::pending().await;
            }
            loop {
                cook(harness, orders, count, ingredient).await;
            }
        };
        let page = async {
            loop {
                let page = pages.recv().await.unwrap();
                seen.push(page.clone());
                if page["NewStateValue"] == state && page["OldStateValue"] != "INSUFFICIENT_DATA" {
                    return page;
                }
            }
        };
        let page = timeout(LIMIT, async {
            tokio::select! {
                page = page => page,
                page = cooking => page,
            }
        });
        page.await.unwrap_or_else(|_| panic!("no {state}"))
    }

    /// Whether an alarm of a name that begins so was ever red.
    fn was_red(&self, alarm: &str) -> bool {
        let (changes, _) = self.harness.environment.alarms().changes(0);
        changes.iter().any(|change| change.alarm.starts_with(alarm) && change.to == State::Alarm)
    }

    /// Waits until every alarm that pages is green again, and gives the names of those that paged.
    async fn end(mut self) -> Vec<String> {
        let alarms = self.harness.environment.alarms();
        let pages = |name: &&str| {
            alarms.details(name).unwrap().alarm_actions.iter().any(|topic| topic.contains("page"))
        };
        let is_red = || {
            let mut names = alarms.names().filter(pages);
            names.any(|name| alarms.status(name).unwrap().state == State::Alarm)
        };
        let green = async {
            let mut seen = 0;
            while is_red() {
                (_, seen) = alarms.next_changes(seen).await;
            }
        };
        timeout(LIMIT, green).await.unwrap();
        while let Ok(page) = self.pages.try_recv() {
            self.seen.push(page);
        }
        let pages = self.seen.iter().filter(|page| page["NewStateValue"] == "ALARM");
        let names = pages.map(|page| page["AlarmName"].as_str().unwrap().to_owned()).collect();
        self.harness.close().await;
        names
    }
}

async fn cook(harness: &Harness, orders: &mut usize, count: usize, ingredient: &str) {
    let from = *orders;
    *orders += count;
    let batch: Vec<_> =
        (from..*orders).map(|number| order(&format!("order-{number}"), &[ingredient])).collect();
    join_all(batch.iter().map(|order| harness.run(order))).await;
}

/// Every fifth call.
fn one_in_five(reaction: &Reaction) -> Behaviour {
    let calls = (1..=400).map(|number| 5 * number);
    calls.fold(Behaviour::default(), |behaviour, call| {
        behaviour.with_fault(When::Call(call), reaction.clone())
    })
}

fn check(page: &Value, alarm: &str, runbook: &str) {
    let name = page["AlarmName"].as_str().unwrap();
    assert!(name.starts_with(alarm), "{page:#}");
    let description = page["AlarmDescription"].as_str().unwrap();
    assert!(description.contains(runbook) && description.contains("**Mend:**"), "{page:#}");
    assert!(page["NewStateReason"].as_str().unwrap().starts_with("Threshold Crossed: "), "{page:#}");
    assert_eq!(
        (&page["Region"], &page["AWSAccountId"]),
        (&json!("Asia Pacific (Seoul)"), &json!("000000000000"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_fails_a_fifth_of_its_calls_is_one_page() {
    let mut incident = Incident::begin(|_| {}).await;
    incident.cook(BATCH, "두부").await;
    let bedrock = incident.harness.environment.bedrock();
    bedrock.behave(one_in_five(&bedrock::validation("no access to the model").into()));
    let page = incident.until("ALARM", BATCH, "두부").await;
    check(&page, "ai-chef-bedrock-failing", "More than 5 % of the calls to Bedrock fail");
    assert_eq!(
        page["Trigger"]["Period"].as_u64().or(page["Trigger"]["Metrics"][0]["MetricStat"]["Period"].as_u64()),
        Some(600)
    );

    incident.harness.environment.bedrock().behave(Behaviour::default());
    let recovery = incident.until("OK", 1, "두부").await;
    assert_eq!((&recovery["AlarmName"], &recovery["OldStateValue"]), (&page["AlarmName"], &json!("ALARM")));
    // The symptom was red, too, and kept back.
    assert!(incident.was_red("ai-chef-execution-failed-local"));
    let paged = incident.end().await;
    assert_eq!(paged, [page["AlarmName"].as_str().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_hangs_is_one_page() {
    let mut incident = Incident::begin(|config| {
        config.functions = replaced::<PriceFetcher>(program("misbehave"));
        let limits = Limits { timeout: Duration::from_millis(700), memory_mb: 256 };
        config.limits.insert(TaskKind::PriceFetcher.name().to_owned(), limits);
    })
    .await;
    incident.cook(1, "do hang").await;
    let page = incident.until("ALARM", 0, "").await;
    check(&page, "ai-chef-price-fetcher-timed-out", "ran into its timeout");
    let recovery = incident.until("OK", 0, "").await;
    assert_eq!(recovery["AlarmName"], page["AlarmName"]);
    let paged = incident.end().await;
    assert_eq!(paged, [page["AlarmName"].as_str().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn recipes_that_do_not_parse_are_one_page() {
    let prose = bedrock::reply(&json!([{ "type": "text", "text": "I would rather not." }]), "end_turn");
    let mut incident = Incident::begin(|config| {
        config.bedrock = Behaviour::default().with_fault(When::Always, prose);
    })
    .await;
    let page = incident.until("ALARM", BATCH, "두부").await;
    check(&page, "ai-chef-recipes-unreadable", "More than 5 % of the model's recipes cannot be read");
    incident.harness.environment.bedrock().behave(Behaviour::default());
    let recovery = incident.until("OK", 1, "두부").await;
    assert_eq!(recovery["AlarmName"], page["AlarmName"]);
    let paged = incident.end().await;
    assert_eq!(paged, [page["AlarmName"].as_str().unwrap()]);
}
