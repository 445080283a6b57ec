//! The commands, one a file: its arguments stand directly above its `run`.

mod bench;
pub(crate) mod check;
mod ci;
mod completions;
mod deploy;
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
use serde::Serialize;
use target::{color::Color, handover::Handover, progress::Progress, report::json};

use crate::failure::Failure;

/// What can be asked for, in the order in which a newcomer needs it. What each does is said where its arguments are.
#[derive(Subcommand)]
pub(crate) enum Command {
    Deploy(deploy::DeployArgs),
    Run(run::RunArgs),
    Synth(synth::SynthArgs),
    Check(check::CheckArgs),
    Rules(rules::RulesArgs),
    Prices(prices::PricesArgs),
    Test(test::TestArgs),
    Tidy(tidy::TidyArgs),
    Bench(bench::BenchArgs),
    Ci(ci::CiArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    /// Runs the command and gives its exit code.
    pub(crate) fn run(&self, progress: &mut Progress) -> Result<u8, Failure> {
        match self {
            Self::Deploy(args) => deploy::run(args, progress),
            Self::Run(args) => run::run(args, progress),
            Self::Synth(args) => synth::run(args),
            Self::Check(args) => check::run(args, progress),
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
fn hand_over(program: &Path, handover: &Handover, progress: &mut Progress) -> Failure {
    progress.pause();
    let source = process::Command::new(program)
        .args(handover.to_args())
        .args(Color::applied().to_args())
        .exec();
    Failure::Start {
        program: program.display().to_string(),
        source,
    }
}

/// Prints a result for a person: it is data, as is the JSON.
fn print_text(text: &str) -> Result<(), Failure> {
    target::show::print(text).map_err(Failure::Stdout)
}

/// Prints a result for a machine.
fn print_json<T: Serialize>(result: &T) -> Result<(), Failure> {
    let text = json(result).map_err(|source| Failure::Unreadable {
        program: "this program",
        source,
    })?;
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(Failure::Stdout)
}
