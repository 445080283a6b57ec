//! Against a DynamoDB API on loopback, through the real SDK.

use aws_sdk_dynamodb::{
    config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider},
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use dynoxide::Database;
use tokio::net::TcpListener;

use super::*;
use crate::testing::test_server::unused_address;

const TABLE: &str = "ai-chef-prices-test";

/// The table and a client that looks behind the adapter.
struct Loopback {
    config: SdkConfig,
    client: Client,
}

impl Loopback {
    async fn open() -> Self {
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

    fn table(&self) -> DynamoDb {
        DynamoDb::new(&self.config, TABLE)
    }

    /// Writes a row behind the adapter's back.
    async fn plant(&self, key: &str, attributes: &[(&str, AttributeValue)]) {
        let mut request = self.client.put_item().table_name(TABLE);
        request = request.item(attribute::KEY, AttributeValue::S(key.to_owned()));
        for (name, value) in attributes {
            request = request.item(*name, value.clone());
        }
        request.send().await.unwrap();
    }
}

/// The configuration of a client of that endpoint.
fn config(endpoint: String) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "test");
    aws::sdk_config()
        .into_builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("ap-northeast-2"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

const NOW_MS: i64 = 1_795_575_600_000;

fn row(key: &str, version: &str) -> NewRow {
    NewRow {
        key: key.to_owned(),
        version: version.to_owned(),
        body: format!("body {version}"),
        expires_at_s: 1_795_600_000,
    }
}

fn lease(holder: &str, now_ms: i64, time_ms: i64) -> NewLease {
    NewLease { holder: holder.to_owned(), now_ms, until_ms: now_ms + time_ms, expires_at_s: 1_795_600_000 }
}

fn is(version: &str) -> Version {
    Version::Is(version.to_owned())
}

#[tokio::test]
async fn a_row_is_read_as_it_was_put() {
    let table = Loopback::open().await.table();
    assert_eq!(table.read("a").await.unwrap(), Row::default());
    table.put(row("a", "1")).await.unwrap();
    let expect = Row { version: is("1"), body: Some("body 1".to_owned()), lease_until_ms: None };
    assert_eq!(table.read("a").await.unwrap(), expect);
    let keys = ["a", "b", "a"].map(str::to_owned);
    assert_eq!(table.read_all(keys.into()).await.unwrap(), BTreeMap::from([("a".to_owned(), expect)]));
}

#[tokio::test]
async fn more_keys_than_a_batch_holds_are_read_together() {
    let table = Loopback::open().await.table();
    let keys: Vec<_> = (0..150).map(|at| format!("k{at}")).collect();
    let writes = keys.iter().map(|key| table.put(row(key, "1")));
    try_join_all(writes).await.unwrap();
    let read = table.read_all(keys.clone()).await.unwrap();
    assert_eq!(read.len(), 150);
}

#[tokio::test]
async fn one_lease_runs_at_a_time() {
    let table = Loopback::open().await.table();
    let take = async |seen: &Version, holder: &str, now_ms| {
        table.lease("a", seen, &lease(holder, now_ms, 5_000)).await.unwrap()
    };
    assert_eq!(take(&Version::Absent, "x", NOW_MS).await, Leased::Taken);
    let lost = take(&Version::Absent, "y", NOW_MS + 4_999).await;
    assert!(matches!(lost, Leased::Lost(Some(row)) if row.is_leased(NOW_MS + 4_999)));
    // It ends by itself.
    assert_eq!(take(&Version::Absent, "y", NOW_MS + 5_000).await, Leased::Taken);
    // Only its holder can give it back.
    table.release("a", "x").await.unwrap();
    assert!(table.read("a").await.unwrap().is_leased(NOW_MS + 5_001));
    table.release("a", "y").await.unwrap();
    assert_eq!(table.read("a").await.unwrap().lease_until_ms, None);
    // An answer ends it too, and a function that has not seen the answer gets none.
    assert_eq!(take(&Version::Absent, "z", NOW_MS).await, Leased::Taken);
    table.put(row("a", "1")).await.unwrap();
    let lost = take(&Version::Absent, "y", NOW_MS + 1).await;
    assert!(matches!(lost, Leased::Lost(Some(row)) if row.version == is("1")));
    assert_eq!(take(&is("1"), "y", NOW_MS + 1).await, Leased::Taken);
    assert_eq!(table.read("a").await.unwrap().body.as_deref(), Some("body 1"), "a lease keeps the body");
}

#[tokio::test]
async fn a_row_of_another_form_is_leased_and_overwritten() {
    let loopback = Loopback::open().await;
    let table = loopback.table();
    let bad = [
        (attribute::VERSION, number(7)),
        (attribute::BODY, AttributeValue::Bool(true)),
        (attribute::LEASE_UNTIL, text("for ever")),
        (attribute::TTL, text("never")),
    ];
    loopback.plant("a", &bad).await;
    let seen = table.read("a").await.unwrap();
    let expect = Row { version: Version::Unreadable, body: None, lease_until_ms: None };
    assert_eq!(seen, expect);
    assert_eq!(table.lease("a", &seen.version, &lease("x", NOW_MS, 9)).await.unwrap(), Leased::Taken);
    table.put(row("a", "1")).await.unwrap();
    assert_eq!(table.read("a").await.unwrap().version, is("1"));
    // A lease that is longer than any function takes.
    loopback.plant("b", &[(attribute::LEASE_UNTIL, number(i64::MAX))]).await;
    assert!(!table.read("b").await.unwrap().is_leased(NOW_MS));
    assert_eq!(table.lease("b", &Version::Absent, &lease("x", NOW_MS, 9)).await.unwrap(), Leased::Taken);
}

#[tokio::test]
async fn a_counter_stops_at_its_limit() {
    let table = Loopback::open().await.table();
    let count = |by, below| {
        let expires_at_s = 1_795_600_000;
        table.count("quota#a", Increment { by, below, expires_at_s })
    };
    for used in 1..=3 {
        assert_eq!(count(1, 3).await.unwrap(), Some(used));
    }
    assert_eq!(count(1, 3).await.unwrap(), None);
    let many = try_join_all((0..20).map(|_| count(1, 10))).await.unwrap();
    assert_eq!(many.iter().flatten().count(), 7);
    assert_eq!(count(1_000_000_000, 1_000_000_000).await.unwrap(), Some(1_000_000_010));
    assert_eq!(count(1, 1_000_000).await.unwrap(), None);
}

#[tokio::test]
async fn every_row_has_a_time_to_live() {
    let loopback = Loopback::open().await;
    let table = loopback.table();
    table.put(row("a", "1")).await.unwrap();
    table.lease("b", &Version::Absent, &lease("x", NOW_MS, 9)).await.unwrap();
    let expires_at_s = 1_795_600_000;
    let increment = Increment { by: 1, below: 2, expires_at_s };
    table.count("c", increment).await.unwrap();
    for key in ["a", "b", "c"] {
        let request = loopback.client.get_item().table_name(TABLE).key(attribute::KEY, text(key));
        let item = request.send().await.unwrap().item.unwrap();
        assert_eq!(item[attribute::TTL], number(1_795_600_000));
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_says_so() {
    let loopback = Loopback::open().await;
    let table = DynamoDb::new(&loopback.config, "no-table");
    let error = table.read("a").await.unwrap_err().to_string();
    assert!(error.starts_with("prices table is not available: ResourceNotFoundException"), "{error}");
    let (_port, unused) = unused_address();
    let unreachable = DynamoDb::new(&config(unused.join("").to_string()), TABLE);
    assert!(unreachable.read_all(vec!["a".to_owned()]).await.is_err());
}
