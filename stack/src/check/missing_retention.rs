//! `missing-retention`: logs that nobody keeps for a known time: a log group without a retention, or logs outside of one
//! of the template's.
//!
//! **Why.** A log group without a retention keeps every line for ever, and costs for ever. Where a function or machine
//! names no log group of the template, AWS makes one on the first line, without retention and without our key. Two that
//! share a group cannot be told apart by whoever filters it.
//!
//! **What it wants.** Every log group has `RetentionInDays`; every function and every machine logs into a log group of the
//! template, and none into another's.
//!
//! **What to do.** Add the group with `resources::logs`; the retention is the environment's `log_retention_days`.
//!
//! Source: CloudWatch Logs User Guide, "Change log data retention" (log data never expires by default); Lambda Developer
//! Guide, "Configuring CloudWatch log groups" (`/aws/lambda/NAME` where none is named).

use std::collections::BTreeMap;

use cfn::{
    Intrinsic, LogicalId, Prop, Target, Template,
    resource::{Function, LogGroup, Logging, StateMachine},
};

use super::{Subject, in_template};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "missing-retention";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let template = subject.template;
    let mut writers: BTreeMap<&LogicalId, &LogicalId> = BTreeMap::new();
    let mut add = |id: &LogicalId, property: &str, message: &str| {
        let path = in_template(&format!("/Resources/{id}/Properties/{property}"));
        let finding = Finding::error(RULE, path, format!("{message}: {id}"));
        report.findings.push(finding.hint("`resources::logs` makes log groups"));
    };
    for (writer, property, group) in logs(template) {
        match group.filter(|group| template.resources_of::<LogGroup>().any(|(id, _)| id == *group)) {
            None => add(writer, property, "logs go into no log group of the template"),
            Some(group) => {
                if let Some(other) = writers.insert(group, writer) {
                    add(writer, property, &format!("logs share a log group with {other}"));
                }
            }
        }
    }
    for (id, group) in template.resources_of::<LogGroup>() {
        if group.retention.is_none() {
            let message = "a log group without a retention keeps lines for ever";
            add(id, "RetentionInDays", message);
        }
    }
}

/// Who logs, the property that says where, and the resource that it names. A machine that logs nothing is another rule's.
fn logs(template: &Template) -> Vec<(&LogicalId, &'static str, Option<&LogicalId>)> {
    let functions = template.resources_of::<Function>().map(|(id, function)| {
        let group = match &function.logging {
            Some(Logging::Text { log_group } | Logging::Json { log_group, .. }) => log_group.as_ref(),
            None => None,
        };
        (id, "LoggingConfig", group.and_then(pointed_at))
    });
    let machines = template.resources_of::<StateMachine>().filter_map(|(id, machine)| {
        let logging = machine.logging.as_ref()?;
        Some((id, "LoggingConfiguration", pointed_at(logging.log_group_arn())))
    });
    functions.chain(machines).collect()
}

/// The resource of the template at which a value points as a whole.
fn pointed_at<T>(value: &Prop<T>) -> Option<&LogicalId> {
    match value.intrinsic()? {
        Intrinsic::Ref(Target::Logical(id)) => Some(id),
        Intrinsic::GetAtt(get_att) => Some(&get_att.resource),
        Intrinsic::Ref(Target::Pseudo(_)) | Intrinsic::Sub(_) | Intrinsic::Join(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use cfn::resource::LogDestination;

    use super::*;
    use crate::{
        check::tests::{behind, found, resource},
        tests::local,
    };

    #[track_caller]
    fn check(change: impl FnOnce(&mut Template), expect: &[&str]) {
        let found = found(super::check, &local(), change);
        assert_eq!(found, behind("error template.json#/Resources/", expect));
    }

    fn function<'t>(template: &'t mut Template, name: &str) -> &'t mut Function {
        resource(template, name)
    }

    #[test]
    fn a_group_without_retention() {
        check(
            |template| {
                template.resources_of_mut::<LogGroup>().take(1).for_each(|(_, group)| group.retention = None);
            },
            &[
                "CloserLogs/Properties/RetentionInDays: a log group without a retention keeps lines for ever: \
                 CloserLogs",
            ],
        );
    }

    #[test]
    fn a_function_outside_of_the_templates_groups() {
        let outside = "RecipeGenerator/Properties/LoggingConfig: logs go into no log group of the template: \
                       RecipeGenerator";
        check(|template| function(template, "RecipeGenerator").logging = None, &[outside]);
        check(
            |template| {
                function(template, "RecipeGenerator").logging = Some(Logging::Text { log_group: None });
            },
            &[outside],
        );
        // A parameter is no log group.
        check(
            |template| {
                let log_group = Some(Prop::reference(crate::resources::ids::KEY_ARN));
                function(template, "RecipeGenerator").logging = Some(Logging::Text { log_group });
            },
            &[outside],
        );
    }

    #[test]
    fn a_machine_outside_of_the_templates_groups() {
        check(
            |template| {
                let closer = resource::<StateMachine>(template, "Closer");
                closer.logging.as_mut().unwrap().destinations =
                    [LogDestination::log_group("arn:aws:logs:a:b:log-group:c:*".into())];
            },
            &["Closer/Properties/LoggingConfiguration: logs go into no log group of the template: Closer"],
        );
    }

    #[test]
    fn two_in_one_group() {
        check(
            |template| {
                let of_prices = function(template, "PriceFetcher").logging.clone();
                function(template, "RecipeGenerator").logging = of_prices;
            },
            &["RecipeGenerator/Properties/LoggingConfig: logs share a log group with PriceFetcher: \
                 RecipeGenerator"],
        );
    }
}
