//! Every accepted execution in one `SQLite` table, where they are read. How they are written is in [`commit`], how the
//! database is opened in [`open`].

mod commit;
mod error;
mod open;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    io::{self, Write as _},
    sync::{Arc, Mutex},
};

use flate2::{
    Compression,
    write::{DeflateDecoder, DeflateEncoder},
};
use jiff::Timestamp;
use platform::ExecutionStatus;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value;

use super::execution::{Ended, Snapshot};
use crate::{data_folder::DataFolder, lock::lock};

use commit::{Change, Queue};

pub use error::StoreError;

/// The executions of one environment and, in a data folder, of those before it.
#[derive(Debug, Clone)]
pub struct ExecutionStore(Arc<Shared>);

struct Shared {
    /// Random: identifies the environment that stored the end of an execution.
    environment_id: i64,
    queue: Mutex<Queue>,
    writer: Arc<Mutex<Connection>>,
    /// The same connection where the database has no name to open it by again.
    reader: Arc<Mutex<Connection>>,
    /// Stays locked until the connections above are closed.
    data_folder: Option<DataFolder>,
}

/// Prints no execution: inputs may hold health data.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

pub(super) struct StoredExecution {
    pub(super) machine_arn: String,
    pub(super) name: String,
    pub(super) input: String,
    pub(super) started_at: Timestamp,
    /// Nothing while it runs.
    pub(super) end: Option<StoredEnd>,
}

pub(super) struct StoredEnd {
    pub(super) ended: Ended,
    pub(super) events: Vec<Value>,
    /// The revision of its machine; nothing when an earlier environment stored it.
    pub(super) revision: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub name: String,
    pub status: ExecutionStatus,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// Whether it ended in an earlier environment.
    pub recovered: bool,
}

/// The place of an execution in a list: when it started, in milliseconds since 1970, and its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey(i64, i64);

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl PageKey {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (started_at_ms, rowid) = text.split_once('.')?;
        Some(Self(started_at_ms.parse().ok()?, rowid.parse().ok()?))
    }
}

impl ExecutionStore {
    /// Whether what is written outlives this process.
    pub(super) fn is_durable(&self) -> bool {
        self.0.data_folder.is_some()
    }

    /// Stores a new execution. False when its machine has one of this name.
    pub(super) async fn insert(
        &self,
        machine_arn: &str,
        name: &str,
        input: &str,
        started_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let change = Change::Start {
            machine_arn: machine_arn.to_owned(),
            name: name.to_owned(),
            input: input.to_owned(),
            started_at_ms: started_at.as_millisecond(),
        };
        self.write(change).await
    }

    pub(super) async fn end(
        &self,
        execution: &Snapshot,
        ended: &Ended,
        events: Vec<Value>,
        revision: usize,
    ) -> Result<(), StoreError> {
        // A long history takes longer than a thread of the runtime may be held.
        let events = tokio::task::spawn_blocking(move || compressed(&events));
        let change = Change::End {
            machine_arn: execution.machine_arn.clone(),
            name: execution.name.clone(),
            ended: ended.clone(),
            events: events.await.map_err(io::Error::other)??,
            revision: i64::try_from(revision).unwrap_or(i64::MAX),
        };
        // The row is there since the start; nobody deletes it while its execution runs.
        if self.write(change).await? { Ok(()) } else { Err(io::Error::from(io::ErrorKind::NotFound).into()) }
    }

    pub(super) fn find(&self, machine_arn: &str, name: &str) -> Result<Option<StoredExecution>, StoreError> {
        // A history is decompressed after the lock on the connection is released.
        self.row(machine_arn, name)?.map(|row| self.stored(row)).transpose()
    }

    fn row(&self, machine_arn: &str, name: &str) -> Result<Option<StoredRow>, StoreError> {
        let reader = lock(&self.0.reader);
        let mut query =
            reader.prepare_cached("SELECT * FROM executions WHERE name = ?1 AND machine_arn = ?2")?;
        Ok(query.query_row([name, machine_arn], StoredRow::read).optional()?)
    }

    /// Every execution without an end.
    pub(super) fn running(&self) -> Result<Vec<StoredExecution>, StoreError> {
        let reader = lock(&self.0.reader);
        let mut query = reader.prepare("SELECT * FROM executions WHERE ended_at_ms IS NULL")?;
        let rows = query.query_map([], StoredRow::read)?;
        rows.map(|row| self.stored(row?)).collect()
    }

    pub(super) fn machines_with(&self, name: &str) -> Result<Vec<String>, StoreError> {
        let reader = lock(&self.0.reader);
        let mut query = reader.prepare_cached("SELECT machine_arn FROM executions WHERE name = ?1")?;
        let rows = query.query_map([name], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first `limit` executions of a machine after the key `after`, newest first. With a status, only those that have it or
    /// are stored as running: one that has ended may wait for its write.
    pub(super) fn list(
        &self,
        machine_arn: &str,
        status: Option<ExecutionStatus>,
        after: Option<PageKey>,
        limit: usize,
    ) -> Result<Vec<(PageKey, Summary)>, StoreError> {
        let PageKey(started_at_ms, rowid) = after.unwrap_or(PageKey(i64::MAX, i64::MAX));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let reader = lock(&self.0.reader);
        let mut query = reader.prepare_cached(
            "SELECT rowid, name, status, started_at_ms, ended_at_ms, environment_id FROM executions
             WHERE machine_arn = ?1 AND (started_at_ms, rowid) < (?2, ?3)
               AND (?4 IS NULL OR status IN (?4, 'RUNNING'))
             ORDER BY started_at_ms DESC, rowid DESC LIMIT ?5",
        )?;
        let status_name = status.map(ExecutionStatus::name);
        let rows =
            query.query_map(params![machine_arn, started_at_ms, rowid, status_name, limit], |row| {
                let ended_in: Option<i64> = row.get("environment_id")?;
                let started_at_ms = row.get("started_at_ms")?;
                let summary = Summary {
                    name: row.get("name")?,
                    status: self::status(row)?,
                    started_at: moment(started_at_ms),
                    ended_at: row.get::<_, Option<i64>>("ended_at_ms")?.map(moment),
                    recovered: ended_in.is_some_and(|id| id != self.0.environment_id),
                };
                Ok((PageKey(started_at_ms, row.get("rowid")?), summary))
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn stored(&self, row: StoredRow) -> Result<StoredExecution, StoreError> {
        let StoredRow { execution, end } = row;
        let end = match end {
            None => None,
            Some(RowEnd { ended, events, environment_id, revision }) => Some(StoredEnd {
                ended,
                events: decompressed(&events)?,
                revision: (environment_id == self.0.environment_id).then_some(revision),
            }),
        };
        Ok(StoredExecution { end, ..execution })
    }
}

/// A row of the table, its history still compressed.
struct StoredRow {
    execution: StoredExecution,
    end: Option<RowEnd>,
}

struct RowEnd {
    ended: Ended,
    events: Vec<u8>,
    environment_id: i64,
    revision: usize,
}

impl StoredRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let end = match row.get::<_, Option<i64>>("ended_at_ms")? {
            None => None,
            Some(ended_at_ms) => Some(RowEnd {
                ended: Ended {
                    status: status(row)?,
                    at: moment(ended_at_ms),
                    output: row.get("output")?,
                    error: row.get("error")?,
                    cause: row.get("cause")?,
                },
                events: row.get("events")?,
                environment_id: row.get("environment_id")?,
                revision: row.get("revision")?,
            }),
        };
        let execution = StoredExecution {
            machine_arn: row.get("machine_arn")?,
            name: row.get("name")?,
            input: row.get("input")?,
            started_at: moment(row.get("started_at_ms")?),
            end: None,
        };
        Ok(Self { execution, end })
    }
}

fn status(row: &Row<'_>) -> rusqlite::Result<ExecutionStatus> {
    let word: String = row.get("status")?;
    // The table takes no other word.
    Ok(ExecutionStatus::named(&word).unwrap_or(ExecutionStatus::Running))
}

/// This environment knows no time between two milliseconds.
fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

fn compressed(events: &[Value]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&serde_json::to_vec(events)?)?;
    encoder.finish()
}

fn decompressed(bytes: &[u8]) -> io::Result<Vec<Value>> {
    let mut decoder = DeflateDecoder::new(Vec::new());
    decoder.write_all(bytes)?;
    Ok(serde_json::from_slice(&decoder.finish()?)?)
}
