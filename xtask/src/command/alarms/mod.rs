//! cargo xtask alarms

mod backtest;
mod conform;
mod lint;
mod list;
mod show;
mod test;

use std::path::Path;

use alarms::Alarm;
use clap::{Args, Subcommand};
use platform::{
    bounded_file,
    error_report::ErrorReport,
    exit_code,
    launch::{EnvironmentArgs, Output},
    progress::Progress,
};
use serde_json::json;
use stack::monitoring;

use super::{
    generated::{self, GeneratedArgs},
    print_json, print_text,
};
use crate::environments;

/// Lists, explains and tests the alarms.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask alarms list --env prod        every alarm with its price and its time to fire
  cargo xtask alarms show BedrockFailing    what it means and what to do
  cargo xtask alarms test                   the cases of all alarms")]
pub(crate) struct AlarmsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Test(test::TestArgs),
    Mutate(test::MutateArgs),
    Backtest(backtest::BacktestArgs),
    Lint(lint::LintArgs),
    Conform(conform::ConformArgs),
    /// Prints every metric with its origin and the alarms that watch it.
    ///
    /// METRICS.md is the same text.
    #[command(after_help = "\
Examples:
  cargo xtask alarms metrics            the page, to read
  cargo xtask alarms metrics --write    writes it to METRICS.md, after a metric or an alarm was changed")]
    Metrics(GeneratedArgs),
}

pub(crate) fn run(args: &AlarmsArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    match &args.command {
        Command::List(args) => list::run(args, progress),
        Command::Show(args) => show::run(args),
        Command::Test(args) => test::run(args, progress),
        Command::Mutate(args) => test::mutate(args, progress),
        Command::Backtest(args) => backtest::run(args, progress),
        Command::Lint(args) => lint::run(args, progress),
        Command::Conform(args) => conform::run(args, progress),
        Command::Metrics(args) => metrics(args, progress),
    }
}

fn metrics(args: &GeneratedArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let page = alarms::page::page();
    if let Some(code) =
        generated::run(args, (alarms::page::PATH, &page), "cargo xtask alarms metrics", progress)?
    {
        return Ok(code);
    }
    match args.output {
        Output::Text => print_text(&page)?,
        Output::Json => print_json(&json!({ "page": page }))?,
    }
    Ok(exit_code::OK)
}

/// What the alarms of an environment depend on, and the alarms.
fn of_environment(args: &EnvironmentArgs) -> Result<(alarms::Inputs, Vec<Alarm>), ErrorReport> {
    let environment = environments::named(&args.env)?;
    let inputs = monitoring::readable_inputs(&environment);
    let alarms = alarms::all(&inputs);
    Ok((inputs, alarms))
}

/// The alarm of this id or name.
fn named<'a>(alarms: &'a [Alarm], name: &str) -> Result<&'a Alarm, ErrorReport> {
    let found = alarms.iter().find(|alarm| alarm.id == name || alarm.name() == name);
    found.ok_or_else(|| {
        ErrorReport::message(exit_code::USAGE, format!("no such alarm: {name}"))
            .with_hint("`cargo xtask alarms list` has the names")
    })
}

/// The text of a person's file.
fn text_of(path: &Path, most_bytes: usize) -> Result<String, ErrorReport> {
    let bytes =
        bounded_file::read(path, most_bytes).map_err(|error| ErrorReport::file("read", path, &error))?;
    if bytes.len() > most_bytes {
        let message = format!("the file has more than {most_bytes} bytes: {}", path.display());
        return Err(ErrorReport::message(exit_code::USAGE, message));
    }
    String::from_utf8(bytes).map_err(|_| {
        ErrorReport::message(exit_code::USAGE, format!("the file is not UTF-8: {}", path.display()))
    })
}
