//! `orders.jsonl`: orders on both sides of every bound, in process and through the commands that take them.

use std::ffi::OsString;

use contract::{Order, SessionId};
use futures::{StreamExt as _, stream};
use serde::Deserialize;

use super::{
    case::{self, Failures, Source, ensure, says},
    program::{Program, Workplace},
};
use crate::programs;

/// How many commands are given at once.
const AT_ONCE: usize = 4;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    name: String,
    order: Source,
    /// The leaf, and what was expected there.
    refused: Option<(String, String)>,
    #[serde(default)]
    accepted: bool,
    /// Words of the order that no message may repeat.
    #[serde(default)]
    secrets: Vec<String>,
}

impl case::Line for Line {
    fn name(&self) -> &str {
        &self.name
    }
}

pub(super) fn lines() -> Vec<Line> {
    case::lines("orders.jsonl", include_str!("orders.jsonl"))
}

impl Line {
    fn parse(&self) -> Result<(), String> {
        let parsed = Order::parse(&self.order.bytes(), || SessionId::new("made-up").unwrap());
        match (&self.refused, self.accepted, parsed) {
            (None, true, Ok(_)) => Ok(()),
            (None, true, Err(error)) => Err(format!("should be accepted: {error}")),
            (Some(_), false, Ok(_)) => Err("should be refused".to_owned()),
            (Some((path, expected)), false, Err(error)) => {
                ensure(error.path == *path, || format!("expected at `{path}`, got: {error}"))?;
                says(&error.message, expected)?;
                self.keeps_secrets(&format!("{error} {error:?}"))
            }
            (None, false, _) | (Some(_), true, _) => Err("needs either `refused` or `accepted`".to_owned()),
        }
    }

    fn keeps_secrets(&self, text: &str) -> Result<(), String> {
        let told = self.secrets.iter().find(|secret| text.contains(secret.as_str()));
        ensure(told.is_none(), || format!("repeats {told:?}: {text}"))
    }

    /// Refused by a command: exit code, leaf, expectation, a hint, and nothing on stdout.
    async fn command(&self, work: &Workplace, program: Program, command: &str) -> Result<(), String> {
        let Some((path, expected)) = &self.refused else {
            return Ok(());
        };
        let mut args: Vec<OsString> = [command, "--order", &self.file()].map(OsString::from).to_vec();
        if program == Program::Local {
            args.extend(["--folder", "../target"].map(OsString::from));
            for (task, program) in programs::functions() {
                args.extend([OsString::from("--function"), format!("{task}={}", program.display()).into()]);
            }
        }
        let said = work.command(program, &args, None).await?;
        let outcome = ensure(said.code == Some(2), || format!("exit code {:?}: {}", said.code, said.stderr))
            .and_then(|()| ensure(said.stdout.is_empty(), || format!("says to stdout: {}", said.stdout)))
            .and_then(|()| says(&said.stderr, path))
            .and_then(|()| says(&said.stderr, expected))
            .and_then(|()| says(&said.stderr, "hint: "))
            .and_then(|()| self.keeps_secrets(&said.stderr));
        outcome.map_err(|wrong| format!("{program:?} {command}: {wrong}"))
    }

    fn file(&self) -> String {
        format!("{}.json", self.name)
    }
}

#[test]
fn every_order_is_taken_or_refused_as_its_line_says() {
    let mut failures = Failures::default();
    for line in lines() {
        failures.note(&line.name, line.parse());
    }
    failures.none();
}

/// Refused orders reach neither the build nor an environment. The second gate, the program that would cook them, reads
/// them for itself.
#[tokio::test(flavor = "multi_thread")]
async fn every_refused_order_is_refused_by_the_commands_and_nothing_is_written() {
    let work = Workplace::new();
    let lines = lines();
    for line in &lines {
        work.put(&line.file(), &line.order.bytes());
    }
    let before = work.listing();
    let ways = [
        (Program::Xtask, "run"),
        (Program::Xtask, "deploy"),
        (Program::Local, "run"),
        (Program::Local, "deploy"),
    ];
    let work = &work;
    let tried = lines.iter().flat_map(|line| ways.map(|way| (line, way)));
    let outcomes: Vec<_> = stream::iter(tried)
        .map(async |(line, (program, command))| (&line.name, line.command(work, program, command).await))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut failures = Failures::default();
    for (name, outcome) in outcomes {
        failures.note(name, outcome);
    }
    let after = work.listing();
    failures.note("all", ensure(before == after, || format!("something was written: {before:?} {after:?}")));
    failures.none();
}
