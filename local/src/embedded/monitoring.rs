//! Metrics, topics and alarms of the template, put together.

use std::sync::Arc;

use cfn::{
    Literal,
    resolve::{Account, Resolved},
    resource::{Function, MetricFilter},
};

use super::config::{Config, UpError};
use crate::{
    alarms::{Alarms, Definitions, Place, Saved},
    metrics::{AlarmClock, Filters, MIN_KEEP_S, Metrics},
    sns::Topics,
};

pub(super) struct Monitoring {
    pub(super) metrics: Metrics,
    pub(super) topics: Arc<Topics>,
    pub(super) alarms: Alarms,
}

impl Monitoring {
    /// The data folder belongs to this environment already.
    pub(super) async fn start(
        resolved: &Resolved,
        account: &Account,
        config: &Config,
    ) -> Result<Self, UpError> {
        let data_folder = config.data_folder.as_deref();
        let saved = data_folder.map(Saved::read).transpose()?.flatten();
        let definitions = Definitions::of(resolved)?;
        let clock = AlarmClock::start(config.alarm_clock_speed, saved.as_ref().map(|saved| saved.at_s));
        // A point comes after its delay, and its stamp may be that of a long invocation's start.
        let keep_s = MIN_KEEP_S.max(definitions.looks_back_s() + 3_600);
        let metrics = Metrics::new(clock, keep_s, definitions.watched(), filters(resolved)?);
        let topics = Topics::start(resolved, metrics.clone(), config.folder.as_ref());
        let topics = Arc::new(topics.await.map_err(UpError::Serve)?);
        let place = Place { region: account.region.clone(), account_id: account.account_id.clone() };
        let alarms =
            Alarms::start(definitions, metrics.clone(), Arc::clone(&topics), place, saved, data_folder);
        Ok(Self { metrics, topics, alarms })
    }
}

/// The metric filters on the logs of functions.
fn filters(resolved: &Resolved) -> Result<Filters, UpError> {
    let mut filters = Filters::default();
    for filter in resolved.of::<MetricFilter<Literal>>() {
        let unsupported = |what: String| UpError::Unsupported {
            what: format!("metric filter {}: {what}", filter.logical_id),
        };
        let group = &*filter.properties.log_group_name;
        let mut functions = resolved.of::<Function<Literal>>();
        let function = functions
            .find(|function| function.properties.log_group(function.name) == *group)
            .ok_or_else(|| unsupported(format!("no function writes to log group {group}")))?;
        let added = filters.add(function.name, filter.properties);
        added.map_err(|error| unsupported(error.to_string()))?;
    }
    Ok(filters)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cfn::resource::{Queue, StateMachine, Topic};
    use cloudwatch::{Metric, series::Store as _};
    use contract::metric::NAMESPACE;
    use platform::ExecutionStatus;
    use stack::Environment;

    use super::*;
    use crate::{
        clock, fixture,
        metrics::InvocationOutcome,
        states::{Ended, Snapshot},
    };

    const TIMED_OUT: &str = r#"{"type":"platform.report","record":{"status":"timeout"}}"#;

    /// Everything that AWS and metric filters would make of one of each thing that can happen.
    fn everything(resolved: &Resolved, metrics: &Metrics) {
        let at = clock::now();
        for machine in resolved.of::<StateMachine<Literal>>() {
            let ends = [
                ExecutionStatus::Succeeded,
                ExecutionStatus::Failed,
                ExecutionStatus::TimedOut,
                ExecutionStatus::Aborted,
            ];
            for status in [None].into_iter().chain(ends.map(Some)) {
                metrics.execution(&Snapshot {
                    arn: String::new(),
                    name: String::new(),
                    machine_arn: machine.arn.to_owned(),
                    input: String::new(),
                    started_at: at,
                    ended: status.map(|status| Ended { status, at, output: None, error: None, cause: None }),
                });
            }
        }
        for function in resolved.of::<Function<Literal>>() {
            metrics.invocation(function.name, at, InvocationOutcome::Throttled);
            metrics.count_line(function.name, at, TIMED_OUT);
        }
        resolved.of::<Queue<Literal>>().for_each(|queue| metrics.queue_length(queue.name, 1));
        resolved.of::<Topic<Literal>>().for_each(|topic| metrics.notification_failed(topic.name, at));
    }

    /// An alarm on a metric that nothing feeds here would be silent, as a dead one is on AWS.
    #[tokio::test]
    async fn every_watched_metric_has_values_when_its_thing_happens() {
        let resolved = fixture::resolved(&Environment::local().unwrap());
        let watched: BTreeSet<Metric> = Definitions::of(&resolved).unwrap().watched();
        let metrics = Metrics::new(AlarmClock::default(), MIN_KEEP_S, [], filters(&resolved).unwrap());
        everything(&resolved, &metrics);
        let now_s = metrics.clock().now_s();
        metrics.at(now_s + 60, |_| ());
        metrics.at(now_s + 900, |store| {
            let mut seen = 0;
            // What functions emit has values when they run: that is seen through processes.
            for metric in watched.iter().filter(|metric| metric.namespace != NAMESPACE) {
                let newest = store.series(metric).and_then(cloudwatch::series::Series::newest_s);
                assert!(newest.is_some(), "{metric}");
                seen += 1;
            }
            assert!(seen >= 14, "{seen}");
        });
    }
}
