//! cargo xtask run

use platform::{
    error_report::ErrorReport,
    launch::{LaunchRequest, RunArgs},
    progress::Progress,
};

use super::launch;
use crate::{cargo, environments, orders};

pub(crate) fn run(args: &RunArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    environments::named_local(&args.environment, "run")?;
    let args = RunArgs { order: orders::validate(&args.order)?, ..args.clone() };
    let cargo::Programs { local, built } = cargo::build_local(progress)?;
    Err(launch(&local, &LaunchRequest::Run { built, args }, progress))
}
