//! What happened to executions, on disk before anybody is told: an append-only file of JSON lines. What is done about
//! executions that a crash interrupted is not decided here.

use std::{
    fmt,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long to wait for a lock that is held by nobody any more: 250 ms.
const LOCK_TRIES: u32 = 50;
const LOCK_PERIOD: Duration = Duration::from_millis(5);

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
    open: Arc<Mutex<Open>>,
}

struct Open {
    file: File,
    /// Whole lines of what has happened and the disk did not take. They come before anything else.
    owed: Vec<u8>,
}

/// Prints no line: they may hold health data.
impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Open")
            .field("owed_bytes", &self.owed.len())
            .finish_non_exhaustive()
    }
}

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be opened, read or cut.
    #[error("cannot open the journal: {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
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
    pub async fn open(path: &Path) -> Result<(Self, Vec<Entry>), JournalError> {
        let refused = |source| JournalError::Open {
            path: path.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(refused)?;
        // That there is such a file must outlive a power cut as much as what stands in it.
        let folder = path.parent().unwrap_or(Path::new("."));
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(refused)?;
        lock(&file).await.map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::InUse,
            TryLockError::Error(error) => refused(error),
        })?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(refused)?;
        let complete = bytes
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        bytes.truncate(complete);
        let end = u64::try_from(complete).unwrap_or(u64::MAX);
        file.set_len(end).map_err(refused)?;
        file.seek(SeekFrom::Start(end)).map_err(refused)?;

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
        let owed = Vec::new();
        let open = Arc::new(Mutex::new(Open { file, owed }));
        Ok((Self { open }, entries))
    }

    /// Appends an entry and returns when it is on disk.
    ///
    /// # Errors
    /// The disk refuses. Nobody must be told that it happened then.
    pub async fn append(&self, entry: &Entry) -> io::Result<()> {
        let line = line(entry)?;
        self.with_file(move |open| open.write(&line)).await
    }

    /// Appends an entry of what has happened already. What the disk refuses is kept, and written before the next entry:
    /// a disk that was full for a while loses nothing.
    ///
    /// # Errors
    /// The disk refuses: the entry is owed.
    pub async fn append_or_owe(&self, entry: &Entry) -> io::Result<()> {
        let line = line(entry)?;
        let write = move |open: &mut Open| {
            let written = open.write(&line);
            if written.is_err() {
                open.owed.extend(line);
            }
            written
        };
        self.with_file(write).await
    }

    /// Writes what is owed.
    ///
    /// # Errors
    /// The disk still refuses.
    pub async fn settle(&self) -> io::Result<()> {
        self.with_file(|open| open.write(&[])).await
    }

    async fn with_file(
        &self,
        write: impl FnOnce(&mut Open) -> io::Result<()> + Send + 'static,
    ) -> io::Result<()> {
        let open = Arc::clone(&self.open);
        let write = move || write(&mut open.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(write)
            .await
            .map_err(io::Error::other)?
    }
}

/// A lock is held by every copy of the open file, and a process that is being started has copies of all that its parent
/// has open until it becomes its program: an environment that was killed at such a moment holds it a little longer.
async fn lock(file: &File) -> Result<(), TryLockError> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PERIOD).await,
            locked => return locked,
        }
    }
    file.try_lock()
}

fn line(entry: &Entry) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    Ok(line)
}

impl Open {
    /// What is owed and then the line, or nothing of both.
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if line.is_empty() && self.owed.is_empty() {
            return Ok(());
        }
        let before = self.file.stream_position()?;
        let owed = self.file.write_all(&self.owed);
        let written = owed
            .and_then(|()| self.file.write_all(line))
            .and_then(|()| self.file.sync_data());
        if written.is_err() {
            // Half a line must not stand before the next one.
            self.file.set_len(before)?;
            self.file.seek(SeekFrom::Start(before))?;
        } else {
            self.owed.clear();
        }
        written
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
        let (journal, entries) = Journal::open(&path).await.unwrap();
        assert!(entries.is_empty());
        for n in 0..3 {
            journal.append(&started(n)).await.unwrap();
        }
        assert!(matches!(Journal::open(&path).await, Err(JournalError::InUse)));
        drop(journal);
        assert_eq!(
            Journal::open(&path).await.unwrap().1,
            [started(0), started(1), started(2)]
        );
    }

    #[tokio::test]
    async fn a_torn_last_line_is_cut_and_a_damaged_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (journal, _) = Journal::open(&path).await.unwrap();
        journal.append(&started(0)).await.unwrap();
        drop(journal);
        let mut text = std::fs::read_to_string(&path).unwrap();
        // Longer than what comes next.
        text.push_str("{\"what\":\"sta");
        text.push_str(&"x".repeat(1_000));
        std::fs::write(&path, &text).unwrap();
        let (journal, entries) = Journal::open(&path).await.unwrap();
        assert_eq!(entries, [started(0)]);
        journal.append(&started(1)).await.unwrap();
        drop(journal);
        assert_eq!(Journal::open(&path).await.unwrap().1.len(), 2);

        std::fs::write(&path, "{}\n").unwrap();
        assert!(matches!(
            Journal::open(&path).await,
            Err(JournalError::Damaged { line: 1, .. })
        ));
    }

    /// A file that is open for reading alone refuses as a full disk does.
    #[tokio::test]
    async fn what_the_disk_refused_is_written_later_and_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (journal, _) = Journal::open(&path).await.unwrap();
        journal.append(&started(0)).await.unwrap();
        let swap = |file| std::mem::replace(&mut journal.open.lock().unwrap().file, file);
        let good = swap(File::open(&path).unwrap());
        journal.append(&started(1)).await.unwrap_err();
        journal.append_or_owe(&started(2)).await.unwrap_err();
        journal.append_or_owe(&started(3)).await.unwrap_err();
        journal.settle().await.unwrap_err();
        drop(swap(good));
        journal.append(&started(4)).await.unwrap();
        journal.settle().await.unwrap();
        drop(journal);
        let expected = [started(0), started(2), started(3), started(4)];
        assert_eq!(
            Journal::open(&path).await.unwrap().1,
            expected,
            "1 was told as refused"
        );
    }
}
