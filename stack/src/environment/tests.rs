//! `environments.jsonl` has files that are accepted, and files that are refused with line, expectation and hint. The tests
//! below it read what an accepted file becomes.

use cases::{ensure, says};
use serde::Deserialize;

use super::*;

/// A file with every key.
pub(super) const VALID: &str = include_str!("../../../tests/cases/samples/dev.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// The file's name; `dev.toml` if absent.
    file: Option<String>,
    text: cases::Source,
    refused: Option<Refused>,
    #[serde(default)]
    accepted: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    line: usize,
    says: String,
    hint: Option<String>,
}

impl Line {
    fn check(&self) -> Result<(), String> {
        let file = self.file.as_deref().unwrap_or("dev.toml");
        match (&self.refused, self.accepted, Environment::parse(file, &self.text.text())) {
            (None, true, Ok(_)) => Ok(()),
            (None, true, Err(error)) => Err(format!("should be accepted: {error}")),
            (Some(_), false, Ok(_)) => Err("should be refused".to_owned()),
            (Some(refused), false, Err(error)) => {
                let place = format!("{file}:{}: ", refused.line);
                ensure(error.to_string().starts_with(&place), || format!("expected {place}, got: {error}"))?;
                says(&error.message, &refused.says)?;
                refused.hint.iter().try_for_each(|hint| says(error.hint().unwrap_or_default(), hint))
            }
            (None, false, _) | (Some(_), true, _) => Err("needs either `refused` or `accepted`".to_owned()),
        }
    }
}

#[test]
fn environments_are_accepted_or_refused_as_their_lines_say() {
    cases::check("environments.jsonl", include_str!("environments.jsonl"), 257, Line::check);
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
fn staging_differs_from_prod_only_where_its_file_says_so() {
    let parse = |wanted: &str| {
        let (name, text) = crate::tests::EXAMPLES.into_iter().find(|(name, _)| *name == wanted).unwrap();
        Environment::parse(&format!("{name}.toml"), text).unwrap()
    };
    let mut rehearsal = parse("prod");
    rehearsal.name = EnvironmentName::new("staging").unwrap();
    rehearsal.log_retention = Retention::Days30;
    rehearsal.deletion_protection = false;
    // Nobody orders by a schedule there.
    rehearsal.monitoring.slo = None;
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
