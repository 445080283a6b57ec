//! cargo xtask run

use std::path::PathBuf;

use clap::Args;
use target::{
    handover::{self, Handover, Output},
    progress::Progress,
};

use super::hand_over;
use crate::{cargo, environments::EnvironmentArgs, failure::Failure, orders};

/// Cooks one order in an environment that stays up (`deploy --stay`), else in one of its own.
#[derive(Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// The order to cook.
    #[arg(long, value_name = "FILE")]
    order: PathBuf,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &RunArgs, progress: &mut Progress) -> Result<u8, Failure> {
    args.environment.read_local("run")?;
    let order = orders::validate(&args.order)?;
    let cargo::Programs { local, built } = cargo::build_local(progress)?;
    let run = handover::Run {
        built,
        order,
        output: args.output,
    };
    Err(hand_over(&local, &Handover::Run(run), progress))
}
