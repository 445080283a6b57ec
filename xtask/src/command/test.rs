//! cargo xtask test

use std::{
    io::{self, Write},
    time::Instant,
};

use clap::Args;
use platform::{
    error_report::ErrorReport,
    exit_code,
    launch::Output,
    progress::{Progress, duration, elapsed_ms},
};
use serde::Serialize;

use super::print_json;
use crate::cargo::{self, build_failed};

/// Runs every test of the workspace.
///
/// Builds the functions and the environment that the tests start, then everything that `cargo test --workspace` runs.
///
/// Where `AI_CHEF_RECORDINGS` names a folder of recorded executions and payloads, the tests check them too.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask test                 what the test runner prints
  cargo xtask test --output json   how many passed and failed, for a program")]
pub(crate) struct TestArgs {
    /// What stdout is to hold; the test runner talks to stderr when it is JSON.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tested {
    passed: u64,
    failed: u64,
    ignored: u64,
    build_ms: u64,
    test_ms: u64,
    /// How many recordings of each kind ran, as the tests say it; nothing where no folder of them is named.
    recordings: Option<Vec<String>>,
}

pub(crate) fn run(args: &TestArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let (tested, succeeded) = test(args.output, progress)?;
    if args.output == Output::Json {
        print_json(&tested)?;
    }
    Ok(if succeeded { exit_code::OK } else { exit_code::FINDINGS })
}

/// Runs every test and says whether all went well.
pub(crate) fn succeeds(output: Output, progress: &mut Progress) -> Result<bool, ErrorReport> {
    test(output, progress).map(|(_, succeeded)| succeeded)
}

fn test(output: Output, progress: &mut Progress) -> Result<(Tested, bool), ErrorReport> {
    let start = Instant::now();
    cargo::build_local(progress)?;
    if !cargo::succeeds(&["test", "--workspace", "--no-run"])? {
        return Err(build_failed());
    }
    let build_ms = elapsed_ms(start);
    progress.done("Built", &format!("the tests in {}", duration(build_ms)));

    let start = Instant::now();
    let mut tested = Tested { build_ms, recordings: recordings::given().then(Vec::new), ..Tested::default() };
    let mut command = cargo::cargo();
    let succeeded = cargo::each_line(command.args(["test", "--workspace", "--no-fail-fast"]), |line| {
        tested.add(line);
        match output {
            Output::Text => writeln!(io::stdout(), "{line}"),
            Output::Json => writeln!(io::stderr(), "{line}"),
        }
        .map_err(|error| ErrorReport::stdout(&error))
    })?;
    match &tested.recordings {
        None => progress.note("Recorded", "no recordings given"),
        Some(kinds) => kinds.iter().for_each(|kind| progress.note("Recorded", kind)),
    }
    tested.test_ms = elapsed_ms(start);
    let took = duration(tested.test_ms);
    if succeeded {
        progress.done("Tested", &format!("the workspace in {took}"));
    } else {
        progress.error(&format!("tests failed, time spent: {took}"));
    }
    Ok((tested, succeeded))
}

impl Tested {
    /// Adds what one test program counted: `test result: ok. 9 passed; 0 failed; 1 ignored; ..`, or its recordings.
    fn add(&mut self, line: &str) {
        if let (Some(kind), Some(kinds)) = (line.strip_prefix(recordings::LINE), &mut self.recordings) {
            kinds.push(kind.to_owned());
        }
        let Some(counts) = line.strip_prefix("test result: ") else {
            return;
        };
        let counts = counts.split_once(". ").map_or("", |(_, counts)| counts);
        for count in counts.split("; ") {
            let Some((number, what)) = count.split_once(' ') else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runner_s_counts_are_added() {
        let mut tested = Tested { recordings: Some(Vec::new()), ..Tested::default() };
        for line in [
            "recordings: asl executions: 2 passed, 1 not supported, 0 failed",
            "running 3 tests",
            "test result: ok. 9 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
        ] {
            tested.add(line);
        }
        assert_eq!(
            tested,
            Tested {
                passed: 10,
                failed: 2,
                recordings: Some(vec!["asl executions: 2 passed, 1 not supported, 0 failed".to_owned()]),
                ignored: 1,
                ..Tested::default()
            }
        );
    }
}
