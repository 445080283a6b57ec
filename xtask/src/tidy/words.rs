//! Words that have one owner: those of a format, and those of the contract.

use contract::{EnvVar, ErrorName, metric::Emitted, task::TaskKind};
use stack::Finding;

use super::{Tree, finding};

/// Words, and the folder that may spell them.
struct Owned {
    what: &'static str,
    owner: &'static str,
    words: &'static [&'static str],
}

/// A word that ends with `::` is the beginning of others.
const FORMATS: [Owned; 2] = [
    Owned {
        what: "CloudFormation",
        owner: "stack/cfn/",
        words: &["AWS::", "Fn::", "DeletionPolicy", "UpdateReplacePolicy", "DependsOn"],
    },
    Owned {
        what: "the States Language",
        owner: "stack/asl/",
        words: &[
            "StartAt",
            "ErrorEquals",
            "MaxDelaySeconds",
            "JitterStrategy",
            "TimeoutSecondsPath",
            "ResultSelector",
        ],
    },
];

const CONTRACT: &str = "functions/contract/";

/// This folder quotes what it looks for.
const HERE: &str = "xtask/src/tidy/";

/// Every folder that is named here.
pub(super) fn folders() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.owner).chain([CONTRACT])
}

/// `one-knows-the-format`: only `cfn` writes CloudFormation's words, only `asl` the States Language's. Everybody else uses their types,
/// so that a typo is a compile error and a change of a format has one place.
pub(super) fn formats(tree: &Tree, findings: &mut Vec<Finding>) {
    for (path, code) in tree.code().filter(|(path, _)| !path.starts_with(HERE)) {
        for format in FORMATS.iter().filter(|format| !path.starts_with(format.owner)) {
            let spelled = format.words.iter().filter(|word| match word.strip_suffix("::") {
                Some(_) => code.contains(&format!("\"{word}")),
                None => code.contains(&format!("\"{word}\"")),
            });
            findings.extend(spelled.map(|word| {
                let hint = format!("use a type of `{}`", format.owner.trim_end_matches('/'));
                finding("one-knows-the-format", path, format!("a word of {}: {word}", format.what), &hint)
            }));
        }
    }
}

/// `spelled-once`: names of environment variables, errors, metrics and functions are spelled in `contract` alone. A second spelling
/// works until one of them changes.
pub(super) fn spelled_once(tree: &Tree, findings: &mut Vec<Finding>) {
    let is_owner = |path: &str| path.starts_with(CONTRACT) || path.starts_with(HERE);
    for (path, code) in tree.code().filter(|(path, _)| !is_owner(path)) {
        for (word, what, hint) in contract_words() {
            if code.contains(&format!("\"{word}\"")) {
                let message = format!("{what} is spelled again: {word}");
                findings.push(finding("spelled-once", path, message, hint));
            }
        }
    }
}

/// Each word, what it is, and what to write instead.
fn contract_words() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let variables = EnvVar::ALL.into_iter().map(EnvVar::name);
    let errors = ErrorName::ALL.into_iter().map(ErrorName::as_str);
    let metrics = Emitted::ALL.iter().map(|metric| metric.name());
    let functions = TaskKind::ALL.iter().map(|task| task.name());
    variables
        .map(|word| (word, "an environment variable", "use `contract::EnvVar`"))
        .chain(errors.map(|word| (word, "an error's name", "use `contract::ErrorName`")))
        .chain(metrics.map(|word| (word, "a metric's name", "use `contract::metric::Emitted`")))
        .chain(functions.map(|word| (word, "a function's name", "use `Task::NAME` of its task")))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    #[test]
    fn a_format_has_one_owner() {
        let source = "// \"StartAt\"\nconst A: [&str; 3] = [\"Fn::Sub\", \"StartAt\", \"Start\"];\n";
        found(
            formats,
            &[("stack/cfn/src/a.rs", source), ("stack/asl/src/a.rs", source), ("local/src/a.rs", source)],
            &[
                "local/src/a.rs: a word of CloudFormation: Fn::",
                "local/src/a.rs: a word of the States Language: StartAt",
                "stack/asl/src/a.rs: a word of CloudFormation: Fn::",
                "stack/cfn/src/a.rs: a word of the States Language: StartAt",
            ],
        );
    }

    #[test]
    fn every_kind_of_word_is_spelled_once() {
        let metric = Emitted::ALL[0].name();
        let source = format!(
            "f(\"BEDROCK_REGION\", \"RATE_LIMIT_EXCEEDED\", \"{metric}\", \"PriceFetcher\", \"other\")\n"
        );
        found(
            spelled_once,
            &[("functions/contract/src/a.rs", &source), ("tests/a.rs", &source), ("stack/src/a.rs", &source)],
            &[
                "stack/src/a.rs: an environment variable is spelled again: BEDROCK_REGION",
                "stack/src/a.rs: an error's name is spelled again: RATE_LIMIT_EXCEEDED",
                &format!("stack/src/a.rs: a metric's name is spelled again: {metric}"),
                "stack/src/a.rs: a function's name is spelled again: PriceFetcher",
            ],
        );
    }
}
