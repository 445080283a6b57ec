//! The port to the prices table, which all functions share: cached answers, documents of sources, calls of a day.
//!
//! A row is a key, a body and a version, which changes with every body. Beside the body a row may hold a lease: one
//! function is busy with the next body. A counter is a row with a number instead. `stored` says what a body is.

pub mod documents;
pub mod dynamodb;
#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
pub(crate) mod loopback;
pub mod stored;

use std::{collections::BTreeMap, fmt, time::Duration};

use contract::PriceSource;
use futures::future::BoxFuture;
use jiff::civil::Date;

/// The prices table. Every call may fail, hang or be slow: callers bound it and go on without it.
pub trait PriceTable: fmt::Debug + Send + Sync + 'static {
    /// The rows under these keys, maybe a moment old. A key without a row is left out.
    fn read_all(&self, keys: Vec<String>) -> BoxFuture<'_, Result<BTreeMap<String, Row>, TableError>>;

    /// The row under this key as it stands. One that is not there is an empty one.
    fn read<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Row, TableError>>;

    /// Writes a row over what is there and ends its lease.
    fn put(&self, row: NewRow) -> BoxFuture<'_, Result<(), TableError>>;

    /// Takes the lease of a row, if its version is still the one that was seen and no lease runs.
    fn lease<'a>(
        &'a self,
        key: &'a str,
        seen: &'a Version,
        lease: &'a NewLease,
    ) -> BoxFuture<'a, Result<Leased, TableError>>;

    /// Gives the lease of that holder back. Somebody else's stays.
    fn release<'a>(&'a self, key: &'a str, holder: &'a str) -> BoxFuture<'a, Result<(), TableError>>;

    /// Adds to a counter as long as it is below a limit: the sum, or nothing if the limit is reached.
    fn count<'a>(
        &'a self,
        key: &'a str,
        increment: Increment,
    ) -> BoxFuture<'a, Result<Option<u32>, TableError>>;
}

/// A row as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub version: Version,
    /// The body, if there is a text.
    pub body: Option<String>,
    /// When the lease ends, in ms since 1970. Nothing: nobody has one.
    pub lease_until_ms: Option<i64>,
}

impl Row {
    /// Whether somebody is busy with the next body. A lease longer than any that is taken is invalid.
    pub fn is_leased(&self, now_ms: i64) -> bool {
        self.lease_until_ms.is_some_and(|until_ms| now_ms < until_ms && until_ms <= longest_lease_ms(now_ms))
    }
}

/// Which body a row has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Version {
    /// No body: there is no row, or one with a lease only.
    #[default]
    Absent,
    Is(String),
    /// The attribute is no text: the row is none of ours.
    Unreadable,
}

/// A row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    pub key: String,
    /// A version that the row never had.
    pub version: String,
    pub body: String,
    /// When the table may forget it, in seconds since 1970.
    pub expires_at_s: i64,
}

/// A lease to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLease {
    /// A name that no other holder has.
    pub holder: String,
    pub now_ms: i64,
    /// When it ends by itself, in ms since 1970.
    pub until_ms: i64,
    /// When the table may forget a row that has nothing but this lease, in seconds since 1970.
    pub expires_at_s: i64,
}

/// What is added to a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Increment {
    pub by: u32,
    /// The limit: a counter that has reached it stays as it is.
    pub below: u32,
    /// When the table may forget the counter, in seconds since 1970.
    pub expires_at_s: i64,
}

/// Longest lease that is taken or believed.
pub const LONGEST_LEASE_MS: i64 = 10_000;
/// How far the clocks of two functions may be apart and a lease is still believed.
const MAX_CLOCK_SKEW_MS: i64 = 2_000;

/// The latest end of a lease that is believed now.
const fn longest_lease_ms(now_ms: i64) -> i64 {
    now_ms.saturating_add(LONGEST_LEASE_MS + MAX_CLOCK_SKEW_MS)
}

/// Whether a lease was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leased {
    Taken,
    /// Somebody else was first: this is the row now, where the table said so.
    Lost(Option<Row>),
}

/// The table did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("prices table is not available: {0}")]
    Unavailable(String),
    #[error("prices table did not answer in time: {0} ms")]
    TooSlow(u128),
}

/// The key of a cached answer.
pub fn answer_key(source: PriceSource, name: &str) -> String {
    format!("{source}#{name}")
}

/// The key of the counter of a source's calls on a day of Korea.
pub fn quota_key(source: PriceSource, day: Date) -> String {
    format!("quota#{source}#{day}")
}

/// The key of a source's document.
pub fn document_key(source: PriceSource, document: &str) -> String {
    format!("document#{source}#{document}")
}

/// A call to the table that an order waits for no longer than this.
pub(crate) async fn bounded<T>(
    limit: Duration,
    call: impl Future<Output = Result<T, TableError>>,
) -> Result<T, TableError> {
    tokio::time::timeout(limit, call).await.unwrap_or(Err(TableError::TooSlow(limit.as_millis())))
}
