//! The commands, one a file: its arguments stand directly above its `run`.

mod alarms;
mod bench;
pub(crate) mod check;
mod ci;
mod completions;
mod deploy;
mod generated;
mod prices;
mod rules;
mod run;
mod synth;
mod test;
mod tidy;

use std::{
    io::{self, Write},
    os::unix::process::CommandExt,
    path::Path,
    process,
};

use clap::Subcommand;
use platform::{
    color::Color,
    error_report::ErrorReport,
    launch::{DeployArgs, LaunchRequest, RunArgs},
    progress::Progress,
    report::json,
};
use serde::Serialize;

use crate::cargo::not_started;

/// What can be asked for, in the order in which a newcomer needs it. What each does is said where its arguments are.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Builds everything, brings an environment up and cooks one order.
    ///
    /// Builds the three functions, synthesises and checks the stack, packages the functions, brings the environment up and
    /// cooks one order in it: from nothing to a meal plan. It ends with the environment, unless it is told to stay.
    #[command(after_help = "\
Examples:
  cargo xtask deploy                              the sample order, on this machine
  cargo xtask deploy --order orders/baby.json     another order
  cargo xtask deploy --env local-living           with the price sources that live
  cargo xtask deploy --stay                       and leave it up for `cargo xtask run`
  cargo xtask deploy --stay --data target/kept    and keep tables and executions
  cargo xtask deploy --output json                everything that is known, for a program")]
    Deploy(DeployArgs),
    /// Cooks one order and follows it to its end.
    ///
    /// In the environment of that name that `cargo xtask deploy --stay` keeps up; if there is none, in one of its own.
    #[command(after_help = "\
Examples:
  cargo xtask run --order orders/keto.json                   one of the samples
  cargo xtask run --order orders/fridge.json --output json   the execution with its history")]
    Run(RunArgs),
    Synth(synth::SynthArgs),
    Check(check::CheckArgs),
    Alarms(alarms::AlarmsArgs),
    Rules(rules::RulesArgs),
    Prices(prices::PricesArgs),
    Test(test::TestArgs),
    Tidy(tidy::TidyArgs),
    Bench(bench::BenchArgs),
    Ci(ci::CiArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    pub(crate) fn run(&self, progress: &mut Progress) -> Result<u8, ErrorReport> {
        match self {
            Self::Deploy(args) => deploy::run(args, progress),
            Self::Run(args) => run::run(args, progress),
            Self::Synth(args) => synth::run(args),
            Self::Check(args) => check::run(args, progress),
            Self::Alarms(args) => alarms::run(args, progress),
            Self::Rules(args) => rules::run(args, progress),
            Self::Prices(args) => prices::run(args, progress),
            Self::Test(args) => test::run(args, progress),
            Self::Tidy(args) => tidy::run(args, progress),
            Self::Bench(args) => bench::run(args, progress),
            Self::Ci(args) => ci::run(args, progress),
            Self::Completions(args) => completions::run(args),
        }
    }
}

/// Becomes the program that owns the environment: no process of ours is left to be asked, signalled or waited for.
/// Returns when that could not be done.
fn launch(program: &Path, request: &LaunchRequest, progress: &mut Progress) -> ErrorReport {
    progress.pause();
    let mut command = process::Command::new(program);
    let error = command.args(request.to_args()).args(Color::applied().to_args()).exec();
    not_started(&program.display().to_string(), &error)
}

/// Prints a result for a person: it is data, as is the JSON.
fn print_text(text: &str) -> Result<(), ErrorReport> {
    platform::show::print(text).map_err(|error| ErrorReport::stdout(&error))
}

/// Prints a result for a machine.
fn print_json<T: Serialize>(result: &T) -> Result<(), ErrorReport> {
    let text =
        json(result).map_err(|error| ErrorReport::bug("a result has no JSON form").caused_by(&error))?;
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| ErrorReport::stdout(&error))
}
