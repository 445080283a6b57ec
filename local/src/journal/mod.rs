//! What happened to executions, on disk before anybody is told: an append-only file of JSON lines. What is done about
//! executions that a crash interrupted is not decided here.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "what")]
pub enum Entry {
    /// An execution was taken.
    #[serde(rename_all = "camelCase")]
    Started {
        /// Its ARN.
        execution_arn: String,
        /// Its machine's ARN.
        machine_arn: String,
        /// Its input, as it was given.
        input: String,
        /// When, in milliseconds since 1970.
        at_ms: i64,
    },
    /// An execution ended.
    #[serde(rename_all = "camelCase")]
    Ended {
        /// Its ARN.
        execution_arn: String,
        /// Its final status, in Step Functions' word.
        status: String,
        /// What it gave.
        output: Option<String>,
        /// Its error.
        error: Option<String>,
        /// What was behind the error.
        cause: Option<String>,
        /// When, in milliseconds since 1970.
        at_ms: i64,
        /// Its history.
        history: Vec<Value>,
    },
}

/// Prints no input and no history: they may hold health data.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, execution_arn) = match self {
            Self::Started { execution_arn, .. } => ("Started", execution_arn),
            Self::Ended { execution_arn, .. } => ("Ended", execution_arn),
        };
        f.debug_struct(what)
            .field("execution_arn", execution_arn)
            .finish_non_exhaustive()
    }
}

/// The open file. It is locked: a folder belongs to one environment.
#[derive(Debug, Clone)]
pub struct Journal {
    file: Arc<Mutex<File>>,
}

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be opened, read or cut.
    #[error("cannot open the journal")]
    Open(#[source] io::Error),
    /// Another environment has it.
    #[error("the data folder belongs to an environment that is up")]
    InUse,
    /// A line in the middle is no entry: not ours, or damaged.
    #[error("the journal is damaged at line: {line}")]
    Damaged {
        /// From 1.
        line: usize,
        /// What was expected.
        #[source]
        source: serde_json::Error,
    },
}

impl Journal {
    /// Opens or creates the file and reads what it holds. A last line without its end was never acknowledged: it is cut
    /// off.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(path: &Path) -> Result<(Self, Vec<Entry>), JournalError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(JournalError::Open)?;
        file.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => JournalError::InUse,
            std::fs::TryLockError::Error(error) => JournalError::Open(error),
        })?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(JournalError::Open)?;
        let complete = bytes
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        bytes.truncate(complete);
        let end = u64::try_from(complete).unwrap_or(u64::MAX);
        file.set_len(end).map_err(JournalError::Open)?;
        file.seek(SeekFrom::Start(end)).map_err(JournalError::Open)?;

        let lines = bytes.split(|&byte| byte == b'\n').enumerate();
        let entries = lines
            .filter(|(_, line)| !line.is_empty())
            .map(|(index, line)| {
                serde_json::from_slice(line).map_err(|source| JournalError::Damaged {
                    line: index + 1,
                    source,
                })
            })
            .collect::<Result<_, _>>()?;
        let file = Arc::new(Mutex::new(file));
        Ok((Self { file }, entries))
    }

    /// Appends an entry and returns when it is on disk.
    ///
    /// # Errors
    /// The disk refuses. Nobody must be told that it happened then.
    pub async fn append(&self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let file = Arc::clone(&self.file);
        let write = move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let before = file.stream_position()?;
            let written = file.write_all(&line).and_then(|()| file.sync_data());
            if written.is_err() {
                // Half a line must not stand before the next one.
                file.set_len(before)?;
                file.seek(SeekFrom::Start(before))?;
            }
            written
        };
        tokio::task::spawn_blocking(write)
            .await
            .map_err(io::Error::other)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(n: usize) -> Entry {
        Entry::Started {
            execution_arn: format!("arn:{n}"),
            machine_arn: "arn:m".into(),
            input: "{}".into(),
            at_ms: 0,
        }
    }

    #[tokio::test]
    async fn what_was_appended_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (journal, entries) = Journal::open(&path).unwrap();
        assert!(entries.is_empty());
        for n in 0..3 {
            journal.append(&started(n)).await.unwrap();
        }
        assert!(matches!(Journal::open(&path), Err(JournalError::InUse)));
        drop(journal);
        assert_eq!(
            Journal::open(&path).unwrap().1,
            [started(0), started(1), started(2)]
        );
    }

    #[tokio::test]
    async fn a_torn_last_line_is_cut_and_a_damaged_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (journal, _) = Journal::open(&path).unwrap();
        journal.append(&started(0)).await.unwrap();
        drop(journal);
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("{\"what\":\"sta");
        std::fs::write(&path, &text).unwrap();
        let (journal, entries) = Journal::open(&path).unwrap();
        assert_eq!(entries, [started(0)]);
        journal.append(&started(1)).await.unwrap();
        drop(journal);
        assert_eq!(Journal::open(&path).unwrap().1.len(), 2);

        std::fs::write(&path, "{}\n").unwrap();
        assert!(matches!(
            Journal::open(&path),
            Err(JournalError::Damaged { line: 1, .. })
        ));
    }
}
