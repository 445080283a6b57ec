//! What is wrong with the alarms of a template: one rule a file. The file's first comment is the rule's page in the manual.
//!
//! The rules read plain values ([`Subject`]) and know no template's format. A text with `${..}` in it is one that is only known
//! once the template is deployed: no rule judges it.

mod alarm_definition;
mod alarm_topic_with_default_key;
mod alarm_topic_without_subscriber;
mod alarm_without_action;
mod dimensions_never_published;
mod fill_decides;
#[cfg(test)]
mod fixture;
mod log_level_drops_metrics;
mod metric_of_another_region;
mod missing_child_alarm;
mod missing_metric_filter;
mod not_judged;
mod senseless_statistic;
mod subject;
mod unknown_metric;
mod unmet_precondition;
mod window_shorter_than_timeout;
mod wrong_dimension_value;

use serde::Serialize;

pub use subject::{
    Actions, Filter, Function, LintAlarm, LintComposite, LintMetric, Machine, Scope, Subject, Topic,
    Unjudged, WebAcl,
};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The alarm cannot do what it is for.
    Error,
    /// It may do without: something outside of the template can make it right.
    Warning,
}

/// A finding of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The resource's id.
    pub resource: String,
    /// The property, with `/` between its parts.
    pub property: String,
    /// The rule's name.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Something that no rule can check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotJudged {
    /// The resource's id.
    pub resource: String,
    /// Why.
    pub reason: String,
}

/// What was found, and what could not be judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Errors first, then by resource.
    pub findings: Vec<Finding>,
    /// By resource.
    pub not_judged: Vec<NotJudged>,
}

impl Report {
    /// Whether anything is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// A rule, with the text of its file.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// The text of its file, whose first comment is its manual page.
    pub source: &'static str,
    check: fn(&Subject, &mut Found<'_>),
}

/// Takes the findings of one rule.
struct Found<'a> {
    rule: &'static str,
    report: &'a mut Report,
}

impl Found<'_> {
    fn add(
        &mut self,
        severity: Severity,
        (resource, property): (&str, &str),
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.report.findings.push(Finding {
            severity,
            resource: resource.to_owned(),
            property: property.to_owned(),
            rule: self.rule,
            message: message.into(),
            hint: hint.into(),
        });
    }

    fn error(&mut self, place: (&str, &str), message: impl Into<String>, hint: impl Into<String>) {
        self.add(Severity::Error, place, message, hint);
    }

    fn warning(&mut self, place: (&str, &str), message: impl Into<String>, hint: impl Into<String>) {
        self.add(Severity::Warning, place, message, hint);
    }

    fn not_judged(&mut self, resource: &str, reason: impl Into<String>) {
        self.report.not_judged.push(NotJudged { resource: resource.to_owned(), reason: reason.into() });
    }
}

macro_rules! rule {
    ($module:ident) => {
        Rule {
            name: $module::RULE,
            source: include_str!(concat!(stringify!($module), ".rs")),
            check: $module::check,
        }
    };
}

/// Every rule.
pub const RULES: &[Rule] = &[
    rule!(alarm_definition),
    rule!(unknown_metric),
    rule!(dimensions_never_published),
    rule!(wrong_dimension_value),
    rule!(unmet_precondition),
    rule!(metric_of_another_region),
    rule!(senseless_statistic),
    rule!(window_shorter_than_timeout),
    rule!(fill_decides),
    rule!(missing_child_alarm),
    rule!(missing_metric_filter),
    rule!(log_level_drops_metrics),
    rule!(alarm_without_action),
    rule!(alarm_topic_without_subscriber),
    rule!(alarm_topic_with_default_key),
];

/// Everything that is wrong, and what cannot be judged.
#[must_use]
pub fn lint(subject: &Subject) -> Report {
    let mut report = Report { findings: Vec::new(), not_judged: subject.not_judged.clone() };
    for rule in RULES {
        (rule.check)(subject, &mut Found { rule: rule.name, report: &mut report });
    }
    not_judged::add(subject, &mut report.not_judged);
    report.findings.sort();
    report.findings.dedup();
    report.not_judged.sort();
    report.not_judged.dedup();
    report
}

/// Longest name that is compared with all others for a suggestion, since that takes the square of it.
const MAX_SUGGESTED: usize = 100;

/// Whether a text is only known once the template is deployed.
fn is_unknown(text: &str) -> bool {
    text.contains("${")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A file that is not in the list is never run.
    #[test]
    fn a_rule_in_the_folder_is_a_rule_in_the_list() {
        let listed: BTreeSet<_> = RULES.iter().map(|rule| rule.name.replace('-', "_")).collect();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint");
        let files = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
        let rules =
            files.filter(|file| !["mod", "subject", "not_judged", "fixture"].contains(&file.as_str()));
        assert_eq!(rules.collect::<BTreeSet<_>>(), listed);
    }

    #[test]
    fn nothing_is_wrong_with_nothing() {
        assert_eq!(lint(&Subject::default()), Report::default());
    }
}
