//! Retry and Catch of Task and Parallel states.

use std::time::Duration;

use super::{branch::StateContext, data::Data, failure::Failure, shape};
use crate::model::{Catcher, Jitter, Retrier};

/// The longest delay before a retry: AWS's own bound on delays. Source: States Language, "Retry".
const MAX_DELAY_S: f64 = 31_622_400.0;

/// A state's output, and the catcher's target if the failure was caught.
pub(super) struct Recovered<'m> {
    pub(super) output: Data,
    pub(super) caught_by: Option<&'m str>,
}

/// The attempts of each retrier of a state.
struct Attempts<'m> {
    retry: &'m [Retrier],
    done: Vec<u32>,
    /// `$$.State.RetryCount`: over all retriers.
    total: u32,
}

impl<'m> Attempts<'m> {
    fn new(retry: &'m [Retrier]) -> Self {
        Self { retry, done: vec![0; retry.len()], total: 0 }
    }

    /// Counts one more attempt for this failure and returns the delay before it. `None`: it is not retried.
    /// Only the first retrier that matches an error counts, as on AWS.
    fn after(&mut self, failure: &Failure, cx: &StateContext<'_, '_>) -> Option<Duration> {
        let (retrier, done) = self
            .retry
            .iter()
            .zip(&mut self.done)
            .find(|(retrier, _)| failure.matches(&retrier.error_equals))?;
        if *done >= retrier.attempts() {
            return None;
        }
        let delay = Duration::try_from_secs_f64(retrier.delay_s(*done).min(MAX_DELAY_S)).unwrap_or_default();
        *done += 1;
        self.total += 1;
        Some(match retrier.jitter_strategy {
            Some(Jitter::Full) => cx.execution.part_of(delay),
            Some(Jitter::None) | None => delay,
        })
    }
}

/// Runs attempts until one succeeds or no retrier matches the failure, and then looks for a catcher. `attempt` gets the
/// number of earlier attempts; `gave_up` gets the failure of the last one.
pub(super) async fn recovering<'m, A: Future<Output = Result<Data, Failure>>>(
    retry: &'m [Retrier],
    catch: &'m [Catcher],
    cx: &StateContext<'_, '_>,
    attempt: impl Fn(u32) -> A,
    gave_up: impl FnOnce(&Failure) -> Result<(), Failure>,
) -> Result<Recovered<'m>, Failure> {
    let mut attempts = Attempts::new(retry);
    loop {
        let failure = match attempt(attempts.total).await {
            Ok(output) => {
                return Ok(Recovered { output, caught_by: None });
            }
            Err(failure) => failure,
        };
        match attempts.after(&failure, cx) {
            Some(delay) => tokio::time::sleep(delay).await,
            None => {
                return gave_up(&failure).and_then(|()| caught(catch, failure, cx, attempts.total));
            }
        }
    }
}

/// The output of the first catcher that matches the failure; the failure itself if none matches.
fn caught<'m>(
    catch: &'m [Catcher],
    failure: Failure,
    cx: &StateContext<'_, '_>,
    retry_count: u32,
) -> Result<Recovered<'m>, Failure> {
    let Some(catcher) = catch.iter().find(|catcher| failure.matches(&catcher.error_equals)) else {
        return Err(failure);
    };
    let error_output = failure.error_output().into();
    let context = cx.context(retry_count);
    let output = shape::place(&catcher.result_path, cx.input.value(), error_output, &context)?;
    Ok(Recovered { output: cx.output(output)?, caught_by: Some(&catcher.next) })
}
