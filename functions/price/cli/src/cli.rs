//! The program's arguments, which `cargo xtask prices` passes on, and its commands.

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand};
use jiff::Timestamp;
use platform::{
    color::ColorArgs, exit_code, launch::Output, prices::PricesCommand, report::json, show, usage,
};
use price::matching::score::{Score, Split, score};
use serde::Serialize;

use crate::{failure::Failure, matched, probe};

/// Shows how an ingredient's price is found.
#[derive(Parser)]
#[command(name = "prices")]
struct Cli {
    #[command(flatten)]
    color: ColorArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Prices(PricesCommand),
    /// Measures the matching rule over its table.
    Score {
        /// What stdout is to hold.
        #[arg(long, value_enum, default_value_t)]
        output: Output,
    },
}

/// Runs the program and gives its exit code: 0 done or answered, 1 not answered, 2 bad arguments.
pub(crate) fn run(args: &[OsString], now: fn() -> Timestamp) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return usage::end(&error, &Cli::command(), args.get(1..).unwrap_or_default()),
    };
    cli.color.color.apply();
    let (output, ended) = match &cli.command {
        Command::Prices(PricesCommand::Match(args)) => (args.output, matched::run(args)),
        Command::Prices(PricesCommand::Probe(args)) => (args.output, probe::run(args, now)),
        Command::Score { output } => (*output, print_score(*output)),
    };
    ended.unwrap_or_else(|failure| {
        failure.report(output == Output::Json);
        failure.exit_code()
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scores {
    all: Shown,
    tuned: Shown,
    held_out: Shown,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(flatten)]
    score: Score,
    precision: f64,
    recall: f64,
}

impl Shown {
    fn of(score: Score) -> Self {
        Self { score, precision: score.precision(), recall: score.recall() }
    }

    fn line(&self, what: &str) -> String {
        format!(
            "{what:<9} {:>4} names  precision {:.2} %  recall {:.2} %  {} best goods wrong\n",
            self.score.names,
            self.precision * 100.0,
            self.recall * 100.0,
            self.score.names - self.score.names_right,
        )
    }
}

fn print_score(output: Output) -> Result<u8, Failure> {
    let scores = Scores {
        all: Shown::of(score(None)),
        tuned: Shown::of(score(Some(Split::Tuned))),
        held_out: Shown::of(score(Some(Split::HeldOut))),
    };
    let text = scores.all.line("all") + &scores.tuned.line("tuned") + &scores.held_out.line("held out");
    print(output, &scores, &text)?;
    Ok(exit_code::OK)
}

/// Prints the text, or the value as JSON.
pub(crate) fn print<T: Serialize>(output: Output, value: &T, text: &str) -> Result<(), Failure> {
    let printed = match output {
        Output::Text => show::print(text),
        Output::Json => {
            let text = json(value).map_err(|_| Failure::Bug("a result has no JSON form"))?;
            show::print(&text)
        }
    };
    printed.map_err(Failure::Stdout)
}
