//! cargo xtask alarms conform

use std::path::PathBuf;

use clap::Args;
use cloudwatch::conformance::{self, Cases};
use platform::{error_report::ErrorReport, exit_code, launch::Output, progress::Progress};

use super::{print_json, text_of};

/// Most bytes of a file of cases.
const MAX_BYTES: usize = 16 * 1_048_576;

/// Compares the evaluation of alarms with AWS's documented cases.
///
/// The file is JSON: `{"cases": [{"name", "datapoints_oldest_first": ["0" | "X" | "-"], "evaluation_periods",
/// "datapoints_to_alarm", "evaluation_range", "treat_missing_data", "expected": "OK" | "ALARM" | "INSUFFICIENT_DATA" | "RETAIN"}]}`.
/// Exits with 1 if one comes out otherwise.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask alarms conform cases.json --output json")]
pub(crate) struct ConformArgs {
    /// The cases.
    file: PathBuf,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &ConformArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let text = text_of(&args.file, MAX_BYTES)?;
    let cases: Cases = serde_json::from_str(&text).map_err(|error| {
        ErrorReport::message(
            exit_code::USAGE,
            format!("not a file of cases: {}: {error}", args.file.display()),
        )
    })?;
    if cases.cases.is_empty() {
        return Err(ErrorReport::message(exit_code::USAGE, format!("no cases: {}", args.file.display())));
    }
    let report = conformance::check(&cases.cases);
    for failure in &report.failures {
        progress.error(&format!("{}: {}", failure.name, failure.message));
    }
    progress.done("Compared", &format!("{} of {} cases come out as documented", report.passed, report.total));
    if args.output == Output::Json {
        print_json(&report)?;
    }
    Ok(if report.failures.is_empty() { exit_code::OK } else { exit_code::FINDINGS })
}
