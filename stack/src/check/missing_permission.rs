//! `missing-permission`: a function, machine or rule may not do what it has to.
//!
//! **Why.** A permission that is not there is found by the first order that needs it, in production: roles are not enforced
//! on this machine.
//!
//! **What it wants.** The role of every function, machine and rule is one of the template, and allows each action on each
//! resource that its principal needs. What a function's code asks AWS for stands in one table,
//! `resources::permissions`; what a machine calls is read from its own definition, what a rule starts from its targets.
//!
//! **What to do.** Allow it in the role. If a function's code does not need it any more, take it out of the table, from
//! which the roles are made.
//!
//! Source: Service Authorization Reference; Step Functions Developer Guide, "How Step Functions generates IAM policies for
//! integrated services"; DynamoDB Developer Guide, "Using IAM with DynamoDB transactions" (a transaction needs the
//! permission of each of its writes).

use cfn::{Grant, LogicalId, Template, policy::Effect, resource::Role};

use super::{Subject, in_template};
use crate::{
    needs::{Need, ResourceMatch, text},
    report::{Finding, Report},
};

pub(super) const RULE: &str = "missing-permission";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let template = subject.template;
    for principal in &subject.principals {
        let role = principal.role.filter(|role| template.resources_of::<Role>().any(|(id, _)| id == *role));
        let Some(role) = role else {
            let path = in_template(&format!("/Resources/{}/Properties/{}", principal.id, principal.property));
            let message = format!("its role is not in the template: {}", principal.id);
            let hint = "make it with `resources::permissions::role`";
            report.findings.push(Finding::error(RULE, path, message).hint(hint));
            continue;
        };
        let required = principal.needs.iter().filter(|need| need.is_required);
        let missing = required.filter(|need| !is_allowed(template, role, need));
        report.findings.extend(missing.map(|need| {
            let path = in_template(&format!("/Resources/{role}/Properties/Policies"));
            let message = format!("{} may not do what it has to: {}", principal.id, describe(need));
            Finding::error(RULE, path, message).hint("allow it in its role")
        }));
    }
}

fn is_allowed(template: &Template, role: &LogicalId, need: &Need) -> bool {
    let granted = template.grants().filter(|granted| granted.owner == role);
    granted
        .filter_map(|granted| match granted.grant {
            Grant::Role(statement) => Some(statement),
            Grant::Trust(_) | Grant::Resource(_) | Grant::Call(_) => None,
        })
        .filter(|statement| statement.effect == Effect::Allow && need.fits(statement))
        .any(|statement| {
            let resources: Vec<String> = statement.resources.iter().map(text).collect();
            statement
                .actions
                .iter()
                .any(|action| resources.iter().any(|resource| need.is_given_by(action, resource)))
        })
}

fn describe(need: &Need) -> String {
    let action = &need.action;
    match &need.on {
        ResourceMatch::Exact(text) => format!("{action} on {text}"),
        ResourceMatch::EndsWith(end) => format!("{action} on ..{end}"),
        ResourceMatch::Any => action.clone(),
    }
}

#[cfg(test)]
mod tests {
    use cfn::resource::{Function, Role};

    use super::*;
    use crate::{
        check::tests::{found, resource},
        environment::ModelId,
        tests::local,
    };

    #[test]
    fn a_model_through_a_geographic_profile_or_by_a_bare_id() {
        for id in ["us.anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic.claude-3-haiku-20240307-v1:0"] {
            let mut app = local();
            app.environment.model.id = ModelId::new(id).unwrap();
            assert_eq!(found(super::check, &app, |_| {}), [""; 0]);
        }
    }

    /// Takes one statement out of a role.
    #[track_caller]
    fn check(role: &str, sid: &str, expect: &[&str]) {
        let found = found(super::check, &local(), |template| {
            let found = resource::<Role>(template, role);
            let statements = &mut found.policies[0].document.statements;
            let before = statements.len();
            statements.retain(|statement| statement.sid.as_deref() != Some(sid));
            assert_eq!(statements.len() + 1, before);
        });
        let expect: Vec<String> = expect
            .iter()
            .map(|text| format!("error template.json#/Resources/{role}/Properties/Policies: {text}"))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_function_without_a_permission() {
        check(
            "ResultCombinerRole",
            "StoreResult",
            &["ResultCombiner may not do what it has to: dynamodb:PutItem on ${ResultsTable.Arn}"],
        );
        // The profile, the model in the region that is called, and the model wherever the profile may send the call.
        let model = [
            "us-east-1:${AWS::AccountId}:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
            "::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        ]
        .map(|arn| {
            format!(
                "RecipeGenerator may not do what it has to: bedrock:InvokeModel on \
                 arn:${{AWS::Partition}}:bedrock:{arn}"
            )
        });
        check("RecipeGeneratorRole", "AskTheModel", &model.each_ref().map(String::as_str));
        check(
            "PriceFetcherRole",
            "ReadSecrets",
            &[
                "PriceFetcher may not do what it has to: ssm:GetParameter on \
                 arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/naver-client-id-local",
                "PriceFetcher may not do what it has to: ssm:GetParameter on \
                 arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/naver-client-secret-local",
            ],
        );
        check(
            "PriceFetcherRole",
            "DecryptSecrets",
            &["PriceFetcher may not do what it has to: kms:Decrypt on ${KeyArn}"],
        );
        check(
            "PriceFetcherRole",
            "KeepPrices",
            &[
                "PriceFetcher may not do what it has to: dynamodb:BatchGetItem on ${PricesTable.Arn}",
                "PriceFetcher may not do what it has to: dynamodb:GetItem on ${PricesTable.Arn}",
                "PriceFetcher may not do what it has to: dynamodb:PutItem on ${PricesTable.Arn}",
                "PriceFetcher may not do what it has to: dynamodb:UpdateItem on ${PricesTable.Arn}",
            ],
        );
        check(
            "RecipeGeneratorRole",
            "WriteLogs",
            &[
                "RecipeGenerator may not do what it has to: logs:CreateLogStream on ${RecipeGeneratorLogs.Arn}",
                "RecipeGenerator may not do what it has to: logs:PutLogEvents on ${RecipeGeneratorLogs.Arn}",
            ],
        );
    }

    /// The key of the tables is the key of the secrets: what may be done for the one may not for the other.
    #[test]
    fn a_function_without_the_key_of_its_table() {
        let words = ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"];
        let expect =
            words.map(|word| format!("PriceFetcher may not do what it has to: kms:{word} on ${{KeyArn}}"));
        check("PriceFetcherRole", "UseTableKey", &expect.each_ref().map(String::as_str));
    }

    #[test]
    fn a_machine_or_a_rule_without_one() {
        check(
            "StateMachineRole",
            "InvokeFunctions",
            &[
                "StateMachine may not do what it has to: lambda:InvokeFunction on ${RecipeGenerator.Arn}",
                "StateMachine may not do what it has to: lambda:InvokeFunction on ${PriceFetcher.Arn}",
                "StateMachine may not do what it has to: lambda:InvokeFunction on ${ResultCombiner.Arn}",
            ],
        );
        check(
            "CloserRole",
            "FailSession",
            &["Closer may not do what it has to: dynamodb:UpdateItem on ${SessionsTable.Arn}"],
        );
        check(
            "CloserRuleRole",
            "StartCloser",
            &["CloserRule may not do what it has to: states:StartExecution on ${Closer.Arn}"],
        );
    }

    #[test]
    fn a_statement_that_denies_gives_nothing() {
        let found = found(super::check, &local(), |template| {
            let role = resource::<Role>(template, "CloserRuleRole");
            role.policies[0].document.statements[0].effect = Effect::Deny;
        });
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_role_from_outside() {
        let found = found(super::check, &local(), |template| {
            let mut functions = template.resources_of_mut::<Function>();
            let (_, function) = functions.next().unwrap();
            function.role = "arn:aws:iam::111122223333:role/other".into();
        });
        assert_eq!(
            found,
            [
                "error template.json#/Resources/PriceFetcher/Properties/Role: its role is not in the template: \
              PriceFetcher"
            ]
        );
    }
}
