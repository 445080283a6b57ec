//! `spelled-once`: a metric, an environment variable, an error name, a function's name stands in `contract` alone.
//!
//! Whoever publishes, reads, matches or deploys takes the word from there. A word that is typed twice is right twice
//! until one of them is changed: then a Retry matches nothing and an alarm watches nobody.

use contract::{
    EnvVar, ErrorName, Task,
    metric::Emitted,
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};
use stack::Finding;

use super::{Tree, code::Code, finding};

const RULE: &str = "spelled-once";

/// Where the words are spelled.
pub(super) const OWNER: &str = "functions/contract/";

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let words = words();
    for (path, text) in tree.sources().filter(|(path, _)| !path.starts_with(OWNER)) {
        let Some(code) = Code::parse(text) else { continue };
        for string in code.strings() {
            if let Some((_, what, cure)) = words.iter().find(|(word, ..)| *word == string) {
                findings.push(finding(
                    RULE,
                    path,
                    format!("{what} is spelled again: {string}"),
                    cure,
                ));
            }
        }
    }
}

/// Each word, what it is, and what to write instead.
fn words() -> Vec<(&'static str, &'static str, &'static str)> {
    let variables = EnvVar::ALL.map(|variable| {
        (
            variable.name(),
            "an environment variable",
            "use `contract::EnvVar`",
        )
    });
    let errors = ErrorName::ALL.map(|name| (name.as_str(), "an error's name", "use `contract::ErrorName`"));
    let metrics = Emitted::ALL.iter().map(|metric| {
        (
            metric.name(),
            "a metric's name",
            "use `contract::metric::Emitted`",
        )
    });
    let functions = [RecipeGenerator::NAME, PriceFetcher::NAME, ResultCombiner::NAME]
        .map(|name| (name, "a function's name", "use `Task::NAME` of its task"));
    variables
        .into_iter()
        .chain(errors)
        .chain(metrics)
        .chain(functions)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    #[test]
    fn every_kind_of_word() {
        let source =
            "fn f() { g(\"BEDROCK_REGION\", \"RATE_LIMIT_EXCEEDED\", \"PriceFetcher\", \"other\") }\n";
        found(
            check,
            &[
                ("functions/contract/src/a.rs", source),
                ("stack/src/a.rs", source),
            ],
            &[
                "stack/src/a.rs: an environment variable is spelled again: BEDROCK_REGION",
                "stack/src/a.rs: an error's name is spelled again: RATE_LIMIT_EXCEEDED",
                "stack/src/a.rs: a function's name is spelled again: PriceFetcher",
            ],
        );
    }

    #[test]
    fn every_metric_is_known() {
        for metric in Emitted::ALL {
            let source = format!("const A: &str = \"{}\";", metric.name());
            let said = format!(
                "stack/src/a.rs: a metric's name is spelled again: {}",
                metric.name()
            );
            found(check, &[("stack/src/a.rs", &source)], &[&said]);
        }
    }

    #[test]
    fn a_test_may_say_what_it_expects() {
        found(
            check,
            &[("tests/a.rs", "const A: &str = \"PriceFetcher\";\n")],
            &[],
        );
    }
}
