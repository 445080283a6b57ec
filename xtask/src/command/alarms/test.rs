//! cargo xtask alarms test, cargo xtask alarms mutate

use std::{fs, path::PathBuf};

use alarms::{Alarm, Inputs, cases::Cases, mutate};
use clap::Args;
use platform::{error_report::ErrorReport, exit_code, launch::Output, progress::Progress};
use serde::Serialize;

use super::{print_json, text_of};
use crate::repository;

/// Most bytes of a file of cases.
const MAX_BYTES: usize = 1_048_576;

/// Runs the cases of the alarms: series in, states and messages out.
///
/// A case is a table in a file of alarms/cases. Exits with 1 if one comes out otherwise.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask alarms test
  cargo xtask alarms test alarms/cases/closer_failing.toml")]
pub(crate) struct TestArgs {
    /// Files of cases [default: all of alarms/cases].
    files: Vec<PathBuf>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Changes one thing of one alarm at a time and looks whether a case notices.
///
/// Exits with 1 if a change is noticed by no case.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask alarms mutate --output json")]
pub(crate) struct MutateArgs {
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Default, Serialize)]
struct Tested {
    passed: usize,
    total: usize,
    failures: Vec<String>,
}

pub(crate) fn run(args: &TestArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let alarms = with_every_option();
    let files = if args.files.is_empty() { all_files()? } else { args.files.clone() };
    let mut tested = Tested::default();
    for cases in read(&files)? {
        for alarm in &cases.alarms {
            for case in &cases.cases {
                tested.total += 1;
                match case.check(&alarms, alarm) {
                    Ok(()) => tested.passed += 1,
                    Err(error) => tested.failures.push(format!("{alarm}: {}: {error}", case.name)),
                }
            }
        }
    }
    for failure in &tested.failures {
        progress.error(failure);
    }
    progress.done("Tested", &format!("{} of {} cases hold", tested.passed, tested.total));
    if args.output == Output::Json {
        print_json(&tested)?;
    }
    Ok(if tested.failures.is_empty() { exit_code::OK } else { exit_code::FINDINGS })
}

pub(crate) fn mutate(args: &MutateArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let report = mutate::run(&with_every_option(), &read(&all_files()?)?);
    for survivor in &report.survivors {
        progress.error(&format!("no case notices {survivor}"));
    }
    for refuted in &report.refuted {
        progress.error(&format!(
            "a case tells this one from the alarm, which was listed as equivalent: {refuted}"
        ));
    }
    let equivalent = report.equivalent;
    progress
        .done("Mutated", &format!("{} of {} killed, {equivalent} equivalent", report.killed, report.total));
    if args.output == Output::Json {
        print_json(&report)?;
    }
    let sound = report.survivors.is_empty() && report.refuted.is_empty();
    Ok(if sound { exit_code::OK } else { exit_code::FINDINGS })
}

/// Cases are of alarms and not of an environment: every option is on.
fn with_every_option() -> Vec<Alarm> {
    alarms::all(&Inputs::sample())
}

fn all_files() -> Result<Vec<PathBuf>, ErrorReport> {
    let folder = repository::root().join("alarms/cases");
    let entries = fs::read_dir(&folder).map_err(|error| ErrorReport::file("read", &folder, &error))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

fn read(files: &[PathBuf]) -> Result<Vec<Cases>, ErrorReport> {
    files
        .iter()
        .map(|path| {
            let text = text_of(path, MAX_BYTES)?;
            Cases::parse(&text).map_err(|error| {
                ErrorReport::message(exit_code::USAGE, format!("{}: {error}", path.display()))
            })
        })
        .collect()
}
