//! Environment files and account parameters, mutated.

use std::collections::BTreeMap;

use cfn::resolve::{Account, resolve};

use crate::{Environment, app, check, checked, synth};

#[test]
fn a_mutated_environment_is_refused_or_synthesised() {
    let samples = [
        include_str!("../../environments/dev.toml"),
        include_str!("../../environments/prod.toml"),
        include_str!("../../environments/local-living.toml"),
        include_str!("environment/local.toml"),
        "name=\"dev\"\nregion=\"ap-northeast-2\"\nbedrock_region=\"us-east-1\"\nprices=\"best-effort\"\nsources=[\"naver\",\"kamis\"]\n[model]\nend_of_life=2026-01-01\n[source.naver]\nbase_url=\"http://localhost:1/x\"\nconcurrency=1\n[source.kamis]\nper_day=2\nkey_parameter=\"/k\"\n",
    ];
    let words = [
        "region",
        "account",
        "arm64",
        "log_retention_days",
        "[model]",
        "end_of_life",
        "destination_regions",
        "best-effort",
        "sources",
        "[source.elevenst]",
        "\"kamis\"",
        "base_url",
        "per_second",
        "fresh_s",
        "=",
        "\"\"\"",
        "[[",
        "2026-02-30",
        "inf",
        "nan",
        "1979-05-27T07:32:00Z",
    ];
    let today = jiff::civil::date(2026, 11, 23);
    mutations::check(&samples, &words, |bytes| {
        let Ok(environment) = Environment::parse("dev.toml", &String::from_utf8_lossy(bytes)) else {
            return;
        };
        let app = app(&environment);
        assert_eq!(check(&app, today).has_errors(), checked(app.clone(), today).is_err());
        for (name, file) in synth(&app) {
            assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&file).is_ok(), "not JSON: {name}");
        }
    });
}

#[test]
fn mutated_parameters_resolve_or_are_refused_with_a_word() {
    let samples = [
        r#"{"region":"ap-northeast-2","account":"123456789012","stack":"ai-chef","ArtifactsBucket":"a-bucket","DataKeyArn":"arn:aws:kms:ap-northeast-2:123456789012:key/a"}"#,
        r#"{"region":"cn-north-1","account":"1","stack":"s"}"#,
    ];
    let words = ["ArtifactsBucket", "DataKeyArn", "RecipeGeneratorCodeKey", "arn:aws:kms:", "us-gov-west-1"];
    let template = app(&Environment::local().unwrap()).lower();
    mutations::check(&samples, &words, |bytes| {
        let Ok(mut parameters) = serde_json::from_slice::<BTreeMap<String, String>>(bytes) else {
            return;
        };
        let mut take = |name: &str| parameters.remove(name).unwrap_or_default();
        let account = Account {
            region: take("region"),
            account_id: take("account"),
            stack_name: take("stack"),
            parameters,
        };
        if let Err(refused) = resolve(&template, &account) {
            let _hint = refused.hint();
            assert!(!refused.to_string().is_empty());
        }
    });
}
