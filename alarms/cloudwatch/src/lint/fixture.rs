//! Subjects for the tests of the rules.

use std::collections::BTreeSet;

use super::{Actions, LintAlarm, LintComposite, LintMetric, Report, Subject, lint};
use crate::{
    Metric,
    alarm::{MetricStat, Watched},
    fixture,
};

pub(super) fn metric(
    namespace: &str,
    name: &str,
    dimensions: &[(&str, &str)],
    statistic: &str,
) -> LintMetric {
    let metric = Metric::new(namespace, name, dimensions.iter().copied());
    LintMetric { property: String::new(), metric, statistic: Some(statistic.parse().unwrap()) }
}

/// 3 of 3 periods of 5 minutes at or above 1, with an action.
pub(super) fn alarm(metric: LintMetric) -> LintAlarm {
    let mut definition = fixture::alarm("Sum", 1.0);
    definition.watched =
        Watched::Metric(MetricStat { metric: metric.metric.clone(), statistic: metric.statistic.unwrap() });
    LintAlarm {
        id: "Alarm".to_owned(),
        name: "alarm".to_owned(),
        metrics: vec![metric],
        definition: Ok(definition),
        unknown: BTreeSet::new(),
        actions: Actions { targets: vec!["arn:aws:sns:r:1:page".to_owned()], ..Actions::default() },
    }
}

pub(super) fn composite(rule: &str) -> LintComposite {
    LintComposite {
        id: "Composite".to_owned(),
        name: "composite".to_owned(),
        rule: Ok(rule.parse().unwrap()),
        suppressor: None,
        actions: Actions { targets: vec!["arn:aws:sns:r:1:page".to_owned()], ..Actions::default() },
    }
}

/// The report on one alarm of this metric.
pub(super) fn lint_of(metric: LintMetric) -> Report {
    lint(&Subject { alarms: vec![alarm(metric)], ..Subject::default() })
}

/// As `severity rule resource/property: message`.
pub(super) fn told(report: &Report) -> Vec<String> {
    let told = report.findings.iter().map(|finding| {
        let severity = serde_json::to_value(finding.severity).unwrap();
        let severity = severity.as_str().unwrap().to_owned();
        format!("{severity} {} {}/{}: {}", finding.rule, finding.resource, finding.property, finding.message)
    });
    told.collect()
}

/// The findings on a subject.
#[track_caller]
pub(super) fn check(subject: &Subject, expected: &[&str]) {
    assert_eq!(told(&lint(subject)), expected);
}

/// The findings on one alarm of this metric, with their hints.
#[track_caller]
pub(super) fn check_metric(metric: LintMetric, expected: &[(&str, &str)]) {
    let report = lint_of(metric);
    let hints = report.findings.iter().map(|finding| finding.hint.as_str());
    let found: Vec<_> = told(&report).into_iter().zip(hints).collect();
    let found: Vec<_> = found.iter().map(|(finding, hint)| (finding.as_str(), *hint)).collect();
    assert_eq!(found, expected);
}
