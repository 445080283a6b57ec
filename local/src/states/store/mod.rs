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
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::Value;

use super::execution::{Ended, Snapshot, Status};
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

/// An execution as it is stored.
pub(super) struct StoredExecution {
    pub(super) machine_arn: String,
    pub(super) name: String,
    pub(super) input: String,
    pub(super) started_at: Timestamp,
    /// Nothing while it runs.
    pub(super) end: Option<StoredEnd>,
}

/// The end of an execution as it is stored.
pub(super) struct StoredEnd {
    pub(super) ended: Ended,
    pub(super) events: Vec<Value>,
    /// The revision of its machine; nothing when an earlier environment stored it.
    pub(super) revision: Option<usize>,
}

/// What a list says of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: Status,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended; nothing while it runs.
    pub ended_at: Option<Timestamp>,
    /// Whether it ended in an earlier environment.
    pub recovered: bool,
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

    /// Stores the end of an execution.
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

    /// The execution of a machine by its name.
    pub(super) fn find(&self, machine_arn: &str, name: &str) -> Result<Option<StoredExecution>, StoreError> {
        let reader = lock(&self.0.reader);
        let mut query =
            reader.prepare_cached("SELECT * FROM executions WHERE name = ?1 AND machine_arn = ?2")?;
        let found = query.query_row([name, machine_arn], |row| Ok(self.stored(row)));
        found.optional()?.transpose()
    }

    /// Every execution without an end.
    pub(super) fn running(&self) -> Result<Vec<StoredExecution>, StoreError> {
        let reader = lock(&self.0.reader);
        let mut query = reader.prepare("SELECT * FROM executions WHERE ended_at_ms IS NULL")?;
        let rows = query.query_map([], |row| Ok(self.stored(row)))?;
        rows.map(|row| row?).collect()
    }

    /// The machines that have an execution of this name.
    pub(super) fn machines_with(&self, name: &str) -> Result<Vec<String>, StoreError> {
        let reader = lock(&self.0.reader);
        let mut query = reader.prepare_cached("SELECT machine_arn FROM executions WHERE name = ?1")?;
        let rows = query.query_map([name], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The executions of a machine, newest first.
    pub(super) fn list(&self, machine_arn: &str) -> Result<Vec<Summary>, StoreError> {
        let reader = lock(&self.0.reader);
        let mut query = reader.prepare_cached(
            "SELECT name, status, started_at_ms, ended_at_ms, environment_id FROM executions
             WHERE machine_arn = ?1 ORDER BY started_at_ms DESC, rowid DESC",
        )?;
        let rows = query.query_map([machine_arn], |row| {
            let ended_in: Option<i64> = row.get("environment_id")?;
            Ok(Summary {
                name: row.get("name")?,
                status: status(row)?,
                started_at: moment(row.get("started_at_ms")?),
                ended_at: row.get::<_, Option<i64>>("ended_at_ms")?.map(moment),
                recovered: ended_in.is_some_and(|id| id != self.0.environment_id),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn stored(&self, row: &Row<'_>) -> Result<StoredExecution, StoreError> {
        let end = match row.get::<_, Option<i64>>("ended_at_ms")? {
            None => None,
            Some(ended_at_ms) => {
                let (environment_id, revision): (i64, usize) =
                    (row.get("environment_id")?, row.get("revision")?);
                let events: Vec<u8> = row.get("events")?;
                Some(StoredEnd {
                    ended: Ended {
                        status: status(row)?,
                        at: moment(ended_at_ms),
                        output: row.get("output")?,
                        error: row.get("error")?,
                        cause: row.get("cause")?,
                    },
                    events: decompressed(&events)?,
                    revision: (environment_id == self.0.environment_id).then_some(revision),
                })
            }
        };
        Ok(StoredExecution {
            machine_arn: row.get("machine_arn")?,
            name: row.get("name")?,
            input: row.get("input")?,
            started_at: moment(row.get("started_at_ms")?),
            end,
        })
    }
}

fn status(row: &Row<'_>) -> rusqlite::Result<Status> {
    let word: String = row.get("status")?;
    // The table takes no other word.
    Ok(Status::parse(&word).unwrap_or(Status::Running))
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
