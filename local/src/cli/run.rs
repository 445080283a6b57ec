//! `local run`: one order, in the environment that is up or in one of its own.

use platform::{
    Platform,
    deploy::bring_up,
    error_report::ErrorReport,
    launch::{Built, Output, RunArgs},
    progress::Progress,
    report::OrderReport,
    run::run_order,
    show,
    width::Width,
};
use stack::Environment;

use super::{End, Signals, alarms::Told, built_at_ms, environment, json, order, place, print};
use crate::{
    clock,
    control::{Live, StateFile},
    embedded::Embedded,
};

pub(super) async fn carry_out(
    built: &Built,
    args: &RunArgs,
    progress: &mut Progress,
    signals: &mut Signals,
) -> Result<u8, End> {
    let environment = environment(built, &args.environment, "run")?;
    let order = order(Some(&args.order))?;
    let report = match StateFile::read(&built.folder, &environment.name) {
        Some(found) => {
            progress.note("Using", &format!("the environment that process {} keeps up", found.pid));
            if built_at_ms(built) > found.built_at_ms {
                progress
                    .warning("it runs an earlier build of the functions: restart it to cook with this one");
            }
            let work = async {
                let live = Live::connect(found).await.map_err(|error| ErrorReport::order(&error))?;
                run_order(&live, &order, progress).await
            };
            signals.unless(work).await?
        }
        None => in_new_environment(built, &environment, &order, progress, signals).await?,
    };
    let text = match args.output {
        Output::Text => show::order_report(&report, Width::of_stdout()),
        Output::Json => json(&report)?,
    };
    print(progress, &text)?;
    Ok(report.exit_code())
}

async fn in_new_environment(
    built: &Built,
    environment: &Environment,
    order: &contract::Order,
    progress: &mut Progress,
    signals: &mut Signals,
) -> Result<OrderReport, End> {
    let today = clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let place = place(built);
    let up = signals.unless(bring_up::<Embedded>(environment, today, built, place, progress)).await?;
    Told::not_notified(&up.target, progress);
    let report = signals.unless(run_order(&up.target, order, progress)).await;
    Told::default().tell(&up.target, progress);
    let down = Platform::shutdown(up.target).await.map_err(|error| ErrorReport::order(&error));
    let report = report?;
    down?;
    Ok(report)
}
