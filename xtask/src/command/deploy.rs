//! cargo xtask deploy

use std::path::PathBuf;

use clap::Args;
use target::{
    handover::{self, Handover, Output},
    progress::Progress,
};

use super::hand_over;
use crate::{cargo, environments::EnvironmentArgs, failure::Failure, orders};

/// Builds everything, brings an environment up and cooks one order.
///
/// Builds the three functions, synthesises and checks the stack, packages the functions, brings the environment up and
/// cooks one order in it: from nothing to a meal plan. It ends with the environment, unless it is told to stay.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask deploy                              the sample order, on this machine
  cargo xtask deploy --order orders/baby.json     another order
  cargo xtask deploy --env local-living           with the price sources that live
  cargo xtask deploy --stay                       and leave it up for `cargo xtask run`
  cargo xtask deploy --stay --data target/kept    and keep tables and executions
  cargo xtask deploy --output json                everything that is known, for a program")]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// The order to cook [default: orders/keto.json].
    ///
    /// A JSON file; orders/ has one for every target.
    #[arg(long, value_name = "FILE")]
    order: Option<PathBuf>,
    /// Stay up after the order, until Ctrl-C.
    ///
    /// `cargo xtask run` in another terminal cooks in this environment; the addresses of its services are told.
    #[arg(long)]
    stay: bool,
    /// Keep tables and executions in this folder, over restarts [default: in memory].
    ///
    /// Orders lie there as they were given, health data included.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Answer yes to every question; the local environment asks none.
    #[arg(long)]
    yes: bool,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &DeployArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let environment = args.environment.local_file("deploy")?;
    let order = args.order.clone().unwrap_or_else(orders::sample);
    let order = orders::validate(&order)?;
    let cargo::Programs { local, built } = cargo::build_local(progress)?;
    let deploy = handover::Deploy {
        built,
        environment,
        order,
        stay: args.stay,
        data: args.data.clone(),
        output: args.output,
    };
    Err(hand_over(&local, &Handover::Deploy(deploy), progress))
}
