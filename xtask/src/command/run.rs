//! cargo xtask run

use std::path::PathBuf;

use clap::Args;
use target::{
    handover::{self, Handover, Output},
    progress::Progress,
};

use super::hand_over;
use crate::{cargo, environments::EnvironmentArgs, failure::Failure, orders};

/// Cooks one order and follows it to its end.
///
/// In the environment of that name that `cargo xtask deploy --stay` keeps up; if there is none, in one of its own.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask run --order orders/keto.json                   one of the samples
  cargo xtask run --order orders/fridge.json --output json   the execution with its history")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// The order to cook.
    ///
    /// A JSON file; orders/ has one for every target. An order that was cooked already, with the same `sessionId`, is the
    /// same execution again.
    #[arg(long, value_name = "FILE")]
    order: PathBuf,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &RunArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let environment = args.environment.local_file("run")?;
    let order = orders::validate(&args.order)?;
    let cargo::Programs { local, built } = cargo::build_local(progress)?;
    let run = handover::Run {
        built,
        environment,
        order,
        output: args.output,
    };
    Err(hand_over(&local, &Handover::Run(run), progress))
}
