//! Parameters and outputs.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde::{Serialize, Serializer};

use crate::{RangeError, Text, Value};

/// The type of a parameter. Lists and AWS-specific types are not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ParameterType {
    /// A text.
    String,
    /// A number, handed on as text.
    Number,
}

/// A regular expression that the whole value of a parameter has to match.
#[derive(Debug, Clone)]
pub struct AllowedPattern {
    text: String,
    whole: Regex,
}

impl AllowedPattern {
    /// Checks a regular expression.
    ///
    /// # Errors
    /// It does not compile.
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

    /// The expression.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A regular expression that does not compile.
#[derive(Debug, Clone, thiserror::Error)]
#[error("not a regular expression: {text}")]
pub struct AllowedPatternError {
    /// The expression.
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

/// A parameter of a template.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parameter {
    /// Text or number.
    #[serde(rename = "Type")]
    pub parameter_type: ParameterType,
    /// What it is for. Source: at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<4_000>>,
    /// The value if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What the whole value has to match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_pattern: Option<AllowedPattern>,
    /// The only values that are allowed; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_values: Vec<String>,
    /// The error for a value that is not allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint_description: Option<String>,
    /// Whether CloudFormation masks the value where it shows parameters.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_echo: bool,
}

impl Parameter {
    /// A required text.
    ///
    /// # Errors
    /// The description is too long.
    pub fn text(description: impl Into<String>) -> Result<Self, RangeError> {
        Ok(Self::described(Text::new(description)?))
    }

    /// A required text whose description is checked already.
    pub const fn described(description: Text<4_000>) -> Self {
        Self {
            parameter_type: ParameterType::String,
            description: Some(description),
            default: None,
            allowed_pattern: None,
            allowed_values: Vec::new(),
            constraint_description: None,
            no_echo: false,
        }
    }

    /// What is expected of a value that is not allowed; nothing if it is allowed. The value itself is left out: the
    /// parameter may be one with `NoEcho`.
    pub(crate) fn violation(&self, value: &str) -> Option<String> {
        let is_number = value.parse().is_ok_and(f64::is_finite);
        if self.parameter_type == ParameterType::Number && !is_number {
            return Some("a number".to_owned());
        }
        if let Some(pattern) = self.allowed_pattern.as_ref().filter(|pattern| !pattern.matches(value)) {
            return Some(format!("a match of {}", pattern.as_str()));
        }
        if !self.allowed_values.is_empty() && !self.allowed_values.iter().any(|allowed| allowed == value) {
            return Some(format!("one of {}", self.allowed_values.join(", ")));
        }
        None
    }
}

/// An output of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<1_024>>,
    /// The value.
    pub value: Value,
    /// The name under which other stacks of the region import it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "export")]
    pub export: Option<Value>,
}

impl Output {
    /// A value with its description.
    pub const fn new(description: Text<1_024>, value: Value) -> Self {
        Self { description: Some(description), value, export: None }
    }
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn export<S: Serializer>(name: &Option<Value>, serializer: S) -> Result<S::Ok, S::Error> {
    BTreeMap::from([("Name", name)]).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter() -> Parameter {
        Parameter::text("a key").unwrap()
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
        let number = Parameter { parameter_type: ParameterType::Number, ..parameter() };
        assert_eq!(number.violation("1.5"), None);
        assert_eq!(number.violation("secret").as_deref(), Some("a number"));
        assert_eq!(number.violation("inf").as_deref(), Some("a number"));
        let closed = Parameter { allowed_values: vec!["a".into(), "b".into()], ..parameter() };
        assert_eq!(closed.violation("secret").as_deref(), Some("one of a, b"));
        let pattern = AllowedPattern::new("arn:.+").unwrap();
        let arn = Parameter { allowed_pattern: Some(pattern), ..parameter() };
        assert_eq!(arn.violation("secret").as_deref(), Some("a match of arn:.+"));
    }

    #[test]
    fn an_export_is_a_name_in_an_object() {
        let output = Output { description: None, value: "v".into(), export: Some("shared".into()) };
        let rendered = serde_json::to_value(output).unwrap();
        assert_eq!(rendered, serde_json::json!({"Value": "v", "Export": {"Name": "shared"}}));
    }
}
