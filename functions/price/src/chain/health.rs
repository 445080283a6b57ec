//! Which source is left alone for a moment, because it just failed in a way that does not pass at once: its credentials are
//! refused, or it cannot be reached. Each search of it would spend calls and time for nothing, of every ingredient of every
//! order. This process knows it only; what is kept for all of them is the end of a provider's day (`budget`).

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::PriceSource;
use tokio::time::Instant;

use crate::{Answer, Unanswered, search::Why};

/// How long a source is left alone.
const PAUSE: Duration = Duration::from_secs(30);
/// So many searches in a row that did not reach it are no accident.
const UNREACHED: u8 = 2;

/// A call with less time than this was cut short by its order's end: that it was not answered says nothing of the source.
const FAIR_TIME: Duration = Duration::from_secs(1);

/// What the last searches of a source ended in.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Searches in a row that did not reach the source.
    unreached: u8,
    skip: Option<Skip>,
}

#[derive(Debug)]
struct Skip {
    until: Instant,
    said: String,
    hint: Option<Cow<'static, str>>,
}

impl Health {
    /// The answer of a source that is left alone now.
    pub(super) fn skipped(&self, source: PriceSource) -> Option<Unanswered> {
        let state = self.state();
        let skip = state.skip.as_ref().filter(|skip| Instant::now() < skip.until)?;
        let said = skip.said.clone();
        Some(Unanswered {
            hint: skip.hint.clone(),
            ..Unanswered::by(source, Why::Skipped { said })
        })
    }

    /// Notes what a search ended in.
    pub(super) fn note(&self, answer: &Result<Answer, Unanswered>) {
        let mut state = self.state();
        let Err(unanswered) = answer else {
            *state = State::default();
            return;
        };
        let stays = match &unanswered.why {
            Why::Credentials(_) | Why::UnusableCredential(_) | Why::NoCredentials(_) | Why::Ended(_) => true,
            Why::TooSlow(time) if *time < FAIR_TIME => return,
            Why::Connection(_) | Why::TooSlow(_) => {
                state.unreached = state.unreached.saturating_add(1);
                state.unreached >= UNREACHED
            }
            // Nothing came of the source itself.
            Why::NoTime
            | Why::BudgetBusy
            | Why::BudgetSpent { .. }
            | Why::Skipped { .. }
            | Why::Beside { .. } => {
                return;
            }
            _ => {
                state.unreached = 0;
                return;
            }
        };
        if stays {
            state.unreached = 0;
            state.skip = Some(Skip {
                until: Instant::now() + PAUSE,
                said: unanswered.why.to_string(),
                hint: unanswered.hint.clone(),
            });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
