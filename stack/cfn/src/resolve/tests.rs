//! Tests of [`resolve`](super::resolve): what each reference stands for, and what is refused.

use super::*;
use crate::{
    Output, Text, Value, checked, resource,
    sample::{self, id},
};

mod intrinsics;
mod refusals;

fn account() -> Account {
    Account {
        partition: Partition::Aws,
        region: "ap-northeast-2".to_owned(),
        account_id: "123456789012".to_owned(),
        stack_name: "hello".to_owned(),
        parameters: BTreeMap::from([
            ("Bucket".to_owned(), "zips".to_owned()),
            (
                "KeyArn".to_owned(),
                "arn:aws:kms:ap-northeast-2:123456789012:key/k".to_owned(),
            ),
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
    template
        .add_output(id("Out"), Output::new(checked!(Text<1_024>, ""), value))
        .unwrap();
    Ok(resolve(&template, account)?.outputs.remove("Out").unwrap())
}

#[track_caller]
fn check(value: impl Into<Value>, expected: &str) {
    assert_eq!(out(value.into()).unwrap(), expected);
}

#[track_caller]
fn refused(template: &Template, account: &Account, path: &str, message: &str) {
    let error = resolve(template, account).unwrap_err();
    assert_eq!(
        (error.path().as_str(), error.to_string().as_str()),
        (path, message)
    );
}

#[test]
fn the_whole_sample() {
    let resolved = sample();
    let shown: BTreeMap<_, _> = resolved
        .resources
        .iter()
        .map(|(id, resource)| {
            let ResolvedResource {
                resource_type,
                name,
                arn,
                reference,
                properties,
            } = resource;
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
fn a_generated_name_fits_and_stays_the_same() {
    let long = LogicalId::new("L".repeat(255)).unwrap();
    let mut template = Template::default();
    let mut roles = sample::template();
    let (_, role) = roles.resources_of_mut::<resource::Role>().last().unwrap();
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

#[test]
fn what_runs_can_be_read_without_knowing_the_format() {
    let resolved = sample();
    let [function] = resolved.functions() else {
        panic!("one function")
    };
    assert_eq!(
        (function.logical_id.as_str(), function.name.as_str()),
        ("Greeter", "greeter")
    );
    assert_eq!(
        function.arn,
        "arn:aws:lambda:ap-northeast-2:123456789012:function:greeter"
    );
    assert_eq!(function.role_arn, "arn:aws:iam::123456789012:role/greeter-role");
    assert_eq!(
        (function.code_bucket.as_str(), function.code_key.as_str()),
        ("zips", "greeter.zip")
    );
    assert_eq!(
        (function.handler.as_str(), function.timeout_s, function.memory_mb),
        ("bootstrap", 10, 256)
    );
    assert_eq!(function.log_group, "/greeter");
    assert_eq!(function.environment["TABLE"], "greetings");
    assert_eq!(function.environment["GREETING"], "안녕하세요");

    let [table] = resolved.tables() else {
        panic!("one table")
    };
    assert_eq!(table.name, "greetings");
    assert_eq!(table.key.partition.name.as_str(), "who");
    assert_eq!(
        table.key.sort.as_ref().unwrap().attribute_type,
        resource::AttributeType::Number
    );
    assert_eq!(table.ttl_attribute.as_deref(), Some("TTL"));

    let [machine] = resolved.state_machines() else {
        panic!("one machine")
    };
    assert_eq!(
        (machine.name.as_str(), machine.machine_type),
        ("greeting", resource::MachineType::Standard)
    );
    assert_eq!(
        machine.definition,
        sample::DEFINITION.replace("${Greeter.Arn}", &function.arn)
    );
    assert!(
        machine
            .role_arn
            .starts_with("arn:aws:iam::123456789012:role/hello-GreetingRole-")
    );

    let [rule] = resolved.rules() else {
        panic!("one rule")
    };
    assert_eq!(
        rule.event_pattern["detail"]["stateMachineArn"][0],
        machine.arn.as_str()
    );
    let [target] = rule.targets.as_slice() else {
        panic!("one target")
    };
    assert_eq!(
        (target.arn.as_str(), target.role_arn.as_deref()),
        (function.arn.as_str(), None)
    );
    assert_eq!(target.retry_policy.unwrap().attempts.get(), 8);
    let transformer = target.input_transformer.as_ref().unwrap();
    assert_eq!(transformer.input_paths["name"], "$.detail.name");
    assert_eq!(transformer.input_template, r#"{"name": <name>}"#);

    let [queue] = resolved.queues() else {
        panic!("one queue")
    };
    assert_eq!(target.dead_letter_arn.as_deref(), Some(queue.arn.as_str()));
    assert_eq!(
        (queue.message_retention_s, queue.name.as_str()),
        (1_209_600, "lost")
    );
}

#[test]
fn no_intrinsic_function_is_left() {
    for (id, resource) in sample().resources {
        let text = resource.properties.to_string();
        assert!(
            !text.contains("\"Fn::") && !text.contains("\"Ref\"") && !text.contains("${"),
            "{id}: {text}"
        );
    }
}

#[test]
fn defaults_of_what_is_not_said() {
    let mut template = sample::template();
    for (_, function) in template.resources_of_mut::<resource::Function>() {
        function.logging = None;
    }
    for (_, queue) in template.resources_of_mut::<resource::Queue>() {
        queue.message_retention_s = None;
    }
    let resolved = resolve(&template, &account()).unwrap();
    assert_eq!(resolved.functions()[0].log_group, "/aws/lambda/greeter");
    assert_eq!(resolved.queues()[0].message_retention_s, 345_600);
}

#[test]
fn resources_without_properties_of_interest_are_still_there() {
    let resolved = sample();
    let policy = resolved.resources.get("LostPolicy").unwrap();
    assert_eq!(policy.resource_type, "AWS::SQS::QueuePolicy");
    assert_eq!(policy.arn, None);
    assert_eq!(
        policy.properties["Queues"][0],
        "https://sqs.ap-northeast-2.amazonaws.com/123456789012/lost"
    );
}
