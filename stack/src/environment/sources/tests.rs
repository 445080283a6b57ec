//! What lists and tables of price sources become. Which are refused is in `environments.jsonl`.

use contract::PriceSource;

use super::super::{Environment, PricesPolicy, tests::VALID};

/// An environment of these keys and this list.
fn text(name: &str, sources: &str, tables: &str) -> String {
    format!(
        "name = \"{name}\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\nsources = {sources}\n{tables}"
    )
}

#[track_caller]
fn read(name: &str, sources: &str, tables: &str) -> Environment {
    Environment::parse(&format!("{name}.toml"), &text(name, sources, tables)).unwrap()
}

const ALL: &str = r#"["elevenst", "naver", "chamgagyeok", "kamis"]"#;

#[test]
fn the_order_of_the_list_is_the_order_in_which_they_are_asked() {
    let sources: Vec<_> = read("dev", ALL, "").sources.iter().map(|choice| choice.source).collect();
    assert_eq!(
        sources,
        [PriceSource::Elevenst, PriceSource::Naver, PriceSource::Chamgagyeok, PriceSource::Kamis]
    );
}

#[test]
fn what_is_left_out_is_the_catalogues() {
    for choice in read("dev", ALL, "").sources {
        let facts = choice.source.facts();
        let settings = choice.settings();
        let parameters: Vec<_> = facts.keys.iter().map(|key| format!("{}-dev", key.parameter)).collect();
        assert!(choice.asks_the_provider());
        assert_eq!(settings.source, choice.source);
        assert_eq!(settings.base_url, facts.base_url);
        assert_eq!(settings.key_parameters, parameters);
        assert_eq!(settings.concurrency, facts.concurrency);
        assert_eq!(
            (settings.per_second, settings.per_day, settings.fresh_s),
            (facts.budget.per_second, facts.budget.per_day, facts.fresh_s)
        );
    }
}

#[test]
fn what_is_said_is_handed_to_the_function() {
    let [naver] = Environment::parse("dev.toml", VALID).unwrap().sources.try_into().unwrap();
    assert_eq!(
        serde_json::to_value(naver.settings()).unwrap(),
        serde_json::json!({
            "source": "naver",
            "baseUrl": "https://prices.example.com/naver",
            "keyParameters": ["/ai-chef/id", "/ai-chef/secret"],
            "concurrency": 3,
            "perSecond": 4,
            "perDay": 5000,
            "freshS": 600,
        })
    );
    assert!(!naver.asks_the_provider());
}

#[test]
fn sources_of_one_key_share_its_parameter() {
    let names = |tables: &str| {
        let environment = read("dev", r#"["elevenst", "chamgagyeok", "kamis"]"#, tables);
        let names = environment.secrets().into_iter().map(ToString::to_string);
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["elevenst-key-dev", "data-go-kr-key-dev"]);
    assert_eq!(names("[source.kamis]\nkey_parameter = \"/mine\""), ["elevenst-key-dev", "/mine"]);
    assert_eq!(names("[source.chamgagyeok]\nkey_parameter = \"/mine\""), ["elevenst-key-dev", "/mine"]);
    assert_eq!(
        names("[source.chamgagyeok]\nkey_parameter = \"/one\"\n[source.kamis]\nkey_parameter = \"/two\""),
        ["elevenst-key-dev", "/one", "/two"]
    );
}

#[test]
fn prices_are_required_or_a_best_effort() {
    let policy = |line: &str| read("dev", ALL, line).prices_policy;
    assert_eq!(policy(""), PricesPolicy::Required);
    assert_eq!(policy("prices = \"required\""), PricesPolicy::Required);
    assert_eq!(policy("prices = \"best-effort\""), PricesPolicy::BestEffort);
}

#[test]
fn an_environment_on_this_machine_asks_stand_ins() {
    for name in ["local", "local-living", "local-x"] {
        let urls: Vec<_> =
            read(name, ALL, "").sources.iter().map(|choice| choice.base_url.as_str().to_owned()).collect();
        assert_eq!(
            urls,
            [
                "http://127.0.0.1",
                "http://127.0.0.1",
                "http://127.0.0.1/B551919/ProductPriceInfoService",
                "http://127.0.0.1/B552845/perDay"
            ]
        );
    }
    for name in ["locale", "local1", "dev-local", "dev"] {
        let environment = read(name, ALL, "");
        assert!(!environment.name.is_local(), "{name}");
        assert!(environment.sources.iter().all(super::SourceChoice::asks_the_provider));
    }
}
