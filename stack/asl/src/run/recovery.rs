//! Retry and Catch: what a Task or Parallel state does about its own failure.

use std::time::Duration;

use super::{branch::StateContext, data::Data, failure::Failure, shape};
use crate::model::{Catcher, Jitter, Retrier};

/// The longest that anything waits for a retry: AWS's own bound on delays. Source: States Language, "Retry".
const MAX_DELAY_S: f64 = 31_622_400.0;

/// A state's output, and the catcher's target if one took a failure.
pub(super) struct Recovered<'m> {
    pub(super) output: Data,
    pub(super) caught_by: Option<&'m str>,
}

/// How often each retrier of a state has tried again.
struct Attempts<'m> {
    retry: &'m [Retrier],
    done: Vec<u32>,
    /// `$$.State.RetryCount`: over all retriers.
    total: u32,
}

impl<'m> Attempts<'m> {
    fn new(retry: &'m [Retrier]) -> Self {
        Self {
            retry,
            done: vec![0; retry.len()],
            total: 0,
        }
    }

    /// Counts one more attempt for this failure and says how long to wait before it. `None`: it is not tried again.
    /// Only the first retrier that matches an error counts, as on AWS.
    fn after(&mut self, failure: &Failure, state_context: &StateContext<'_, '_>) -> Option<Duration> {
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
            Some(Jitter::Full) => state_context.execution.part_of(delay),
            Some(Jitter::None) | None => delay,
        })
    }
}

/// Attempts until one succeeds or no retrier matches the failure; then looks for a catcher. An attempt is told how many
/// there were before it, `gave_up` of the failure of the last one.
pub(super) async fn recovering<'m, A: Future<Output = Result<Data, Failure>>>(
    retry: &'m [Retrier],
    catch: &'m [Catcher],
    state_context: &StateContext<'_, '_>,
    attempt: impl Fn(u32) -> A,
    gave_up: impl FnOnce(&Failure) -> Result<(), Failure>,
) -> Result<Recovered<'m>, Failure> {
    let mut attempts = Attempts::new(retry);
    loop {
        let failure = match attempt(attempts.total).await {
            Ok(output) => {
                return Ok(Recovered {
                    output,
                    caught_by: None,
                });
            }
            Err(failure) => failure,
        };
        match attempts.after(&failure, state_context) {
            Some(delay) => tokio::time::sleep(delay).await,
            None => {
                return gave_up(&failure)
                    .and_then(|()| caught(catch, failure, state_context, attempts.total));
            }
        }
    }
}

/// What the first catcher that matches the failure makes of the state's input; the failure itself if none matches.
fn caught<'m>(
    catch: &'m [Catcher],
    failure: Failure,
    state_context: &StateContext<'_, '_>,
    retry_count: u32,
) -> Result<Recovered<'m>, Failure> {
    let Some(catcher) = catch
        .iter()
        .find(|catcher| failure.matches(&catcher.error_equals))
    else {
        return Err(failure);
    };
    let error_output = failure.error_output().into();
    let context = state_context.context(retry_count);
    let output = shape::place(
        &catcher.result_path,
        state_context.input.value(),
        error_output,
        &context,
    )?;
    Ok(Recovered {
        output: state_context.output(output)?,
        caught_by: Some(&catcher.next),
    })
}
