//! `unmet-precondition`: a metric that the template's own resources cannot have.
//!
//! **Why.** Some metrics exist only under a condition. Step Functions counts `LambdaFunctionsFailed` where a task's resource is the
//! function's ARN, and not where it is `arn:aws:states:::lambda:invoke`, which tools write by default. A web ACL of a region has
//! metrics with a dimension `Region`, one of `CloudFront` has none.
//!
//! **What it wants.** What the catalogue says of a metric or a set of dimensions is true of the template: its tasks, its state
//! machines' type, its web ACLs' scope.
//!
//! **What to do.** For failed functions watch `AWS/Lambda Errors` by `FunctionName`, which tells functions apart;
//! `ServiceIntegrationsFailed` counts all functions of the account together. For a web ACL add or drop `Region`.
//!
//! Source: Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch"; AWS WAF Developer Guide,
//! "AWS WAF core metrics and dimensions".

use super::{Found, LintMetric, Machine, Scope, Subject, is_unknown};
use crate::catalogue::Precondition;

pub(super) const RULE: &str = "unmet-precondition";

/// What tasks begin with that call an integration.
const INTEGRATION: &str = "arn:aws:states:::";

/// What the template says of a precondition.
enum Verdict {
    Met,
    /// It is about nothing that the rule reads.
    Silent,
    Unmet(&'static str),
    NotKnown(&'static str),
}

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for (alarm, own) in subject.metrics() {
        let Some((spec, names)) = own.spec() else { continue };
        for precondition in spec.preconditions(names) {
            match verdict(subject, own, precondition) {
                Verdict::Met | Verdict::Silent => {}
                Verdict::Unmet(hint) => {
                    let message =
                        format!("{} with these dimensions has data only where {precondition}", spec.name);
                    found.error((&alarm.id, &own.at("Dimensions")), message, hint);
                }
                Verdict::NotKnown(why) => {
                    found.not_judged(
                        &alarm.id,
                        format!("{} has data only where {precondition}: {why}", spec.name),
                    );
                }
            }
        }
    }
}

fn verdict(subject: &Subject, own: &LintMetric, precondition: Precondition) -> Verdict {
    let value = |name: &str| own.metric.dimensions.get(name).map(String::as_str).unwrap_or_default();
    match precondition {
        Precondition::LambdaArnTask => {
            let arn = value("LambdaFunctionArn");
            let calls =
                |task: &str| task == arn || task.strip_prefix(arn).is_some_and(|end| end.starts_with(':'));
            let hint = "watch AWS/Lambda Errors by FunctionName: the tasks call an integration";
            some_task(&subject.machines, calls, hint)
        }
        Precondition::ServiceIntegrationTask => {
            let arn = value("ServiceIntegrationResourceArn");
            let hint = "no task of the template calls this integration";
            some_task(&subject.machines, |task| task.starts_with(INTEGRATION) && task == arn, hint)
        }
        Precondition::ExpressWorkflow => {
            let arn = value("StateMachineArn");
            match subject.machines.iter().find(|machine| machine.arn == arn).map(|own| own.express) {
                Some(Some(true)) => Verdict::Met,
                Some(Some(false)) => Verdict::Unmet("the state machine is a standard one"),
                Some(None) => Verdict::NotKnown("its type is known only once it is deployed"),
                None => Verdict::Silent,
            }
        }
        Precondition::RegionalWebAcl => scope(subject, value("WebACL"), Scope::Regional),
        Precondition::CloudFrontWebAcl => scope(subject, value("WebACL"), Scope::CloudFront),
        _ => Verdict::Silent,
    }
}

/// Whether a task of some state machine is such a one.
fn some_task(machines: &[Machine], is_such: impl Fn(&str) -> bool, hint: &'static str) -> Verdict {
    let tasks = || machines.iter().flat_map(|machine| machine.tasks.iter().flatten());
    if tasks().any(|task| is_such(task)) {
        Verdict::Met
    } else if machines.is_empty() {
        Verdict::NotKnown("the template has no state machine")
    } else if machines.iter().any(|machine| machine.tasks.is_none()) || tasks().any(|task| is_unknown(task)) {
        Verdict::NotKnown("not all tasks are in the template")
    } else {
        Verdict::Unmet(hint)
    }
}

fn scope(subject: &Subject, name: &str, wanted: Scope) -> Verdict {
    let named = subject.web_acls.iter().find(|acl| acl.metric_name == name);
    let own = match (named, subject.web_acls.as_slice()) {
        (Some(acl), _) => acl,
        // The name is not known, and there is but one.
        (None, [acl]) if is_unknown(name) => acl,
        _ => return Verdict::Silent,
    };
    match (own.scope, wanted) {
        (None, _) => Verdict::NotKnown("the web ACL's scope is known only once it is deployed"),
        (Some(scope), _) if scope == wanted => Verdict::Met,
        (Some(_), Scope::CloudFront) => {
            Verdict::Unmet("add the dimension Region: the web ACL's scope is REGIONAL")
        }
        (Some(_), Scope::Regional) => {
            Verdict::Unmet("drop the dimension Region: the web ACL's scope is CLOUDFRONT")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, metric},
        *,
    };

    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:f";
    const INVOKE: &str = "arn:aws:states:::lambda:invoke";

    fn machine(tasks: Option<&[&str]>) -> Machine {
        Machine {
            id: "M".to_owned(),
            arn: "arn:aws:states:eu-west-1:123456789012:stateMachine:m".to_owned(),
            express: Some(false),
            tasks: tasks.map(|tasks| tasks.iter().map(|task| (*task).to_owned()).collect()),
        }
    }

    #[test]
    fn the_metrics_of_tasks_follow_the_tasks() {
        let function = ("LambdaFunctionsFailed", "LambdaFunctionArn", FUNCTION);
        let integration = ("ServiceIntegrationsFailed", "ServiceIntegrationResourceArn", INVOKE);
        let of_function = "error unmet-precondition Alarm/Dimensions: LambdaFunctionsFailed with these dimensions has data only where a task's Resource is the function's ARN, not arn:aws:states:::lambda:invoke";
        let of_integration = "error unmet-precondition Alarm/Dimensions: ServiceIntegrationsFailed with these dimensions has data only where a task's Resource begins with arn:aws:states:::";
        for ((name, dimension, value), machines, expected) in [
            (function, vec![machine(Some(&[INVOKE]))], &[of_function][..]),
            (function, vec![machine(Some(&[INVOKE, FUNCTION]))], &[]),
            (function, vec![machine(Some(&[&format!("{FUNCTION}:live")]))], &[]),
            (function, vec![machine(Some(&["${Task}"]))], &[]),
            (function, vec![machine(None)], &[]),
            (function, vec![], &[]),
            (integration, vec![machine(Some(&[INVOKE]))], &[]),
            (integration, vec![machine(Some(&[FUNCTION]))], &[of_integration]),
        ] {
            let alarms = vec![alarm(metric("AWS/States", name, &[(dimension, value)], "Sum"))];
            let subject = Subject { alarms, machines, ..Subject::default() };
            check(&subject, expected);
        }
    }

    #[test]
    fn an_express_metric_of_a_standard_machine() {
        let mut own = machine(None);
        let dimensions = [("StateMachineArn", own.arn.as_str())];
        let alarms = vec![alarm(metric("AWS/States", "ExpressExecutionMemory", &dimensions, "Maximum"))];
        own.express = Some(true);
        let mut subject = Subject { alarms, machines: vec![own], ..Subject::default() };
        check(&subject, &[]);
        subject.machines[0].express = Some(false);
        let finding = "error unmet-precondition Alarm/Dimensions: ExpressExecutionMemory with these dimensions has data only where the state machine is an Express Workflow";
        check(&subject, &[finding]);
    }

    #[test]
    fn the_region_of_a_web_acl_follows_its_scope() {
        let regional = &[("Region", "eu-west-1"), ("Rule", "ALL"), ("WebACL", "shop")][..];
        let edge = &[("Rule", "ALL"), ("WebACL", "shop")][..];
        let add = "add the dimension Region: the web ACL's scope is REGIONAL";
        let drop = "drop the dimension Region: the web ACL's scope is CLOUDFRONT";
        for (dimensions, scope, hint) in [
            (regional, Some(Scope::Regional), None),
            (regional, Some(Scope::CloudFront), Some(drop)),
            (edge, Some(Scope::CloudFront), None),
            (edge, Some(Scope::Regional), Some(add)),
            (edge, None, None),
            (&[("Rule", "ALL"), ("WebACL", "${Name}")], Some(Scope::Regional), Some(add)),
            (&[("Rule", "ALL"), ("WebACL", "another")], Some(Scope::Regional), None),
        ] {
            let acl = WebAcl { id: "Acl".to_owned(), metric_name: "shop".to_owned(), scope };
            let alarms = vec![alarm(metric("AWS/WAFV2", "BlockedRequests", dimensions, "Sum"))];
            let report = lint(&Subject { alarms, web_acls: vec![acl], ..Subject::default() });
            let hints: Vec<_> = report.findings.iter().map(|finding| finding.hint.as_str()).collect();
            assert_eq!(hints, Vec::from_iter(hint), "{dimensions:?} {scope:?}");
        }
    }
}
