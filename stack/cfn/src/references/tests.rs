//! Tests of references: each kind is found at its place, and what points at nothing is named.

use super::*;
use crate::{
    Output, Prop, Pseudo, Text, Value, checked,
    resource::{Function, Role},
    sample::{self, id},
};

/// An empty template with one output of this value.
fn with_output(value: Value) -> Template {
    let mut template = sample::template();
    template.outputs.clear();
    template.add_output(id("Out"), Output::new(checked!(Text<1_024>, ""), value)).unwrap();
    template
}

#[track_caller]
fn dangles(value: Value, expected: &str) {
    let found: Vec<_> = with_output(value).dangling().iter().map(ToString::to_string).collect();
    assert_eq!(found, [expected]);
}

#[track_caller]
fn refers(value: Value, expected: &[(ReferenceKind, &str)]) {
    let references = with_output(value).references();
    let found: Vec<_> = references
        .iter()
        .filter(|reference| reference.path == "/Outputs/Out/Value")
        .map(|reference| (reference.kind, reference.target.to_string()))
        .collect();
    let found: Vec<_> = found.iter().map(|(kind, target)| (*kind, target.as_str())).collect();
    assert_eq!(found, expected);
}

const ARN: ReferenceKind = ReferenceKind::GetAtt(Attribute::Arn);

#[test]
fn a_literal_refers_to_nothing() {
    refers("${Greeter}".into(), &[]);
}

#[test]
fn ref_and_get_att_and_pseudo_parameters() {
    refers(Prop::reference(id("Bucket")), &[(ReferenceKind::Ref, "Bucket")]);
    refers(Prop::arn_of(id("Greeter")), &[(ARN, "Greeter")]);
    refers(Prop::pseudo(Pseudo::Region), &[(ReferenceKind::Ref, "AWS::Region")]);
}

#[test]
fn a_text_refers_by_its_placeholders() {
    let sub = crate::sub!("${!Greeter}${Lost.Arn}${Bucket}");
    refers(sub.into(), &[(ARN, "Lost"), (ReferenceKind::Ref, "Bucket")]);
}

#[test]
fn a_join_refers_by_its_values() {
    let inner = Prop::join("-", [Prop::reference(id("Lost")), "x".into()]);
    refers(
        Prop::join("", [Prop::arn_of(id("Ended")), inner]),
        &[(ARN, "Ended"), (ReferenceKind::Ref, "Lost")],
    );
}

#[test]
fn a_reference_knows_its_place_and_its_resource() {
    let references = sample::template().references();
    let rendered = sample::template().to_json();
    assert!(references.iter().all(|reference| rendered.pointer(&reference.path).is_some()));
    let of_greeter: Vec<_> = references
        .iter()
        .filter(|reference| reference.from == Some(id("Greeter")))
        .map(|r| r.path.as_str())
        .collect();
    assert!(of_greeter.contains(&"/Resources/Greeter/DependsOn/0"), "{of_greeter:?}");
    assert!(
        of_greeter.contains(&"/Resources/Greeter/Properties/Environment/Variables/TABLE"),
        "{of_greeter:?}"
    );
    assert!(references.iter().any(|r| r.from.is_none() && r.path == "/Outputs/MachineArn/Value"));
}

#[test]
fn a_sound_template_has_nothing_dangling_and_no_circle() {
    assert_eq!(sample::template().dangling(), []);
    assert_eq!(sample::template().dependency_cycle(), None);
}

#[test]
fn what_points_at_nothing_is_named() {
    dangles(Prop::reference(id("Nobody")), "/Outputs/Out/Value: nothing has this name: Nobody");
    dangles(crate::sub!("${Nobody.Arn}").into(), "/Outputs/Out/Value: nothing has this name: Nobody");
    dangles(Prop::arn_of(id("Bucket")), "/Outputs/Out/Value: a parameter is not a resource: Bucket");
    dangles(
        Prop::get_att(id("Greeter"), Attribute::QueueUrl),
        "/Outputs/Out/Value: AWS::Lambda::Function has no such attribute: QueueUrl",
    );
    dangles(
        Prop::arn_of(id("LostPolicy")),
        "/Outputs/Out/Value: AWS::SQS::QueuePolicy has no such attribute: Arn",
    );
}

#[test]
fn a_resource_waits_for_resources_only() {
    let mut template = sample::template();
    let greeter = template.resources.get_mut("Greeter").unwrap();
    greeter.depends_on.extend([id("Bucket"), id("Nobody")]);
    let found: Vec<_> = template.dangling().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "/Resources/Greeter/DependsOn/0: a parameter is not a resource: Bucket",
            "/Resources/Greeter/DependsOn/2: nothing has this name: Nobody",
        ]
    );
}

#[test]
fn a_circle_is_found_whole() {
    let mut template = sample::template();
    let (_, role) = template.resources_of_mut::<Role>().next().unwrap();
    role.role_name = Some(crate::sub!("${Greeter}-role").into());
    let cycle: Vec<_> = template.dependency_cycle().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(cycle, ["Greeter", "GreeterRole", "Greeter"]);
}

#[test]
fn who_waits_for_itself_is_a_circle() {
    let mut template = sample::template();
    let (_, function) = template.resources_of_mut::<Function>().next().unwrap();
    function.role = Prop::arn_of(id("Greeter"));
    assert_eq!(template.dependency_cycle().unwrap(), [id("Greeter"), id("Greeter")]);
}
