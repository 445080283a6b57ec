//! The pattern of a metric filter: which lines of a log it counts.
//!
//! Of the language, what is used is supported: terms in quotation marks that all occur in a line, and texts of JSON fields
//! that are compared with `=` and joined with `&&`. Everything else is refused by name.

use std::str::FromStr;

use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Every one of these occurs in the line.
    Terms(Vec<String>),
    /// Every one of these fields is that text.
    Fields(Vec<Field>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// The names from the root of the line down.
    path: Vec<String>,
    text: String,
}

/// A part of the language that is not supported, or not a part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not supported in a filter pattern: {0}")]
pub struct PatternError(String);

impl Pattern {
    pub(super) fn matches(&self, line: &str) -> bool {
        match self {
            Self::Terms(terms) => terms.iter().all(|term| line.contains(term.as_str())),
            Self::Fields(fields) => {
                // Most lines do not match, and a search for the text is cheaper than reading them. A text with an escape
                // stands otherwise in the line.
                let may_match = |field: &Field| {
                    line.contains(field.text.as_str())
                        || field.text.contains(['"', '\\', '/'])
                        || !field.text.is_ascii()
                };
                if !fields.iter().all(may_match) {
                    return false;
                }
                let Ok(line) = serde_json::from_str::<Value>(line) else { return false };
                fields.iter().all(|field| {
                    let found = field.path.iter().try_fold(&line, |value, name| value.get(name.as_str()));
                    found.and_then(Value::as_str) == Some(field.text.as_str())
                })
            }
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(pattern: &str) -> Result<Self, PatternError> {
        let pattern = pattern.trim();
        match pattern.strip_prefix('{') {
            None => terms(pattern),
            Some(inner) => {
                let inner = inner.strip_suffix('}').ok_or_else(|| refused("a { without its }"))?;
                fields(inner)
            }
        }
    }
}

fn terms(mut rest: &str) -> Result<Pattern, PatternError> {
    let mut terms = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let (term, left) = quoted(rest)?;
        terms.push(term);
        rest = left;
    }
    if terms.is_empty() {
        Err(refused("a pattern that counts every line"))
    } else {
        Ok(Pattern::Terms(terms))
    }
}

fn fields(mut rest: &str) -> Result<Pattern, PatternError> {
    let mut fields = Vec::new();
    loop {
        let selector = rest.trim_start();
        let end = selector.find(|char: char| char.is_whitespace() || "=!<>&|".contains(char));
        let (path, left) = selector.split_at(end.unwrap_or(selector.len()));
        let left = left.trim_start();
        let compared = left.strip_prefix('=').ok_or_else(|| refused(next_word(left)))?;
        let (text, left) = quoted(compared.trim_start())?;
        if text.contains('*') {
            return Err(refused("a * in a text"));
        }
        fields.push(Field { path: names(path)?, text });
        let left = left.trim_start();
        if left.is_empty() {
            return Ok(Pattern::Fields(fields));
        }
        rest = left.strip_prefix("&&").ok_or_else(|| refused(next_word(left)))?;
    }
}

/// The names of `$.record.status`.
fn names(path: &str) -> Result<Vec<String>, PatternError> {
    let names = path.strip_prefix("$.").ok_or_else(|| refused(next_word(path)))?;
    let is_plain = |name: &str| {
        !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || "_-".contains(char))
    };
    let names: Vec<_> = names.split('.').map(str::to_owned).collect();
    if names.iter().all(|name| is_plain(name)) { Ok(names) } else { Err(refused(path)) }
}

/// A text in quotation marks, and what follows it.
fn quoted(text: &str) -> Result<(String, &str), PatternError> {
    let inner = text.strip_prefix('"').ok_or_else(|| refused(next_word(text)))?;
    let (term, rest) = inner.split_once('"').ok_or_else(|| refused("a quotation mark without its second"))?;
    if term.is_empty() {
        return Err(refused("an empty text"));
    }
    if term.contains('\\') {
        return Err(refused("a \\ in a text"));
    }
    Ok((term.to_owned(), rest))
}

fn next_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("an end where something is expected")
}

fn refused(what: &str) -> PatternError {
    PatternError(what.chars().take(60).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, lines: &[(&str, bool)]) {
        let parsed: Pattern = pattern.parse().unwrap();
        for (line, expected) in lines {
            assert_eq!(parsed.matches(line), *expected, "{pattern} {line}");
        }
    }

    #[test]
    fn fields_of_a_line() {
        check(
            "{ $.type = \"platform.report\" && $.record.status = \"timeout\" }",
            &[
                (r#"{"type":"platform.report","record":{"status":"timeout"}}"#, true),
                (r#"{"record":{"status":"timeout","x":1},"type":"platform.report"}"#, true),
                (r#"{"type":"platform.report","record":{"status":"success"}}"#, false),
                (r#"{"type":"platform.report","status":"timeout"}"#, false),
                (r#"{"type":"platform.report","record":"timeout"}"#, false),
                (r#"{"message":"platform.report timeout"}"#, false),
                ("platform.report timeout", false),
                ("", false),
            ],
        );
        check(
            "{$.a=\"한\"}",
            &[(r#"{"a":"\ud55c"}"#, true), (r#"{"a":"한"}"#, true), (r#"{"b":"한"}"#, false)],
        );
    }

    #[test]
    fn terms_of_a_line() {
        check(
            "\"Task timed out after\"",
            &[("x Task timed out after 3.00 seconds", true), ("Task timed out", false), ("", false)],
        );
        check("\"a b\" \"c\"", &[("c, a b", true), ("a b", false)]);
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for (pattern, named) in [
            ("", "every line"),
            ("ERROR", "ERROR"),
            ("?\"a\" ?\"b\"", "?\"a\""),
            ("-\"a\"", "-\"a\""),
            ("[ip, status]", "[ip,"),
            ("%regex%", "%regex%"),
            ("\"a", "quotation mark"),
            ("\"\"", "empty"),
            ("{ $.a = \"b\"", "without its }"),
            ("{ $.a = 3 }", "3"),
            ("{ $.a != \"b\" }", "!="),
            ("{ $.a > \"b\" }", ">"),
            ("{ $.a = \"b*\" }", "*"),
            ("{ $.a = \"b\" || $.c = \"d\" }", "||"),
            ("{ $.a[0] = \"b\" }", "$.a[0]"),
            ("{ $.* = \"b\" }", "$.*"),
            ("{ ($.a = \"b\") }", "($.a"),
            ("{ $.a IS TRUE }", "IS"),
            ("{ }", "an end"),
            ("{", "without its }"),
        ] {
            let error = pattern.parse::<Pattern>().unwrap_err().to_string();
            assert!(error.contains(named), "{pattern}: {error}");
        }
    }
}
