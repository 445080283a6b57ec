//! The port to the outside: a search for one ingredient, and why it may stay unanswered. The adapters in `sources`
//! implement it.

pub mod offer;

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::{PriceSource, error_name::PriceError, metric::Provider};
use runtime::{Invocation, Recorder, SecretError};
use tokio::time::Instant;

use self::offer::Answer;
use crate::text::xml::XmlError;

/// A source of prices.
pub trait ProductSearch: Send + Sync + 'static {
    /// Searches products by an ingredient's name. Retries transient errors inside of the context's time, acquires the
    /// source's quota for every call and records it. Dropping the future gives the search up.
    ///
    /// # Errors
    /// The search stayed unanswered. Finding nothing is an answer.
    fn search(
        &self,
        name: &str,
        context: &CallContext,
    ) -> impl Future<Output = Result<Answer, SearchError>> + Send;
}

/// What a search may use.
#[derive(Debug, Clone)]
pub struct CallContext {
    /// When it must have ended.
    pub until: Instant,
    /// Where its calls are recorded.
    pub metrics: Recorder,
    /// When the rate limiter let a call through that is not made yet.
    admitted: Arc<Mutex<Option<Instant>>>,
}

impl CallContext {
    pub fn new(until: Instant, metrics: Recorder) -> Self {
        Self { until, metrics, admitted: Arc::default() }
    }

    /// All the time that an invocation has.
    pub fn of(invocation: &Invocation) -> Self {
        let until = Instant::now() + invocation.deadline.budget();
        Self::new(until, invocation.metrics.clone())
    }

    /// The same calls within another time.
    #[must_use]
    pub fn until(&self, until: Instant) -> Self {
        Self::new(until, self.metrics.clone())
    }

    pub(crate) fn admit(&self) {
        *self.admission() = Some(Instant::now());
    }

    /// When a call was let through that is not made yet.
    pub(crate) fn admitted_at(&self) -> Option<Instant> {
        *self.admission()
    }

    /// The call is made, or will not be: the next one has to wait again.
    pub(crate) fn take_admission(&self) {
        *self.admission() = None;
    }

    fn admission(&self) -> MutexGuard<'_, Option<Instant>> {
        self.admitted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A search that stayed unanswered. It quotes no secret and no ingredient.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} gave no answer", provider.as_str())]
pub struct SearchError {
    pub provider: Provider,
    /// What happened at the last try.
    #[source]
    pub kind: SearchErrorKind,
    pub hint: Option<Cow<'static, str>>,
}

impl SearchError {
    /// An error without a hint, except for a spent quota. Other hints are the adapter's to give.
    pub(crate) const fn new(source: PriceSource, kind: SearchErrorKind) -> Self {
        const SPENT: &str = "the day's calls are used up, and nobody asks this source again before tomorrow: apply for more with the \
                             provider, then raise per_day of the source";
        let hint = match kind {
            SearchErrorKind::QuotaExceeded { .. } => Some(Cow::Borrowed(SPENT)),
            _ => None,
        };
        Self { provider: source.facts().provider, kind, hint }
    }
}

/// Why a provider gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SearchErrorKind {
    /// The provider's limit of calls in a second: over soon.
    #[error("too many calls a second: {0}")]
    RateLimited(Refusal),
    /// The provider's limit of calls in a day: not over while this task waits.
    #[error("too many calls a day: {0}")]
    DailyLimit(Refusal),
    #[error("credentials refused: {0}")]
    Credentials(Refusal),
    /// The provider no longer offers this search.
    #[error("search has ended: {0}")]
    ServiceEnded(Refusal),
    /// The call is refused, and would be again.
    #[error("call refused: {0}")]
    Refused(Refusal),
    #[error("provider out of order: {0}")]
    ProviderFailed(Refusal),
    /// No connection, or one that broke off before the answer was complete.
    #[error("connection failed")]
    Connection(#[source] Arc<reqwest::Error>),
    /// No complete answer in the time of one call.
    #[error("no complete answer in time: {} ms", .0.as_millis())]
    Timeout(Duration),
    #[error("answer is not JSON")]
    NotJson(#[source] Arc<serde_json::Error>),
    #[error("answer is not XML")]
    NotXml(#[source] XmlError),
    #[error("answer has not the documented shape: expected {0}")]
    UnexpectedShape(&'static str),
    #[error("answer is too large: more than {max_bytes} bytes")]
    TooLarge { max_bytes: usize },
    #[error("credentials could not be read")]
    CredentialsUnreadable(#[source] SecretError),
    #[error("credential cannot be sent in a header: {0}")]
    NotAHeader(&'static str),
    #[error("credential is not usable: {0}")]
    CredentialUnusable(&'static str),
    /// The search's time was over before the call could be made.
    #[error("no time left for the call")]
    DeadlineExceeded,
    /// Another search loaded a document that this one needs too, and that load failed a moment ago.
    #[error("asked beside another search: {0}")]
    SharedLoadFailed(Box<SearchErrorKind>),
    /// Our own limits let no call through in the search's time.
    #[error("our own limits leave no call in time")]
    LimiterBusy,
    /// The source failed a moment ago in a way that does not pass at once.
    #[error("not asked, it failed a moment ago: {message}")]
    CircuitOpen { message: String },
    /// The day's calls of all functions are used up: the provider was not asked.
    #[error("budget of the day is spent: {per_day} calls")]
    QuotaExceeded { per_day: u32 },
    /// The shared counter of the day is not available, and the calls that a process may make without it are made.
    #[error("shared quota is not available, and its {calls} calls without it are made")]
    QuotaUnavailable { calls: u32 },
}

impl SearchErrorKind {
    /// The error of the task that failed for this reason.
    pub const fn error(&self) -> PriceError {
        match self {
            Self::RateLimited(_)
            | Self::DailyLimit(_)
            | Self::LimiterBusy
            | Self::QuotaUnavailable { .. }
            | Self::QuotaExceeded { .. } => PriceError::RateLimitExceeded,
            Self::SharedLoadFailed(kind) => kind.error(),
            _ => PriceError::PriceFetchFailed,
        }
    }

    /// Whether the same call may succeed a moment later.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::RateLimited(_)
                | Self::ProviderFailed(_)
                | Self::Connection(_)
                | Self::Timeout(_)
                | Self::NotJson(_)
                | Self::NotXml(_)
        )
    }
}

impl From<serde_json::Error> for SearchErrorKind {
    fn from(error: serde_json::Error) -> Self {
        Self::NotJson(Arc::new(error))
    }
}

/// An answer that refuses the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The provider's code, where one was found.
    pub code: Option<String>,
    /// The provider's words: one line of bounded length without secrets and without the name that was searched for; may be
    /// empty.
    pub message: String,
}

impl Refusal {
    /// A code that is quoted: short, and letters or digits only.
    pub(crate) fn code(text: &str) -> Option<String> {
        const MAX_CHARS: usize = 8;
        let fits = (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| text.to_owned())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_deref().unwrap_or("unknown");
        write!(f, "status {}, code {code}", self.status)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}
