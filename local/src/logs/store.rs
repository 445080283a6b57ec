//! Log lines per function: the newest in memory, all of them in a file when a folder is given.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use tokio::{
    fs::File,
    io::{AsyncWriteExt as _, BufWriter},
    sync::{mpsc, oneshot},
};

use super::emf;
use crate::{lock::lock, metrics::Metrics};

/// Most bytes of lines that are kept in memory for one function; the oldest go first. The files, where there are any,
/// hold every line.
const MAX_BYTES_IN_MEMORY: usize = 1_024 * 1_024;

/// What a line costs beside its text: an empty one is not free.
const LINE_BYTES: usize = size_of::<Line>();

/// Lines that may wait for the disk before the function that writes them has to wait too.
const WAITING_LINES: usize = 1_024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub at: Timestamp,
    /// Without its line break.
    pub text: String,
}

#[derive(Debug)]
pub struct Logs {
    folder: Option<PathBuf>,
    metrics: Metrics,
    functions: Mutex<BTreeMap<String, FunctionLog>>,
}

#[derive(Debug, Clone)]
pub struct FunctionLog {
    function: Arc<str>,
    kept: Arc<Mutex<RecentLines>>,
    file: Option<mpsc::Sender<Write>>,
    metrics: Metrics,
}

/// A message to the writer of a file.
#[derive(Debug)]
enum Write {
    Line(String),
    /// Everything before this is to be in the file.
    Flush(oneshot::Sender<()>),
}

#[derive(Debug, Default)]
struct RecentLines {
    lines: VecDeque<Line>,
    bytes: usize,
}

impl Logs {
    /// Logs that go to files in `folder`, when there is one, and whose metrics go to `metrics`.
    #[must_use]
    pub fn new(folder: Option<PathBuf>, metrics: Metrics) -> Self {
        Self { folder, metrics, functions: Mutex::default() }
    }

    pub fn open(&self, function: &str) -> io::Result<FunctionLog> {
        let mut functions = lock(&self.functions);
        if let Some(log) = functions.get(function) {
            return Ok(log.clone());
        }
        let file = match &self.folder {
            None => None,
            Some(folder) => {
                let path = folder.join(format!("{function}.log"));
                let file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
                let (lines, queue) = mpsc::channel(WAITING_LINES);
                // It ends with the last holder of the log.
                tokio::spawn(write(File::from_std(file), queue));
                Some(lines)
            }
        };
        let log = FunctionLog {
            function: function.into(),
            kept: Arc::default(),
            file,
            metrics: self.metrics.clone(),
        };
        functions.insert(function.to_owned(), log.clone());
        Ok(log)
    }

    /// The newest lines of every function, by function, oldest first.
    pub fn lines(&self) -> BTreeMap<String, Vec<Line>> {
        let functions = lock(&self.functions);
        let lines = functions.iter().map(|(name, log)| (name.clone(), log.lines()));
        lines.collect()
    }

    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Returns when everything that was written before is in the files.
    pub async fn flush(&self) {
        let files: Vec<_> = {
            let functions = lock(&self.functions);
            functions.values().filter_map(|log| log.file.clone()).collect()
        };
        for file in files {
            let (done, flushed) = oneshot::channel();
            if file.send(Write::Flush(done)).await.is_ok() {
                let _writer_is_gone = flushed.await;
            }
        }
    }
}

impl FunctionLog {
    /// Writes a line. Waits while the disk is behind, so that a function cannot fill our memory.
    pub async fn write(&self, at: Timestamp, text: String) {
        self.metrics.record(emf::data_points(&text));
        self.metrics.count_line(&self.function, at, &text);
        if let Some(file) = &self.file {
            let _closed = file.send(Write::Line(text.clone())).await;
        }
        let mut kept = lock(&self.kept);
        kept.bytes += LINE_BYTES + text.len();
        kept.lines.push_back(Line { at, text });
        while kept.bytes > MAX_BYTES_IN_MEMORY {
            let Some(oldest) = kept.lines.pop_front() else {
                break;
            };
            kept.bytes -= LINE_BYTES + oldest.text.len();
        }
    }

    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub fn lines(&self) -> Vec<Line> {
        let kept = lock(&self.kept);
        kept.lines.iter().cloned().collect()
    }
}

async fn write(file: File, mut queue: mpsc::Receiver<Write>) {
    let mut file = BufWriter::new(file);
    while let Some(next) = queue.recv().await {
        match next {
            Write::Line(mut line) => {
                line.push('\n');
                // A full disk must not stop the pipeline; the lines are in memory too.
                let _lost = file.write_all(line.as_bytes()).await;
            }
            Write::Flush(done) => {
                let _lost = file.flush().await;
                let _nobody_waits = done.send(());
            }
        }
        if queue.is_empty() {
            let _lost = file.flush().await;
        }
    }
    let _lost = file.flush().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_is_bounded_and_keeps_the_newest() {
        let log = Logs::new(None, Metrics::default()).open("f").unwrap();
        for n in 0..40 {
            log.write(Timestamp::UNIX_EPOCH, format!("{n}{}", "x".repeat(256 * 1_024))).await;
        }
        let lines = log.lines();
        assert!(lines.len() < 16, "{}", lines.len());
        assert!(lines.last().unwrap().text.starts_with("39x"));
    }

    #[tokio::test]
    async fn empty_lines_are_bounded_too() {
        let log = Logs::new(None, Metrics::default()).open("f").unwrap();
        for _ in 0..200_000 {
            log.write(Timestamp::UNIX_EPOCH, String::new()).await;
        }
        assert!(log.lines().len() < 150_000);
    }

    #[tokio::test]
    async fn files_hold_everything_after_a_flush() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::new(Some(folder.path().to_owned()), Metrics::default());
        let log = logs.open("RecipeGenerator").unwrap();
        for n in 0..5_000 {
            log.write(Timestamp::UNIX_EPOCH, n.to_string()).await;
        }
        logs.flush().await;
        let text = std::fs::read_to_string(folder.path().join("RecipeGenerator.log")).unwrap();
        assert_eq!(text.lines().count(), 5_000);
    }
}
