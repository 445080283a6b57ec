//! cargo xtask alarms list

use std::collections::BTreeMap;

use alarms::{Alarm, Inputs, Severity, minutes_to_fire};
use clap::Args;
use contract::metric::Emitted;
use platform::{
    error_report::ErrorReport,
    exit_code,
    launch::{EnvironmentArgs, Output},
    progress::Progress,
    show::table,
};
use serde::Serialize;

use super::{of_environment, print_json, print_text};

/// Shares of failures for which the time to fire is printed, in percent.
const SHARES: [u32; 4] = [100, 20, 10, 5];

/// Orders of a day where the environment expects no number.
const DEFAULT_ORDERS_PER_DAY: u32 = 500;

/// Price of one custom metric a month, in US dollars. Source: CloudWatch's prices, 2026-11.
const USD_PER_CUSTOM_METRIC: f64 = 0.30;

/// Lists the alarms of an environment with their price and their time to fire.
///
/// The time to fire is the number of minutes that a fault lasts which hits so many percent of the orders, at the orders of a day
/// that `[slo] orders_per_day` expects (500 where it is not said), until the alarm is in ALARM; the delay of metrics comes on top.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask alarms list
  cargo xtask alarms list --env prod --output json   for a program")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// An alarm as a program reads it. State, since and reason are those of an environment that is up; no command asks one yet.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    notifies: Option<&'static str>,
    state: Option<String>,
    since: Option<String>,
    reason: Option<String>,
    cost_usd: f64,
    time_to_fire_min: BTreeMap<String, Option<i64>>,
}

pub(crate) fn run(args: &ListArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let (inputs, alarms) = of_environment(&args.environment)?;
    let orders = inputs.slo.as_ref().map_or(DEFAULT_ORDERS_PER_DAY, |slo| slo.orders_per_day);
    let listed: Vec<_> = alarms.iter().map(|alarm| listed(&alarms, alarm, &inputs, orders)).collect();
    match args.output {
        Output::Json => print_json(&serde_json::json!({ "alarms": listed }))?,
        Output::Text => {
            print_text(&rows(&listed))?;
            let cost: f64 = alarms.iter().map(Alarm::cost_usd).sum();
            progress.note("Alarms", &format!("{} for {cost:.2} USD a month, of 24 for 8.00", alarms.len()));
            let custom = custom_metrics(&inputs);
            let price = f64::from(custom) * USD_PER_CUSTOM_METRIC;
            progress.note("Metrics", &format!("{custom} custom ones for {price:.2} USD a month on top"));
        }
    }
    Ok(exit_code::OK)
}

fn listed<'a>(alarms: &[Alarm], alarm: &'a Alarm, inputs: &Inputs, orders: u32) -> Listed<'a> {
    let times =
        SHARES.map(|share| (share.to_string(), minutes_to_fire(alarms, alarm, inputs, orders, share)));
    Listed {
        id: &alarm.id,
        name: alarm.name(),
        notifies: alarm.notifies.map(Severity::as_str),
        state: None,
        since: None,
        reason: None,
        // 3 x 0.1 is 0.30000000000000004.
        cost_usd: (alarm.cost_usd() * 100.0).round() / 100.0,
        time_to_fire_min: times.into(),
    }
}

fn rows(listed: &[Listed<'_>]) -> String {
    let titles = ["alarm", "notifies", "USD", "100 %", "20 %", "10 %", "5 %"];
    let rows = listed.iter().map(|alarm| {
        let [all, fifth, tenth, twentieth] =
            SHARES.map(|share| match alarm.time_to_fire_min.get(&share.to_string()) {
                Some(Some(minutes)) => format!("{minutes} min"),
                _ => "-".to_owned(),
            });
        let notifies = alarm.notifies.unwrap_or("-").to_owned();
        [alarm.id.to_owned(), notifies, format!("{:.2}", alarm.cost_usd), all, fifth, tenth, twentieth]
    });
    let lines = table(titles, rows, 2..7);
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Metrics that are emitted or filtered: AWS's own cost nothing.
fn custom_metrics(inputs: &Inputs) -> u32 {
    let own = alarms::Metric::all(inputs).into_iter().filter(|metric| match metric {
        // Nobody emits it where the last day is not known.
        alarms::Metric::Emitted(Emitted::ModelDaysLeft, _) => inputs.model_has_last_day,
        alarms::Metric::Emitted(..) | alarms::Metric::Filtered(_) => true,
        alarms::Metric::Observed(_) => false,
    });
    u32::try_from(own.count()).unwrap_or(u32::MAX)
}
