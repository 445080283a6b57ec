//! The prices table on a DynamoDB API of our own, for tests that go through the real SDK.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider},
    types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    },
};
use dynoxide::Database;
use runtime::aws::{self, SdkConfig};
use tokio::net::TcpListener;

use super::dynamodb::{DynamoDb, attribute};

pub(crate) const TABLE: &str = "ai-chef-prices-test";

/// The table and a client that looks behind the adapter.
pub(crate) struct Loopback {
    pub(crate) config: SdkConfig,
    pub(crate) client: Client,
}

impl Loopback {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
        let config = config(endpoint);
        let client = Client::new(&config);
        let key = KeySchemaElement::builder().attribute_name(attribute::KEY).key_type(KeyType::Hash);
        let definition = AttributeDefinition::builder()
            .attribute_name(attribute::KEY)
            .attribute_type(ScalarAttributeType::S);
        let request = client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
        let request =
            request.key_schema(key.build().unwrap()).attribute_definitions(definition.build().unwrap());
        request.send().await.unwrap();
        Self { config, client }
    }

    pub(crate) fn table(&self) -> DynamoDb {
        DynamoDb::new(&self.config, TABLE)
    }

    /// Writes a row behind the adapter's back.
    pub(crate) async fn plant(&self, key: &str, attributes: &[(&str, AttributeValue)]) {
        let mut request = self.client.put_item().table_name(TABLE);
        request = request.item(attribute::KEY, AttributeValue::S(key.to_owned()));
        for (name, value) in attributes {
            request = request.item(*name, value.clone());
        }
        request.send().await.unwrap();
    }
}

/// The configuration of a client of that endpoint.
pub(crate) fn config(endpoint: String) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "test");
    aws::sdk_config()
        .into_builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("ap-northeast-2"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}
