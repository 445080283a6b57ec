//! Alarms and values for the tests of this crate.

use std::collections::BTreeMap;

use crate::{
    Metric,
    alarm::{Alarm, Comparison, LowSamples, MetricStat, MissingData, Query, Source, Watched, Window},
    series::Series,
};

pub(crate) fn metric(name: &str) -> Metric {
    Metric::new("Test", name, [("Environment", "test")])
}

/// 3 of 3 periods of 5 minutes at or above the threshold, on the metric `m`.
pub(crate) fn alarm(statistic: &str, threshold: f64) -> Alarm {
    Alarm {
        name: "test".to_owned(),
        watched: Watched::Metric(MetricStat { metric: metric("m"), statistic: statistic.parse().unwrap() }),
        comparison: Comparison::GreaterThanOrEqualToThreshold,
        threshold,
        period_s: 300,
        evaluation_periods: 3,
        datapoints_to_alarm: 3,
        missing: MissingData::Missing,
        low_samples: LowSamples::Evaluate,
        window: Window::Sliding,
        warm_up: None,
        evaluation_range: None,
    }
}

/// Sums of metrics whose names are their ids, and expressions.
pub(crate) fn math(metrics: &[&str], expressions: &[(&str, &str)], returned: &str) -> Watched {
    let metrics = metrics.iter().map(|id| Query {
        id: (*id).to_owned(),
        source: Source::Metric(MetricStat { metric: metric(id), statistic: crate::Statistic::Sum }),
    });
    let expressions = expressions
        .iter()
        .map(|(id, text)| Query { id: (*id).to_owned(), source: Source::Expression(text.parse().unwrap()) });
    Watched::Math { queries: metrics.chain(expressions).collect(), returned: returned.to_owned() }
}

/// The values of one metric.
pub(crate) fn store(name: &str, values: &[(i64, f64)]) -> BTreeMap<Metric, Series> {
    let mut series = Series::default();
    for &(at_s, value) in values {
        series.record(at_s, value, 1).unwrap();
    }
    BTreeMap::from([(metric(name), series)])
}
