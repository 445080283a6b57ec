//! `dimensions-never-published`: an alarm on a metric with dimensions that it is never published with.
//!
//! **Why.** A metric with other dimensions is another metric. `SystemErrors` of a table exists for each operation; an alarm on
//! `SystemErrors` by `TableName` alone watches nothing.
//!
//! **What it wants.** The names of an alarm's dimensions are one of the sets that the service documents for the metric: no name
//! more, none less.
//!
//! **What to do.** Take the set of the hint. Where the service publishes no total, list one metric for each value and add them up
//! with metric math.
//!
//! Source: the pages of metrics of each service, which the files of `alarms/cloudwatch/src/catalogue` name.

use super::{Found, Subject};
use crate::catalogue::Published;

pub(super) const RULE: &str = "dimensions-never-published";

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for (alarm, own) in subject.metrics() {
        let Some((spec, names)) = own.spec() else { continue };
        if spec.published(names.iter().copied()) != Published::Never {
            continue;
        }
        let message = format!("{} {} is never published with {}", spec.namespace, spec.name, set(&names));
        let nearest = spec.nearest_set(names.iter().copied()).unwrap_or_default();
        let others = spec.dimension_sets.iter().filter(|other| **other != nearest).map(|other| set(other));
        let others: Vec<_> = others.collect();
        let hint = match others.as_slice() {
            [] => format!("it is published with {}", set(nearest)),
            others => format!("it is published with {}, or with {}", set(nearest), others.join(", ")),
        };
        found.error((&alarm.id, &own.at("Dimensions")), message, hint);
    }
}

fn set(names: &[&str]) -> String {
    if names.is_empty() { "no dimension".to_owned() } else { format!("{{{}}}", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{check_metric, metric};

    #[test]
    fn a_set_that_is_never_published() {
        for (namespace, name, dimensions, statistic, message, hint) in [
            (
                "AWS/DynamoDB",
                "SystemErrors",
                &[("TableName", "orders")][..],
                "Sum",
                "AWS/DynamoDB SystemErrors is never published with {TableName}",
                "it is published with {Operation, TableName}",
            ),
            (
                "AWS/DynamoDB",
                "UserErrors",
                &[("TableName", "orders")],
                "Sum",
                "AWS/DynamoDB UserErrors is never published with {TableName}",
                "it is published with no dimension",
            ),
            (
                "AWS/DynamoDB",
                "ReadThrottleEvents",
                &[("TableName", "orders"), ("GlobalSecondaryIndex", "by-day")],
                "Sum",
                "AWS/DynamoDB ReadThrottleEvents is never published with {GlobalSecondaryIndex, TableName}",
                "it is published with {GlobalSecondaryIndexName, TableName}, or with {TableName}",
            ),
            (
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                &[],
                "Maximum",
                "AWS/SQS ApproximateAgeOfOldestMessage is never published with no dimension",
                "it is published with {QueueName}",
            ),
        ] {
            let finding = format!("error dimensions-never-published Alarm/Dimensions: {message}");
            check_metric(metric(namespace, name, dimensions, statistic), &[(&finding, hint)]);
        }
    }

    #[test]
    fn what_is_published_and_what_is_not_known() {
        for (name, dimensions) in [
            ("SystemErrors", &[("TableName", "orders"), ("Operation", "GetItem")][..]),
            ("UserErrors", &[]),
            ("SystemErrors", &[("${Name}", "orders")]),
        ] {
            check_metric(metric("AWS/DynamoDB", name, dimensions, "Sum"), &[]);
        }
    }
}
