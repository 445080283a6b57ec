//! The port to the prices table, which all functions share: kept answers, documents of sources, what is left of budgets.
//!
//! A row is a key, a body (JSON, whose shape its owner knows and checks) and a version, which changes with every body, so
//! that whoever has read a row can write the next one if nobody else did. Beside the body a row may hold a lease: one
//! function is busy with the next body. What bodies say does not live here: see `cache`, `budget` and `shelf`.

pub mod dynamodb;
#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
pub(crate) mod loopback;

use std::{collections::BTreeMap, fmt};

use contract::PriceSource;
use futures::future::BoxFuture;

pub use self::dynamodb::DynamoDb;

/// The prices table. Every call may fail, hang or be slow: callers bound it and go on without it.
pub trait PriceTable: fmt::Debug + Send + Sync + 'static {
    /// The rows under these keys, maybe a moment old. A key without a row is not in it.
    fn read_all(&self, keys: Vec<String>) -> BoxFuture<'_, Result<BTreeMap<String, Row>, TableError>>;

    /// The row under this key as it stands; one that is not there is an empty one.
    fn read<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Row, TableError>>;

    /// Writes a row over what is there and ends its lease: always, or only if the version is still the one that was seen.
    fn put<'a>(
        &'a self,
        row: NewRow,
        seen: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Written, TableError>>;

    /// Takes the lease of a row, if its version is still the one that was seen and nobody has a lease that runs.
    fn lease<'a>(
        &'a self,
        key: &'a str,
        seen: &'a Version,
        lease: &'a NewLease,
    ) -> BoxFuture<'a, Result<Written, TableError>>;

    /// Lets the lease of that holder run on until that moment, in ms since 1970. Somebody else's stays.
    fn renew<'a>(
        &'a self,
        key: &'a str,
        holder: &'a str,
        until_ms: i64,
    ) -> BoxFuture<'a, Result<(), TableError>>;

    /// Gives the lease of that holder back. Somebody else's stays.
    fn release<'a>(&'a self, key: &'a str, holder: &'a str) -> BoxFuture<'a, Result<(), TableError>>;
}

/// A row as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Which body this is.
    pub version: Version,
    /// The body, if there is a text.
    pub body: Option<String>,
    /// When the lease ends, in ms since 1970. Nothing: nobody has one.
    pub lease_until_ms: Option<i64>,
}

impl Row {
    /// Whether somebody is busy with the next body. A lease longer than any that is taken is nobody's.
    #[must_use]
    pub fn is_leased(&self, now_ms: i64) -> bool {
        self.lease_until_ms
            .is_some_and(|until_ms| now_ms < until_ms && until_ms <= longest_lease_ms(now_ms))
    }
}

/// Which body a row has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Version {
    /// None: there is no row, or one with a lease only.
    #[default]
    Absent,
    /// This one.
    Is(String),
    /// The attribute is no text: a row that nobody of us wrote.
    Unreadable,
}

/// A row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    /// Its key.
    pub key: String,
    /// A version that the row never had.
    pub version: String,
    /// Its body.
    pub body: String,
    /// When the table may forget it, in seconds since 1970.
    pub expires_at_s: i64,
}

/// A lease to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLease {
    /// Who takes it: nobody else has this name.
    pub holder: String,
    /// What time it is, in ms since 1970.
    pub now_ms: i64,
    /// When it ends by itself, in ms since 1970.
    pub until_ms: i64,
    /// When the table may forget a row that has nothing but this lease, in seconds since 1970.
    pub expires_at_s: i64,
}

/// Longest lease that is taken or believed.
pub const LONGEST_LEASE_MS: i64 = 10_000;
/// How far the clocks of two functions may be apart and a lease is still believed.
const CLOCKS_APART_MS: i64 = 2_000;

/// The latest end of a lease that is believed now.
pub(crate) const fn longest_lease_ms(now_ms: i64) -> i64 {
    now_ms.saturating_add(LONGEST_LEASE_MS + CLOCKS_APART_MS)
}

/// How a conditional write ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Done,
    /// Somebody else was first: this is the row now, where the table said so.
    Lost(Option<Row>),
}

/// The table did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The table answered with an error, or not at all.
    #[error("prices table is not available: {0}")]
    Unavailable(String),
    /// No answer in the time that an order has for it.
    #[error("prices table did not answer in time: {0} ms")]
    TooSlow(u128),
}

/// The key of a kept answer.
#[must_use]
pub fn answer_key(source: PriceSource, name: &str) -> String {
    format!("{source}#{name}")
}

/// The key of a source's budget.
#[must_use]
pub fn budget_key(source: PriceSource) -> String {
    format!("budget#{source}")
}

/// The key of a source's document.
#[must_use]
pub fn document_key(source: PriceSource, document: &str) -> String {
    format!("document#{source}#{document}")
}

/// A call to the table that an order waits for no longer than this.
pub(crate) async fn bounded<T>(
    limit: std::time::Duration,
    call: impl Future<Output = Result<T, TableError>>,
) -> Result<T, TableError> {
    tokio::time::timeout(limit, call)
        .await
        .unwrap_or(Err(TableError::TooSlow(limit.as_millis())))
}
