//! The grammar of messages: what the source text of an error, a warning or a hint may look like.
//!
//! A message is a lowercase fragment without a full stop; the value it is about comes last, after a colon. It says what
//! happened, so it neither begins with "error" nor says that something "failed to". Here the texts are found in source
//! code and judged one by one; who is asked to judge which files, and when, is not known here.

/// A message that breaks the grammar.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The file, as it was named.
    pub(crate) file: String,
    /// The line of the message, from 1.
    pub(crate) line: usize,
    /// What is wrong with it.
    pub(crate) rule: &'static str,
    /// The message as it stands in the source.
    pub(crate) message: String,
}

/// Texts that are somebody else's, word for word.
const VERBATIM: [(&str, &str); 2] = [
    (
        "stack/asl/src/jsonpath/eval.rs",
        "Step Functions' own words, which a catcher may compare",
    ),
    ("stack/asl/src/jsonpath/reference.rs", "as above"),
];

/// Where a message begins in source code, and what it is.
const STARTS: [(&str, Kind); 4] = [
    ("#[error(", Kind::Error),
    (".error(", Kind::Error),
    (".warning(", Kind::Error),
    (".hint(", Kind::Hint),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// What happened, a warning included.
    Error,
    /// What can be done: may be a question.
    Hint,
}

/// Every message of a source file that breaks the grammar. Its tests are left out: they say what they like.
pub(crate) fn check(file: &str, source: &str) -> Vec<Broken> {
    if VERBATIM.iter().any(|(verbatim, _)| *verbatim == file) {
        return Vec::new();
    }
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source);
    let starts = STARTS.iter().flat_map(|(start, kind)| {
        source
            .match_indices(start)
            .map(move |(at, _)| (at + start.len(), *kind))
    });
    let broken = starts.filter_map(|(at, kind)| {
        let message = literal(source.get(at..)?)?;
        let rule = rule_broken(&message, kind)?;
        let before = source.get(..at).unwrap_or_default();
        Some(Broken {
            file: file.to_owned(),
            line: before.lines().count(),
            rule,
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

fn rule_broken(message: &str, kind: Kind) -> Option<&'static str> {
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

/// A word that is written with a capital letter everywhere: `AWS`, `DynamoDB`, `JSONPath`.
fn is_a_name(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() > 1
}

/// Whether the value that ends a message is announced: by a colon, by `at` before a place, or by `expected .., got ..`. A
/// message that is one value speaks for another one, and `cannot {doing}` has its verb in it.
fn value_comes_after_a_colon(message: &str) -> bool {
    let Some(value) = message.rfind('{') else {
        return false;
    };
    let before = message.get(..value).unwrap_or_default();
    before.is_empty()
        || before.ends_with(" at ")
        || before.contains(": ")
        || before == "cannot "
        || message.starts_with("expected ")
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::repository;

    fn check_one(message: &str, expect: Option<&str>) {
        let found = check("a.rs", &format!("\n#[error(\"{message}\")]\nA"));
        let rules: Vec<_> = found.iter().map(|broken| broken.rule).collect();
        assert_eq!(rules, Vec::from_iter(expect), "{message}");
        assert!(found.iter().all(|broken| broken.line == 2));
    }

    #[test]
    fn messages_in_the_grammar_pass() {
        for message in [
            "no such environment: {name}",
            "`strip` refused: {}",
            "JSONPath filter is not supported: {0}",
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
        let found: Vec<_> = check("a.rs", source)
            .into_iter()
            .map(|found| found.line)
            .collect();
        assert_eq!(found, [1, 3]);
    }

    #[test]
    fn a_continued_line_is_one_message() {
        assert_eq!(
            literal("\n  \"two \\\n     words \\\"here\\\"\")]").unwrap(),
            "two words \\\"here\\\""
        );
    }

    fn judge(folder: &Path, broken: &mut Vec<Broken>, judged: &mut usize) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["target", ".git", "tests"].contains(&name.as_str()) {
                judge(&path, broken, judged);
            } else if path.extension().is_some_and(|extension| extension == "rs") && name != "grammar.rs" {
                let file = path
                    .strip_prefix(repository::root())
                    .unwrap()
                    .display()
                    .to_string();
                broken.extend(check(&file, &fs::read_to_string(&path).unwrap()));
                *judged += 1;
            }
        }
    }

    #[test]
    fn every_message_of_the_workspace_is_in_the_grammar() {
        let (mut broken, mut judged) = (Vec::new(), 0);
        for folder in ["functions", "local", "stack", "xtask"] {
            judge(&repository::root().join(folder), &mut broken, &mut judged);
        }
        assert!(judged > 100, "only {judged} files");
        assert_eq!(broken, []);
    }
}
