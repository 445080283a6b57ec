//! Metrics as CloudWatch would have them: what functions emit, what metric filters count, and what AWS would publish, each
//! with its stamp and its delay. Which alarms watch them is not known here.

mod clock;
mod filter;
#[cfg(test)]
mod mutation_tests;
mod pattern;
mod points;
mod publish;
mod store;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use cloudwatch::{Metric, catalogue};
use jiff::Timestamp;

pub use clock::AlarmClock;
pub use filter::{FilterError, Filters};
pub use points::DataPoint;
pub use publish::InvocationOutcome;
pub use store::SeriesStore;

use points::RecentPoints;

use crate::lock::lock;

/// Seconds until a value of a log line can be seen: of an embedded metric, or of a metric filter. AWS promises none; within a
/// minute is what is usual.
const LOG_METRIC_DELAY_S: u32 = 60;

/// How long values are kept where no alarm needs them longer, in seconds.
pub const MIN_KEEP_S: i64 = 3 * 3_600;

/// A handle to all metrics of one environment.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: AlarmClock,
    has_filters: bool,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    points: RecentPoints,
    store: SeriesStore,
    filters: Filters,
    /// Levels that are sampled each minute.
    gauges: BTreeMap<Metric, f64>,
}

/// By the environment's own time, without filters.
impl Default for Metrics {
    fn default() -> Self {
        Self::new(AlarmClock::default(), MIN_KEEP_S, [], Filters::default())
    }
}

impl Metrics {
    /// Metrics by this clock. Values are kept for `keep_s`; there is always room for those that are `watched`.
    #[must_use]
    pub fn new(
        clock: AlarmClock,
        keep_s: i64,
        watched: impl IntoIterator<Item = Metric>,
        filters: Filters,
    ) -> Self {
        let has_filters = !filters.is_empty();
        let inner = Inner {
            points: RecentPoints::default(),
            store: SeriesStore::new(keep_s, watched),
            filters,
            gauges: BTreeMap::new(),
        };
        Self(Arc::new(Shared { clock, has_filters, inner: Mutex::new(inner) }))
    }

    /// The clock of the stamps.
    #[must_use]
    pub fn clock(&self) -> &AlarmClock {
        &self.0.clock
    }

    /// The data points of an embedded-metric line.
    pub fn record(&self, found: Vec<DataPoint>) {
        if found.is_empty() {
            return;
        }
        let now_s = self.0.clock.now_s();
        let mut inner = lock(&self.0.inner);
        for point in &found {
            let metric = Metric::new(point.namespace.as_str(), point.name.as_str(), point.dimensions.clone());
            let stamp_s = self.0.clock.stamp_s(point.at);
            for value in &point.values {
                inner.store.add(&metric, stamp_s, *value, now_s, LOG_METRIC_DELAY_S);
            }
        }
        inner.points.extend(found);
    }

    /// Counts a line of a function's log where a metric filter says so.
    pub fn count_line(&self, function: &str, at: Timestamp, text: &str) {
        if !self.0.has_filters {
            return;
        }
        let (stamp_s, now_s) = (self.0.clock.stamp_s(at), self.0.clock.now_s());
        let mut inner = lock(&self.0.inner);
        let found = inner.filters.line(function, stamp_s, text);
        inner.add_filtered(found, now_s);
    }

    /// A value that AWS would publish of something that happened `at` this moment of the environment.
    fn publish(&self, metric: &Metric, at: Timestamp, value: f64) {
        let (stamp_s, now_s) = (self.0.clock.stamp_s(at), self.0.clock.now_s());
        lock(&self.0.inner).store.add(metric, stamp_s, value, now_s, delay_s(metric));
    }

    /// A level that AWS would sample each minute, from now on.
    fn set_gauge(&self, metric: Metric, value: f64) {
        lock(&self.0.inner).gauges.insert(metric, value);
    }

    /// Looks at the series as they can be seen at `now_s`, a time of the clock. Called once a minute, minute by minute. Nothing
    /// may wait inside of `look`.
    pub fn at<T>(&self, now_s: i64, look: impl FnOnce(&SeriesStore) -> T) -> T {
        let mut inner = lock(&self.0.inner);
        let inner = &mut *inner;
        let ended = inner.filters.end_minutes_before(now_s);
        inner.add_filtered(ended, now_s);
        for (metric, level) in &inner.gauges {
            inner.store.add(metric, now_s, *level, now_s, delay_s(metric));
        }
        inner.store.advance(now_s);
        look(&inner.store)
    }

    /// The newest data points of a metric that functions emitted, oldest first, whatever their dimensions.
    #[must_use]
    pub fn named(&self, namespace: &str, name: &str) -> Vec<DataPoint> {
        lock(&self.0.inner).points.named(namespace, name)
    }
}

impl Inner {
    fn add_filtered(&mut self, found: Vec<filter::Found>, now_s: i64) {
        for (metric, stamp_s, value) in found {
            self.store.add(&metric, stamp_s, value, now_s, LOG_METRIC_DELAY_S);
        }
    }
}

fn delay_s(metric: &Metric) -> u32 {
    catalogue::find(&metric.namespace, &metric.name).map_or(LOG_METRIC_DELAY_S, |found| found.delay_s)
}

#[cfg(test)]
mod tests {
    use cloudwatch::{Statistic, series::Store as _};

    use super::*;
    use crate::{clock, logs::emf};

    /// A line of a function, through the clock to what an alarm sees.
    #[tokio::test(start_paused = true)]
    async fn an_embedded_metric_is_seen_a_minute_after_its_line() {
        let metrics = Metrics::default();
        let line = format!(
            r#"{{"_aws":{{"Timestamp":{},"CloudWatchMetrics":[{{"Namespace":"A","Dimensions":[["D"]],"Metrics":[{{"Name":"B"}}]}}]}},"D":"d","B":[1,2]}}"#,
            clock::now().as_millisecond()
        );
        metrics.record(emf::data_points(&line));
        let metric = Metric::new("A", "B", [("D", "d")]);
        let now_s = metrics.clock().now_s();
        let seen = |at_s| {
            metrics
                .at(at_s, |store| store.series(&metric)?.statistic(Statistic::Sum, now_s - 120, now_s + 120))
        };
        assert_eq!(seen(now_s + 55), None);
        assert_eq!(seen(now_s + 61), Some(3.0));
        assert_eq!(metrics.named("A", "B").len(), 1);
    }
}
