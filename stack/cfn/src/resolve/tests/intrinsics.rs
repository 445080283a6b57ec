//! What each intrinsic function stands for.

use super::*;
use crate::{Join, Sub, name::VariableName, sub};

#[test]
fn ref_gives_what_each_type_gives() {
    let reference = |name| Value::reference(id(name));
    check(reference("Bucket"), "zips");
    check(reference("Greeter"), "greeter");
    check(reference("Greetings"), "greetings");
    check(reference("GreeterRole"), "greeter-role");
    check(reference("GreeterLogs"), "/greeter");
    check(reference("Ended"), "ended");
    check(reference("Greeting"), "arn:aws:states:ap-northeast-2:123456789012:stateMachine:greeting");
    check(reference("Lost"), "https://sqs.ap-northeast-2.amazonaws.com/123456789012/lost");
}

#[test]
fn arns_are_as_aws_forms_them() {
    let arn = |name| Value::arn_of(id(name));
    check(arn("Greeter"), "arn:aws:lambda:ap-northeast-2:123456789012:function:greeter");
    check(arn("Greeting"), "arn:aws:states:ap-northeast-2:123456789012:stateMachine:greeting");
    check(arn("Greetings"), "arn:aws:dynamodb:ap-northeast-2:123456789012:table/greetings");
    check(arn("GreeterRole"), "arn:aws:iam::123456789012:role/greeter-role");
    check(arn("GreeterLogs"), "arn:aws:logs:ap-northeast-2:123456789012:log-group:/greeter:*");
    check(arn("Lost"), "arn:aws:sqs:ap-northeast-2:123456789012:lost");
    check(arn("Ended"), "arn:aws:events:ap-northeast-2:123456789012:rule/ended");
}

#[test]
fn the_other_attributes() {
    let attribute = |name, attribute| Value::get_att(id(name), attribute);
    check(
        attribute("Lost", Attribute::QueueUrl),
        "https://sqs.ap-northeast-2.amazonaws.com/123456789012/lost",
    );
    check(attribute("Lost", Attribute::QueueName), "lost");
    check(attribute("Greeting", Attribute::Name), "greeting");
    let role_id = out(attribute("GreeterRole", Attribute::RoleId)).unwrap();
    assert!(role_id.len() == 21 && role_id.starts_with("AROA"), "{role_id}");
    assert_eq!(out(attribute("EndedCalls", Attribute::Id)), out(Value::reference(id("EndedCalls"))));
}

#[test]
fn pseudo_parameters() {
    check(Value::pseudo(Pseudo::Region), "ap-northeast-2");
    check(Value::pseudo(Pseudo::AccountId), "123456789012");
    check(Value::pseudo(Pseudo::Partition), "aws");
    check(Value::pseudo(Pseudo::StackName), "hello");
    check(Value::pseudo(Pseudo::UrlSuffix), "amazonaws.com");
    let stack_id = out(Value::pseudo(Pseudo::StackId)).unwrap();
    let uuid =
        stack_id.strip_prefix("arn:aws:cloudformation:ap-northeast-2:123456789012:stack/hello/").unwrap();
    assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
}

#[test]
fn another_partition_shows_in_arns_and_urls() {
    let china = Account { partition: Partition::AwsCn, region: "cn-north-1".to_owned(), ..account() };
    let value = sub!("${Lost.Arn} ${Lost} ${AWS::URLSuffix}");
    assert_eq!(
        out_in(&china, value.into()).unwrap(),
        "arn:aws-cn:sqs:cn-north-1:123456789012:lost \
         https://sqs.cn-north-1.amazonaws.com.cn/123456789012/lost amazonaws.com.cn"
    );
    let government = Account { partition: Partition::AwsUsGov, ..account() };
    assert_eq!(out_in(&government, sub!("${AWS::Partition}").into()).unwrap(), "aws-us-gov");
}

#[test]
fn a_text_with_placeholders() {
    check(sub!("plain 된장 $ { } $.path $$.Execution.Id"), "plain 된장 $ { } $.path $$.Execution.Id");
    check(sub!("${Bucket}/${Greeter}"), "zips/greeter");
    check(sub!("<${Lost.Arn}>"), "<arn:aws:sqs:ap-northeast-2:123456789012:lost>");
    check(sub!("${!Literal} ${!AWS::Region} ${!}"), "${Literal} ${AWS::Region} ${}");
    check(sub!("$${Bucket}}"), "$zips}");
}

#[test]
fn a_text_with_variables() {
    let variables =
        [("Bucket".to_owned(), Prop::reference(id("Greeter"))), ("V".to_owned(), "${Lost}".into())];
    // A variable goes before a parameter of the same name, and what it holds is not looked into.
    check(Sub::with("${Bucket} ${V} ${Bucket}", variables).unwrap(), "greeter ${Lost} greeter");
}

#[test]
fn a_join() {
    check(Value::join(":", ["a".into(), Prop::reference(id("Bucket")), "c".into()]), "a:zips:c");
    check(
        Value::join("", [Value::join("-", ["a".into(), "b".into()]), sub!("${Greeter}").into()]),
        "a-bgreeter",
    );
    check(Intrinsic::Join(Join { delimiter: ",".to_owned(), values: vec![] }), "");
}

#[test]
fn no_value_takes_its_property_away_and_is_no_text() {
    let mut template = sample::template();
    for (_, function) in template.resources_of_mut::<Function>() {
        function
            .environment
            .variables
            .insert(checked!(VariableName, "GREETING"), Prop::pseudo(Pseudo::NoValue));
        function.function_name = Some(Prop::pseudo(Pseudo::NoValue));
    }
    let resolved = resolve(&template, &account()).unwrap();
    let function = only::<Function<Literal>>(&resolved);
    let variables: Vec<_> = function.properties.environment.variables.keys().collect();
    assert_eq!(variables, [&checked!(VariableName, "TABLE")]);
    assert_eq!(function.properties.function_name, None);
    assert!(function.name.starts_with("hello-Greeter-"), "{}", function.name);

    for value in [Prop::pseudo(Pseudo::NoValue), sub!("${AWS::NoValue}").into()] {
        let error = out(value).unwrap_err();
        assert_eq!(error, ResolveError::NoValue { path: "/Outputs/Out/Value".to_owned() });
    }
}
