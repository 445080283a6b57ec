//! Opening the executions database: its file, its settings, its table.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, ErrorCode};

use super::{ExecutionStore, Shared, StoreError};
use crate::data_folder::DataFolder;

/// How long an execution can be found after its end. Source: Step Functions quotas, "Execution history retention time".
const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The version of [`SCHEMA`].
const VERSION: i64 = 1;

/// What lists read comes first: `SQLite` reads a row up to the last column that is asked for.
const SCHEMA: &str = "
    CREATE TABLE executions (
        machine_arn TEXT NOT NULL,
        name TEXT NOT NULL,
        started_at_ms INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
        ended_at_ms INTEGER CHECK ((ended_at_ms IS NULL) = (status = 'RUNNING')),
        environment_id INTEGER, -- the environment that stored the end
        revision INTEGER,       -- the revision of the machine in that environment
        error TEXT,
        cause TEXT,
        output TEXT,
        input TEXT NOT NULL,
        events BLOB,            -- JSON, deflated
        UNIQUE (name, machine_arn)
    ) STRICT;
    CREATE INDEX executions_by_start ON executions (machine_arn, started_at_ms);
    CREATE INDEX executions_by_end ON executions (ended_at_ms);";

impl ExecutionStore {
    /// Opens or makes the database of a data folder. What ended more than 90 days before `now` is deleted.
    pub fn in_data_folder(data_folder: DataFolder, now: Timestamp) -> Result<Self, StoreError> {
        let path = data_folder.path().join("executions.sqlite");
        let refused = |error| sqlite_error(&path, error);
        open_file(OpenOptions::new().create(true), &path)?;
        // That there is such a file must outlive a power cut as much as what is in it.
        let synced = File::open(data_folder.path()).and_then(|folder| folder.sync_all());
        synced.map_err(|error| open_error(&path, error))?;

        let writer = Connection::open(&path).map_err(refused)?;
        configure(&writer, "WAL", "FULL").map_err(refused)?;
        // A damaged page is reported before an order needs it.
        let found: String =
            writer.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(refused)?;
        if found != "ok" {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
            return Err(refused(rusqlite::Error::SqliteFailure(code, Some(found))));
        }
        match writer.pragma_query_value(None, "user_version", |row| row.get(0)) {
            Ok(0) => create_table(&writer).map_err(refused)?,
            Ok(VERSION) => {}
            Ok(version) => return Err(StoreError::OtherVersion { path, version }),
            Err(error) => return Err(refused(error)),
        }
        let oldest_ms = now.saturating_sub(RETENTION).unwrap_or(now).as_millisecond();
        writer.execute("DELETE FROM executions WHERE ended_at_ms < ?1", [oldest_ms]).map_err(refused)?;
        let reader = Connection::open(&path).map_err(refused)?;
        reader.pragma_update(None, "query_only", true).map_err(refused)?;
        Ok(Self::new(Arc::new(Mutex::new(writer)), Arc::new(Mutex::new(reader)), Some(data_folder)))
    }

    /// A database that is gone with this process, whatever ends it: its file in this folder has no name.
    pub fn temporary(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(format!("executions-{}", uuid::Uuid::new_v4().simple()));
        open_file(OpenOptions::new().create_new(true), &path)?;
        let opened = Connection::open(&path).and_then(|connection| {
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            configure(&connection, "MEMORY", "OFF")?;
            // This is what makes SQLite open the file.
            create_table(&connection)?;
            Ok(connection)
        });
        fs::remove_file(&path).map_err(|error| open_error(&path, error))?;
        let connection = Arc::new(Mutex::new(opened.map_err(|error| sqlite_error(&path, error))?));
        Ok(Self::new(Arc::clone(&connection), connection, None))
    }

    /// A database that never leaves the memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        let connection = Connection::open_in_memory()?;
        create_table(&connection)?;
        let connection = Arc::new(Mutex::new(connection));
        Ok(Self::new(Arc::clone(&connection), connection, None))
    }

    fn new(
        writer: Arc<Mutex<Connection>>,
        reader: Arc<Mutex<Connection>>,
        data_folder: Option<DataFolder>,
    ) -> Self {
        Self(Arc::new(Shared {
            environment_id: rand::random(),
            queue: Mutex::default(),
            writer,
            reader,
            data_folder,
        }))
    }
}

/// For this user only: orders lie there as they were given. `SQLite` takes the mode of its other files from it.
fn open_file(options: &mut OpenOptions, path: &Path) -> Result<(), StoreError> {
    let opened = options.append(true).mode(0o600).open(path);
    opened.map(drop).map_err(|error| open_error(path, error))
}

fn configure(connection: &Connection, journal_mode: &str, synchronous: &str) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", journal_mode)?;
    connection.pragma_update(None, "synchronous", synchronous)
}

fn create_table(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;"))
}

fn open_error(path: &Path, error: io::Error) -> StoreError {
    StoreError::Open { path: path.to_owned(), source: Arc::new(error) }
}

fn sqlite_error(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::Damaged { path: path.to_owned(), source: Arc::new(error) }
        }
        _ => error.into(),
    }
}
