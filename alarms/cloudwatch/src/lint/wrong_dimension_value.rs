//! `wrong-dimension-value`: a dimension's value is not of its kind.
//!
//! **Why.** A function is known to CloudWatch by its name, a state machine by its ARN. With the other one, or with the id that a
//! resource has in the template alone, the alarm watches a series that nobody writes.
//!
//! **What it wants.** An ARN of the right service where the dimension takes ARNs, a name where it takes names; the physical name
//! of a resource and not its logical id.
//!
//! **What to do.** Let the template compute the value from the resource. What a reference to a resource gives differs by type:
//! the name of a function, the ARN of a state machine, the URL of a queue.
//!
//! Source: the pages of metrics of each service, which the files of `alarms/cloudwatch/src/catalogue` name.

use super::{Found, Subject, is_unknown};
use crate::catalogue;

pub(super) const RULE: &str = "wrong-dimension-value";

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for (alarm, own) in subject.metrics() {
        let Some((spec, _)) = own.spec() else { continue };
        for (name, value) in own.metric.dimensions.iter().filter(|(_, value)| !is_unknown(value)) {
            let place = own.at(&format!("Dimensions/{name}"));
            let place = (alarm.id.as_str(), place.as_str());
            if let Some(problem) = catalogue::value_problem(name, value) {
                let message = format!("{} of {} {problem}: {value:?}", name, spec.name);
                found.error(place, message, hint(problem));
            } else if let Some(physical) = other_name(subject, value)
                && catalogue::DimensionKind::of(name).is_some()
            {
                let message = format!("{} of {} is a logical id: {value:?}", name, spec.name);
                found.error(place, message, physical);
            }
        }
    }
}

fn hint(problem: &str) -> &'static str {
    if problem.contains("not a name") {
        "take the resource's name"
    } else if problem.contains("ARN") {
        "take the resource's ARN"
    } else {
        "CloudWatch compares names letter by letter"
    }
}

/// What to write instead of a resource's logical id, where its name is another one.
fn other_name(subject: &Subject, value: &str) -> Option<String> {
    match subject.ids.get(value)? {
        Some(name) if name == value => None,
        Some(name) if !is_unknown(name) => Some(format!("the resource's name is {name}")),
        _ => Some("let the template refer to the resource: its name is generated".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, check_metric, metric},
        *,
    };

    const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:m";

    #[test]
    fn a_value_of_another_kind() {
        for (namespace, name, dimension, value, problem, hint) in [
            (
                "AWS/States",
                "ExecutionsFailed",
                "StateMachineArn",
                "m",
                "is not an ARN",
                "take the resource's ARN",
            ),
            (
                "AWS/Lambda",
                "Errors",
                "FunctionName",
                "arn:aws:lambda:eu-west-1:123456789012:function:f",
                "is an ARN, not a name",
                "take the resource's name",
            ),
            (
                "AWS/SQS",
                "NumberOfMessagesSent",
                "QueueName",
                "https://sqs.eu-west-1.amazonaws.com/123456789012/q",
                "is a URL, not a name",
                "take the resource's name",
            ),
            (
                "AWS/Lambda",
                "Errors",
                "FunctionName",
                "f:live",
                "has characters that such a name cannot have",
                "CloudWatch compares names letter by letter",
            ),
        ] {
            let finding = format!(
                "error wrong-dimension-value Alarm/Dimensions/{dimension}: {dimension} of {name} {problem}: {value:?}"
            );
            check_metric(metric(namespace, name, &[(dimension, value)], "Sum"), &[(&finding, hint)]);
        }
        check_metric(metric("AWS/States", "ExecutionsFailed", &[("StateMachineArn", MACHINE)], "Sum"), &[]);
        check_metric(metric("AWS/Lambda", "Errors", &[("FunctionName", "${Name}:live")], "Sum"), &[]);
    }

    #[test]
    fn a_logical_id_is_not_the_name() {
        let mut subject = Subject {
            alarms: vec![alarm(metric("AWS/Lambda", "Errors", &[("FunctionName", "Cook")], "Sum"))],
            ..Subject::default()
        };
        let finding = "error wrong-dimension-value Alarm/Dimensions/FunctionName: FunctionName of Errors is a logical id: \"Cook\"";
        subject.ids.insert("Cook".to_owned(), None);
        check(&subject, &[finding]);
        subject.ids.insert("Cook".to_owned(), Some("shop-cook".to_owned()));
        check(&subject, &[finding]);
        assert_eq!(lint(&subject).findings[0].hint, "the resource's name is shop-cook");
        subject.ids.insert("Cook".to_owned(), Some("Cook".to_owned()));
        check(&subject, &[]);
    }
}
