//! A circuit breaker for each source: after refused credentials, or two searches in a row without a connection, the source is not
//! asked for a while, which would cost calls and time of every ingredient. The state is this process's own; the daily limit of a
//! provider is shared (`quota`).

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::PriceSource;
use tokio::time::Instant;

use crate::search::{SearchError, SearchErrorKind, offer::Answer};

/// How long a source is not asked.
const OPEN_FOR: Duration = Duration::from_secs(30);
/// Searches in a row without a connection that open the circuit.
const MAX_UNREACHED: u8 = 2;
/// A timeout of less than this is due to the order's end, not to the source.
const FAIR_TIME: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct CircuitBreaker {
    source: PriceSource,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Searches in a row without a connection.
    unreached: u8,
    /// Until when the source is not asked, and the error of its searches.
    open: Option<(Instant, SearchError)>,
}

impl CircuitBreaker {
    pub(super) fn new(source: PriceSource) -> Self {
        Self { source, state: Mutex::default() }
    }

    /// The error of a source that is not asked now.
    pub(super) fn open(&self) -> Option<SearchError> {
        let state = self.state();
        let (until, error) = state.open.as_ref()?;
        (Instant::now() < *until).then(|| error.clone())
    }

    pub(super) fn record(&self, answer: &Result<Answer, SearchError>) {
        let mut state = self.state();
        let Err(error) = answer else {
            *state = State::default();
            return;
        };
        let opens = match &error.kind {
            SearchErrorKind::Credentials(_)
            | SearchErrorKind::CredentialUnusable(_)
            | SearchErrorKind::CredentialsUnreadable(_)
            | SearchErrorKind::ServiceEnded(_) => true,
            // These are not due to the source.
            SearchErrorKind::Timeout(time) if *time < FAIR_TIME => return,
            SearchErrorKind::DeadlineExceeded
            | SearchErrorKind::LimiterBusy
            | SearchErrorKind::QuotaExceeded { .. }
            | SearchErrorKind::CircuitOpen { .. }
            | SearchErrorKind::SharedLoadFailed(_) => return,
            SearchErrorKind::Connection(_) | SearchErrorKind::Timeout(_) => {
                state.unreached = state.unreached.saturating_add(1);
                state.unreached >= MAX_UNREACHED
            }
            _ => {
                state.unreached = 0;
                false
            }
        };
        if opens {
            let kind = SearchErrorKind::CircuitOpen { message: error.kind.to_string() };
            let error = SearchError { hint: error.hint.clone(), ..SearchError::new(self.source, kind) };
            *state = State { unreached: 0, open: Some((Instant::now() + OPEN_FOR, error)) };
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
