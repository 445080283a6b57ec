//! Parameters and outputs.

use regex_lite::Regex;
use serde::{Serialize, Serializer};

use crate::{Text, Value};

/// A regular expression that the whole value of a parameter has to match.
#[derive(Debug, Clone)]
pub struct AllowedPattern {
    text: String,
    whole: Regex,
}

impl AllowedPattern {
    pub fn new(text: impl Into<String>) -> Result<Self, AllowedPatternError> {
        let text = text.into();
        match Regex::new(&format!("^(?:{text})$")) {
            Ok(whole) => Ok(Self { text, whole }),
            Err(source) => Err(AllowedPatternError { text, source }),
        }
    }

    /// Whether all of a value matches.
    pub fn matches(&self, value: &str) -> bool {
        self.whole.is_match(value)
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("not a regular expression: {text}")]
pub struct AllowedPatternError {
    pub text: String,
    source: regex_lite::Error,
}

impl PartialEq for AllowedPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for AllowedPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// A parameter of a template: a text, the only type that is supported.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "Type", rename = "String", rename_all = "PascalCase")]
pub struct Parameter {
    /// What it is for. Source: at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<4_000>>,
    /// The value if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What the whole value has to match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_pattern: Option<AllowedPattern>,
}

impl Parameter {
    pub const fn described(description: Text<4_000>) -> Self {
        Self { description: Some(description), default: None, allowed_pattern: None }
    }

    /// What is expected of a value that is not allowed; nothing if it is allowed. The value itself is left out: it may be
    /// a secret.
    pub(crate) fn violation(&self, value: &str) -> Option<String> {
        let pattern = self.allowed_pattern.as_ref().filter(|pattern| !pattern.matches(value))?;
        Some(format!("a match of {}", pattern.as_str()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<1_024>>,
    pub value: Value,
}

impl Output {
    pub const fn new(description: Text<1_024>, value: Value) -> Self {
        Self { description: Some(description), value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checked;

    fn parameter() -> Parameter {
        Parameter::described(checked!(Text<4_000>, "a key"))
    }

    #[test]
    fn a_pattern_matches_all_of_the_value() {
        let pattern = AllowedPattern::new("[a-z]+|x9").unwrap();
        assert!(pattern.matches("abc") && pattern.matches("x9"));
        assert!(!pattern.matches("abc1") && !pattern.matches(""));
        assert_eq!(AllowedPattern::new("(").unwrap_err().to_string(), "not a regular expression: (");
    }

    #[test]
    fn a_refusal_says_what_is_allowed_and_not_what_was_given() {
        let any = parameter();
        assert_eq!(any.violation("anything"), None);
        let pattern = AllowedPattern::new("arn:.+").unwrap();
        let arn = Parameter { allowed_pattern: Some(pattern), ..parameter() };
        assert_eq!(arn.violation("secret").as_deref(), Some("a match of arn:.+"));
    }
}
