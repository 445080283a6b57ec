//! Retry and Catch.

use serde::Serialize;

use super::Placement;
use crate::errors;

/// An entry of `ErrorEquals`: an error's name, or one of the wildcards.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ErrorPattern(String);

impl ErrorPattern {
    /// The pattern for an error's name, spelled as the error reports it.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// `States.ALL`.
    #[must_use]
    pub fn all() -> Self {
        Self::new(errors::ALL)
    }

    /// `States.TaskFailed`.
    #[must_use]
    pub fn task_failed() -> Self {
        Self::new(errors::TASK_FAILED)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is `States.ALL`, which stands alone and last.
    pub fn is_all(&self) -> bool {
        self.0 == errors::ALL
    }
}

impl From<&str> for ErrorPattern {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// Whether delays between attempts are spread at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Jitter {
    /// A delay is anything from nothing to the full delay.
    #[serde(rename = "FULL")]
    Full,
    /// A delay is the full delay.
    #[serde(rename = "NONE")]
    None,
}

/// A retrier: which errors it matches, how often and how long apart it tries again.
///
/// Each retrier of a state counts its own attempts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Retrier {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub error_equals: Vec<ErrorPattern>,
    /// The first delay in seconds, 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_seconds: Option<u64>,
    /// Attempts after the first, 3 by default. 0 never tries again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// What each delay is multiplied by, at least 1, 2 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_rate: Option<f64>,
    /// The longest delay in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_delay_seconds: Option<u64>,
    /// `NONE` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter_strategy: Option<Jitter>,
}

impl Retrier {
    /// First delay in seconds where a retrier says none. Source: States Language, "Retry".
    pub const INTERVAL_S: u64 = 1;
    /// Attempts where a retrier says nothing. Source: States Language, "Retry".
    pub const MAX_ATTEMPTS: u32 = 3;
    /// Multiplier where a retrier says none. Source: States Language, "Retry".
    pub const BACKOFF_RATE: f64 = 2.0;

    /// A retrier for these errors with everything else left to the language.
    #[must_use]
    pub fn new<P: Into<ErrorPattern>>(errors: impl IntoIterator<Item = P>) -> Self {
        Self {
            comment: None,
            error_equals: errors.into_iter().map(Into::into).collect(),
            interval_seconds: None,
            max_attempts: None,
            backoff_rate: None,
            max_delay_seconds: None,
            jitter_strategy: None,
        }
    }

    /// How often it tries again.
    pub fn attempts(&self) -> u32 {
        self.max_attempts.unwrap_or(Self::MAX_ATTEMPTS)
    }

    /// The delay in seconds before the attempt after `done` ones of this retrier, before any jitter.
    pub fn delay_s(&self, done: u32) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "intervals are far below 2^52 seconds")]
        let seconds = |n: u64| n as f64;
        let first = seconds(self.interval_seconds.unwrap_or(Self::INTERVAL_S));
        let power = i32::try_from(done).unwrap_or(i32::MAX);
        let delay = first * self.backoff_rate.unwrap_or(Self::BACKOFF_RATE).powi(power);
        self.max_delay_seconds.map_or(delay, |most| delay.min(seconds(most)))
    }
}

/// A catcher: which errors it matches and where the execution goes on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Catcher {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub error_equals: Vec<ErrorPattern>,
    /// Where `{"Error", "Cause"}` goes in the state's input.
    #[serde(skip_serializing_if = "Placement::is_default")]
    pub result_path: Placement,
    pub next: String,
}

impl Catcher {
    /// A catcher whose error output replaces the input.
    #[must_use]
    pub fn new<P: Into<ErrorPattern>>(errors: impl IntoIterator<Item = P>, next: impl Into<String>) -> Self {
        Self {
            comment: None,
            error_equals: errors.into_iter().map(Into::into).collect(),
            result_path: Placement::default(),
            next: next.into(),
        }
    }
}
