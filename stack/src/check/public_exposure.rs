//! `public-exposure`: somebody outside of the account can reach into it.
//!
//! **Why.** A function costs whoever owns it, a queue holds what the closer could not be told, a role is everything that it
//! may do. None of them has a caller outside of this account.
//!
//! **What it wants.** No function URL without IAM, no policy and no role for everybody, and no service that acts on
//! behalf of an account that nobody named: a permission has a `SourceArn` or a `SourceAccount`, a queue's policy for a
//! service a condition on one of them. A permission for `*`, an API in front of a function, a bucket and a key with their
//! policies cannot be said in our types (`cfn::resource`): whoever adds them adds their case here.
//!
//! **What to do.** Name who is allowed, or on behalf of what; give a function URL `AWS_IAM`.
//!
//! Source: Lambda Developer Guide, "Control access to Lambda function URLs"; IAM User Guide, "The confused deputy
//! problem" (`aws:SourceArn`, `aws:SourceAccount`).

use cfn::{
    Grant, Value,
    policy::{Conditions, Effect, Principal},
    resource::{FunctionUrl, Permission, UrlAuth},
};

use super::{Subject, broad_permission::text, in_template};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "public-exposure";

/// The keys of conditions that name on behalf of what, or whose, a service acts.
const SOURCES: [&str; 3] = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"];

/// What is open, and what to do.
type Open = (String, &'static str);

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let mut add = |path: &str, (message, hint): Open| {
        report.findings.push(Finding::error(RULE, in_template(path), message).hint(hint));
    };
    for granted in subject.template.grants() {
        let open = match granted.grant {
            Grant::Role(_) => None,
            Grant::Trust(trust) => everybody(&trust.principal, "a role that everybody may take on"),
            Grant::Resource(granted) if granted.statement.effect == Effect::Deny => None,
            Grant::Resource(granted) => everybody(&granted.principal, "a policy for everybody")
                .or_else(|| any_account(&granted.principal, &granted.statement.conditions)),
            Grant::Call(permission) => any_caller(permission),
        };
        if let Some(open) = open {
            add(&granted.path, open);
        }
    }
    for (id, url) in subject.template.resources_of::<FunctionUrl>() {
        if url.auth == UrlAuth::None {
            let open = (format!("a function that everybody may call: {id}"), "use AWS_IAM");
            add(&format!("/Resources/{id}/Properties/AuthType"), open);
        }
    }
}

fn everybody(principal: &Principal, message: &str) -> Option<Open> {
    let Principal::Aws(who) = principal else {
        return None;
    };
    let open = text(who).is_some_and(|who| who.contains('*'));
    open.then(|| (message.to_owned(), "name who is allowed"))
}

fn any_account(principal: &Principal, conditions: &Conditions) -> Option<Open> {
    let Principal::Service(service) = principal else {
        return None;
    };
    let named = |key: &String, values: &[Value]| {
        let is_source = SOURCES.iter().any(|source| source.eq_ignore_ascii_case(key));
        is_source && !values.is_empty() && !values.iter().any(|value| text(value) == Some("*"))
    };
    let is_named = conditions.values().flatten().any(|(key, values)| named(key, values));
    (!is_named).then(|| {
        (
            format!("a policy for a service on behalf of any account: {service}"),
            "add a condition on aws:SourceArn",
        )
    })
}

fn any_caller(permission: &Permission) -> Option<Open> {
    let is_open = permission.source_arn.is_none() && permission.source_account.is_none();
    is_open.then(|| {
        let service = &permission.principal;
        (format!("a call on behalf of any account: {service}"), "name on behalf of what in `SourceArn`")
    })
}

#[cfg(test)]
mod tests {
    use cfn::{
        LogicalId, Prop, Template, checked,
        name::{Action, ServicePrincipal},
        resource::{QueuePolicy, Role},
    };
    use contract::task::TaskKind;

    use super::*;
    use crate::{
        check::tests::{behind, found, resource},
        resources::ids,
        tests::local,
    };

    #[track_caller]
    fn check(change: impl FnOnce(&mut Template), expect: &[&str]) {
        let found = found(super::check, &local(), change);
        assert_eq!(found, behind("error template.json#/Resources/", expect));
    }

    #[test]
    fn a_queue_for_everybody() {
        let at = "CloserDeadLettersPolicy/Properties/PolicyDocument/Statement/0: ";
        let policy = |change: fn(&mut cfn::policy::ResourceStatement)| {
            move |template: &mut Template| {
                for (_, policy) in template.resources_of_mut::<QueuePolicy>() {
                    change(&mut policy.document.statements[0]);
                }
            }
        };
        check(
            policy(|statement| statement.principal = Principal::Aws("*".into())),
            &[&format!("{at}a policy for everybody")],
        );
        let any = format!("{at}a policy for a service on behalf of any account: events.amazonaws.com");
        check(policy(|statement| statement.statement.conditions.clear()), &[&any]);
        check(
            policy(|statement| {
                let keys = statement.statement.conditions.values_mut();
                keys.flat_map(|keys| keys.values_mut()).for_each(|values| *values = vec!["*".into()]);
            }),
            &[&any],
        );
        check(
            policy(|statement| {
                statement.statement.conditions.clear();
                statement.statement.effect = Effect::Deny;
            }),
            &[],
        );
    }

    #[test]
    fn a_role_that_everybody_may_take_on() {
        let trusting = |who: &str| {
            let who = Value::from(who);
            move |template: &mut Template| {
                let role = resource::<Role>(template, "ResultCombinerRole");
                role.trust.statements[0].principal = Principal::Aws(who);
            }
        };
        let at = "ResultCombinerRole/Properties/AssumeRolePolicyDocument/Statement/0: ";
        let open = format!("{at}a role that everybody may take on");
        check(trusting("*"), &[&open]);
        check(trusting("arn:aws:iam::*:root"), &[&open]);
        check(trusting("arn:aws:iam::111122223333:role/deployer"), &[]);
    }

    #[test]
    fn a_call_on_behalf_of_any_account() {
        let call = |source_arn: Option<Value>, source_account: Option<Value>| {
            move |template: &mut Template| {
                let permission = Permission {
                    function_name: Prop::reference(ids::function(TaskKind::ResultCombiner)),
                    action: checked!(Action, "lambda:InvokeFunction"),
                    principal: checked!(ServicePrincipal, "events.amazonaws.com"),
                    source_arn,
                    source_account,
                };
                template.add(checked!(LogicalId, "Call"), permission).unwrap();
            }
        };
        check(call(None, None), &["Call/Properties: a call on behalf of any account: events.amazonaws.com"]);
        check(call(Some(Prop::arn_of(ids::CLOSER_RULE)), None), &[]);
        check(call(None, Some(Prop::pseudo(cfn::Pseudo::AccountId))), &[]);
        // A permission for everybody cannot be said.
        assert!(ServicePrincipal::new("*").is_err());
    }

    #[test]
    fn a_function_with_an_address() {
        let url = |auth| {
            move |template: &mut Template| {
                let url =
                    FunctionUrl { function_arn: Prop::arn_of(ids::function(TaskKind::ResultCombiner)), auth };
                template.add(checked!(LogicalId, "Address"), url).unwrap();
            }
        };
        check(
            url(UrlAuth::None),
            &["Address/Properties/AuthType: a function that everybody may call: Address"],
        );
        check(url(UrlAuth::AwsIam), &[]);
    }
}
