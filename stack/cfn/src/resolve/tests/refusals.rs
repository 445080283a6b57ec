//! Errors and their messages.

use super::*;
use crate::{Parameter, parameter::AllowedPattern, sub};

#[test]
fn parameters_are_asked_for_and_checked() {
    let template = sample::template();
    let with = |change: &dyn Fn(&mut BTreeMap<String, String>)| {
        let mut account = account();
        change(&mut account.parameters);
        account
    };
    let missing = with(&|parameters| drop(parameters.remove("Bucket")));
    refused(&template, &missing, "/Parameters/Bucket", "a parameter has no value: Bucket");
    let unknown = with(&|parameters| drop(parameters.insert("Bukcet".into(), "b".into())));
    refused(&template, &unknown, "/Parameters", "the template has no such parameter: Bukcet");
    let wrong = with(&|parameters| drop(parameters.insert("KeyArn".into(), "secret".into())));
    let message = "parameter KeyArn: expected a match of arn:[a-z-]+:kms:.+";
    refused(&template, &wrong, "/Parameters/KeyArn", message);
}

#[test]
fn a_default_is_taken_where_nothing_is_given() {
    let mut template = Template::default();
    let parameter = Parameter {
        default: Some("7".to_owned()),
        allowed_pattern: Some(AllowedPattern::new("[0-9]").unwrap()),
        ..Parameter::described(checked!(Text<4_000>, "how many"))
    };
    template.add_parameter(id("Many"), parameter).unwrap();
    template
        .add_output(id("Out"), Output::new(checked!(Text<1_024>, ""), Prop::reference(id("Many"))))
        .unwrap();
    let mut account = account();
    account.parameters.clear();
    assert_eq!(resolve(&template, &account).unwrap().outputs["Out"], "7");
    account.parameters.insert("Many".to_owned(), "8".to_owned());
    assert_eq!(resolve(&template, &account).unwrap().outputs["Out"], "8");
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let error = out(Prop::reference(id("Nobody"))).unwrap_err();
    assert_eq!(error.path(), "/Outputs/Out/Value");
    assert_eq!(error.to_string(), "/Outputs/Out/Value: nothing has this name: Nobody");
    let error = out(Prop::get_att(id("Lost"), Attribute::RoleId)).unwrap_err();
    assert_eq!(error.hint().as_deref(), Some("it has Arn, QueueName, QueueUrl"));
}

#[test]
fn a_computed_name_has_to_be_one() {
    let mut template = sample::template();
    for (_, function) in template.resources_of_mut::<Function>() {
        function.function_name = Some(sub!("${AWS::StackName} greeter").into());
    }
    let path = "/Resources/Greeter/Properties/FunctionName";
    let message = format!("{path}: expected 1 to 64 letters, digits, - and _, got: hello greeter");
    refused(&template, &account(), path, &message);
    for (_, function) in template.resources_of_mut::<Function>() {
        function.function_name = Some(sub!("${AWS::StackName}-${Bucket}-greeter").into());
    }
    assert_eq!(
        only::<Function<Literal>>(&resolve(&template, &account()).unwrap()).name,
        "hello-zips-greeter"
    );
}

#[test]
fn a_name_may_be_computed_from_another_but_not_in_a_circle() {
    let mut template = sample::template();
    for (_, queue) in template.resources_of_mut::<Queue>() {
        queue.queue_name = Some(sub!("${Greetings}-lost").into());
    }
    assert_eq!(only::<Queue<Literal>>(&resolve(&template, &account()).unwrap()).name, "greetings-lost");
    for (_, table) in template.resources_of_mut::<Table>() {
        table.table_name = Some(sub!("${Lost.QueueName}").into());
    }
    let message = "resources wait for each other: Greetings -> Lost -> Greetings";
    refused(&template, &account(), "/Resources/Greetings", message);
}

#[test]
fn a_literal_that_looks_like_an_intrinsic_function_is_refused() {
    let mut template = sample::template();
    for (_, rule) in template.resources_of_mut::<Rule>() {
        let only = [("Ref".to_owned(), Match::any_of(["x"]))];
        rule.event_pattern.detail = BTreeMap::from(only);
    }
    let path = "/Resources/Ended/Properties/EventPattern/detail";
    refused(&template, &account(), path, &format!("{path}: not the shape of an intrinsic function: Ref"));
}
