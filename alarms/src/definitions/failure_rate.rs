//! What alarms on a failure rate share: above 5 % of the calls of 10 minutes, and at least 3 failures (decision D12).

use crate::{
    Alarm, Definition, Fault, Inputs, Metric, Role, Runbook, Severity,
    alarm::{at_least, math, sum},
};

/// Above this share of failures, in percent. Source: the specification's 5 %.
const MAX_PERCENT: f64 = 5.0;
/// Fewest failures: one bad call of a quiet night is no incident.
const MIN_FAILURES: u32 = 3;
/// Longer than a call with its retries, and than the delay of its metric.
const PERIOD_S: u32 = 600;

/// Failures and calls of one provider.
pub(super) struct Pair {
    /// A word for the ids of the expression.
    pub(super) id: &'static str,
    pub(super) failures: Metric,
    pub(super) calls: Metric,
}

/// The greatest rate of several providers.
pub(super) fn alarm(inputs: &Inputs, id: &str, name: &str, pairs: &[Pair], runbook: Runbook) -> Alarm {
    let metrics = pairs.iter().flat_map(|Pair { id, failures, calls }| {
        [sum(inputs, &format!("{id}_failures"), *failures), sum(inputs, &format!("{id}_calls"), *calls)]
    });
    let rates: Vec<_> = pairs
        .iter()
        .map(|Pair { id, .. }| {
            format!("IF({id}_failures >= {MIN_FAILURES}, 100 * {id}_failures / {id}_calls, 0)")
        })
        .collect();
    let watched = math(metrics.collect(), &format!("MAX([{}])", rates.join(", ")));
    let mut definition = at_least(inputs.name(name), watched, MAX_PERCENT, PERIOD_S, 1, 1);
    definition.comparison = cloudwatch::alarm::Comparison::GreaterThanThreshold;
    Alarm {
        id: id.to_owned(),
        role: Role::RootCause,
        notifies: Some(Severity::Page),
        definition: Definition::Metric(definition),
        fault: Fault::Failures,
        missing_because: "without calls there are no failures",
        runbook,
    }
}
