//! `unknown-metric`: an alarm on a metric that no service publishes.
//!
//! **Why.** CloudWatch accepts an alarm on any name. An alarm on a name that nobody publishes stays in `INSUFFICIENT_DATA`, or
//! in `OK` where missing data is good, whatever happens.
//!
//! **What it wants.** A metric of an AWS namespace is one that the service documents.
//!
//! **What to do.** Take the name of the hint. Names are case-sensitive. What a service does not count, such as the timeouts of a
//! function, needs a metric filter.
//!
//! Source: the pages of metrics of each service, which the files of `alarms/cloudwatch/src/catalogue` name.

use super::{Found, MAX_SUGGESTED, Subject, is_unknown};
use crate::catalogue;

pub(super) const RULE: &str = "unknown-metric";

/// Names that a hint lists where none is alike.
const LISTED: usize = 3;

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for (alarm, own) in subject.metrics() {
        let (namespace, name) = (own.metric.namespace.as_str(), own.metric.name.as_str());
        if is_unknown(namespace) || is_unknown(name) {
            continue;
        }
        if !catalogue::is_known_namespace(namespace) {
            if let Some(meant) = meant_namespace(namespace) {
                let message = format!("no service publishes in the namespace {namespace}");
                found.error((&alarm.id, &own.at("Namespace")), message, format!("{meant} is meant"));
            }
        } else if catalogue::find(namespace, name).is_none() {
            let message = format!("{namespace} has no metric {name}");
            found.error((&alarm.id, &own.at("MetricName")), message, hint(namespace, name));
        }
    }
}

fn hint(namespace: &str, name: &str) -> String {
    if name.len() <= MAX_SUGGESTED
        && let Some(nearest) = catalogue::nearest_name(namespace, name)
    {
        return format!("{nearest} is meant");
    }
    let names = catalogue::metrics(namespace).iter().map(|metric| metric.name);
    let listed: Vec<_> = names.take(LISTED).collect();
    format!(
        "{namespace} has {} and others; a metric of your own has a namespace of its own",
        listed.join(", ")
    )
}

/// The namespace that is written so but for upper and lower case and `AWS/`.
fn meant_namespace(namespace: &str) -> Option<&'static str> {
    catalogue::namespaces().find(|known| {
        let short = known.strip_prefix("AWS/").unwrap_or(known);
        known.eq_ignore_ascii_case(namespace) || short == namespace
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{check_metric, metric};

    #[test]
    fn a_metric_that_no_service_publishes() {
        for (namespace, name, property, message, hint) in [
            (
                "AWS/States",
                "ExecutionsFailedCount",
                "MetricName",
                "AWS/States has no metric ExecutionsFailedCount",
                "ExecutionsFailed is meant",
            ),
            (
                "AWS/States",
                "ExecutionsTimeOut",
                "MetricName",
                "AWS/States has no metric ExecutionsTimeOut",
                "ExecutionsTimedOut is meant",
            ),
            (
                "AWS/lambda",
                "Errors",
                "Namespace",
                "no service publishes in the namespace AWS/lambda",
                "AWS/Lambda is meant",
            ),
            (
                "Lambda",
                "Errors",
                "Namespace",
                "no service publishes in the namespace Lambda",
                "AWS/Lambda is meant",
            ),
            (
                "AWS/SNS",
                "PagesLost",
                "MetricName",
                "AWS/SNS has no metric PagesLost",
                "AWS/SNS has NumberOfMessagesPublished, NumberOfNotificationsDelivered, NumberOfNotificationsFailed and others; a metric of your own has a namespace of its own",
            ),
        ] {
            let finding = format!("error unknown-metric Alarm/{property}: {message}");
            check_metric(metric(namespace, name, &[], "Sum"), &[(&finding, hint)]);
        }
    }

    #[test]
    fn what_is_published_and_what_is_not_known() {
        check_metric(metric("AWS/States", "ExecutionsFailed", &[], "Sum"), &[]);
        check_metric(metric("AWS/Lambda", "${Name}", &[], "Sum"), &[]);
        check_metric(metric("${Namespace}", "Errors", &[], "Sum"), &[]);
        check_metric(metric("Shop", "Errors", &[], "Sum"), &[]);
    }
}
