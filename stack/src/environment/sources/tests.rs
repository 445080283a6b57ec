//! Which lists and tables of price sources are taken, what they become, and how the others are refused.

use contract::PriceSource;

use super::super::{
    Environment, PricesPolicy,
    tests::{VALID, check},
};

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

/// How a list, or a table beside it, is refused: `line: message | hint`.
#[track_caller]
fn refused(name: &str, sources: &str, tables: &str) -> String {
    let error = Environment::parse(&format!("{name}.toml"), &text(name, sources, tables)).unwrap_err();
    format!("{}: {} | {}", error.line, error.message, error.hint().unwrap_or_default())
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
fn a_list_that_asks_nobody_or_somebody_twice_is_refused() {
    assert_eq!(
        refused("dev", "[]", ""),
        "4: `sources`: expected at least one source with vendors, got: none | with vendors: naver, elevenst, chamgagyeok"
    );
    assert_eq!(
        refused("dev", r#"["kamis"]"#, ""),
        "4: `sources`: expected at least one source with vendors, got: kamis | with vendors: naver, elevenst, chamgagyeok"
    );
    assert_eq!(
        refused("dev", r#"["elevenst", "chamgagyeok", "elevenst"]"#, ""),
        "4: `sources`: a source stands twice: elevenst | sources are asked one after the other, each once: take it away"
    );
    assert_eq!(
        refused("dev", r#"["kamis", "elevenst"]"#, ""),
        "4: `sources`: a source without vendors stands before one with them: kamis | it says what is usual where no vendor \
         has an offer: write `kamis` last"
    );
    assert_eq!(
        refused("dev", r#"["elevnst"]"#, ""),
        "4: `sources`: no such price source: \"elevnst\" | did you mean `elevenst`? valid here: naver, elevenst, \
         chamgagyeok, kamis"
    );
    for other in [r#""elevenst""#, "[1]", r#"["elevenst", ["kamis"]]"#, "{}"] {
        assert!(
            refused("dev", other, "").starts_with("4: `sources`: expected a list of price sources: naver,"),
            "{other}"
        );
    }
}

#[test]
fn a_key_below_a_table_is_the_tables() {
    for key in ["sources", "prices"] {
        let error =
            Environment::parse("dev.toml", &text("dev", ALL, &format!("[model]\n{key} = 1"))).unwrap_err();
        assert_eq!(
            (error.line, error.message.as_str(), error.hint()),
            (
                6,
                format!("unknown key: model.{key}").as_str(),
                Some(format!("write `{key}` above the first table").as_str())
            )
        );
    }
}

#[test]
fn a_table_belongs_to_a_source_of_the_list() {
    assert_eq!(
        refused("dev", r#"["elevenst"]"#, "[source.kamis]\nper_day = 1"),
        "5: `source.kamis`: the source is not in `sources`: kamis | add `kamis` to `sources`, or take its table away"
    );
    assert_eq!(
        refused("dev", r#"["elevenst"]"#, "[source.eleven]\nper_day = 1"),
        "5: unknown key: source.eleven | did you mean `elevenst`? valid here: naver, elevenst, chamgagyeok, kamis"
    );
    assert_eq!(
        refused("dev", r#"["elevenst"]"#, "[source.elevenst]\nclient_id_parameter = \"x\""),
        "6: unknown key: source.elevenst.client_id_parameter | valid here: base_url, concurrency, per_second, per_day, \
         fresh_s, key_parameter"
    );
}

#[test]
fn figures_have_bounds() {
    for (key, least, most) in
        [("concurrency", 1, 50), ("per_second", 1, 50), ("per_day", 1, 1_000_000), ("fresh_s", 60, 604_800)]
    {
        let table = |figure: u32| format!("[source.elevenst]\n{key} = {figure}");
        for figure in [least, most] {
            read("dev", r#"["elevenst"]"#, &table(figure));
        }
        for figure in [least - 1, most + 1] {
            assert_eq!(
                refused("dev", r#"["elevenst"]"#, &table(figure)),
                format!(
                    "6: `source.elevenst.{key}`: expected a whole number from {least} to {most}, got: {figure} | "
                )
            );
        }
    }
}

#[test]
fn prices_are_required_or_a_best_effort() {
    let policy = |line: &str| read("dev", ALL, line).prices_policy;
    assert_eq!(policy(""), PricesPolicy::Required);
    assert_eq!(policy("prices = \"required\""), PricesPolicy::Required);
    assert_eq!(policy("prices = \"best-effort\""), PricesPolicy::BestEffort);
    assert_eq!(
        refused("dev", ALL, "prices = \"best-efort\""),
        "5: `prices`: expected one of required, best-effort, got: \"best-efort\" | did you mean `best-effort`? valid here: \
         required, best-effort"
    );
}

/// As files were written when there was one source.
#[test]
fn the_old_table_is_refused_with_the_new_words() {
    let expect = "`prices`: expected one of required, best-effort, got: a table | sources are a list now: write `sources = \
                  [\"elevenst\", \"chamgagyeok\"]` above the first table, and what differs from a source's defaults below \
                  `[source.NAME]`";
    let old = "name = \"dev\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\n[prices]\nsource = \"naver\"\n";
    let error = Environment::parse("dev.toml", old).unwrap_err();
    assert_eq!(format!("{} | {}", error.message, error.hint().unwrap_or_default()), expect);
    assert_eq!(refused("dev", ALL, "[prices]\nsource = \"naver\""), format!("5: {expect}"));
}

#[test]
fn a_function_on_aws_asks_another_machine() {
    for url in ["http://127.0.0.1:8080", "https://localhost", "http://[::1]:1"] {
        check(
            "base_url = \"https://prices.example.com/naver/\"",
            &format!("base_url = \"{url}\""),
            &format!(
                "dev.toml:17: `source.naver.base_url`: expected another machine than the one that asks, got: {url} | a \
                 function on AWS reaches nothing there: name a service that speaks https"
            ),
        );
    }
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
        for url in ["https://openapi.11st.co.kr", "http://127.0.0.1:1"] {
            assert_eq!(
                refused(name, ALL, &format!("[source.elevenst]\nbase_url = \"{url}\"")),
                "6: `source.elevenst.base_url`: an environment on this machine asks a stand-in for: elevenst | leave it \
                 out: the stand-in's address is put there when the environment comes up"
            );
        }
    }
    for name in ["locale", "local1", "dev-local", "dev"] {
        let environment = read(name, ALL, "");
        assert!(!environment.name.is_local(), "{name}");
        assert!(environment.sources.iter().all(super::SourceChoice::asks_the_provider));
    }
}
