//! cargo xtask deploy

use std::path::PathBuf;

use clap::Args;
use target::{
    handover::{self, Handover, Output},
    progress::Progress,
};

use super::hand_over;
use crate::{cargo, environments::EnvironmentArgs, failure::Failure, orders};

/// Builds the three functions, synthesises and checks the stack, brings it up and cooks one order.
#[derive(Args)]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// The order to cook; the sample of orders/keto.json if there is none.
    #[arg(long, value_name = "FILE")]
    order: Option<PathBuf>,
    /// Stays up after the order, for `run` and for a look around, until Ctrl-C.
    #[arg(long)]
    stay: bool,
    /// Keeps tables and executions in this folder, over restarts; in memory if there is none. Orders lie there as they
    /// were given, health data included.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Answers yes to every question. The local environment asks none.
    #[arg(long)]
    yes: bool,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &DeployArgs, progress: &mut Progress) -> Result<u8, Failure> {
    args.environment.read_local("deploy")?;
    let order = args.order.clone().unwrap_or_else(orders::sample);
    let order = orders::validate(&order)?;
    let cargo::Programs { local, built } = cargo::build_local(progress)?;
    let deploy = handover::Deploy {
        built,
        order,
        stay: args.stay,
        data: args.data.clone(),
        output: args.output,
    };
    Err(hand_over(&local, &Handover::Deploy(deploy), progress))
}
