//! cargo xtask alarms backtest

use std::{
    io::{BufReader, Read as _},
    path::PathBuf,
};

use alarms::backtest::backtest;
use clap::Args;
use platform::{
    bounded_file,
    error_report::ErrorReport,
    exit_code,
    launch::{EnvironmentArgs, Output},
    progress::Progress,
};

use super::{named, of_environment, print_json, print_text};

/// Most bytes that are read of a series.
const MAX_BYTES: u64 = 1_073_741_824;

/// Says how often an alarm would have fired on a series.
///
/// The series is CSV with a column `time` (RFC 3339 or seconds since the epoch) and a column for each metric, named by the id in
/// the alarm's expression, or `value` for an alarm on one metric.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask alarms backtest --alarm CloserFailing queue.csv")]
pub(crate) struct BacktestArgs {
    /// The alarm's id, as `alarms list` has it, or its physical name.
    #[arg(long)]
    alarm: String,
    /// The series.
    file: PathBuf,
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &BacktestArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let (_, alarms) = of_environment(&args.environment)?;
    let id = named(&alarms, &args.alarm)?.id.clone();
    let file =
        bounded_file::open(&args.file).map_err(|error| ErrorReport::file("read", &args.file, &error))?;
    let found = backtest(&alarms, &id, BufReader::new(file.take(MAX_BYTES))).map_err(|error| {
        ErrorReport::message(exit_code::USAGE, format!("{}: {error}", args.file.display()))
    })?;
    match args.output {
        Output::Json => print_json(&found)?,
        Output::Text => {
            let lines = found.changes.iter().map(|change| {
                let at = jiff::Timestamp::from_second(change.at_s).unwrap_or_default();
                format!("{at}  {:<5}  {}\n", change.to, change.reason)
            });
            print_text(&lines.collect::<String>())?;
        }
    }
    let fired = format!(
        "{} times in {} minutes, {} of them in ALARM; it acted {} times",
        found.fired, found.minutes, found.minutes_in_alarm, found.acted
    );
    progress.done("Fired", &fired);
    Ok(exit_code::OK)
}
