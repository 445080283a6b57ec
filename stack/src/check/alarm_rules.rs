//! No rule: hands on what the rules for anyone's alarms find in the template, each under its own name.
//!
//! The rules themselves, their pages and their tests live in `cloudwatch::lint`.

use super::{Subject, in_template};
use crate::{
    lint::{self, Severity, lint_template},
    report::{Finding, Report},
};

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    // Our own template is one that can be read; what cannot be is told as a finding of the first rule.
    let found = match lint_template(subject.template, subject.app.environment().region.as_str()) {
        Ok(found) => found,
        Err(error) => {
            report.findings.push(Finding::error(
                "alarm-definition",
                in_template("/Resources"),
                error.to_string(),
            ));
            return;
        }
    };
    for lint::Finding { severity, resource, property, rule, message, hint } in found.findings {
        let path = in_template(&format!("/Resources/{resource}/Properties/{property}"));
        let finding = match severity {
            Severity::Error => Finding::error(rule, path, message),
            Severity::Warning => Finding::warning(rule, path, message),
        };
        report.findings.push(finding.hint(hint));
    }
}

#[cfg(test)]
mod tests {
    use cfn::resource::Alarm;

    use crate::{check::tests::found, tests::local};

    #[test]
    fn a_metric_that_does_not_exist_is_found_in_our_template() {
        assert_eq!(found(super::check, &local(), |_| {}), Vec::<String>::new());
        let found = found(super::check, &local(), |template| {
            let (_, alarm) = template
                .resources_of_mut::<Alarm>()
                .find(|(id, _)| id.as_str() == "CloserFailingAlarm")
                .unwrap();
            let mut metrics = alarm.metrics.to_vec();
            metrics[0].metric_stat.as_mut().unwrap().metric.metric_name.push('s');
            alarm.metrics = cfn::List::new(metrics).unwrap();
        });
        let [finding] = found.as_slice() else { panic!("{found:?}") };
        assert!(
            finding.starts_with("error template.json#/Resources/CloserFailingAlarm/Properties/"),
            "{finding}"
        );
        assert!(finding.contains("ApproximateNumberOfMessagesVisibles"), "{finding}");
    }
}
