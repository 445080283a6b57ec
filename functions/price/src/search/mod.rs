//! The port to the providers: a search for one ingredient, its context and its errors. The adapters in `sources` implement it.

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
    /// Searches products by an ingredient's name. Retries transient errors within the context's time, and acquires the
    /// source's quota for every call.
    ///
    /// # Errors
    /// The search failed. Finding nothing is an answer.
    fn search(
        &self,
        name: &str,
        context: &CallContext,
    ) -> impl Future<Output = Result<Answer, SearchError>> + Send;
}

/// What a search may use.
#[derive(Debug, Clone)]
pub struct CallContext {
    pub until: Instant,
    pub metrics: Recorder,
    /// When the rate limiter admitted a call that has not started yet.
    admitted: Arc<Mutex<Option<Instant>>>,
}

impl CallContext {
    pub fn new(until: Instant, metrics: Recorder) -> Self {
        Self { until, metrics, admitted: Arc::default() }
    }

    /// With all the time of an invocation.
    pub fn of(invocation: &Invocation) -> Self {
        let until = Instant::now() + invocation.deadline.budget();
        Self::new(until, invocation.metrics.clone())
    }

    /// With another deadline, and nothing admitted.
    #[must_use]
    pub fn until(&self, until: Instant) -> Self {
        Self::new(until, self.metrics.clone())
    }

    pub(crate) fn admit(&self) {
        *self.admission() = Some(Instant::now());
    }

    pub(crate) fn admitted_at(&self) -> Option<Instant> {
        *self.admission()
    }

    /// The admitted call starts, or will not be made: the next one waits for the limiter again.
    pub(crate) fn take_admission(&self) {
        *self.admission() = None;
    }

    fn admission(&self) -> MutexGuard<'_, Option<Instant>> {
        self.admitted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A failed search. It quotes no secret and no ingredient.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} gave no answer", provider.as_str())]
pub struct SearchError {
    pub provider: Provider,
    #[source]
    pub kind: SearchErrorKind,
    pub hint: Option<Cow<'static, str>>,
}

impl SearchError {
    /// An error without a hint, except for a spent quota. Other hints are the adapter's to give.
    pub(crate) const fn new(source: PriceSource, kind: SearchErrorKind) -> Self {
        const SPENT: &str = "the day's calls are used up, and this source is not asked again before tomorrow: apply for more with the \
                             provider, then raise per_day of the source";
        let hint = match kind {
            SearchErrorKind::QuotaExceeded { .. } => Some(Cow::Borrowed(SPENT)),
            _ => None,
        };
        Self { provider: source.facts().provider, kind, hint }
    }
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum SearchErrorKind {
    /// Passes soon.
    #[error("too many calls a second: {0}")]
    RateLimited(ErrorReply),
    /// Does not pass within a task's time.
    #[error("too many calls a day: {0}")]
    DailyLimit(ErrorReply),
    #[error("credentials refused: {0}")]
    Credentials(ErrorReply),
    #[error("search has ended: {0}")]
    ServiceEnded(ErrorReply),
    /// The same call would be refused again.
    #[error("call refused: {0}")]
    Refused(ErrorReply),
    #[error("provider out of order: {0}")]
    ProviderFailed(ErrorReply),
    /// No connection, or one that ended before the answer was complete.
    #[error("connection failed")]
    Connection(#[source] Arc<reqwest::Error>),
    /// Within the time of one call.
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
    /// The context's time ended before the call.
    #[error("no time left for the call")]
    DeadlineExceeded,
    /// This search waited for a document that another search was loading, and the load failed.
    #[error("load that another search began failed: {0}")]
    SharedLoadFailed(Box<SearchErrorKind>),
    /// Our own limits admit no call in the context's time.
    #[error("our own limits leave no call in time")]
    LimiterBusy,
    #[error("not asked, it failed a moment ago: {message}")]
    CircuitOpen { message: String },
    /// All functions together have made the day's calls. The provider was not asked.
    #[error("budget of the day is spent: {per_day} calls")]
    QuotaExceeded { per_day: u32 },
    /// The shared counter is not available, and the process has made the calls that it may make without it.
    #[error("shared quota is not available, and its {calls} calls without it are made")]
    QuotaUnavailable { calls: u32 },
}

impl SearchErrorKind {
    /// The task's error.
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

/// A provider's reply that refuses the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorReply {
    pub status: u16,
    /// The provider's code.
    pub code: Option<String>,
    /// The provider's words in one bounded line, without secrets and the searched name; may be empty.
    pub message: String,
}

impl ErrorReply {
    /// A code that may be quoted: up to eight ASCII letters or digits.
    pub(crate) fn code(text: &str) -> Option<String> {
        const MAX_CHARS: usize = 8;
        let fits = (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| text.to_owned())
    }
}

impl fmt::Display for ErrorReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_deref().unwrap_or("unknown");
        write!(f, "status {}, code {code}", self.status)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}
