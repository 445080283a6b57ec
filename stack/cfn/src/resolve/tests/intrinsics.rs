//! What each intrinsic function stands for.

use super::*;
use crate::{Join, name::VariableName, sub};

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
fn a_text_with_placeholders() {
    check(sub!("plain 된장 $ { } $.path $$.Execution.Id"), "plain 된장 $ { } $.path $$.Execution.Id");
    check(sub!("${Bucket}/${Greeter}"), "zips/greeter");
    check(sub!("<${Lost.Arn}>"), "<arn:aws:sqs:ap-northeast-2:123456789012:lost>");
    check(sub!("${!Literal} ${!AWS::Region} ${!}"), "${Literal} ${AWS::Region} ${}");
    check(sub!("$${Bucket}}"), "$zips}");
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
