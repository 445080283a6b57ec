//! The port to the outside: a search for one ingredient, and why it may stay unanswered. The adapters implement
//! it, one folder each; what is done with the answers does not live here.

use std::{borrow::Cow, fmt, time::Duration};

use contract::{error_name::PriceError, metric::Provider};
use shell::{Invocation, Recorder, SecretError};
use tokio::time::Instant;

use crate::{Answer, xml::XmlError};

/// A source of prices.
pub trait ProductSearch: Send + Sync + 'static {
    /// Searches products by an ingredient's name. Retries what is worth it inside of the scope's time, takes a turn of
    /// its [`Budget`](crate::Budget) for every call and records it. Dropping the future gives the search up.
    ///
    /// # Errors
    /// The search stayed unanswered. Finding nothing is an answer.
    fn search(&self, name: &str, scope: &Scope) -> impl Future<Output = Result<Answer, Unanswered>> + Send;
}

/// What a search may use.
#[derive(Debug, Clone)]
pub struct Scope {
    /// When it must have ended.
    pub until: Instant,
    /// Where its calls are recorded.
    pub metrics: Recorder,
}

impl Scope {
    /// All that an invocation has.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Self {
        Self {
            until: Instant::now() + invocation.deadline.budget(),
            metrics: invocation.metrics.clone(),
        }
    }
}

/// A search that stayed unanswered (D6). Quotes no secret and no ingredient.
#[derive(Debug, thiserror::Error)]
#[error("{} gave no answer", provider.as_str())]
pub struct Unanswered {
    /// Who was asked.
    pub provider: Provider,
    /// What happened at the last try.
    #[source]
    pub why: Why,
    /// What to do about it.
    pub hint: Option<Cow<'static, str>>,
}

/// Why a provider gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// The limit of calls in a second is reached: over soon.
    #[error("too many calls a second: {0}")]
    LimitPerSecond(Refusal),
    /// The limit of calls in a day is reached: not over while this task waits.
    #[error("too many calls a day: {0}")]
    LimitPerDay(Refusal),
    /// The budget that all functions share cannot be read, and what a process may call without it is called.
    #[error("shared budget is not read, and its {calls} calls without it are made")]
    BudgetUnread {
        /// Calls that a process may make meanwhile.
        calls: u32,
    },
    /// The credentials are wrong or were changed.
    #[error("credentials refused: {0}")]
    Credentials(Refusal),
    /// The provider no longer offers this search.
    #[error("search has ended: {0}")]
    Ended(Refusal),
    /// The call is refused, and would be again.
    #[error("call refused: {0}")]
    Refused(Refusal),
    /// The provider says that it is out of order.
    #[error("provider out of order: {0}")]
    OutOfOrder(Refusal),
    /// No connection, or one that broke off before the answer was complete.
    #[error("connection failed")]
    Connection(#[source] reqwest::Error),
    /// No complete answer in the time of one call.
    #[error("no complete answer in time: {} ms", .0.as_millis())]
    TooSlow(Duration),
    /// A complete answer that is not JSON.
    #[error("answer is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// A complete answer that is not XML, or XML that is not read.
    #[error("answer is not XML")]
    NotXml(#[source] XmlError),
    /// Another shape than the documented one.
    #[error("answer has not the documented shape: expected {0}")]
    Shape(&'static str),
    /// More bytes than any list of products has.
    #[error("answer is too large: more than {limit_bytes} bytes")]
    TooLarge {
        /// Most bytes that are read.
        limit_bytes: usize,
    },
    /// The credentials could not be read again.
    #[error("credentials could not be read")]
    NoCredentials(#[source] SecretError),
    /// A credential with characters that no header may carry.
    #[error("credential cannot be sent in a header: {0}")]
    UnfitCredential(&'static str),
    /// A credential that no call can be made with.
    #[error("credential is not usable: {0}")]
    UnusableCredential(&'static str),
    /// The search's time was over before the call could be made.
    #[error("no time left for the call")]
    NoTime,
    /// Another search loaded what this one needs as well, and it just failed: that would be asked again for nothing.
    #[error("asked beside another search: {said}")]
    Beside {
        /// The other search's error.
        error: PriceError,
        /// The other search's reason.
        said: String,
    },
    /// Our own limits leave no turn in the search's time: as soon as other calls have had theirs there is one.
    #[error("our own budget of the second leaves no turn in time")]
    BudgetBusy,
    /// The source just failed in a way that does not pass at once: it is left alone for a moment, and was not asked.
    #[error("not asked, it failed a moment ago: {said}")]
    Skipped {
        /// What it failed of.
        said: String,
    },
    /// Our own budget of the day is spent: the provider was not asked.
    #[error("budget of the day is spent: {per_day} calls")]
    BudgetSpent {
        /// Calls that it lets through in a day.
        per_day: u32,
    },
}

impl Why {
    /// The task's error (S9).
    #[must_use]
    pub const fn error(&self) -> PriceError {
        match self {
            Self::LimitPerSecond(_)
            | Self::LimitPerDay(_)
            | Self::BudgetBusy
            | Self::BudgetUnread { .. }
            | Self::BudgetSpent { .. } => PriceError::RateLimitExceeded,
            Self::Beside { error, .. } => *error,
            Self::Credentials(_)
            | Self::Ended(_)
            | Self::Refused(_)
            | Self::OutOfOrder(_)
            | Self::Connection(_)
            | Self::TooSlow(_)
            | Self::NotJson(_)
            | Self::NotXml(_)
            | Self::Shape(_)
            | Self::TooLarge { .. }
            | Self::NoCredentials(_)
            | Self::UnfitCredential(_)
            | Self::UnusableCredential(_)
            | Self::NoTime
            | Self::Skipped { .. } => PriceError::PriceFetchFailed,
        }
    }

    /// Whether the same call may succeed a moment later.
    #[must_use]
    pub const fn passes(&self) -> bool {
        match self {
            Self::LimitPerSecond(_)
            | Self::OutOfOrder(_)
            | Self::Connection(_)
            | Self::TooSlow(_)
            | Self::NotJson(_)
            | Self::NotXml(_) => true,
            Self::LimitPerDay(_)
            | Self::BudgetUnread { .. }
            | Self::Credentials(_)
            | Self::Ended(_)
            | Self::Refused(_)
            | Self::Shape(_)
            | Self::TooLarge { .. }
            | Self::NoCredentials(_)
            | Self::UnfitCredential(_)
            | Self::UnusableCredential(_)
            | Self::NoTime
            | Self::Beside { .. }
            | Self::BudgetBusy
            | Self::Skipped { .. }
            | Self::BudgetSpent { .. } => false,
        }
    }
}

/// An answer that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The provider's code, where one was found.
    pub code: Option<String>,
    /// What the provider said: one line of bounded length without secrets and without the name that was
    /// searched for; may be empty.
    pub said: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_deref().unwrap_or("unknown");
        write!(f, "status {}, code {code}", self.status)?;
        if self.said.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.said)
        }
    }
}
