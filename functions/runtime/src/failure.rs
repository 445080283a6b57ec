//! A task's failure: an error name that the state machine matches, and a message for people.

use std::{error::Error, fmt};

use contract::{ErrorName, TaskError};
use lambda_runtime::Diagnostic;

/// A core's failure. Message and hint have no health data and no secret: both are in the session's cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure<E: TaskError> {
    /// The task's own error: what Retry and Catch match.
    pub error: E,
    /// A lowercase fragment, with the value at the end after a colon.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl<E: TaskError> Failure<E> {
    /// A failure without a hint.
    pub fn new(error: E, message: impl Into<String>) -> Self {
        Self { error, message: message.into(), hint: None }
    }

    /// A failure with the message of an error and its causes, joined by colons.
    pub fn caused_by(error: E, cause: &dyn Error) -> Self {
        Self::new(error, chain(cause))
    }

    /// The name that the state machine matches.
    #[must_use]
    pub fn name(&self) -> ErrorName {
        self.error.name()
    }

    /// The same failure with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl<E: TaskError> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl<E: TaskError + fmt::Debug> Error for Failure<E> {}

impl<E: TaskError> From<Failure<E>> for Diagnostic {
    fn from(failure: Failure<E>) -> Self {
        diagnostic(failure.name(), &failure)
    }
}

/// An error with its causes, joined by colons.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

/// The answer to Lambda: the type is what the state machine matches, the message is the seed's `NAME: <message>`.
///
/// A boxed error would arrive as `&alloc::boxed::Box<dyn ..>`, which no Retry and no Catch matches by name.
pub(crate) fn diagnostic(name: ErrorName, message: &dyn fmt::Display) -> Diagnostic {
    Diagnostic { error_type: name.as_str().to_owned(), error_message: format!("{name}: {message}") }
}

#[cfg(test)]
mod tests {
    use contract::error_name::RecipeError;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the model did not answer")]
    struct Outer(#[source] std::num::ParseIntError);

    #[test]
    fn a_diagnostic_carries_the_name_twice() {
        let failure =
            Failure::new(RecipeError::RecipeGenerationFailed, "the reply was cut").with_hint("raise it");
        let diagnostic = Diagnostic::from(failure);
        assert_eq!(diagnostic.error_type, "RECIPE_GENERATION_FAILED");
        assert_eq!(diagnostic.error_message, "RECIPE_GENERATION_FAILED: the reply was cut; hint: raise it");
    }

    #[test]
    fn the_chain_has_every_cause() {
        let outer = Outer("x".parse::<i32>().unwrap_err());
        let failure = Failure::caused_by(RecipeError::RecipeGenerationFailed, &outer);
        assert_eq!(failure.message, "the model did not answer: invalid digit found in string");
    }
}
