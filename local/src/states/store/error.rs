//! Why executions are not stored or not read, and what a person can do about it.

use std::{io, path::PathBuf, sync::Arc};

use rusqlite::ErrorCode;

use crate::data_folder::disk_hint;

/// Why executions are not stored or not read. All changes of a transaction have the same.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open the executions database: {}", path.display())]
    Open {
        path: PathBuf,
        #[source]
        source: Arc<io::Error>,
    },
    #[error("the executions database is damaged: {}", path.display())]
    Damaged {
        path: PathBuf,
        #[source]
        source: Arc<rusqlite::Error>,
    },
    #[error("the executions database has another version: {version} ({})", path.display())]
    OtherVersion { path: PathBuf, version: i64 },
    #[error("the executions database refuses")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    #[error("a stored history cannot be read")]
    History(#[source] Arc<io::Error>),
    #[error("the environment is shutting down")]
    ShuttingDown,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self::History(Arc::new(error))
    }
}

impl StoreError {
    pub fn hint(&self) -> Option<String> {
        let kind = match self {
            Self::Open { source, .. } => source.kind(),
            Self::Damaged { .. } => {
                return Some("restore the file from a copy, or give another data folder".to_owned());
            }
            Self::OtherVersion { .. } => {
                return Some("deploy with the version that made it, or give another data folder".to_owned());
            }
            Self::Sqlite(source) => match source.sqlite_error_code()? {
                ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                    io::ErrorKind::PermissionDenied
                }
                // SQLite says no more of a write that failed: a disk may also be broken.
                ErrorCode::DiskFull | ErrorCode::SystemIoFailure => io::ErrorKind::StorageFull,
                _ => return None,
            },
            Self::History(_) | Self::ShuttingDown => return None,
        };
        disk_hint(kind)
    }
}
