//! The closed list of error names that our functions answer with. Retry and Catch match exactly these words.

use serde::Serialize;

/// A name that a state machine can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "&'static str")]
pub enum ErrorName {
    /// The model gave no recipe.
    RecipeGenerationFailed,
    /// A price provider's limit is reached.
    RateLimitExceeded,
    /// A price search was not answered.
    PriceFetchFailed,
    /// The session is final already, and not by this execution (decision D5).
    SessionClosed,
    /// The result does not fit into a DynamoDB item.
    ResultTooLarge,
    /// The result could not be stored.
    ResultStoreFailed,
    /// A function got an input that is not its task's.
    InvalidInput,
}

impl ErrorName {
    /// Every name.
    pub const ALL: [Self; 7] = [
        Self::RecipeGenerationFailed,
        Self::RateLimitExceeded,
        Self::PriceFetchFailed,
        Self::SessionClosed,
        Self::ResultTooLarge,
        Self::ResultStoreFailed,
        Self::InvalidInput,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RecipeGenerationFailed => "RECIPE_GENERATION_FAILED",
            Self::RateLimitExceeded => "RATE_LIMIT_EXCEEDED",
            Self::PriceFetchFailed => "PRICE_FETCH_FAILED",
            Self::SessionClosed => "SESSION_CLOSED",
            Self::ResultTooLarge => "RESULT_TOO_LARGE",
            Self::ResultStoreFailed => "RESULT_STORE_FAILED",
            Self::InvalidInput => "INVALID_INPUT",
        }
    }
}

impl From<ErrorName> for &'static str {
    fn from(name: ErrorName) -> Self {
        name.as_str()
    }
}

impl std::fmt::Display for ErrorName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The errors of one task: the only ones in that task's Retry and Catch.
pub trait TaskError: Copy + Send + Sync + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// The word on the wire.
    fn name(self) -> ErrorName;
}

/// Writes an enum of errors with its names.
macro_rules! task_errors {
    ($(#[$doc:meta])* $task:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $task { $($(#[$variant_doc])* $variant),+ }
        impl TaskError for $task {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn name(self) -> ErrorName {
                match self { $(Self::$variant => ErrorName::$variant),+ }
            }
        }
    };
}

task_errors! {
    /// How generating a recipe fails.
    RecipeError {
        /// The model gave no recipe.
        RecipeGenerationFailed,
        /// The input is not the task's.
        InvalidInput,
    }
}

task_errors! {
    /// How fetching prices fails.
    PriceError {
        /// A provider's limit is reached.
        RateLimitExceeded,
        /// A search was not answered.
        PriceFetchFailed,
        /// The input is not the task's.
        InvalidInput,
    }
}

task_errors! {
    /// How combining fails.
    CombineError {
        /// The session is final already, and not by this execution.
        SessionClosed,
        /// The result does not fit into an item.
        ResultTooLarge,
        /// The result could not be stored.
        ResultStoreFailed,
        /// The input is not the task's.
        InvalidInput,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_belongs_to_a_task() {
        let names = RecipeError::ALL.iter().map(|e| e.name());
        let names = names.chain(PriceError::ALL.iter().map(|e| e.name()));
        let names: Vec<_> = names.chain(CombineError::ALL.iter().map(|e| e.name())).collect();
        for name in ErrorName::ALL {
            assert!(names.contains(&name), "{name}");
        }
    }
}
