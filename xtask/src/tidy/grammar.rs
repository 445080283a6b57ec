//! `message-grammar`: what an error, a warning, a finding or a hint may look like.
//!
//! A message is a lowercase fragment without a full stop; the value it is about comes last, after a colon. It says what
//! happened, so it neither begins with "error" nor says that something "failed to": whoever reads ten of them reads one
//! language, and whoever searches for one finds it.

use stack::Finding;

use super::{Tree, finding};

const RULE: &str = "message-grammar";

/// Files, or folders, whose texts are somebody else's, word for word.
pub(super) const VERBATIM: [(&str, &str); 5] = [
    ("xtask/src/tidy/grammar.rs", "it quotes what it looks for"),
    (
        "stack/asl/src/jsonpath/eval.rs",
        "Step Functions' own words, which a catcher may compare",
    ),
    ("stack/asl/src/jsonpath/reference.rs", "as above"),
    (
        "local/src/stubs/",
        "the providers' own words, which the functions read",
    ),
    ("local/src/lambda/runtime_api.rs", "the Runtime API's own words"),
];

/// Names that look like words.
const NAMES: [&str; 4] = ["Bedrock", "Claude", "Lambda", "Naver"];

/// Where a message begins in source code, and what it is.
const STARTS: [(&str, Kind); 7] = [
    ("#[error(", Kind::Error),
    (".error(", Kind::Error),
    (".warning(", Kind::Error),
    (".hint(", Kind::Hint),
    // Findings, refusals and the like.
    ("message: format!(", Kind::Error),
    ("let message = format!(", Kind::Error),
    ("let hint = ", Kind::Hint),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// What happened, a warning included.
    Error,
    /// What can be done: may be a question.
    Hint,
}

/// A message that breaks the grammar.
#[derive(Debug, PartialEq, Eq)]
struct Broken {
    /// The line of the message, from 1.
    line: usize,
    /// What is wrong with it: it follows "the message".
    what: &'static str,
    /// The message as it stands in the source.
    message: String,
}

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let is_verbatim = |path: &str| VERBATIM.iter().any(|(verbatim, _)| path.starts_with(verbatim));
    for (path, source) in tree.sources().filter(|(path, _)| !is_verbatim(path)) {
        for Broken { line, what, message } in broken(source) {
            let hint = "a lowercase fragment without a full stop, the value last after a colon: `no such order: keto`";
            findings.push(finding(
                RULE,
                format!("{path}:{line}"),
                format!("the message {what}: {message}"),
                hint,
            ));
        }
    }
}

/// Every message of a source that breaks the grammar, first ones first. Its tests are left out: they say what they like.
fn broken(source: &str) -> Vec<Broken> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source);
    let starts = STARTS.iter().flat_map(|(start, kind)| {
        let places = source.match_indices(start);
        places.map(move |(at, _)| (at + start.len(), *kind))
    });
    let broken = starts.filter_map(|(at, kind)| {
        let message = literal(source.get(at..)?)?;
        Some(Broken {
            line: source.get(..at)?.lines().count(),
            what: what_is_wrong(&message, kind)?,
            message,
        })
    });
    let mut broken: Vec<_> = broken.collect();
    broken.sort_by_key(|broken| broken.line);
    broken
}

/// The text of the literal that an argument begins with, also within `&format!(..)`. Escapes stay as they are written.
fn literal(argument: &str) -> Option<String> {
    let argument = argument.trim_start();
    let argument = argument.strip_prefix("&format!(").unwrap_or(argument);
    let text = argument.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = text.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    // A line that is continued begins again where its words do.
    let lines = text.get(..end)?.split("\\\n");
    Some(lines.map(str::trim_start).collect())
}

fn what_is_wrong(message: &str, kind: Kind) -> Option<&'static str> {
    let first_word = message.split([' ', ':']).next().unwrap_or_default();
    if first_word.starts_with(char::is_uppercase) && !is_a_name(first_word) {
        return Some("begins with a capital letter and no name");
    }
    if message.ends_with(['.', '!', ':', ' ']) {
        return Some("ends with a mark");
    }
    if kind == Kind::Hint {
        return None;
    }
    for said_twice in ["error", "failed to", "unable to", "failure"] {
        if message.to_lowercase().starts_with(said_twice) {
            return Some("begins with what every error says: name what happened");
        }
    }
    if message.contains("failed to ") || message.contains("unable to ") {
        return Some("says `failed to` or `unable to`: `cannot` is the word");
    }
    if message.ends_with('}') && !value_comes_after_a_colon(message) {
        return Some("ends with a value that no colon announces");
    }
    None
}

/// A word that is written with a capital letter everywhere: `Lambda`, and `AWS`, `DynamoDB`, `JSONPath` by their look.
fn is_a_name(word: &str) -> bool {
    let word = word.strip_suffix("'s").unwrap_or(word);
    NAMES.contains(&word) || word.chars().filter(|c| c.is_uppercase()).count() > 1
}

/// Whether the value that ends a message is announced: by a colon, by `at` before a place, or by what was `expected` and `found`. A
/// message that is one value speaks for another one, and `cannot {doing}` has its verb in it.
fn value_comes_after_a_colon(message: &str) -> bool {
    let Some(value) = message.rfind('{') else {
        return false;
    };
    let before = message.get(..value).unwrap_or_default();
    before.is_empty()
        || [" at ", " found ", " got "]
            .iter()
            .any(|word| before.ends_with(word))
        || before.contains(": ")
        || before == "cannot "
        || message.starts_with("expected ")
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    #[track_caller]
    fn check_one(message: &str, expect: Option<&str>) {
        let broken = broken(&format!("\n#[error(\"{message}\")]\nA"));
        let said: Vec<_> = broken.iter().map(|broken| (broken.line, broken.what)).collect();
        assert_eq!(said, Vec::from_iter(expect.map(|what| (2, what))), "{message}");
    }

    #[test]
    fn messages_in_the_grammar_pass() {
        for message in [
            "no such environment: {name}",
            "`strip` refused: {}",
            "JSONPath filter is not supported: {0}",
            "Naver's search has ended",
            "cannot {doing}",
            "{path}: {message}",
            "{message} at {path}",
            "{0}",
            "expected {min} to {max} characters, got {got}",
            "the build failed",
        ] {
            check_one(message, None);
        }
    }

    #[test]
    fn messages_out_of_the_grammar_are_found() {
        for (message, rule) in [
            ("The build failed", "begins with a capital letter and no name"),
            ("the build failed.", "ends with a mark"),
            (
                "failed to build",
                "begins with what every error says: name what happened",
            ),
            (
                "error: no build",
                "begins with what every error says: name what happened",
            ),
            (
                "cargo failed to build",
                "says `failed to` or `unable to`: `cannot` is the word",
            ),
            (
                "no environment {name}",
                "ends with a value that no colon announces",
            ),
        ] {
            check_one(message, Some(rule));
        }
    }

    #[test]
    fn calls_and_hints_are_read_as_attributes_are() {
        let source = "\
            progress.hint(\"Is it installed?\");\n\
            progress.hint(\"is it installed?\");\n\
            progress.warning(&format!(\n    \"gone: {it}.\"));\n\
            log.error(because);\n";
        let found: Vec<_> = broken(source).into_iter().map(|broken| broken.line).collect();
        assert_eq!(found, [1, 3]);
    }

    #[test]
    fn a_continued_line_is_one_message() {
        assert_eq!(
            literal("\n  \"two \\\n     words \\\"here\\\"\")]").unwrap(),
            "two words \\\"here\\\""
        );
    }

    #[test]
    fn a_file_is_judged_unless_its_words_are_others() {
        let source = "//! Errors.\n#[error(\"No order.\")]\n";
        found(
            check,
            &[
                ("local/src/a.rs", source),
                ("local/src/stubs/naver.rs", source),
                ("local/tests/a.rs", source),
            ],
            &["local/src/a.rs:2: the message begins with a capital letter and no name: No order."],
        );
    }
}
