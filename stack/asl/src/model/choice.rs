//! The rules of a Choice state.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Number;

use super::{Path, Timestamp};

/// A rule and where it leads.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceRule {
    pub comment: Option<String>,
    /// What must hold.
    pub rule: Rule,
    pub next: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// All hold.
    And(Vec<Rule>),
    /// One holds.
    Or(Vec<Rule>),
    /// It does not hold.
    Not(Box<Rule>),
    /// A test of one variable.
    Test {
        variable: Path,
        /// How.
        test: Test,
    },
}

/// A test. A variable of another type than the operator's fails it.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `StringEquals`, `StringLessThanPath` ..: by UTF-16 code units, as in Java.
    String(Comparison, Operand<String>),
    /// `NumericEquals` ..: by value.
    Numeric(Comparison, Operand<Number>),
    /// `TimestampEquals` ..: by the point in time.
    Timestamp(Comparison, Operand<Timestamp>),
    /// `BooleanEquals`, `BooleanEqualsPath`.
    Boolean(Operand<bool>),
    /// `StringMatches`.
    Matches(Pattern),
    /// `IsNull`, `IsPresent` ..: whether it is, or is not.
    Type(TypeTest, bool),
}

/// What a variable is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand<T> {
    /// A value of the definition.
    Literal(T),
    /// A value of the data: the operator's name ends in `Path`.
    Path(Path),
}

/// How two values must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equals,
    LessThan,
    GreaterThan,
    LessThanEquals,
    GreaterThanEquals,
}

/// A question about a variable's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeTest {
    Null,
    /// Its path matches something.
    Present,
    Numeric,
    String,
    Boolean,
    /// It is a string that names a point in time.
    Timestamp,
}

/// A `StringMatches` pattern: `*` is any run of characters, `\*` a star, `\\` a backslash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// The literal runs between the stars; one more than there are stars.
    runs: Vec<String>,
}

impl Comparison {
    /// Every comparison with its word in the names of operators.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Equals, "Equals"),
        (Self::LessThan, "LessThan"),
        (Self::GreaterThan, "GreaterThan"),
        (Self::LessThanEquals, "LessThanEquals"),
        (Self::GreaterThanEquals, "GreaterThanEquals"),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(comparison, _)| *comparison == self).map_or("", |(_, word)| word)
    }

    /// Whether two values that compare as `found` pass.
    pub fn holds(self, found: std::cmp::Ordering) -> bool {
        match self {
            Self::Equals => found.is_eq(),
            Self::LessThan => found.is_lt(),
            Self::GreaterThan => found.is_gt(),
            Self::LessThanEquals => found.is_le(),
            Self::GreaterThanEquals => found.is_ge(),
        }
    }
}

impl TypeTest {
    /// Every test with its operator.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Null, "IsNull"),
        (Self::Present, "IsPresent"),
        (Self::Numeric, "IsNumeric"),
        (Self::String, "IsString"),
        (Self::Boolean, "IsBoolean"),
        (Self::Timestamp, "IsTimestamp"),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(is, _)| *is == self).map_or("", |(_, word)| word)
    }
}

impl Pattern {
    /// Reads a pattern. Every text is one.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let mut runs = vec![String::new()];
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let literal = match c {
                '*' => None,
                '\\' => Some(chars.next_if(|next| matches!(next, '*' | '\\')).unwrap_or('\\')),
                other => Some(other),
            };
            match (literal, runs.last_mut()) {
                (Some(literal), Some(run)) => run.push(literal),
                _ => runs.push(String::new()),
            }
        }
        Self { text, runs }
    }

    /// Whether all of `text` is of this form.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.runs.split_first() else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return text == first;
        };
        let Some(mut left) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for run in middle {
            match left.split_once(run.as_str()) {
                Some((_, after)) => left = after,
                None => return false,
            }
        }
        left.ends_with(last.as_str())
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Rule {
    fn entries<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::And(rules) => map.serialize_entry("And", rules),
            Self::Or(rules) => map.serialize_entry("Or", rules),
            Self::Not(rule) => map.serialize_entry("Not", rule),
            Self::Test { variable, test } => {
                map.serialize_entry("Variable", variable)?;
                test.entry(map)
            }
        }
    }
}

impl Test {
    fn entry<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::String(order, operand) => operand.entry(map, "String", *order),
            Self::Numeric(order, operand) => operand.entry(map, "Numeric", *order),
            Self::Timestamp(order, operand) => operand.entry(map, "Timestamp", *order),
            Self::Boolean(operand) => operand.entry(map, "Boolean", Comparison::Equals),
            Self::Matches(pattern) => map.serialize_entry("StringMatches", pattern.as_str()),
            Self::Type(is, expected) => map.serialize_entry(is.word(), expected),
        }
    }
}

impl<T: Serialize> Operand<T> {
    fn entry<M: SerializeMap>(&self, map: &mut M, kind: &str, order: Comparison) -> Result<(), M::Error> {
        let word = order.word();
        match self {
            Self::Literal(value) => map.serialize_entry(&format!("{kind}{word}"), value),
            Self::Path(path) => map.serialize_entry(&format!("{kind}{word}Path"), path),
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.entries(&mut map)?;
        map.end()
    }
}

impl Serialize for ChoiceRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(comment) = &self.comment {
            map.serialize_entry("Comment", comment)?;
        }
        self.rule.entries(&mut map)?;
        map.serialize_entry("Next", &self.next)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expect: bool) {
        assert_eq!(Pattern::new(pattern).matches(text), expect, "{pattern} on {text}");
    }

    #[test]
    fn a_star_is_any_run() {
        check("log-*.txt", "log-2026.txt", true);
        check("log-*.txt", "log-.txt", true);
        check("log-*.txt", "log-2026.txt.gz", false);
        check("*", "", true);
        check("a*b*c", "a--b--b--c", true);
        check("a*a", "a", false);
        check("*이유식*", "6개월 이유식 죽", true);
        check("plain", "plain", true);
        check("plain", "plain ", false);
    }

    #[test]
    fn an_escaped_star_is_a_star() {
        check(r"a\*b", "a*b", true);
        check(r"a\*b", "axb", false);
        check(r"a\\*", r"a\x", true);
        check(r"a\b", r"a\b", true);
    }
}
