//! cargo xtask deploy

use platform::{
    error_report::ErrorReport,
    launch::{DeployArgs, LaunchRequest},
    progress::Progress,
};

use super::launch;
use crate::{cargo, environments, orders};

pub(crate) fn run(args: &DeployArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    environments::named_local(&args.environment, "deploy")?;
    let order = args.order.clone().unwrap_or_else(orders::sample);
    let args = DeployArgs { order: Some(orders::validate(&order)?), ..args.clone() };
    let cargo::Programs { local, built } = cargo::build_local(progress)?;
    Err(launch(&local, &LaunchRequest::Deploy { built, args }, progress))
}
