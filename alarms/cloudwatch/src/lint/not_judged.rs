//! What no rule can check, and why.

use super::{NotJudged, Subject, Unjudged, is_unknown};
use crate::catalogue::{self, Published};

/// Adds what of the subject no rule can check.
pub(super) fn add(subject: &Subject, reasons: &mut Vec<NotJudged>) {
    let mut add =
        |resource: &str, reason: String| reasons.push(NotJudged { resource: resource.to_owned(), reason });
    for alarm in &subject.alarms {
        if let Err(Unjudged::NotSupported(reason)) = &alarm.definition {
            add(&alarm.id, reason.clone());
        }
        if !alarm.unknown.is_empty() {
            let names: Vec<_> = alarm.unknown.iter().copied().collect();
            add(&alarm.id, format!("known only once it is deployed: {}", names.join(", ")));
        }
    }
    for composite in &subject.composites {
        if let Err(Unjudged::NotSupported(reason)) = &composite.rule {
            add(&composite.id, reason.clone());
        }
    }
    for (composite, property, name) in subject.parts() {
        if is_unknown(name) {
            add(&composite.id, format!("known only once it is deployed: {property} {name}"));
        }
    }
    for (alarm, own) in subject.metrics() {
        let metric = &own.metric;
        let texts = [&metric.namespace, &metric.name].into_iter().chain(metric.dimensions.keys());
        if let Some(text) = texts.into_iter().find(|text| is_unknown(text)) {
            add(&alarm.id, format!("the metric is known only once it is deployed: {text}"));
            continue;
        }
        for (name, value) in metric.dimensions.iter().filter(|(_, value)| is_unknown(value)) {
            add(&alarm.id, format!("the dimension {name} is known only once it is deployed: {value}"));
        }
        if !catalogue::is_known_namespace(&metric.namespace) {
            let filtered = subject.filters.iter().any(|filter| filter.namespace == metric.namespace);
            if !filtered {
                add(&alarm.id, format!("the namespace {} is not in the catalogue", metric.namespace));
            }
        } else if let Some((spec, names)) = own.spec()
            && spec.published(names.iter().copied()) == Published::NotKnown
        {
            let names = names.join(", ");
            add(&alarm.id, format!("{} {{{names}}}: the service has sets that nobody lists", metric.name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, lint_of, metric},
        *,
    };

    #[test]
    fn what_cannot_be_judged_is_said() {
        for (namespace, name, dimensions, reason) in [
            ("AWS/Athena", "TotalExecutionTime", &[][..], "the namespace AWS/Athena is not in the catalogue"),
            ("Shop", "Orders", &[], "the namespace Shop is not in the catalogue"),
            ("AWS/Lambda", "${Name}", &[], "the metric is known only once it is deployed: ${Name}"),
            (
                "AWS/Lambda",
                "Errors",
                &[("FunctionName", "${F}")],
                "the dimension FunctionName is known only once it is deployed: ${F}",
            ),
            (
                "AWS/WAFV2",
                "BlockedRequests",
                &[("WebACL", "a")],
                "BlockedRequests {WebACL}: the service has sets that nobody lists",
            ),
        ] {
            let report = lint_of(metric(namespace, name, dimensions, "Sum"));
            let reasons: Vec<_> = report.not_judged.iter().map(|own| own.reason.as_str()).collect();
            assert_eq!(reasons, [reason], "{name}");
            assert_eq!(report.findings, [], "{name}");
        }
    }

    #[test]
    fn an_alarm_says_why_it_is_not_judged() {
        let mut own = alarm(metric("AWS/Lambda", "Errors", &[("FunctionName", "f")], "Sum"));
        own.definition = Err(Unjudged::NotSupported("the function SEARCH is not supported here".to_owned()));
        own.unknown = ["Threshold", "Period"].into();
        let report = lint(&Subject { alarms: vec![own], ..Subject::default() });
        let reasons: Vec<_> = report.not_judged.iter().map(|own| own.reason.as_str()).collect();
        let expected = [
            "known only once it is deployed: Period, Threshold",
            "the function SEARCH is not supported here",
        ];
        assert_eq!(reasons, expected);
    }
}
