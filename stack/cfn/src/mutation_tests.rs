//! The words of CloudFormation, mutated.

use crate::{
    Intrinsic, LogicalId, Sub,
    name::{Action, ServicePrincipal, TagKey},
    parameter::AllowedPattern,
};

#[test]
fn mutated_words_are_refused_or_kept() {
    let samples = [
        "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/claude",
        "${Table.Arn}/${!Literal}-${Name}",
        "dynamodb:PutItem",
        "states.amazonaws.com",
        "^[a-z]{1,20}$",
    ];
    let words =
        ["${", "${!", "}", "AWS::", ".Arn", "${AWS::AccountId}", "[", "(?", "{9999}", "\\d", "|", "*", "+"];
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(sub) = Sub::parse(text.as_ref()) {
            assert_eq!(sub.text(), text);
        }
        let _id = LogicalId::new(text.as_ref());
        let _action = Action::new(text.as_ref());
        let _principal = ServicePrincipal::new(text.as_ref());
        let _key = TagKey::new(text.as_ref());
        if let Ok(pattern) = AllowedPattern::new(text.as_ref()) {
            let _either = pattern.matches("a-name-of-some-length-0123456789");
        }
    });
}

#[test]
fn a_mutated_intrinsic_function_is_refused_or_written_as_it_was_read() {
    let samples = [
        r#"{"Ref":"Table"}"#,
        r#"{"Fn::GetAtt":["Table","Arn"]}"#,
        r#"{"Fn::Sub":"${A}-${B.Arn}"}"#,
        r#"{"Fn::Join":["-",["a",{"Ref":"B"},{"Fn::Sub":"${AWS::Region}"}]]}"#,
    ];
    let words = ["Ref", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Fn::If", "AWS::NoValue", "Arn", "${", "${!x}"];
    mutations::check(&samples, &words, |bytes| {
        let Ok(node) = serde_json::from_slice(bytes) else {
            return;
        };
        if let Some(Ok(intrinsic)) = Intrinsic::from_json(&node) {
            let written = serde_json::to_value(&intrinsic).unwrap();
            assert_eq!(Intrinsic::from_json(&written).unwrap().unwrap(), intrinsic);
        }
    });
}
