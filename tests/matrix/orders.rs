//! The orders of `functions/contract/src/order_file/orders.jsonl` that are refused, given to the commands that take them.

use std::ffi::OsString;

use cases::{Case, Failures, Source, ensure, says};
use futures::{StreamExt as _, stream};
use serde::Deserialize;

use super::program::{Program, Workplace};
use crate::programs;

/// How many commands are given at once.
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
struct Line {
    order: Source,
    /// The leaf, and what was expected there.
    refused: Option<(String, String)>,
    /// Words of the order that no message may repeat.
    #[serde(default)]
    secrets: Vec<String>,
}

impl Line {
    /// Refused by a command: exit code, leaf, expectation, a hint, and nothing on stdout.
    async fn command(
        &self,
        work: &Workplace,
        program: Program,
        command: &str,
        file: &str,
    ) -> Result<(), String> {
        let Some((path, expected)) = &self.refused else {
            return Ok(());
        };
        let mut args: Vec<OsString> = [command, "--order", file].map(OsString::from).to_vec();
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

    fn keeps_secrets(&self, text: &str) -> Result<(), String> {
        let repeated = self.secrets.iter().find(|secret| text.contains(secret.as_str()));
        ensure(repeated.is_none(), || format!("repeats {repeated:?}: {text}"))
    }
}

fn file(name: &str) -> String {
    format!("{name}.json")
}

/// Refused orders reach neither the build nor an environment. `local` reads them again for itself.
#[tokio::test(flavor = "multi_thread")]
async fn every_refused_order_is_refused_by_the_commands_and_nothing_is_written() {
    let work = Workplace::new();
    let lines: Vec<Case<Line>> = cases::read(
        "orders.jsonl",
        include_str!("../../functions/contract/src/order_file/orders.jsonl"),
        210,
    );
    for line in &lines {
        work.put(&file(&line.name), &line.fields.order.bytes());
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
        .map(async |(Case { name, fields }, (program, command))| {
            (name, fields.command(work, program, command, &file(name)).await)
        })
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
