//! The pipeline's two tables on an embedded DynamoDB, with the task over them.

use aws_sdk_dynamodb::{
    config::{Credentials, Region, SharedCredentialsProvider},
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use contract::{error_name::CombineError, task::CombineInput};
use dynoxide::Database;
use runtime::{Deadline, Failure, Handler as _, Invocation, Recorder};
use tokio::net::TcpListener;

use super::super::*;
use crate::Combine;

pub(super) const RESULTS: &str = "ai-chef-results-test";
pub(super) const SESSIONS: &str = "ai-chef-sessions-test";

pub(super) fn config(endpoint: String) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "test");
    let config = aws::sdk_config().into_builder();
    let config = config.endpoint_url(endpoint).region(Region::new("ap-northeast-2"));
    config.credentials_provider(SharedCredentialsProvider::new(credentials)).build()
}

async fn create(client: &Client, table: &str) {
    let key = KeySchemaElement::builder().attribute_name(attribute::SESSION_ID).key_type(KeyType::Hash);
    let definition = AttributeDefinition::builder()
        .attribute_name(attribute::SESSION_ID)
        .attribute_type(ScalarAttributeType::S);
    let request = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    let request = request.key_schema(key.build().unwrap()).attribute_definitions(definition.build().unwrap());
    request.send().await.unwrap();
}

/// The pipeline's two tables with the task over them.
pub(super) struct Harness {
    config: SdkConfig,
    pub(super) client: Client,
}

impl Harness {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
        let config = config(endpoint);
        let client = Client::new(&config);
        create(&client, RESULTS).await;
        create(&client, SESSIONS).await;
        Self { config, client }
    }

    /// The task at that time: each attempt has its own date.
    pub(super) async fn combine(
        &self,
        input: CombineInput,
        now: fn() -> jiff::Timestamp,
    ) -> Result<MealPlan, Failure<CombineError>> {
        combine(&self.config, input, now).await
    }

    pub(super) async fn put_session(&self, session: &serde_json::Value) {
        let item: HashMap<String, AttributeValue> = serde_dynamo::to_item(session).unwrap();
        self.client.put_item().table_name(SESSIONS).set_item(Some(item)).send().await.unwrap();
    }

    pub(super) async fn row(&self, table: &str) -> Option<serde_json::Value> {
        let key = AttributeValue::S("s-1".to_owned());
        let answer = self.client.get_item().table_name(table).key(attribute::SESSION_ID, key).send().await;
        answer.unwrap().item.map(|item| serde_dynamo::from_item(item).unwrap())
    }

    pub(super) async fn session(&self) -> Session {
        serde_json::from_value(self.row(SESSIONS).await.unwrap()).unwrap()
    }
}

pub(super) async fn combine(
    config: &SdkConfig,
    input: CombineInput,
    now: fn() -> jiff::Timestamp,
) -> Result<MealPlan, Failure<CombineError>> {
    let tables = Tables { results: RESULTS.to_owned(), sessions: SESSIONS.to_owned() };
    let deadline = Deadline::after(Duration::from_secs(10));
    let invocation = Invocation { deadline, metrics: Recorder::in_memory().0 };
    Combine::new(DynamoDb::new(config, tables), now).handle(input, &invocation).await
}
