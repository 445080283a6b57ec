//! CloudWatch Logs. What a metric filter counts goes to a namespace of the filter's own.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/LogsAnomalyDetection.html>

use super::{Completeness, MetricSpec, Namespace, Sets};
use crate::Unit;

const NAME: &str = "AWS/Logs";
/// "Every minute"; a minute on top is assumed.
const LOGS_DELAY_S: u32 = 120;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[],
    // The page lists the valid dimensions of each metric, but not which are published together.
    completeness: Completeness::FurtherSets(&[]),
};

const GROUP: Sets = &[&["LogGroupName"]];
const GROUP_OR_ACCOUNT: Sets = &[&["LogGroupName"], &[]];
const SUBSCRIPTION: Sets =
    &[&["DestinationType", "FilterName", "LogGroupName"], &["DestinationType", "FilterName", "PolicyLevel"]];
const TRANSFORMER: Sets = &[&["LogGroupName"], &["PolicyLevel"]];
const API: Sets = &[&["Class", "Resource", "Service", "Type"]];
const ACCOUNT: Sets = &[&[]];
const ANOMALY: Sets = &[&["LogAnomalyDetector", "LogAnomalyPriority"]];
const COPIED_IN: Sets = &[&["SourceAccount", "SourceRegion"]];
const COPIED_OUT: Sets = &[&["DestinationRegion"]];
const COPY_ERROR: Sets = &[&["ErrorType"]];

/// The page's unit for counts is `None`, the only statistic `Sum`.
const fn count(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::None, sets, LOGS_DELAY_S)
}

const fn bytes(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Bytes, sets, LOGS_DELAY_S)
}

const EMF: &str = "the log group has events in the embedded metric format";
const SUBSCRIBED: &str = "the log group has a subscription filter";
const TRANSFORMED: &str = "the log group has a transformer";
const CENTRALIZED: &str = "logs are centralized";

const METRICS: &[MetricSpec] = &[
    bytes("IncomingBytes", GROUP_OR_ACCOUNT),
    count("IncomingLogEvents", GROUP_OR_ACCOUNT),
    bytes("ForwardedBytes", SUBSCRIPTION).uses(SUBSCRIBED),
    count("ForwardedLogEvents", SUBSCRIPTION).uses(SUBSCRIBED),
    count("DeliveryErrors", SUBSCRIPTION).on_errors().uses(SUBSCRIBED),
    count("DeliveryThrottling", SUBSCRIPTION).on_errors().uses(SUBSCRIBED),
    count("EMFParsingErrors", GROUP).on_errors().uses(EMF),
    count("EMFValidationErrors", GROUP).on_errors().uses(EMF),
    count("EMFDisabledErrors", GROUP).on_errors().uses("a metric extraction policy matches the log group"),
    count("LogEventsWithFindings", ACCOUNT).uses("a log group has a data protection policy"),
    count("AnomalyCount", ANOMALY).uses("the log group has an anomaly detector"),
    count("TransformedLogEvents", TRANSFORMER).uses(TRANSFORMED),
    bytes("TransformedBytes", TRANSFORMER).uses(TRANSFORMED),
    count("TransformationErrors", TRANSFORMER).on_errors().uses(TRANSFORMED),
    bytes("IncomingCopiedBytes", COPIED_IN).uses(CENTRALIZED),
    count("IncomingCopiedLogEvents", COPIED_IN).uses(CENTRALIZED),
    bytes("OutgoingCopiedBytes", COPIED_OUT).uses(CENTRALIZED),
    count("OutgoingCopiedLogEvents", COPIED_OUT).uses(CENTRALIZED),
    count("CentralizationError", COPY_ERROR).on_errors().uses(CENTRALIZED),
    count("CentralizationThrottled", COPIED_OUT).on_errors().uses(CENTRALIZED),
    count("CallCount", API),
    count("ErrorCount", API),
    count("ThrottleCount", API),
];
