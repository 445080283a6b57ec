//! The port to the prices table, which all functions share: cached answers, documents of sources, calls of a day.
//!
//! A row has a key, a body and a version, which changes with every body. It may hold a lease: one function is writing the next
//! body. A counter is a row with a number instead. The format of a body is in `stored`.

pub mod documents;
pub mod dynamodb;
#[cfg(test)]
pub(crate) mod fake;
pub mod stored;

use std::{collections::BTreeMap, fmt, time::Duration};

use contract::PriceSource;
use futures::future::BoxFuture;
use jiff::civil::Date;

/// The result of a call to the table.
pub type TableFuture<'a, T> = BoxFuture<'a, Result<T, TableError>>;

/// The prices table. Callers bound every call in time and go on without the table when it fails.
pub trait PriceTable: fmt::Debug + Send + Sync + 'static {
    /// The rows under these keys, read with eventual consistency. Keys without a row are left out.
    fn read_all(&self, keys: Vec<String>) -> TableFuture<'_, BTreeMap<String, Row>>;

    /// The row under this key, read consistently; an empty one if there is none.
    fn read<'a>(&'a self, key: &'a str) -> TableFuture<'a, Row>;

    /// Replaces a row, which ends its lease.
    fn put(&self, row: NewRow) -> TableFuture<'_, ()>;

    /// Takes the lease of a row if its version is still the one that was read and no lease runs.
    fn lease<'a>(&'a self, key: &'a str, seen: &'a Version, lease: &'a NewLease) -> TableFuture<'a, Leased>;

    /// Ends the lease of that holder; another holder's lease stays.
    fn release<'a>(&'a self, key: &'a str, holder: &'a str) -> TableFuture<'a, ()>;

    /// Adds to a counter that is below its limit: the sum, or `None` if the limit is reached.
    fn count<'a>(&'a self, key: &'a str, increment: Increment) -> TableFuture<'a, Option<u32>>;
}

/// A row as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub version: Version,
    pub body: Option<String>,
    /// When the lease ends, in ms since 1970.
    pub lease_until_ms: Option<i64>,
}

impl Row {
    /// Whether a lease runs. One longer than any function takes is invalid.
    pub fn is_leased(&self, now_ms: i64) -> bool {
        self.lease_until_ms.is_some_and(|until_ms| now_ms < until_ms && until_ms <= longest_lease_ms(now_ms))
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Version {
    /// There is no row, or one with a lease only.
    #[default]
    Absent,
    Is(String),
    /// The attribute is not a string: another program wrote the row.
    Unreadable,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    pub key: String,
    /// A version that the row never had.
    pub version: String,
    pub body: String,
    /// The time to live, in seconds since 1970.
    pub expires_at_s: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLease {
    /// Unique among all processes.
    pub holder: String,
    pub now_ms: i64,
    /// When the lease expires, in ms since 1970.
    pub until_ms: i64,
    /// The time to live of a row with this lease only, in seconds since 1970.
    pub expires_at_s: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Increment {
    pub by: u32,
    /// The limit.
    pub below: u32,
    /// The counter's time to live, in seconds since 1970.
    pub expires_at_s: i64,
}

/// Longest valid lease.
pub const LONGEST_LEASE_MS: i64 = 10_000;
/// The largest difference between two functions' clocks that leaves leases valid.
const MAX_CLOCK_SKEW_MS: i64 = 2_000;

/// The latest valid end of a lease.
const fn longest_lease_ms(now_ms: i64) -> i64 {
    now_ms.saturating_add(LONGEST_LEASE_MS + MAX_CLOCK_SKEW_MS)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leased {
    Taken,
    /// The condition failed; with the row as it is now, if the table returned it.
    Lost(Option<Row>),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("prices table is not available: {0}")]
    Unavailable(String),
    #[error("prices table did not answer in time: {0} ms")]
    TooSlow(u128),
}

pub fn answer_key(source: PriceSource, name: &str) -> String {
    format!("{source}#{name}")
}

/// The counter of a source's calls on a day in Korea.
pub fn quota_key(source: PriceSource, day: Date) -> String {
    format!("quota#{source}#{day}")
}

pub fn document_key(source: PriceSource, document: &str) -> String {
    format!("document#{source}#{document}")
}

/// A call to the table that ends within this time.
pub(crate) async fn bounded<T>(
    limit: Duration,
    call: impl Future<Output = Result<T, TableError>>,
) -> Result<T, TableError> {
    tokio::time::timeout(limit, call).await.unwrap_or(Err(TableError::TooSlow(limit.as_millis())))
}
