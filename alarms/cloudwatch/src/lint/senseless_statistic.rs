//! `senseless-statistic`: a statistic that says nothing of the metric's values.
//!
//! **Why.** The average of a counter whose every point is 1 is 1, however often it counts; the sum of a level depends on how often
//! it was sampled; a percentile of a count is a number without a meaning. Tools that fill in `Average` make such alarms.
//!
//! **What it wants.** One of the statistics that the service documents for the metric.
//!
//! **What to do.** Take one of the hint: a sum for what is counted, a maximum or a percentile for durations and levels.
//!
//! Source: the pages of metrics of each service, which the files of `alarms/cloudwatch/src/catalogue` name.

use super::{Found, Subject};

pub(super) const RULE: &str = "senseless-statistic";

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for (alarm, own) in subject.metrics() {
        if let (Some((spec, _)), Some(statistic)) = (own.spec(), own.statistic)
            && !spec.judges(statistic)
        {
            let message = format!("{statistic} of {} {} says nothing", spec.namespace, spec.name);
            found.warning(
                (&alarm.id, &own.at("Statistic")),
                message,
                format!("sensible: {}", spec.statistics),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{check_metric, metric};

    #[test]
    fn a_statistic_that_says_nothing() {
        for (namespace, name, statistic, hint) in [
            ("AWS/States", "ExecutionsFailed", "Average", "sensible: Sum"),
            ("AWS/States", "ExecutionsFailed", "p99", "sensible: Sum"),
            ("AWS/DynamoDB", "UserErrors", "Average", "sensible: Sum, SampleCount"),
            ("AWS/States", "ExecutionTime", "Sum", "sensible: Average, Minimum, Maximum, a percentile"),
        ] {
            let finding = format!(
                "warning senseless-statistic Alarm/Statistic: {statistic} of {namespace} {name} says nothing"
            );
            check_metric(metric(namespace, name, &[], statistic), &[(&finding, hint)]);
        }
        check_metric(metric("AWS/States", "ExecutionTime", &[], "p90"), &[]);
        check_metric(metric("Shop", "Orders", &[], "p99"), &[]);
    }
}
