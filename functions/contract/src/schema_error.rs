//! Errors of JSON texts that do not fit a type, without the values of the text.
//!
//! serde quotes the found value before the expected one, and the found one may be health data. These errors have the expected
//! one only. The caller decides who may see an unknown key.

use std::fmt::{self, Write as _};

use serde_json::error::Category;
use serde_path_to_error::Segment;

/// A path in a JSON text whose value does not fit a type. It has no value of the text.
#[derive(Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// The place in the type's own words, as `profile.months` or `ingredients[3].name`; empty for the whole text.
    pub path: String,
    /// The key right below the path that the type does not know. It is the writer's word and may be health data.
    pub unknown_key: Option<String>,
    /// What was expected there.
    pub message: String,
}

/// Leaves the key out that may be health data.
impl fmt::Debug for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SchemaError")
            .field("path", &self.path)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl From<&serde_path_to_error::Error<serde_json::Error>> for SchemaError {
    fn from(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let text = error.inner().to_string();
        let (field, message) = match error.inner().classify() {
            Category::Data => without_values(without_position(&text, error.inner())),
            // The error of invalid JSON has a position and no word of the text.
            Category::Syntax | Category::Eof | Category::Io => (Field::None, text.clone()),
        };
        let mut segments: Vec<_> = error.path().iter().collect();
        let last_is =
            |name: &str| matches!(segments.last(), Some(Segment::Map { key }) if key.as_str() == name);
        let (below, unknown_key) = match field {
            Field::None => (None, None),
            // A missing field is never a part of the path, another one may be.
            Field::Known(name) => ((!last_is(name)).then_some(name), None),
            Field::Unknown(name) => {
                if last_is(name) {
                    segments.pop();
                }
                (None, Some(name.to_owned()))
            }
        };
        let mut path = String::new();
        for segment in segments {
            match segment {
                Segment::Seq { index } => {
                    // Writing into a string cannot fail.
                    let _ = write!(path, "[{index}]");
                }
                Segment::Map { key } | Segment::Enum { variant: key } => push(&mut path, key),
                // Between two fields, where a text stops being JSON: the place above it is what can be named.
                Segment::Unknown => {}
            }
        }
        if let Some(name) = below {
            push(&mut path, name);
        }
        Self { path, unknown_key, message }
    }
}

/// The field that a message names.
#[derive(Debug, PartialEq, Eq)]
enum Field<'a> {
    None,
    /// One that the type has.
    Known(&'a str),
    /// One that it has not: the writer's word.
    Unknown(&'a str),
}

fn push(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// Without the position: the error has a path.
fn without_position<'a>(text: &'a str, error: &serde_json::Error) -> &'a str {
    let position = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&*position).unwrap_or(text)
}

/// The type's own words out of a message. In all of serde's the last `expected` is the type's, whatever is quoted
/// before it.
fn without_values(message: &str) -> (Field<'_>, String) {
    let named = |start: &str| {
        let (name, _) = message.strip_prefix(start)?.split_once('`')?;
        Some(Field::Known(name))
    };
    if let Some(field) = named("missing field `") {
        return (field, "expected, but it is missing".to_owned());
    }
    if let Some(field) = named("duplicate field `") {
        return (field, "duplicate field".to_owned());
    }
    if let Some((name, expected)) =
        message.strip_prefix("unknown field `").and_then(|rest| rest.rsplit_once("`, expected "))
    {
        return (Field::Unknown(name), format!("unknown field, expected {expected}"));
    }
    if let Some((_, expected)) = message.rsplit_once(", expected ") {
        return (Field::None, format!("expected {expected}"));
    }
    of_this_crate(message)
}

/// The messages of this crate's types. Any other message may quote a value.
fn of_this_crate(message: &str) -> (Field<'_>, String) {
    let (field, rest) = match message.split_once(": ") {
        Some(("invalid type", rest)) => (Field::None, rest),
        Some((name, rest)) if name.bytes().all(|b| b.is_ascii_alphanumeric()) => (Field::Known(name), rest),
        Some(_) | None => (Field::None, message),
    };
    if !rest.starts_with("expected ") && !rest.starts_with("not a field of ") {
        return (Field::None, "not valid".to_owned());
    }
    match rest.split_once(", got ") {
        Some((expected, got)) if !is_measure(got) => (field, expected.to_owned()),
        Some(_) | None => (field, rest.to_owned()),
    }
}

/// How many were found, or which character's code: nothing that was written.
fn is_measure(got: &str) -> bool {
    let hex = |code: &str| code.bytes().all(|b| b.is_ascii_hexdigit());
    got == "more" || got.bytes().all(|b| b.is_ascii_digit()) || got.strip_prefix("U+").is_some_and(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, field: &Field<'_>, expect: &str) {
        let (named, said) = without_values(message);
        assert_eq!((&named, &*said), (field, expect));
    }

    #[test]
    fn serdes_messages_lose_what_they_quote() {
        let expect = "expected a whole number from 20 to 600";
        for found in [
            "invalid value: integer `777`",
            "invalid value: integer `-1`",
            "invalid type: floating point `7.5`",
            "invalid type: string \"페니실린, expected nothing\"",
            "invalid type: boolean `true`",
        ] {
            check(&format!("{found}, {expect}"), &Field::None, expect);
        }
        check(
            "unknown variant `비밀`, expected one of `keto`, `baby`",
            &Field::None,
            "expected one of `keto`, `baby`",
        );
    }

    #[test]
    fn a_field_is_named_and_an_unknown_key_is_marked() {
        check("missing field `months`", &Field::Known("months"), "expected, but it is missing");
        check("duplicate field `budget`", &Field::Known("budget"), "duplicate field");
        check(
            "unknown field `a`, expected b`, expected `name` or `unit`",
            &Field::Unknown("a`, expected b"),
            "unknown field, expected `name` or `unit`",
        );
        check(
            "months: not a field of target `general`",
            &Field::Known("months"),
            "not a field of target `general`",
        );
    }

    #[test]
    fn a_measure_is_kept_and_a_value_is_not() {
        for kept in ["got 101", "got more", "got U+202E"] {
            let message = format!("expected 1 to 100 characters, {kept}");
            check(&message, &Field::None, &message);
        }
        for left_out in ["got -1", "got 7.5", "got 페니실린", "got U+페"] {
            let message = format!("expected a number of 0 or more, {left_out}");
            check(&message, &Field::None, "expected a number of 0 or more");
        }
        check("페니실린 is bad", &Field::None, "not valid");
        check("페니실린: expected it", &Field::None, "not valid");
    }

    #[test]
    fn debug_leaves_the_unknown_key_out() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Few {
            #[expect(dead_code, reason = "a struct has to have a field to expect one")]
            name: Option<String>,
        }
        let json = &mut serde_json::Deserializer::from_str("{\"인슐린.500mg\":1}");
        let error = serde_path_to_error::deserialize::<_, Few>(json).unwrap_err();
        let error = SchemaError::from(&error);
        assert_eq!(error.unknown_key.as_deref(), Some("인슐린.500mg"));
        assert_eq!((&*error.path, &*error.message), ("", "unknown field, expected `name`"));
        assert!(!format!("{error:?}").contains("인슐린"));
    }
}
