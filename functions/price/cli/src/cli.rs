//! The arguments of this program, as `cargo xtask prices` passes them on, and which of its parts they ask for.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use contract::PriceSource;
use jiff::Timestamp;
use platform::{color::ColorArgs, exit_code, launch::Output, report::json, show, usage};
use price::matching::score::{Score, Split, score, score_of_half};
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
    /// Shows which goods of the price survey a name means, and why.
    Match(MatchArgs),
    /// Makes one live search and shows what was asked, what came back and what the adapter made of it.
    Probe(ProbeArgs),
    /// Measures the matching rule over its table.
    Score {
        /// What stdout is to hold.
        #[arg(long, value_enum, default_value_t)]
        output: Output,
    },
}

#[derive(Args)]
pub(crate) struct MatchArgs {
    /// Names of ingredients.
    #[arg(required = true)]
    pub(crate) names: Vec<String>,
    /// The goods, instead of those of the table.
    #[arg(long)]
    pub(crate) goods: Option<PathBuf>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

#[derive(Args)]
pub(crate) struct ProbeArgs {
    /// Which source.
    #[arg(long, value_parser = source)]
    pub(crate) source: PriceSource,
    /// What is searched for.
    #[arg(long)]
    pub(crate) ingredient: String,
    /// Where the source answers, instead of its own address.
    #[arg(long)]
    pub(crate) base_url: Option<String>,
    /// Longest time of the search, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub(crate) seconds: u64,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

fn source(name: &str) -> Result<PriceSource, String> {
    PriceSource::named(name).ok_or_else(|| {
        let names = PriceSource::ALL.map(PriceSource::name).join(", ");
        format!("it is one of {names}")
    })
}

/// Runs the program and gives its exit code: 0 done or answered, 1 not answered, 2 bad arguments.
pub(crate) fn run(args: &[OsString], now: fn() -> Timestamp) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(said) => return usage::end(&said, &Cli::command(), args.get(1..).unwrap_or_default()),
    };
    cli.color.color.apply();
    let (output, ended) = match &cli.command {
        Command::Match(args) => (args.output, matched::run(args)),
        Command::Probe(args) => (args.output, probe::run(args, now)),
        Command::Score { output } => (*output, tell_score(*output)),
    };
    ended.unwrap_or_else(|failure| {
        failure.tell(output == Output::Json);
        failure.exit_code()
    })
}

/// The rule over its table, as one value.
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

fn tell_score(output: Output) -> Result<u8, Failure> {
    let scores = Scores {
        all: Shown::of(score()),
        tuned: Shown::of(score_of_half(Split::Tuned)),
        held_out: Shown::of(score_of_half(Split::HeldOut)),
    };
    let text = scores.all.line("all") + &scores.tuned.line("tuned") + &scores.held_out.line("held out");
    print(output, &scores, &text)?;
    Ok(exit_code::OK)
}

/// Prints a result: the value for a machine, the text for a person.
pub(crate) fn print<T: Serialize>(output: Output, value: &T, text: &str) -> Result<(), Failure> {
    let printed = match output {
        Output::Text => show::print(text),
        Output::Json => {
            let text = json(value).map_err(|_| Failure::Ours("a result has no JSON form"))?;
            show::print(&text)
        }
    };
    printed.map_err(Failure::Stdout)
}
