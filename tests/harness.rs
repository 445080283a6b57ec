//! An embedded environment with its clients, and what a test asks of it.

use std::{collections::BTreeMap, path::PathBuf};

use aws_sdk_dynamodb::types::AttributeValue;
use contract::{Order, PriceSource, Pricing, Session, SessionId, Status, Task, session::attribute};
use local::{
    embedded::{Config, Embedded},
    serve::AccessKey,
};
use platform::{Execution, ExecutionStatus, Platform as _};
use serde_json::{Value, json};
use stack::{CheckedTemplate, Environment};

use crate::programs;

/// An environment that is up.
pub(crate) struct Harness {
    pub(crate) environment: Embedded,
    /// Step Functions, through AWS's own client.
    pub(crate) states: aws_sdk_sfn::Client,
    /// `DynamoDB`, through AWS's own client.
    pub(crate) tables: aws_sdk_dynamodb::Client,
}

/// How an order ended.
#[derive(Debug)]
pub(crate) struct OrderOutcome {
    pub(crate) execution: Execution,
    pub(crate) session: Session,
}

impl Harness {
    /// With stand-ins that answer at once.
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// With another configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::of(&Environment::local().unwrap(), change).await
    }

    /// Another environment.
    pub(crate) async fn of(environment: &Environment, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(programs::functions(), programs::launcher());
        change(&mut config);
        let environment = Embedded::up(&template_of(environment), config).await.unwrap();
        let (urls, key) = (environment.urls(), environment.access_key());
        let (states, tables) = (states(&urls.states, key), tables(&urls.dynamodb, key));
        Self { environment, states, tables }
    }

    /// Cooks an order to its end.
    pub(crate) async fn run(&self, order: &Order) -> OrderOutcome {
        let started = self.environment.start(order).await.unwrap();
        let execution = self.environment.follow(&started.execution, &mut |_| {}).await.unwrap();
        let session = self.session(&order.session_id).await;
        OrderOutcome { execution, session }
    }

    /// The stored session.
    pub(crate) async fn session(&self, id: &SessionId) -> Session {
        self.environment.session(id).await.unwrap().expect("a session was opened")
    }

    /// The stored result's row, as `DynamoDB` gives it.
    pub(crate) async fn result(&self, id: &SessionId) -> Option<BTreeMap<String, AttributeValue>> {
        let key = AttributeValue::S(id.to_string());
        let call = self.tables.get_item().table_name("ai-chef-results-local").consistent_read(true);
        let found = call.key(attribute::SESSION_ID, key).send().await.unwrap();
        found.item.map(|item| item.into_iter().collect())
    }

    /// The name of the table of kept prices.
    pub(crate) fn prices_table(&self) -> String {
        format!("ai-chef-prices-{}", self.environment.environment())
    }

    /// Every line that the functions wrote.
    pub(crate) async fn log(&self) -> Vec<String> {
        self.environment.logs().flush().await;
        let lines = self.environment.logs().lines();
        lines.into_values().flatten().map(|line| line.text).collect()
    }

    /// Ends the environment: nothing that it started may outlive a test.
    pub(crate) async fn close(self) {
        self.environment.close().await.unwrap();
    }
}

/// AWS's own client of Step Functions for this address.
pub(crate) fn states(url: &str, key: &AccessKey) -> aws_sdk_sfn::Client {
    aws_sdk_sfn::Client::from_conf(
        aws_sdk_sfn::Config::builder()
            .behavior_version(aws_sdk_sfn::config::BehaviorVersion::latest())
            .region(aws_sdk_sfn::config::Region::new("ap-northeast-2"))
            .credentials_provider(credentials(key))
            .http_client(http())
            .endpoint_url(url)
            .build(),
    )
}

/// AWS's own client of `DynamoDB` for this address.
pub(crate) fn tables(url: &str, key: &AccessKey) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::from_conf(
        aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(aws_sdk_dynamodb::config::Region::new("ap-northeast-2"))
            .credentials_provider(credentials(key))
            .http_client(http())
            .endpoint_url(url)
            .build(),
    )
}

fn credentials(key: &AccessKey) -> aws_sdk_sfn::config::Credentials {
    let token = Some(key.session_token.clone());
    aws_sdk_sfn::config::Credentials::new(&key.id, &key.secret, token, None, "it")
}

fn http() -> aws_sdk_sfn::config::SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

/// The checked template of `local`.
pub(crate) fn template() -> CheckedTemplate {
    template_of(&Environment::local().unwrap())
}

fn template_of(environment: &Environment) -> CheckedTemplate {
    let today = jiff::civil::date(2026, 11, 22);
    stack::checked(stack::app(environment), today).unwrap()
}

/// An environment on this machine that asks these price sources, as fast as they answer. `policy` says whether prices are
/// required.
pub(crate) fn asks(sources: &[PriceSource], policy: &str) -> Environment {
    let names: Vec<_> = sources.iter().map(|source| source.name()).collect();
    let fast =
        |name: &&str| format!("[source.{name}]\nper_second = 50\nper_day = 100000\nconcurrency = 10\n");
    let text = format!(
        "name = \"local-it\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\nprices = \"{policy}\"\n\
         sources = {names:?}\n[model]\nend_of_life = \"unknown\"\n{}",
        names.iter().map(fast).collect::<String>()
    );
    Environment::parse("local-it.toml", &text).unwrap()
}

/// The prices of an order that was cooked.
#[track_caller]
pub(crate) fn pricing(outcome: &OrderOutcome) -> &Pricing {
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    assert_eq!(outcome.session.status, Status::Completed);
    &outcome.session.result.as_ref().unwrap().pricing
}

/// A plain order for these ingredients.
pub(crate) fn order(session: &str, ingredients: &[&str]) -> Order {
    let ingredients: Vec<Value> =
        ingredients.iter().map(|name| json!({ "name": name, "amount": "100", "unit": "g" })).collect();
    parse(&json!({
        "sessionId": session,
        "profile": { "target": "general", "budget": 20_000, "servings": 2 },
        "ingredients": ingredients,
    }))
}

/// An order as a person writes it.
pub(crate) fn parse(order: &Value) -> Order {
    Order::parse(order.to_string().as_bytes(), || SessionId::new("generated").unwrap()).unwrap()
}

/// The other programs, with one function replaced.
pub(crate) fn replaced<T: Task>(program: PathBuf) -> BTreeMap<String, PathBuf> {
    let mut functions = programs::functions();
    functions.insert(T::NAME.to_owned(), program);
    functions
}

/// The types of an execution's events, oldest first.
pub(crate) async fn events(harness: &Harness, outcome: &OrderOutcome) -> Vec<String> {
    let events = harness.environment.history(&outcome.execution.id).await.unwrap();
    events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

/// How often an event of this type stands in a history.
pub(crate) fn count(events: &[String], kind: &str) -> usize {
    events.iter().filter(|event| *event == kind).count()
}
