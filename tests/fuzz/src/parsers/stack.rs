//! Environment files, and the words of CloudFormation.

use std::collections::BTreeMap;

use asl::StateMachine;
use cfn::{
    LogicalId, Sub,
    name::{Action, ServicePrincipal, TagKey},
    parameter::AllowedPattern,
    resolve::{Account, Partition, resolve},
};
use stack::{
    Environment,
    environment::{EnvironmentName, PricesPolicy},
};

use super::json::texts;
use crate::{Parser, parser::text};

pub(super) const PARSERS: &[Parser] = &[
    Parser {
        name: "environment",
        reads: "an environment's file; what is taken is synthesised and checked",
        feed: environment,
        seeds: || {
            texts([
                include_str!("../../../../environments/dev.toml"),
                include_str!("../../../../environments/staging.toml"),
                include_str!("../../../../environments/prod.toml"),
                include_str!("../../../../environments/local-living.toml"),
                include_str!("../../../../stack/src/environment/local.toml"),
                "name=\"dev\"\nregion=\"ap-northeast-2\"\nbedrock_region=\"us-east-1\"\nprices=\"best-effort\"\nsources=[\"naver\",\"kamis\"]\n[model]\nend_of_life=2026-01-01\ndestination_regions=[\"us-east-1\"]\n[source.naver]\nbase_url=\"http://localhost:1/x\"\nconcurrency=1\n[source.kamis]\nper_day=2\nkey_parameter=\"/k\"\n",
            ])
        },
        words: &[
            "name",
            "region",
            "bedrock_region",
            "account",
            "architecture",
            "arm64",
            "log_retention_days",
            "deletion_protection",
            "[model]",
            "id",
            "end_of_life",
            "max_tokens",
            "destination_regions",
            "prices",
            "best-effort",
            "sources",
            "[source.chamgagyeok]",
            "[source.elevenst]",
            "\"kamis\"",
            "base_url",
            "concurrency",
            "per_second",
            "per_day",
            "fresh_s",
            "client_id_parameter",
            "key_parameter",
            "=",
            "\"\"\"",
            "'''",
            "[[",
            "]]",
            "2026-02-30",
            "inf",
            "nan",
            "0x",
            "1_000",
            "1979-05-27T07:32:00Z",
            "us.anthropic.claude",
            "ap-northeast-2",
        ],
    },
    Parser {
        name: "sub",
        reads: "`Fn::Sub` texts, names and parameters' patterns",
        feed: sub,
        seeds: || {
            texts([
                "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/claude",
                "${Table.Arn}/${!Literal}-${Name}",
                "dynamodb:PutItem",
                "states.amazonaws.com",
                "^[a-z]{1,20}$",
            ])
        },
        words: &[
            "${",
            "${!",
            "}",
            "AWS::",
            ".Arn",
            "${AWS::AccountId}",
            "[",
            "(?",
            "{9999}",
            "\\d",
            "|",
            "*",
            "+",
        ],
    },
    Parser {
        name: "intrinsic",
        reads: "intrinsic functions of a rendered template",
        feed: intrinsic,
        seeds: || {
            texts([
                r#"{"Ref":"Table"}"#,
                r#"{"Fn::GetAtt":["Table","Arn"]}"#,
                r#"{"Fn::Sub":["${a}-${B.Arn}",{"a":{"Ref":"AWS::Region"}}]}"#,
                r#"{"Fn::Join":["-",["a",{"Ref":"B"},{"Fn::Sub":"${AWS::Region}"}]]}"#,
            ])
        },
        words: &[
            "Ref",
            "Fn::Sub",
            "Fn::Join",
            "Fn::GetAtt",
            "Fn::If",
            "AWS::NoValue",
            "Arn",
            "${",
            "${!x}",
        ],
    },
    Parser {
        name: "parameters",
        reads: "an account's names and parameters, in which our template is resolved",
        feed: parameters,
        seeds: || {
            texts([
                r#"{"region":"ap-northeast-2","account":"123456789012","stack":"ai-chef","ArtifactsBucket":"a-bucket","DataKeyArn":"arn:aws:kms:ap-northeast-2:123456789012:key/a"}"#,
                r#"{"region":"cn-north-1","account":"1","stack":"s"}"#,
            ])
        },
        words: &[
            "ArtifactsBucket",
            "DataKeyArn",
            "RecipeGeneratorCodeKey",
            "arn:aws:kms:",
            "aws-cn",
            "us-gov-west-1",
        ],
    },
];

fn environment(bytes: &[u8]) {
    let Ok(environment) = Environment::parse("dev.toml", &text(bytes)) else {
        return;
    };
    let app = stack::app(&environment);
    let today = jiff::civil::date(2026, 11, 23);
    let report = stack::check(&app, today);
    assert_eq!(
        report.has_errors(),
        stack::checked(app.clone(), today).is_err(),
        "checked is not check"
    );
    for (name, file) in stack::synth(&app) {
        assert!(
            serde_json::from_slice::<serde::de::IgnoredAny>(&file).is_ok(),
            "not JSON: {name}"
        );
    }
    let machine = stack::workflow::workflow(PricesPolicy::BestEffort).to_json_string();
    assert!(
        machine.parse::<StateMachine>().is_ok(),
        "our own machine is refused"
    );
}

fn sub(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(sub) = Sub::parse(text.as_ref()) {
        assert_eq!(sub.text(), text, "another text");
        let _parts = sub.parts().count();
    }
    let _id = LogicalId::new(text.as_ref());
    let _action = Action::new(text.as_ref());
    let _principal = ServicePrincipal::new(text.as_ref());
    let _key = TagKey::new(text.as_ref());
    let _name = EnvironmentName::new(&text);
    if let Ok(pattern) = AllowedPattern::new(text.as_ref()) {
        let _either = pattern.matches("a-name-of-some-length-0123456789");
    }
}

fn intrinsic(bytes: &[u8]) {
    let Ok(node) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        return;
    };
    if let Some(Ok(intrinsic)) = cfn::fuzz::intrinsic(&node) {
        let written = serde_json::to_value(&intrinsic).unwrap_or_default();
        assert_eq!(
            cfn::fuzz::intrinsic(&written),
            Some(Ok(intrinsic)),
            "written as another function"
        );
    }
}

fn parameters(bytes: &[u8]) {
    let Ok(mut given) = serde_json::from_slice::<BTreeMap<String, String>>(bytes) else {
        return;
    };
    let mut take = |name: &str| given.remove(name).unwrap_or_default();
    let account = Account {
        partition: Partition::Aws,
        region: take("region"),
        account_id: take("account"),
        stack_name: take("stack"),
        parameters: given,
    };
    let Ok(environment) = Environment::local() else {
        return;
    };
    let template = stack::app(&environment).lower();
    if let Err(refused) = resolve(&template, &account) {
        let _hint = refused.hint();
        assert!(!refused.to_string().is_empty(), "refused without a word");
    }
}
