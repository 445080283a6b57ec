//! `commands.jsonl`: command lines that ask for something that there is not, and orders that are no files.

use std::{
    ffi::OsString, os::unix::ffi::OsStringExt as _, os::unix::fs::symlink, os::unix::net::UnixListener,
    process,
};

use serde::Deserialize;
use serde_json::Value;

use super::{
    case::{self, Failures, Source, ensure},
    program::{Program, Workplace},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    name: String,
    #[serde(default = "xtask")]
    program: Program,
    args: Vec<Argument>,
    /// What stands in the pipe behind standard input.
    stdin: Option<String>,
    /// The exit code.
    #[serde(default = "usage")]
    exit: i32,
    /// What stderr says, all of it.
    says: Vec<String>,
}

/// An argument, as text or as bytes that are made.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Argument {
    Text(String),
    Made(Source),
}

const fn xtask() -> Program {
    Program::Xtask
}

const fn usage() -> i32 {
    2
}

impl case::Line for Line {
    fn name(&self) -> &str {
        &self.name
    }
}

pub(super) fn lines() -> Vec<Line> {
    case::lines("commands.jsonl", include_str!("commands.jsonl"))
}

impl Line {
    async fn check(&self, work: &Workplace) -> Result<(), String> {
        let args: Vec<OsString> = self
            .args
            .iter()
            .map(|argument| match argument {
                Argument::Text(text) => text.into(),
                Argument::Made(source) => OsString::from_vec(source.bytes()),
            })
            .collect();
        let said = work.command(self.program, &args, self.stdin.as_deref().map(str::as_bytes)).await?;
        ensure(said.code == Some(self.exit), || format!("exit code {:?}: {}", said.code, said.stderr))?;
        self.stdout(&said.stdout)?;
        ensure(!said.stderr.contains("error: a bug of ours"), || said.stderr.clone())?;
        self.says.iter().try_for_each(|expected| {
            ensure(said.stderr.contains(expected), || format!("expected `{expected}`, got: {}", said.stderr))
        })
    }
}

impl Line {
    /// Empty, unless a machine listens: that gets the same error.
    fn stdout(&self, said: &str) -> Result<(), String> {
        let asked = |argument: &Argument| matches!(argument, Argument::Text(text) if text == "json");
        if !self.args.iter().any(asked) {
            return ensure(said.is_empty(), || format!("says to stdout: {said}"));
        }
        let told: Value = serde_json::from_str(said).map_err(|error| format!("{error}: {said}"))?;
        ensure(told["error"]["exitCode"] == self.exit, || said.to_owned())
    }
}

/// Puts everything on the desk that bears the name of a file and is none.
fn furnish(work: &Workplace) -> UnixListener {
    let desk = work.desk();
    work.put("order.json", br#"{"profile":{"target":"general","budget":1000,"servings":1}}"#);
    work.put("empty.json", b"");
    std::fs::create_dir(desk.join("folder")).unwrap();
    symlink(desk.join("circle-b"), desk.join("circle-a")).unwrap();
    symlink(desk.join("circle-a"), desk.join("circle-b")).unwrap();
    symlink(desk.join("nowhere"), desk.join("dangling")).unwrap();
    let made = process::Command::new("mkfifo").arg(desk.join("pipe")).status().unwrap();
    assert!(made.success());
    UnixListener::bind(desk.join("socket")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_line_is_refused_as_its_line_says() {
    let work = Workplace::new();
    let _listening = furnish(&work);
    let mut failures = Failures::default();
    for line in lines() {
        let before = work.listing();
        let outcome = line.check(&work).await;
        let written = work.listing() != before;
        failures
            .note(&line.name, outcome.and_then(|()| ensure(!written, || "something was written".to_owned())));
    }
    failures.none();
}
