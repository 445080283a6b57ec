//! SNS.
//!
//! Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html>

use super::{Completeness, MetricSpec, Namespace, Presence, Sensible, Sets, Stamp};
use crate::Unit;

const NAME: &str = "AWS/SNS";
/// "Pushed to CloudWatch at 1-minute intervals"; a minute on top is assumed.
const SNS_DELAY_S: u32 = 120;
/// The size of an archive is published at 60-minute resolution; two minutes on top are assumed.
///
/// Source: <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-archiving-replay.html>
const ARCHIVE_DELAY_S: u32 = 3_720;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[],
    // The page lists the dimensions of mobile push and SMS, but not which metric has which.
    completeness: Completeness::FurtherSets(&[]),
};

const TOPIC: Sets = &[&["TopicName"]];
const DELIVERY: Sets = &[
    &["TopicName"],
    &["Application", "Platform"],
    &["Application"],
    &["Platform"],
    &["Country", "SMSType"],
    &["PhoneNumber"],
];
const SMS: Sets = &[&["Country", "SMSType"], &["Country"], &["SMSType"], &["PhoneNumber"], &[]];
const ACCOUNT: Sets = &[&[]];

const RATE: Sensible = Sensible::OUTCOME;

const fn count(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Count, sets, SNS_DELAY_S).present(Presence::WhileActive)
}

const fn filtered(name: &'static str) -> MetricSpec {
    count(name, TOPIC).statistics(RATE).present(Presence::OnEvents).uses("a subscription has a filter policy")
}

const fn archive(name: &'static str, unit: Unit) -> MetricSpec {
    // Documented without a unit; assumed.
    MetricSpec::new(NAME, name, unit, TOPIC, SNS_DELAY_S).uses("the FIFO topic has an archive")
}

const DEAD_LETTERS: &str = "a subscription has a dead-letter queue";
const TEXTS: &str = "text messages are sent";

const METRICS: &[MetricSpec] = &[
    count("NumberOfMessagesPublished", DELIVERY),
    count("NumberOfNotificationsDelivered", DELIVERY),
    // Over HTTP each failed attempt counts, retries included.
    count("NumberOfNotificationsFailed", DELIVERY).statistics(RATE),
    filtered("NumberOfNotificationsFilteredOut"),
    filtered("NumberOfNotificationsFilteredOut-InvalidAttributes"),
    filtered("NumberOfNotificationsFilteredOut-InvalidMessageBody"),
    filtered("NumberOfNotificationsFilteredOut-MessageAttributes"),
    filtered("NumberOfNotificationsFilteredOut-MessageBody"),
    filtered("NumberOfNotificationsFilteredOut-NoMessageAttributes"),
    count("NumberOfNotificationsRedrivenToDlq", TOPIC).statistics(RATE).on_errors().uses(DEAD_LETTERS),
    count("NumberOfNotificationsFailedToRedriveToDlq", TOPIC).statistics(RATE).on_errors().uses(DEAD_LETTERS),
    MetricSpec::new(NAME, "PublishSize", Unit::Bytes, TOPIC, SNS_DELAY_S)
        .statistics(Sensible::GAUGE.and(Sensible::SAMPLE_COUNT)),
    // US dollars: CloudWatch has no such unit.
    MetricSpec::new(NAME, "SMSMonthToDateSpentUSD", Unit::None, ACCOUNT, SNS_DELAY_S)
        .statistics(Sensible::MAXIMUM)
        .stamped(Stamp::Sampled)
        .uses(TEXTS),
    count("SMSSuccessRate", SMS)
        .statistics(RATE.and(Sensible::SAMPLE_COUNT))
        .present(Presence::OnEvents)
        .uses(TEXTS),
    archive("ApproximateNumberOfMessagesArchived", Unit::Count).gauge().delayed(ARCHIVE_DELAY_S),
    archive("ApproximateNumberOfBytesArchived", Unit::Bytes).gauge().delayed(ARCHIVE_DELAY_S),
    archive("NumberOfMessagesArchiveProcessing", Unit::Count),
    archive("NumberOfBytesArchiveProcessing", Unit::Bytes),
    archive("NumberOfReplayedNotificationsDelivered", Unit::Count),
    archive("NumberOfReplayedNotificationsFailed", Unit::Count).on_errors(),
];
