//! cargo xtask prices

use std::{os::unix::process::CommandExt as _, process::Command};

use clap::Args;
use platform::{color::Color, error_report::ErrorReport, prices::PricesCommand, progress::Progress};

use crate::cargo::{self, Profile};

const PRICES: &str = "prices";

/// Shows how the price of an ingredient is found.
///
/// `match` shows which goods of the price survey a name means; `probe` asks one source with a key of yours. Both go the way
/// of the price function.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask prices match 버터 \"다진 마늘\"                       the matching rule at work
  cargo xtask prices probe --source elevenst --ingredient 대파     one live search")]
pub(crate) struct PricesArgs {
    #[command(subcommand)]
    command: PricesCommand,
}

/// Becomes the program that knows the sources: the key goes to it alone.
pub(crate) fn run(args: &PricesArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let mut command = Command::new(cargo::build_tool(PRICES, Profile::Dev)?);
    command.args(Color::applied().to_args()).args(args.command.to_args());
    progress.pause();
    Err(cargo::not_started(PRICES, &command.exec()))
}
