//! `local deploy`: brings the environment up, cooks one order, and stays up if asked.

use std::sync::Arc;

use platform::{
    deploy::{bring_up, first_order},
    error_report::ErrorReport,
    launch::{Built, DeployArgs, Output},
    progress::Progress,
    show,
    width::Width,
};
use stack::Environment;

use super::{End, Signals, alarms::Told, built_at_ms, environment, json, order, place, print};
use crate::{
    clock,
    control::{Control, StateFile},
    embedded::Embedded,
};

pub(super) async fn carry_out(
    built: &Built,
    args: &DeployArgs,
    progress: &mut Progress,
    signals: &mut Signals,
) -> Result<u8, End> {
    let environment = environment(built, &args.environment, "deploy")?;
    let order = order(args.order.as_deref())?;
    let today = clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut place = place(built);
    place.data_folder.clone_from(&args.data);
    place.alarm_clock_speed = args.alarm_clock_speed;
    let up = signals.unless(bring_up::<Embedded>(&environment, today, built, place, progress)).await?;
    Told::not_notified(&up.target, progress);
    let report = signals.unless(first_order(&up, &order, progress)).await;
    let shown = report.as_ref().map_or(Ok(0), |report| {
        let text = match args.output {
            Output::Text => show::deploy_report(report, Width::of_stdout()),
            Output::Json => json(report)?,
        };
        print(progress, &text)?;
        Ok(report.order.exit_code())
    });
    let target = Arc::new(up.target);
    let mut told = Told::default();
    told.tell(&target, progress);
    if args.stay && report.is_ok() && shown.is_ok() {
        stay(built, args, &environment, &target, told, progress, signals).await?;
    } else {
        Told::not_evaluated(&target, progress);
    }
    progress.doing("shutting down");
    let down = target.close().await.map_err(|error| after_report(&error));
    report?;
    down?;
    shown
}

fn after_report(error: &std::io::Error) -> End {
    End::AfterReport(ErrorReport::bug("the environment failed after its report").caused_by(error))
}

/// Serves other processes until a signal comes: that is how an environment that stays is meant to end.
async fn stay(
    built: &Built,
    args: &DeployArgs,
    environment: &Environment,
    target: &Arc<Embedded>,
    mut told: Told,
    progress: &mut Progress,
    signals: &mut Signals,
) -> Result<(), End> {
    let control = Control::start(Arc::clone(target)).await.map_err(|error| after_report(&error))?;
    let found = control.found(target, built_at_ms(built));
    if let Some(older) = StateFile::read(&built.folder, &environment.name) {
        let pid = older.pid;
        progress
            .warning(&format!("process {pid} keeps an environment up, too: `run` uses this one from now on"));
    }
    let file = StateFile::write(&built.folder, &environment.name, &found);
    let _removed_at_the_end = file.map_err(|error| after_report(&error))?;
    // Printed last: everything is in place for a reader of this line. Stdout holds one document of JSON and nothing else.
    let exports = exports(target, environment.region.as_str());
    match args.output {
        Output::Text => print(progress, &exports)?,
        Output::Json => exports.lines().for_each(|line| progress.line(line)),
    }
    progress.note("Staying", &format!("up until Ctrl-C; Step Functions at {}", found.states_url));
    loop {
        tokio::select! {
            _signal = signals.next() => return Ok(()),
            () = told.changed(target) => told.tell(target, progress),
        }
    }
}

/// The lines that let the aws CLI talk to this environment, for a shell.
fn exports(target: &Embedded, region: &str) -> String {
    let variables = target.access_key().variables();
    // The older aws CLI and its libraries know the second name alone.
    let regions = ["AWS_REGION", "AWS_DEFAULT_REGION"].map(|name| (name, region));
    let all = variables.into_iter().chain(regions);
    let all = all.chain(target.urls().variables());
    let lines = all.map(|(name, value)| format!("export {name}={value}"));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}
