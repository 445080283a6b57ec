//! The command line as a person has it, in a folder of its own: what a command says, and that it left nothing behind.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

use crate::programs;

/// Long after every command that is not waiting for something that never comes.
const HUNG: Duration = Duration::from_mins(1);

/// `xtask` and `local` in a target folder of their own, so that all that they might write is in one place.
pub(crate) struct Workplace {
    folder: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A program of the workplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Program {
    Xtask,
    Local,
}

impl Workplace {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("target/debug");
        fs::create_dir_all(&profile).unwrap();
        fs::create_dir(folder.path().join("desk")).unwrap();
        for name in ["xtask", "local"] {
            fs::copy(programs::program(name), profile.join(name)).unwrap();
        }
        Self { folder }
    }

    /// Where commands are given.
    pub(crate) fn desk(&self) -> PathBuf {
        self.folder.path().join("desk")
    }

    /// Puts a file on the desk.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.desk().join(name), bytes).unwrap();
    }

    /// Gives a command and waits for its end; what it reads from standard input comes through a pipe.
    pub(crate) async fn command(
        &self,
        program: Program,
        args: &[OsString],
        stdin: Option<&[u8]>,
    ) -> Result<Said, String> {
        let name = match program {
            Program::Xtask => "xtask",
            Program::Local => "local",
        };
        let mut command = Command::new(self.folder.path().join("target/debug").join(name));
        command
            .args(args)
            .current_dir(self.desk())
            .env("HOME", self.folder.path())
            .env_remove("COLUMNS")
            .env_remove("CLICOLOR_FORCE")
            .stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        if let (Some(text), Some(mut pipe)) = (stdin, child.stdin.take()) {
            // Who does not read it closes the pipe.
            let _nobody_reads = pipe.write_all(text).await;
        }
        let output = timeout(HUNG, child.wait_with_output()).await.map_err(|_| "hangs".to_owned())?;
        let output = output.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ok(Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) })
    }

    /// Every file with its size, to be compared.
    pub(crate) fn listing(&self) -> BTreeMap<PathBuf, u64> {
        let mut found = BTreeMap::new();
        list(self.folder.path(), &mut found);
        found
    }
}

fn list(folder: &Path, found: &mut BTreeMap<PathBuf, u64>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_dir() {
            list(&path, found);
        }
        found.insert(path, if metadata.is_dir() { 0 } else { metadata.len() });
    }
}
