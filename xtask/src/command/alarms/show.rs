//! cargo xtask alarms show

use clap::Args;
use platform::{
    error_report::ErrorReport,
    exit_code,
    launch::{EnvironmentArgs, Output},
};
use serde_json::json;

use super::{named, of_environment, print_json, print_text};

/// Shows an alarm: its runbook in both languages, what it watches and whom it notifies.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask alarms show ExecutionFailed
  cargo xtask alarms show ai-chef-execution-failed --env prod   by its physical name")]
pub(crate) struct ShowArgs {
    /// The alarm's id, as `alarms list` has it, or its physical name.
    name: String,
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &ShowArgs) -> Result<u8, ErrorReport> {
    let (_, alarms) = of_environment(&args.environment)?;
    let alarm = named(&alarms, &args.name)?;
    let runbook = &alarm.runbook;
    match args.output {
        Output::Text => print_text(&format!("{}\n\n{}\n", runbook.text(), summary(alarm)))?,
        Output::Json => print_json(&json!({
            "id": alarm.id,
            "name": alarm.name(),
            "title": runbook.title,
            "english": runbook.english,
            "korean": runbook.korean,
            "summary": summary(alarm),
        }))?,
    }
    Ok(exit_code::OK)
}

/// What the alarm does, in a few lines.
fn summary(alarm: &alarms::Alarm) -> String {
    let notifies = match alarm.notifies {
        Some(severity) => format!("notifies the topic of each {}", severity.as_str()),
        None => "notifies nobody: it is a part of other alarms".to_owned(),
    };
    let watches = match &alarm.definition {
        alarms::Definition::Composite(composite) => {
            let suppressor = composite.suppressor.as_ref().map_or_else(String::new, |suppressor| {
                format!("\nkept back by {}, waited for {} s", suppressor.alarm, suppressor.wait_s)
            });
            format!("rule {}{suppressor}", composite.rule)
        }
        alarms::Definition::Metric(own) => {
            let metrics = own.watched.metrics();
            let metrics: Vec<_> = metrics
                .map(|(id, stat)| {
                    let id = if id.is_empty() { String::new() } else { format!("{id} = ") };
                    format!("watches {id}{} of {}", stat.statistic, stat.metric)
                })
                .chain(
                    own.watched.expressions().map(|(id, expression)| format!("watches {id} = {expression}")),
                )
                .collect();
            format!(
                "{}\n{:?} {}, {} of {} periods of {} s; missing data {:?}: {}",
                metrics.join("\n"),
                own.comparison,
                own.threshold,
                own.datapoints_to_alarm,
                own.evaluation_periods,
                own.period_s,
                own.missing,
                alarm.missing_because,
            )
        }
    };
    format!("{}\n{watches}\n{notifies}\n{:.2} USD a month", alarm.name(), alarm.cost_usd())
}
