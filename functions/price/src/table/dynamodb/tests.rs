//! Against a real DynamoDB API on loopback, through the real SDK.

use std::sync::Arc;

use super::*;
use crate::{
    scripted::nobody,
    table::loopback::{self, Loopback, TABLE},
};

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
    NewLease {
        holder: holder.to_owned(),
        now_ms,
        until_ms: now_ms + time_ms,
        expires_at_s: 1_795_600_000,
    }
}

fn is(version: &str) -> Version {
    Version::Is(version.to_owned())
}

/// Whether a conditional write was lost.
fn is_lost(written: &Written) -> bool {
    matches!(written, Written::Lost(_))
}

#[tokio::test]
async fn what_is_put_is_read() {
    let table = Loopback::open().await.table();
    assert_eq!(table.read("a").await.unwrap(), Row::default());
    table.put(row("a", "1"), None).await.unwrap();
    let expect = Row {
        version: is("1"),
        body: Some("body 1".to_owned()),
        lease_until_ms: None,
    };
    assert_eq!(table.read("a").await.unwrap(), expect);
    let keys = ["a", "b", "a"].map(str::to_owned);
    assert_eq!(
        table.read_all(keys.into()).await.unwrap(),
        BTreeMap::from([("a".to_owned(), expect)])
    );
}

#[tokio::test]
async fn more_keys_than_a_batch_holds_are_read_together() {
    let table = Arc::new(Loopback::open().await.table());
    let keys: Vec<_> = (0..150).map(|at| format!("k{at}")).collect();
    let writes = keys
        .iter()
        .map(|key| PriceTable::put(&*table, row(key, "1"), None));
    try_join_all(writes).await.unwrap();
    let read = table.read_all(keys.clone()).await.unwrap();
    assert_eq!(read.len(), 150);
}

#[tokio::test]
async fn whoever_was_first_wins() {
    let table = Loopback::open().await.table();
    assert_eq!(
        table.put(row("a", "1"), Some(&Version::Absent)).await.unwrap(),
        Written::Done
    );
    let lost = table.put(row("a", "2"), Some(&Version::Absent)).await.unwrap();
    assert!(matches!(lost, Written::Lost(Some(row)) if row.version == is("1")));
    assert_eq!(
        table.put(row("a", "2"), Some(&is("1"))).await.unwrap(),
        Written::Done
    );
    assert!(is_lost(&table.put(row("a", "3"), Some(&is("1"))).await.unwrap()));
    assert_eq!(table.read("a").await.unwrap().version, is("2"));
}

#[tokio::test]
async fn one_lease_runs_at_a_time() {
    let table = Loopback::open().await.table();
    let take = async |seen: &Version, holder: &str, now_ms| {
        table
            .lease("a", seen, &lease(holder, now_ms, 5_000))
            .await
            .unwrap()
    };
    assert_eq!(take(&Version::Absent, "x", NOW_MS).await, Written::Done);
    let lost = take(&Version::Absent, "y", NOW_MS + 4_999).await;
    assert!(matches!(lost, Written::Lost(Some(row)) if row.is_leased(NOW_MS + 4_999)));
    // It ends by itself.
    assert_eq!(take(&Version::Absent, "y", NOW_MS + 5_000).await, Written::Done);
    // Whoever lost it can neither hold nor give it back, its holder can.
    table.renew("a", "x", NOW_MS + 9_000).await.unwrap();
    assert_eq!(
        table.read("a").await.unwrap().lease_until_ms,
        Some(NOW_MS + 10_000)
    );
    table.renew("a", "y", NOW_MS + 11_000).await.unwrap();
    assert_eq!(
        table.read("a").await.unwrap().lease_until_ms,
        Some(NOW_MS + 11_000)
    );
    table.release("a", "x").await.unwrap();
    assert!(table.read("a").await.unwrap().is_leased(NOW_MS + 5_001));
    table.release("a", "y").await.unwrap();
    assert_eq!(table.read("a").await.unwrap().lease_until_ms, None);
    // An answer ends it too, and whoever has not seen the answer gets none.
    assert_eq!(take(&Version::Absent, "z", NOW_MS).await, Written::Done);
    table.put(row("a", "1"), None).await.unwrap();
    assert!(is_lost(&take(&Version::Absent, "y", NOW_MS + 1).await));
    assert_eq!(take(&is("1"), "y", NOW_MS + 1).await, Written::Done);
    assert_eq!(
        table.read("a").await.unwrap().body.as_deref(),
        Some("body 1"),
        "a lease keeps the body"
    );
}

#[tokio::test]
async fn a_row_that_nobody_of_us_wrote_is_leased_and_overwritten() {
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
    let expect = Row {
        version: Version::Unreadable,
        body: None,
        lease_until_ms: None,
    };
    assert_eq!(seen, expect);
    assert_eq!(
        table
            .lease("a", &seen.version, &lease("x", NOW_MS, 9))
            .await
            .unwrap(),
        Written::Done
    );
    assert_eq!(
        table
            .put(row("a", "1"), Some(&Version::Unreadable))
            .await
            .unwrap(),
        Written::Done
    );
    assert!(is_lost(
        &table
            .put(row("a", "2"), Some(&Version::Unreadable))
            .await
            .unwrap()
    ));
}

#[tokio::test]
async fn a_lease_that_is_longer_than_any_is_nobodys() {
    let loopback = Loopback::open().await;
    let table = loopback.table();
    loopback
        .plant("a", &[(attribute::LEASE_UNTIL, number(i64::MAX))])
        .await;
    assert!(!table.read("a").await.unwrap().is_leased(NOW_MS));
    let taken = table
        .lease("a", &Version::Absent, &lease("x", NOW_MS, 9))
        .await
        .unwrap();
    assert_eq!(taken, Written::Done);
}

#[tokio::test]
async fn a_row_forgets_itself() {
    let loopback = Loopback::open().await;
    let table = loopback.table();
    table.put(row("a", "1"), None).await.unwrap();
    table
        .lease("b", &Version::Absent, &lease("x", NOW_MS, 9))
        .await
        .unwrap();
    for key in ["a", "b"] {
        let request = loopback
            .client
            .get_item()
            .table_name(TABLE)
            .key(attribute::KEY, text(key));
        let item = request.send().await.unwrap().item.unwrap();
        assert_eq!(item[attribute::TTL], number(1_795_600_000));
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_says_so() {
    let loopback = Loopback::open().await;
    let table = DynamoDb::new(&loopback.config, "no-table");
    let error = table.read("a").await.unwrap_err().to_string();
    assert!(
        error.starts_with("prices table is not available: ResourceNotFoundException"),
        "{error}"
    );
    let (_port, nobody) = nobody();
    let nobody = DynamoDb::new(&loopback::config(nobody.join("").to_string()), TABLE);
    assert!(nobody.read_all(vec!["a".to_owned()]).await.is_err());
}
