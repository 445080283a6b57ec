//! The environments of this repository parse; everything else is refused with file, line, expectation and hint.

use super::*;

pub(super) const VALID: &str = r#"name = "dev"
region = "ap-northeast-2"
bedrock_region = "us-east-1"
account = "123456789012"
architecture = "arm64"
log_retention_days = 7
deletion_protection = true
sources = ["naver"]
[model]
id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
end_of_life = "2027-01-08"
max_tokens = 4000
destination_regions = ["us-east-1", "us-west-2"]

[source.naver]
fresh_s = 600
base_url = "https://prices.example.com/naver/"
concurrency = 3
per_second = 4
client_id_parameter = "/ai-chef/id"
client_secret_parameter = "/ai-chef/secret"
per_day = 5000
"#;

/// Replaces one line of a valid file and says what the reader thinks of it.
#[track_caller]
pub(super) fn check(line: &str, instead: &str, expect: &str) {
    assert_eq!(VALID.matches(line).count(), 1, "{line}");
    let error = Environment::parse("dev.toml", &VALID.replace(line, instead)).unwrap_err();
    let said = match error.hint() {
        Some(hint) => format!("{error} | {hint}"),
        None => error.to_string(),
    };
    assert_eq!(said, expect);
}

#[test]
fn every_key_is_read() {
    let environment = Environment::parse("environments/dev.toml", VALID).unwrap();
    insta::assert_debug_snapshot!(environment);
}

#[test]
fn a_short_file_has_the_seeds_defaults() {
    let text =
        "name = \"dev\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\nsources = [\"naver\"]";
    let environment = Environment::parse("dev.toml", text).unwrap();
    let [naver] = environment.sources.as_slice() else { panic!("{environment:?}") };
    assert_eq!(environment.prices_policy, PricesPolicy::Required);
    assert_eq!(environment.model.id.as_str(), ModelId::DEFAULT);
    assert_eq!(environment.model.end_of_life, EndOfLife::Unknown);
    assert_eq!(environment.model.max_tokens.get(), 2_000);
    assert_eq!((naver.concurrency.get(), naver.per_second.get()), (10, 10));
    assert_eq!(naver.base_url.as_str(), "https://openapi.naver.com");
    assert_eq!(naver.key_parameters[0].as_str(), "naver-client-id-dev");
    assert!(!environment.deletion_protection);
    let prod = Environment::parse("prod.toml", &text.replace("\"dev\"", "\"prod\"")).unwrap();
    assert!(prod.deletion_protection);
}

#[test]
fn the_environments_of_the_repository_parse() {
    for (name, text) in crate::tests::EXAMPLES {
        let environment = Environment::parse(&format!("environments/{name}.toml"), text);
        assert_eq!(environment.unwrap().name.as_str(), name);
    }
    assert_eq!(Environment::local().unwrap().name.as_str(), "local");
}

#[test]
fn the_seeds_own_model_still_parses() {
    let text = VALID
        .replace("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-3-sonnet-20240229-v1:0")
        .replace("destination_regions = [\"us-east-1\", \"us-west-2\"]", "");
    let model = Environment::parse("dev.toml", &text).unwrap().model;
    assert_eq!(model.id.inference_scope(), InferenceScope::Region);
    assert_eq!(model.id.foundation_model(), "anthropic.claude-3-sonnet-20240229-v1:0");
}

#[test]
fn a_date_may_be_a_date_of_toml() {
    let text = VALID.replace("\"2027-01-08\"", "2027-01-08");
    assert_eq!(Environment::parse("dev.toml", &text).unwrap().model.end_of_life.to_string(), "2027-01-08");
}

#[test]
fn an_unknown_key_names_its_line_and_the_nearest_one() {
    let all = "name, region, bedrock_region, account, architecture, log_retention_days, deletion_protection, model, prices, sources, source";
    check(
        "account = \"123456789012\"",
        "acount = \"1\"",
        &format!("dev.toml:4: unknown key: acount | did you mean `account`? valid here: {all}"),
    );
    check(
        "max_tokens = 4000",
        "max_token = 4000",
        "dev.toml:12: unknown key: model.max_token | did you mean `max_tokens`? valid here: id, end_of_life, \
         max_tokens, destination_regions",
    );
    check(
        "concurrency = 3",
        "zzz = 3",
        "dev.toml:18: unknown key: source.naver.zzz | valid here: base_url, concurrency, per_second, per_day, fresh_s, \
         client_id_parameter, client_secret_parameter",
    );
    check(
        "[model]",
        "[modle]",
        &format!("dev.toml:9: unknown key: modle | did you mean `model`? valid here: {all}"),
    );
}

#[test]
fn a_wrong_value_says_what_was_expected() {
    check(
        "region = \"ap-northeast-2\"",
        "region = \"Seoul\"",
        "dev.toml:2: `region`: expected a region of AWS's usual partition, such as ap-northeast-2, got: \"Seoul\"",
    );
    check(
        "log_retention_days = 7",
        "log_retention_days = \"a week\"",
        &format!("dev.toml:6: `log_retention_days`: expected {}, got: \"a week\"", retentions()),
    );
    check(
        "log_retention_days = 7",
        "log_retention_days = 8",
        &format!("dev.toml:6: `log_retention_days`: expected {}, got: 8", retentions()),
    );
    check(
        "deletion_protection = true",
        "deletion_protection = \"yes\"",
        "dev.toml:7: `deletion_protection`: expected true or false, got: \"yes\"",
    );
    check(
        "max_tokens = 4000",
        "max_tokens = 0",
        "dev.toml:12: `model.max_tokens`: expected a whole number from 1 to 64000, got: 0",
    );
    check(
        "per_second = 4",
        "per_second = -1",
        "dev.toml:19: `source.naver.per_second`: expected a whole number from 1 to 50, got: -1",
    );
    check(
        "end_of_life = \"2027-01-08\"",
        "end_of_life = \"soon\"",
        "dev.toml:11: `model.end_of_life`: expected a date such as \"2027-01-08\", or \"unknown\", got: \"soon\"",
    );
    check(
        "account = \"123456789012\"",
        "account = 123456789012",
        "dev.toml:4: `account`: expected the 12 digits of an AWS account as text, got: 123456789012",
    );
    check(
        "base_url = \"https://prices.example.com/naver/\"",
        "base_url = \"https://user:word@prices.example.com\"",
        &format!(
            "dev.toml:17: `source.naver.base_url`: expected {}, got: \"https://user:word@prices.example.com\"",
            BaseUrl::EXPECTED
        ),
    );
    check(
        "id = \"us.anthropic.claude-sonnet-4-5-20250929-v1:0\"",
        "id = \"meta.llama3-70b-instruct-v1:0\"",
        &format!(
            "dev.toml:10: `model.id`: expected {}, got: \"meta.llama3-70b-instruct-v1:0\"",
            ModelId::EXPECTED
        ),
    );
}

#[test]
fn a_wrong_word_names_the_nearest_one() {
    check(
        "architecture = \"arm64\"",
        "architecture = \"arm46\"",
        "dev.toml:5: `architecture`: expected one of x86_64, arm64, got: \"arm46\" | did you mean `arm64`? valid \
         here: x86_64, arm64",
    );
}

#[test]
fn a_missing_key_is_named() {
    check(
        "region = \"ap-northeast-2\"\n",
        "",
        "dev.toml:1: missing key `region`: expected a region of AWS's usual partition, such as ap-northeast-2",
    );
    check(
        "sources = [\"naver\"]\n",
        "",
        "dev.toml:1: missing key `sources`: expected a list of price sources: naver, elevenst, chamgagyeok, kamis",
    );
    check(
        "destination_regions = [\"us-east-1\", \"us-west-2\"]",
        "",
        "dev.toml:9: missing key `model.destination_regions`: expected the regions that a geographic inference \
         profile sends calls to",
    );
}

#[test]
fn a_file_carries_its_environments_name() {
    let error = Environment::parse("environments/staging.toml", VALID).unwrap_err();
    assert_eq!(
        error.to_string(),
        "environments/staging.toml:1: `name`: expected the file's own name `staging`, got: dev"
    );
    for bad in ["", "Dev", "1dev", "a-name-that-is-too-long", "개발"] {
        assert!(EnvironmentName::new(bad).is_none(), "{bad}");
    }
    assert!(EnvironmentName::new("a-234567890123456".get(..16).unwrap()).is_some());
}

#[test]
fn what_is_quoted_of_a_file_is_short() {
    let long = "x".repeat(100_000);
    let quoted = [
        VALID.replace("123456789012", &long),
        VALID.replace("max_tokens = 4000", &format!("max_tokens = 1{}", "0".repeat(100_000))),
        VALID.replace("concurrency", &long),
    ];
    for text in quoted {
        let error = Environment::parse("dev.toml", &text).unwrap_err();
        let said = format!("{error} {}", error.hint().unwrap_or_default());
        assert!(said.contains('…') && said.len() < 500, "{} bytes", said.len());
    }
}

#[test]
fn what_is_not_toml_says_where() {
    check("[model]", "[model", "dev.toml:9: unclosed table, expected `]`");
}

#[test]
fn patterns_hold() {
    for ok in ["us-east-1", "ap-northeast-2", "mx-central-1"] {
        assert!(Region::new(ok).is_some(), "{ok}");
    }
    for bad in [
        "",
        "us",
        "us-east",
        "us-east-",
        "us-east-10",
        "US-EAST-1",
        "us-gov-west-1",
        "cn-north-1",
        "us--1",
        "a-b-c-d-1",
    ] {
        assert!(Region::new(bad).is_none(), "{bad}");
    }
    assert!(AccountId::new("123456789012").is_some());
    for bad in ["", "12345678901", "1234567890123", "12345678901a", "１２３４"] {
        assert!(AccountId::new(bad).is_none(), "{bad}");
    }
    for ok in ["naver-client-id", "/ai-chef/dev/id", "a.b_c"] {
        assert!(ParameterName::new(ok).is_some(), "{ok}");
    }
    for bad in ["", "/", "a/b", "//a", "/a/", "aws-key", "/ssm/x", "a b", "키"] {
        assert!(ParameterName::new(bad).is_none(), "{bad}");
    }
}

#[test]
fn staging_differs_from_prod_only_where_its_file_says_so() {
    let parse = |wanted: &str| {
        let (name, text) = crate::tests::EXAMPLES.into_iter().find(|(name, _)| *name == wanted).unwrap();
        Environment::parse(&format!("{name}.toml"), text).unwrap()
    };
    let mut rehearsal = parse("prod");
    rehearsal.name = EnvironmentName::new("staging").unwrap();
    rehearsal.log_retention = Retention::Days30;
    rehearsal.deletion_protection = false;
    let names = ["elevenst-key-staging", "data-go-kr-key-staging", "data-go-kr-key-staging"];
    for (source, name) in rehearsal.sources.iter_mut().zip(names) {
        source.key_parameters = vec![ParameterName::new(name).unwrap()];
    }
    assert_eq!(parse("staging"), rehearsal);

    let (_, text) = crate::tests::EXAMPLES[2];
    for said in ["\nlog_retention_days = 30\n", "\ndeletion_protection = false\n"] {
        assert!(text.contains(said), "{said}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_bad_to_be_refused(text in "\\PC{0,200}") {
        let _ = Environment::parse("dev.toml", &text);
    }

    #[test]
    fn a_broken_file_names_a_line_that_it_has(at in 0..VALID.len(), junk in "[\"=\\[\\]a\\n]") {
        if VALID.is_char_boundary(at) {
            let mut text = VALID.to_owned();
            text.insert_str(at, &junk);
            if let Err(error) = Environment::parse("dev.toml", &text) {
                proptest::prop_assert!((1..=text.lines().count() + 1).contains(&error.line));
            }
        }
    }
}
