//! SQS.
//!
//! Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>
//!
//! Messages that SQS moves to a dead-letter queue are not in its `NumberOfMessagesSent`: watch
//! `ApproximateNumberOfMessagesVisible`.

use super::{Completeness, MetricSpec, Namespace, Precondition::FifoQueue, Presence, Sensible, Sets};
use crate::Unit;

const NAME: &str = "AWS/SQS";
/// "Pushed to CloudWatch at one-minute intervals"; a minute on top is assumed.
const SQS_DELAY_S: u32 = 120;
/// The delay, in seconds, of the metrics of a queue that was inactive before: "up to 15 minutes".
///
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html>
pub const SQS_WAKE_DELAY_S: u32 = 900;

pub(super) const NAMESPACE: Namespace =
    Namespace { name: NAME, metrics: METRICS, set_preconditions: &[], completeness: Completeness::Complete };

const QUEUE: Sets = &[&["QueueName"]];

const fn metric(name: &'static str, unit: Unit) -> MetricSpec {
    MetricSpec::new(NAME, name, unit, QUEUE, SQS_DELAY_S)
}

const fn count(name: &'static str) -> MetricSpec {
    metric(name, Unit::Count)
}

const fn level(name: &'static str, unit: Unit) -> MetricSpec {
    metric(name, unit).gauge().present(Presence::WhileActive)
}

const FAIR: &str = "messages carry a message group ID (fair queue)";

const METRICS: &[MetricSpec] = &[
    level("ApproximateAgeOfOldestMessage", Unit::Seconds),
    level("ApproximateNumberOfMessagesVisible", Unit::Count),
    level("ApproximateNumberOfMessagesNotVisible", Unit::Count),
    level("ApproximateNumberOfMessagesDelayed", Unit::Count),
    level("ApproximateNumberOfGroupsWithInflightMessages", Unit::Count).needs(FifoQueue),
    level("ApproximateNumberOfNoisyGroups", Unit::Count).uses(FAIR),
    level("ApproximateNumberOfMessagesVisibleInQuietGroups", Unit::Count).uses(FAIR),
    level("ApproximateNumberOfMessagesNotVisibleInQuietGroups", Unit::Count).uses(FAIR),
    level("ApproximateNumberOfMessagesDelayedInQuietGroups", Unit::Count).uses(FAIR),
    level("ApproximateAgeOfOldestMessageInQuietGroups", Unit::Seconds).uses(FAIR),
    count("NumberOfMessagesSent"),
    count("NumberOfMessagesReceived"),
    count("NumberOfMessagesDeleted"),
    count("NumberOfEmptyReceives"),
    count("NumberOfDeduplicatedSentMessages").needs(FifoQueue),
    metric("SentMessageSize", Unit::Bytes).statistics(Sensible::AMOUNT),
];
