//! `missing-metric-filter`: an alarm on a metric that no filter of the template makes.
//!
//! **Why.** A metric filter and its alarm agree on a namespace, a name and the names of dimensions by spelling alone. One letter
//! apart, the filter counts and the alarm waits.
//!
//! **What it wants.** An alarm in a namespace that the template's own filters fill watches a metric that one of them makes, with the
//! filter's dimensions. Where the template has functions, which may send metrics by themselves, only a name that is almost one of a
//! filter's is a finding.
//!
//! **What to do.** Take the name of the hint, or add the filter.
//!
//! Source: CloudWatch Logs User Guide, "Creating metrics from log events using filters".

use std::collections::BTreeSet;

use super::{Filter, Found, MAX_SUGGESTED, Subject, is_unknown};

pub(super) const RULE: &str = "missing-metric-filter";

/// Names that are less alike than this are not taken for each other.
const ALIKE: f64 = 0.85;

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for (alarm, own) in subject.metrics().filter(|(_, own)| own.is_custom()) {
        let metric = &own.metric;
        let filters: Vec<_> =
            subject.filters.iter().filter(|filter| filter.namespace == metric.namespace).collect();
        if filters.is_empty() || is_unknown(&metric.name) || filters.iter().any(|own| is_unknown(&own.name)) {
            continue;
        }
        let dimensions: BTreeSet<_> = metric.dimensions.keys().cloned().collect();
        let mut same = filters.iter().filter(|filter| filter.name == metric.name).peekable();
        if let Some(first) = same.peek() {
            let sets = format!("the filter {} makes it with {}", first.id, set(&first.dimensions));
            if !dimensions.iter().any(|name| is_unknown(name))
                && !same.any(|filter| filter.dimensions == dimensions)
            {
                let message = format!("no metric filter makes {} with {}", metric.name, set(&dimensions));
                found.error((&alarm.id, &own.at("Dimensions")), message, sets);
            }
            continue;
        }
        let nearest = nearest(&filters, &metric.name);
        let message = format!("no metric filter makes {} {}", metric.namespace, metric.name);
        let place = own.at("MetricName");
        match nearest {
            Some(name) => found.error((&alarm.id, &place), message, format!("{name} is meant")),
            None if subject.functions.is_empty() => {
                let names: Vec<_> = filters.iter().map(|filter| filter.name.as_str()).collect();
                let hint = format!("the template's filters make {}", names.join(", "));
                found.error((&alarm.id, &place), message, hint);
            }
            None => {}
        }
    }
}

fn set(names: &BTreeSet<String>) -> String {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    if names.is_empty() { "no dimension".to_owned() } else { format!("{{{}}}", names.join(", ")) }
}

fn nearest<'a>(filters: &[&'a Filter], name: &str) -> Option<&'a str> {
    let short = |name: &str| name.len() <= MAX_SUGGESTED;
    let filters = filters.iter().filter(|own| short(&own.name) && short(name));
    let alike = filters.map(|own| (strsim::normalized_damerau_levenshtein(&own.name, name), &own.name));
    let (likeness, nearest) = alike.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (likeness >= ALIKE).then_some(nearest.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, metric},
        *,
    };

    #[track_caller]
    fn found(name: &str, dimensions: &[(&str, &str)], with_functions: bool, expected: &[&str]) {
        let filter = Filter {
            id: "Filter".to_owned(),
            namespace: "Shop".to_owned(),
            name: "OrderFailures".to_owned(),
            dimensions: std::collections::BTreeSet::new(),
            log_group: "/shop".to_owned(),
        };
        let function =
            Function { id: "F".to_owned(), name: "f".to_owned(), timeout_s: None, log_level: None };
        let subject = Subject {
            alarms: vec![alarm(metric("Shop", name, dimensions, "Sum"))],
            filters: vec![filter],
            functions: if with_functions { vec![function] } else { Vec::new() },
            ..Subject::default()
        };
        let expected: Vec<_> =
            expected.iter().map(|text| format!("error missing-metric-filter Alarm/{text}")).collect();
        check(&subject, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn a_filter_makes_the_metric() {
        found("OrderFailures", &[], false, &[]);
        found("${Name}", &[], false, &[]);
        let almost = "MetricName: no metric filter makes Shop OrderFailure";
        found("OrderFailure", &[], false, &[almost]);
        found("OrderFailure", &[], true, &[almost]);
        found("Refunds", &[], false, &["MetricName: no metric filter makes Shop Refunds"]);
        found("Refunds", &[], true, &[]);
        found(
            "OrderFailures",
            &[("Shop", "1")],
            true,
            &["Dimensions: no metric filter makes OrderFailures with {Shop}"],
        );
    }
}
