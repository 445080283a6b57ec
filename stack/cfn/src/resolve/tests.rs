//! Tests of [`resolve`](super::resolve): what each reference stands for, and what is refused.

use std::collections::BTreeSet;

use super::*;
use crate::{
    Literal, Output, ResourceType, Text, Value, checked,
    resource::{Function, Match, Queue, Role, Rule, Table},
    sample::{self, id},
};

mod intrinsics;
mod refusals;

fn account() -> Account {
    Account {
        region: "ap-northeast-2".to_owned(),
        account_id: "123456789012".to_owned(),
        stack_name: "hello".to_owned(),
        parameters: BTreeMap::from([
            ("Bucket".to_owned(), "zips".to_owned()),
            ("KeyArn".to_owned(), "arn:aws:kms:ap-northeast-2:123456789012:key/k".to_owned()),
        ]),
    }
}

fn sample() -> Resolved {
    resolve(&sample::template(), &account()).unwrap()
}

fn out(value: Value) -> Result<String, ResolveError> {
    out_in(&account(), value)
}

fn out_in(account: &Account, value: Value) -> Result<String, ResolveError> {
    let mut template = sample::template();
    template.outputs.clear();
    template.add_output(id("Out"), Output::new(checked!(Text<1_024>, ""), value)).unwrap();
    Ok(resolve(&template, account)?.outputs.remove("Out").unwrap())
}

#[track_caller]
fn check(value: impl Into<Value>, expected: &str) {
    assert_eq!(out(value.into()).unwrap(), expected);
}

#[track_caller]
fn refused(template: &Template, account: &Account, path: &str, message: &str) {
    let error = resolve(template, account).unwrap_err();
    assert_eq!((error.path().as_str(), error.to_string().as_str()), (path, message));
}

#[test]
fn the_whole_sample() {
    let resolved = sample();
    let shown: BTreeMap<_, _> = resolved
        .resources
        .iter()
        .map(|(id, resource)| {
            let ResolvedResource { resource_type, name, arn, reference, properties } = resource;
            let shown = serde_json::json!({
                "type": resource_type, "name": name, "arn": arn, "ref": reference, "properties": properties,
            });
            (id.as_str(), shown)
        })
        .collect();
    // Whether `serde_json` keeps the order of insertion depends on the other crates of a build.
    insta::with_settings!({sort_maps => true}, { insta::assert_json_snapshot!(shown) });
}

#[test]
fn the_sample_has_every_type() {
    let types = sample().resources.into_values().map(|resource| resource.resource_type);
    let types: BTreeSet<_> = types.collect();
    assert_eq!(types, Properties::TYPES.iter().copied().collect());
}

#[test]
fn a_generated_name_fits_and_stays_the_same() {
    let long = LogicalId::new("L".repeat(255)).unwrap();
    let mut template = Template::default();
    let mut roles = sample::template();
    let (_, role) = roles.resources_of_mut::<Role>().last().unwrap();
    role.policies.clear();
    template.add(long.clone(), role.clone()).unwrap();
    let mut other = account();
    other.parameters.clear();
    let name = |account: &Account| resolve(&template, account).unwrap().resources[&long].name.clone();
    let one = name(&other);
    assert_eq!(one.len(), 64);
    assert_eq!(one, name(&other));
    other.stack_name = "hello2".to_owned();
    assert_ne!(one, name(&other));
}

#[track_caller]
fn only<R: ResourceType<Literal>>(resolved: &Resolved) -> Physical<'_, R> {
    let mut found = resolved.of::<R>();
    let first = found.next().expect("one of the type");
    assert_eq!(found.count(), 0);
    first
}

#[test]
fn defaults_of_what_is_not_said() {
    let mut template = sample::template();
    for (_, function) in template.resources_of_mut::<Function>() {
        function.logging = None;
    }
    let resolved = resolve(&template, &account()).unwrap();
    let function = only::<Function<Literal>>(&resolved);
    assert_eq!(function.properties.log_group(function.name), "/aws/lambda/greeter");
}
