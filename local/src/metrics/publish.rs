//! What AWS's services would publish of what happens here: names, dimensions and stamps as in the catalogue.

use std::time::Duration;

use cloudwatch::Metric;
use jiff::Timestamp;
use platform::ExecutionStatus;

use super::Metrics;
use crate::states::Snapshot;

/// How an invocation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvocationOutcome {
    /// The function answered.
    Succeeded(Duration),
    /// It answered with an error, or did not answer.
    Failed(Duration),
    /// Lambda refused it.
    Throttled,
}

impl Metrics {
    /// A start or an end of an execution.
    pub fn execution(&self, change: &Snapshot) {
        let publish = |name: &str, at: Timestamp, value: f64| {
            let dimensions = [("StateMachineArn", change.machine_arn.as_str())];
            self.publish(&Metric::new("AWS/States", name, dimensions), at, value);
        };
        let Some(ended) = &change.ended else {
            return publish("ExecutionsStarted", change.started_at, 1.0);
        };
        let name = match ended.status {
            ExecutionStatus::Succeeded => "ExecutionsSucceeded",
            ExecutionStatus::Failed => "ExecutionsFailed",
            ExecutionStatus::TimedOut => "ExecutionsTimedOut",
            ExecutionStatus::Aborted => "ExecutionsAborted",
            ExecutionStatus::Running => return,
        };
        publish(name, ended.at, 1.0);
        let took = ended.at.duration_since(change.started_at);
        publish("ExecutionTime", ended.at, took.as_secs_f64() * 1_000.0);
    }

    /// An invocation of a function, with the time of its start. A throttled one is neither an invocation nor an error.
    pub fn invocation(&self, function: &str, started_at: Timestamp, outcome: InvocationOutcome) {
        let publish = |name: &str, value: f64| {
            self.publish(&Metric::new("AWS/Lambda", name, [("FunctionName", function)]), started_at, value);
        };
        let (is_error, took) = match outcome {
            InvocationOutcome::Throttled => return publish("Throttles", 1.0),
            InvocationOutcome::Succeeded(took) => (0.0, took),
            InvocationOutcome::Failed(took) => (1.0, took),
        };
        publish("Invocations", 1.0);
        publish("Errors", is_error);
        publish("Throttles", 0.0);
        publish("Duration", took.as_secs_f64() * 1_000.0);
    }

    /// The number of messages in a queue, from now on.
    pub fn queue_length(&self, queue: &str, messages: u32) {
        let metric = Metric::new("AWS/SQS", "ApproximateNumberOfMessagesVisible", [("QueueName", queue)]);
        self.set_gauge(metric, f64::from(messages));
    }

    /// A notification of a topic that was not delivered.
    pub fn notification_failed(&self, topic: &str, at: Timestamp) {
        self.publish(&Metric::new("AWS/SNS", "NumberOfNotificationsFailed", [("TopicName", topic)]), at, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use cloudwatch::{Statistic, catalogue, series::Store as _};

    use super::*;
    use crate::{clock, states::Ended};

    fn snapshot(status: Option<ExecutionStatus>) -> Snapshot {
        let at = clock::now();
        Snapshot {
            arn: "arn:aws:states:r:1:execution:m:e".to_owned(),
            name: "e".to_owned(),
            machine_arn: "arn:aws:states:r:1:stateMachine:m".to_owned(),
            input: String::new(),
            started_at: at,
            ended: status.map(|status| Ended { status, at, output: None, error: None, cause: None }),
        }
    }

    fn sum(metrics: &Metrics, metric: &Metric) -> Option<f64> {
        let now_s = metrics.clock().now_s();
        let found = metrics.at(now_s + 600, |store| {
            store.series(metric)?.statistic(Statistic::Sum, now_s - 120, now_s + 120)
        });
        // What is published has to be in the catalogue with exactly these dimensions.
        let spec = catalogue::find(&metric.namespace, &metric.name).unwrap();
        assert!(spec.publishes(metric.dimensions.keys().map(String::as_str)), "{metric}");
        found
    }

    #[tokio::test]
    async fn each_end_of_an_execution_has_its_metric() {
        let metrics = Metrics::default();
        metrics.execution(&snapshot(None));
        for status in [ExecutionStatus::Succeeded, ExecutionStatus::TimedOut] {
            metrics.execution(&snapshot(Some(status)));
        }
        for (name, expected) in [
            ("ExecutionsStarted", Some(1.0)),
            ("ExecutionsSucceeded", Some(1.0)),
            ("ExecutionsFailed", None),
            ("ExecutionsTimedOut", Some(1.0)),
            ("ExecutionsAborted", None),
            ("ExecutionTime", Some(0.0)),
        ] {
            let arn = "arn:aws:states:r:1:stateMachine:m";
            let metric = Metric::new("AWS/States", name, [("StateMachineArn", arn)]);
            assert_eq!(sum(&metrics, &metric), expected, "{name}");
        }
    }

    #[tokio::test]
    async fn a_throttled_invocation_is_neither_an_invocation_nor_an_error() {
        let metrics = Metrics::default();
        let took = Duration::from_millis(5);
        for outcome in [
            InvocationOutcome::Succeeded(took),
            InvocationOutcome::Failed(took),
            InvocationOutcome::Throttled,
            InvocationOutcome::Throttled,
        ] {
            metrics.invocation("f", clock::now(), outcome);
        }
        for (name, expected) in
            [("Invocations", 2.0), ("Errors", 1.0), ("Throttles", 2.0), ("Duration", 10.0)]
        {
            let metric = Metric::new("AWS/Lambda", name, [("FunctionName", "f")]);
            assert_eq!(sum(&metrics, &metric), Some(expected), "{name}");
        }
    }

    #[tokio::test]
    async fn a_queue_is_sampled_each_minute() {
        let metrics = Metrics::default();
        metrics.queue_length("q", 1);
        metrics.queue_length("q", 3);
        let now_s = metrics.clock().now_s();
        for minute in 1..=5 {
            metrics.at(now_s + minute * 60, |_| ());
        }
        let metric = Metric::new("AWS/SQS", "ApproximateNumberOfMessagesVisible", [("QueueName", "q")]);
        let seen =
            metrics.at(now_s + 360, |store| store.series(&metric)?.statistics(now_s - 60, now_s + 3_600));
        let seen = seen.unwrap();
        // Of six samples those of the last two minutes are on their way.
        assert_eq!((seen.count, seen.max), (4, 3.0));
    }
}
