//! Names with an alphabet and a length: logical ids, physical names, words of policies.
//!
//! Every alphabet here is ASCII letters and digits plus some punctuation, so that a name is safe in ARNs.

use std::{borrow::Cow, fmt, ops::Deref};

use serde::{Deserialize, Serialize};

use crate::Prop;

/// A text that is not of its pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got: {got}")]
pub struct PatternError {
    /// What was expected, in words.
    pub expected: &'static str,
    pub got: String,
}

const fn is_one_of(byte: u8, mut set: &[u8]) -> bool {
    while let [first, rest @ ..] = set {
        if *first == byte {
            return true;
        }
        set = rest;
    }
    false
}

/// Whether `text` is `min` to `max` letters, digits and `punctuation`.
const fn is_made_of(mut text: &[u8], min: usize, max: usize, punctuation: &[u8]) -> bool {
    if text.len() < min || text.len() > max {
        return false;
    }
    while let [first, rest @ ..] = text {
        if !first.is_ascii_alphanumeric() && !is_one_of(*first, punctuation) {
            return false;
        }
        text = rest;
    }
    true
}

/// `[a-zA-Z]([a-zA-Z0-9_])+`.
const fn is_variable(text: &[u8]) -> bool {
    matches!(text, [first, _, ..] if first.is_ascii_alphabetic()) && is_made_of(text, 2, 4_096, b"_")
}

/// `*`, or a service's prefix and an action, which may hold wildcards.
const fn is_action(text: &[u8]) -> bool {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if *first == b':' {
            return after.len() + 1 < text.len() && is_made_of(after, 1, 128, b"*?");
        }
        if !first.is_ascii_lowercase() && !first.is_ascii_digit() && *first != b'-' {
            break;
        }
        rest = after;
    }
    matches!(text, b"*")
}

const fn is_service(text: &[u8]) -> bool {
    is_made_of(text, 1, 256, b".-")
        && matches!(
            text,
            [_, .., b'.', b'a', b'm', b'a', b'z', b'o', b'n', b'a', b'w', b's', b'.', b'c', b'o', b'm']
        )
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $expected:literal, |$text:ident| $fits:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// What a text has to be, in words.
            pub const EXPECTED: &str = $expected;

            const fn fits($text: &[u8]) -> bool {
                $fits
            }

            /// Checks a text.
            ///
            /// # Errors
            /// The text is not what `EXPECTED` says.
            pub fn new(text: impl Into<String>) -> Result<Self, PatternError> {
                let text = text.into();
                if Self::fits(text.as_bytes()) {
                    Ok(Self(Cow::Owned(text)))
                } else {
                    Err(PatternError { expected: Self::EXPECTED, got: text })
                }
            }

            /// For [`checked!`](crate::checked), which runs it while compiling.
            ///
            /// # Panics
            /// The text is not what `EXPECTED` says: then the caller does not compile.
            pub const fn from_const(text: &'static str) -> Self {
                assert!(Self::fits(text.as_bytes()), $expected);
                Self(Cow::Borrowed(text))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = PatternError;
            fn try_from(text: String) -> Result<Self, PatternError> {
                Self::new(text)
            }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for Prop<$name> {
            fn from(name: $name) -> Self {
                Self::Literal(name)
            }
        }
    };
}

name!(
    /// The name of a resource, parameter or output inside of its template.
    LogicalId, "1 to 255 letters and digits", |text| is_made_of(text, 1, 255, b"")
);
name!(
    /// The physical name of a function.
    FunctionName, "1 to 64 letters, digits, - and _", |text| is_made_of(text, 1, 64, b"-_")
);
name!(
    /// The name of a function's environment variable.
    VariableName, "a letter, then letters, digits and _", |text| is_variable(text)
);
name!(
    /// The physical name of a table.
    TableName, "3 to 255 letters, digits, _, . and -", |text| is_made_of(text, 3, 255, b"_.-")
);
name!(
    /// The name of a table's attribute. `DynamoDB` allows any text; this alphabet needs no placeholder beyond `#name`.
    AttributeName, "1 to 255 letters, digits, _, . and -", |text| is_made_of(text, 1, 255, b"_.-")
);
name!(
    /// The physical name of a state machine. AWS allows more, but such names "don't work with CloudWatch".
    StateMachineName, "1 to 80 letters, digits, - and _", |text| is_made_of(text, 1, 80, b"-_")
);
name!(
    /// The physical name of a role.
    RoleName, "1 to 64 letters, digits and _+=,.@-", |text| is_made_of(text, 1, 64, b"_+=,.@-")
);
name!(
    /// The name of a policy inside of a role.
    PolicyName, "1 to 128 letters, digits and _+=,.@-", |text| is_made_of(text, 1, 128, b"_+=,.@-")
);
name!(
    /// The physical name of a log group.
    LogGroupName, "1 to 512 letters, digits and .-_/#", |text| is_made_of(text, 1, 512, b".-_/#")
);
name!(
    /// The physical name of an event rule.
    RuleName, "1 to 64 letters, digits, ., - and _", |text| is_made_of(text, 1, 64, b".-_")
);
name!(
    /// The name of a rule's target inside of its rule.
    TargetId, "1 to 64 letters, digits, ., - and _", |text| is_made_of(text, 1, 64, b".-_")
);
name!(
    /// The physical name of a standard queue.
    QueueName, "1 to 80 letters, digits, - and _", |text| is_made_of(text, 1, 80, b"-_")
);
name!(
    /// The physical name of an alarm.
    AlarmName, "1 to 255 letters, digits, ., - and _", |text| is_made_of(text, 1, 255, b".-_")
);
name!(
    /// The physical name of a topic.
    TopicName, "1 to 256 letters, digits, - and _", |text| is_made_of(text, 1, 256, b"-_")
);
name!(
    /// The name of a metric filter inside of its log group.
    FilterName, "1 to 512 letters, digits, ., - and _", |text| is_made_of(text, 1, 512, b".-_")
);
name!(
    /// The key of a tag.
    TagKey, "1 to 128 letters, digits, spaces and _.:/=+-@", |text| is_made_of(text, 1, 128, b" _.:/=+-@")
);
name!(
    /// The id of a policy statement.
    Sid, "1 to 100 letters and digits", |text| is_made_of(text, 1, 100, b"")
);
name!(
    /// An action of a policy, `dynamodb:PutItem`. Wildcards are allowed, as in IAM.
    Action, "an action as service:Name, or *", |text| is_action(text)
);
name!(
    /// A service that acts for us, `states.amazonaws.com`.
    ServicePrincipal, "a service as name.amazonaws.com", |text| is_service(text)
);

impl Action {
    /// Whether the action stands for more than one.
    pub fn is_wildcard(&self) -> bool {
        self.0.contains(['*', '?'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logical_id_is_letters_and_digits() {
        for ok in ["A", "Results2", &"x".repeat(255)] {
            assert!(LogicalId::new(ok).is_ok(), "{ok}");
        }
        for bad in ["", "a-b", "a_b", "a.b", "a\n", "가", "AWS::Region", &"x".repeat(256)] {
            assert!(LogicalId::new(bad).is_err(), "{bad}");
        }
        assert_eq!(
            LogicalId::new("a b").unwrap_err().to_string(),
            "expected 1 to 255 letters and digits, got: a b"
        );
    }

    #[test]
    fn physical_names_have_their_own_lengths() {
        assert!(FunctionName::new("x".repeat(64)).is_ok() && FunctionName::new("x".repeat(65)).is_err());
        assert!(TableName::new("ab").is_err() && TableName::new("abc").is_ok());
        assert!(StateMachineName::new("요리").is_err() && FunctionName::new("요리").is_err());
        assert!(TableName::new("요리-sessions").is_err());
        assert!(LogGroupName::new("/aws/lambda/A_b-c.d#1").is_ok());
        assert!(RuleName::new("a/b").is_err());
    }

    #[test]
    fn an_action_names_service_and_word() {
        for ok in ["*", "dynamodb:PutItem", "logs:*", "application-autoscaling:Describe*", "s3:Get?bject"] {
            assert!(Action::new(ok).is_ok(), "{ok}");
        }
        for bad in ["", ":", "dynamodb:", ":PutItem", "dynamodb", "dynamo*:Put", "a:b:c", "dynamodb:Put Item"]
        {
            assert!(Action::new(bad).is_err(), "{bad}");
        }
        assert!(Action::new("logs:Put*").unwrap().is_wildcard());
        assert!(!Action::new("logs:PutLogEvents").unwrap().is_wildcard());
    }

    #[test]
    fn other_words() {
        assert!(ServicePrincipal::new("states.amazonaws.com").is_ok());
        assert!(ServicePrincipal::new(".amazonaws.com").is_err());
        assert!(ServicePrincipal::new("amazonaws.com").is_err());
        assert!(
            VariableName::new("A1").is_ok()
                && VariableName::new("A").is_err()
                && VariableName::new("1A").is_err()
        );
    }
}
