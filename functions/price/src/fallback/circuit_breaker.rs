//! Which source is left alone for a moment, because it just failed in a way that does not pass at once: its credentials are
//! refused, or it cannot be reached. Each search of it would spend calls and time for nothing, of every ingredient of every
//! order. The state is this process's own; the end of a provider's day is shared (`quota`).

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::PriceSource;
use tokio::time::Instant;

use crate::search::{SearchError, SearchErrorKind, offer::Answer};

/// How long a source is left alone.
const OPEN_FOR: Duration = Duration::from_secs(30);
/// So many searches in a row that did not reach it are no accident.
const MAX_UNREACHED: u8 = 2;
/// A call with less time than this was cut short by its order's end: its timeout says nothing of the source.
const FAIR_TIME: Duration = Duration::from_secs(1);

/// What the last searches of a source ended in.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    source: PriceSource,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Searches in a row that did not reach the source.
    unreached: u8,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    message: String,
    hint: Option<Cow<'static, str>>,
}

impl CircuitBreaker {
    pub(super) fn new(source: PriceSource) -> Self {
        Self { source, state: Mutex::default() }
    }

    /// The error of a source that is left alone now.
    pub(super) fn open(&self) -> Option<SearchError> {
        let state = self.state();
        let open = state.open.as_ref().filter(|open| Instant::now() < open.until)?;
        let message = open.message.clone();
        Some(SearchError {
            hint: open.hint.clone(),
            ..SearchError::new(self.source, SearchErrorKind::CircuitOpen { message })
        })
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
            // These say nothing of the source.
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
            *state = State {
                unreached: 0,
                open: Some(Open {
                    until: Instant::now() + OPEN_FOR,
                    message: error.kind.to_string(),
                    hint: error.hint.clone(),
                }),
            };
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
