//! Who is known, what a task needs, and what counts as given.

use cfn::List;

use super::*;
use crate::{resources::ids, tests::local};

#[test]
fn every_principal_has_its_role() {
    let app = local();
    let template = app.lower();
    let principals = principals(&template, app.environment());
    let roles: Vec<_> = principals
        .iter()
        .map(|principal| (principal.id.as_str(), principal.role.map(LogicalId::as_str)))
        .collect();
    assert_eq!(
        roles,
        [
            ("PriceFetcher", Some("PriceFetcherRole")),
            ("RecipeGenerator", Some("RecipeGeneratorRole")),
            ("ResultCombiner", Some("ResultCombinerRole")),
            ("Closer", Some("CloserRole")),
            ("StateMachine", Some("StateMachineRole")),
            ("CloserRule", Some("CloserRuleRole")),
        ]
    );
}

#[test]
fn targets_that_share_a_role_need_it_together() {
    let template = local().lower();
    let (id, rule) = template.resources_of::<Rule>().next().unwrap();
    let mut rule = rule.clone();
    let mut second = rule.targets[0].clone();
    second.arn = Prop::arn_of(ids::MACHINE);
    rule.targets = List::of([rule.targets[0].clone(), second]);
    let [principal] = of_rule(id, &rule).try_into().unwrap();
    let started: Vec<_> = principal.needs.into_iter().map(|need| need.on).collect();
    let arn_of = |id: LogicalId| ResourceMatch::Exact(text(&Prop::arn_of(id)));
    assert_eq!(started, [arn_of(ids::CLOSER), arn_of(ids::MACHINE)]);
}

/// What a machine of one task needs beside the keys of tables.
#[track_caller]
fn check_task(resource: &str, table: Option<&str>, expect: &[(&str, ResourceMatch)]) {
    let mut state = serde_json::json!({ "Type": "Task", "Resource": resource, "End": true });
    if let Some(table) = table {
        state["Parameters"] = serde_json::json!({ "TableName": table });
    }
    let machine = serde_json::json!({ "StartAt": "A", "States": { "A": state } });
    let machine = machine.to_string().parse::<Definition>().unwrap();
    let mut needs = Vec::new();
    of_states(&machine.states, &mut needs);
    needs.retain(|need| !need.action.starts_with("kms:"));
    let found: Vec<_> = needs.into_iter().map(|need| (need.action, need.on)).collect();
    let expect: Vec<_> = expect.iter().map(|(action, on)| ((*action).to_owned(), on.clone())).collect();
    assert_eq!(found, expect);
}

#[test]
fn a_task_needs_what_it_calls() {
    let this = |text: &str| ResourceMatch::Exact(text.to_owned());
    check_task(
        "${Cook.Arn}",
        None,
        &[("lambda:InvokeFunction", this("${Cook.Arn}")), ("lambda:InvokeFunction", this("${Cook.Arn}:*"))],
    );
    let put = "dynamodb:PutItem";
    check_task("arn:aws:states:::dynamodb:putItem", Some("${Rows}"), &[(put, this("${Rows.Arn}"))]);
    check_task(
        "arn:aws:states:::aws-sdk:dynamodb:putItem",
        Some("rows"),
        &[(put, ResourceMatch::EndsWith(":table/rows".to_owned()))],
    );
    check_task("arn:aws:states:::dynamodb:putItem", None, &[(put, ResourceMatch::Any)]);
    check_task("arn:aws:states:::sns:publish", None, &[("sns:Publish", ResourceMatch::Any)]);
}

#[test]
fn who_uses_a_table_uses_its_key() {
    let machine = |resource: &str| {
        let task = serde_json::json!({ "Type": "Task", "Resource": resource, "End": true });
        let machine = serde_json::json!({ "StartAt": "A", "States": { "A": task } });
        let mut needs = Vec::new();
        of_states(&machine.to_string().parse::<Definition>().unwrap().states, &mut needs);
        needs.iter().filter(|need| need.is_given_by("kms:Decrypt", "${KeyArn}")).count()
    };
    assert_eq!(machine("arn:aws:states:::dynamodb:getItem"), 1);
    assert_eq!(machine("arn:aws:states:::sns:publish"), 0);
}

#[test]
fn an_end_is_no_wildcard() {
    let need = Need::new("ssm:GetParameter", ResourceMatch::EndsWith(":parameter/id".to_owned()));
    assert!(need.is_given_by("ssm:GetParameter", "arn:aws:ssm:a:1:parameter/id"));
    assert!(need.is_given_by("SSM:getparameter", "arn:aws:ssm:a:1:parameter/id"));
    assert!(!need.is_given_by("ssm:GetParameter", "arn:aws:ssm:*:1:parameter/id"));
    assert!(!need.is_given_by("ssm:GetParameter", "arn:aws:ssm:a:1:parameter/other-id"));
    assert!(!need.is_given_by("ssm:PutParameter", "arn:aws:ssm:a:1:parameter/id"));
}
