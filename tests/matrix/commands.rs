//! `commands.jsonl`: command lines that ask for something that there is not, and orders that are no files.

use std::{
    ffi::OsString, os::unix::ffi::OsStringExt as _, os::unix::fs::symlink, os::unix::net::UnixListener,
    process,
};

use cases::{Case, Failures, Source, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::program::{Program, Workplace};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
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
#[derive(Deserialize)]
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

    /// Empty, or with `--format json` the same error.
    fn stdout(&self, said: &str) -> Result<(), String> {
        let asked = |argument: &Argument| matches!(argument, Argument::Text(text) if text == "json");
        if !self.args.iter().any(asked) {
            return ensure(said.is_empty(), || format!("says to stdout: {said}"));
        }
        let report: Value = serde_json::from_str(said).map_err(|error| format!("{error}: {said}"))?;
        ensure(report["error"]["exitCode"] == self.exit, || said.to_owned())
    }
}

/// Fills the folder with everything that a path may name and that is no file.
fn fill(work: &Workplace) -> UnixListener {
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
    let _socket = fill(&work);
    let mut failures = Failures::default();
    let lines: Vec<Case<Line>> = cases::read("commands.jsonl", include_str!("commands.jsonl"), 92);
    for Case { name, fields: line } in lines {
        let before = work.listing();
        let outcome = line.check(&work).await;
        let written = work.listing() != before;
        failures.note(&name, outcome.and_then(|()| ensure(!written, || "something was written".to_owned())));
    }
    failures.none();
}
