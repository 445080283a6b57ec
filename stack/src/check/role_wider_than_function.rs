//! `role-wider-than-function`: a role allows what its function, machine or rule does not need.
//!
//! **Why.** What nobody uses, nobody misses when it is abused: a function that can read every session is one mistake away
//! from answering one person with another's order.
//!
//! **What it wants.** Each action on each resource that a role allows is one that its principal needs. What a function's
//! code asks AWS for stands in one table, `resources::permissions`; what a machine calls is read from its own definition,
//! what a rule starts from its targets. Nobody shares a role: what one needs is too much for the other.
//!
//! **What to do.** Take the action or the resource away. If the code has come to need it, add it to the table, from which
//! the roles are made.
//!
//! Source: IAM User Guide, "Grant least privilege"; Step Functions Developer Guide, "How Step Functions generates IAM
//! policies for integrated services".

use std::collections::BTreeMap;

use cfn::{
    Grant, LogicalId,
    policy::{Effect, Statement},
};

use super::{Subject, in_template};
use crate::{
    needs::{Principal, text},
    report::{Finding, Report},
};

pub(super) const RULE: &str = "role-wider-than-function";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let mut first: BTreeMap<&LogicalId, &LogicalId> = BTreeMap::new();
    for principal in &subject.principals {
        let Some(role) = principal.role else { continue };
        if let Some(other) = first.insert(role, principal.id) {
            let Principal { id, property, .. } = principal;
            let path = in_template(&format!("/Resources/{id}/Properties/{property}"));
            let message = format!("{id} shares a role with {other}: {role}");
            report.findings.push(Finding::error(RULE, path, message).hint("give each a role of its own"));
        }
        for granted in subject.template.grants().filter(|granted| granted.owner == role) {
            let Grant::Role(statement) = granted.grant else {
                continue;
            };
            report.findings.extend(unneeded(principal, statement).map(|what| {
                let message = format!("more than {} needs: {what}", principal.id);
                let hint = "take it away, or add it to the table in `resources::permissions`";
                Finding::error(RULE, in_template(&granted.path), message).hint(hint)
            }));
        }
    }
}

/// What a statement allows and its principal does not need, as `action on resource`.
fn unneeded(principal: &Principal<'_>, statement: &Statement) -> impl Iterator<Item = String> {
    let actions = statement.actions.iter().filter(|_| statement.effect == Effect::Allow);
    actions.flat_map(|action| {
        let resources = statement.resources.iter().map(text);
        let unneeded = resources.filter(|resource| {
            let mut needs = principal.needs.iter();
            !needs.any(|need| need.fits(statement) && need.is_given_by(action, resource))
        });
        unneeded.map(move |resource| format!("{action} on {resource}"))
    })
}

#[cfg(test)]
mod tests {
    use cfn::{
        Prop, Template, Value, checked,
        name::Action,
        resource::{Function, Role},
    };

    use super::*;
    use crate::{
        check::tests::{behind, found, resource},
        resources::ids,
        tests::local,
    };

    /// Changes one statement of a role.
    #[track_caller]
    fn check(role: &str, sid: &str, change: impl FnOnce(&mut Statement), expect: &[&str]) {
        let mut at = 0;
        let found = found(super::check, &local(), |template| {
            let found = resource::<Role>(template, role);
            let statements = &mut found.policies[0].document.statements;
            at = statements.iter().position(|statement| statement.sid.as_deref() == Some(sid)).unwrap();
            change(&mut statements[at]);
        });
        let at = format!(
            "error template.json#/Resources/{role}/Properties/Policies/0/PolicyDocument/Statement/{at}: more than "
        );
        assert_eq!(found, behind(&at, expect));
    }

    #[test]
    fn one_action_too_many() {
        check(
            "ResultCombinerRole",
            "StoreResult",
            |statement| statement.actions.push(checked!(Action, "dynamodb:DeleteItem")),
            &["ResultCombiner needs: dynamodb:DeleteItem on ${ResultsTable.Arn}"],
        );
        check(
            "CloserRuleRole",
            "StartCloser",
            |statement| statement.actions.push(checked!(Action, "states:StopExecution")),
            &["CloserRule needs: states:StopExecution on ${Closer.Arn}"],
        );
    }

    #[test]
    fn one_resource_too_many() {
        check(
            "ResultCombinerRole",
            "StoreResult",
            |statement| statement.resources.push(Prop::arn_of(ids::SESSIONS_TABLE)),
            &["ResultCombiner needs: dynamodb:PutItem on ${SessionsTable.Arn}"],
        );
        check(
            "PriceFetcherRole",
            "ReadSecrets",
            |statement| statement.resources.push("arn:aws:ssm:a:1:parameter/other".into()),
            &["PriceFetcher needs: ssm:GetParameter on arn:aws:ssm:a:1:parameter/other"],
        );
        check(
            "RecipeGeneratorRole",
            "AskTheModel",
            |statement| {
                statement.resources.push("arn:aws:bedrock:*::foundation-model/*".into());
            },
            &["RecipeGenerator needs: bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/*"],
        );
    }

    #[test]
    fn a_machine_that_may_call_what_it_does_not() {
        check(
            "CloserRole",
            "FailSession",
            |statement| {
                statement.resources =
                    vec![Value::arn_of(ids::SESSIONS_TABLE), Value::arn_of(ids::RESULTS_TABLE)];
            },
            &["Closer needs: dynamodb:UpdateItem on ${ResultsTable.Arn}"],
        );
    }

    #[test]
    fn what_is_denied_is_not_allowed() {
        check(
            "ResultCombinerRole",
            "StoreResult",
            |statement| {
                statement.effect = Effect::Deny;
                statement.actions = vec![checked!(Action, "dynamodb:*")];
            },
            &[],
        );
    }

    #[test]
    fn two_with_one_role() {
        let role = |template: &mut Template| {
            for (_, function) in template.resources_of_mut::<Function>() {
                function.role = Prop::arn_of(ids::function_role(contract::task::TaskKind::ResultCombiner));
            }
        };
        let found = found(super::check, &local(), role);
        let shared = "error template.json#/Resources/RecipeGenerator/Properties/Role: RecipeGenerator shares a role \
                      with PriceFetcher: ResultCombinerRole";
        assert!(found.iter().any(|finding| finding == shared), "{found:?}");
    }
}
