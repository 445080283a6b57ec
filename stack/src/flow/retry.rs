//! When a task is tried again. A retry names errors of its own task and of AWS, and of nobody else.

use std::marker::PhantomData;

use asl::{
    errors,
    model::{ErrorPattern, Jitter, Retrier},
};
use contract::TaskError;

/// Errors of Lambda itself, which are transient.
const LAMBDA: [&str; 4] =
    [errors::LAMBDA_SERVICE, errors::LAMBDA_AWS, errors::LAMBDA_SDK_CLIENT, errors::LAMBDA_TOO_MANY_REQUESTS];

/// A retrier of a task that fails with `E`.
///
/// Step Functions reads retriers in their order, the first that names the error decides, and each counts its own
/// attempts.
pub struct Retry<E> {
    retrier: Retrier,
    errors: PhantomData<fn() -> E>,
}

impl<E: TaskError> Retry<E> {
    /// Tries again after these errors of the task: with backoff, and so many attempts.
    pub fn on<const N: usize>(errors: [E; N], attempts: u32) -> Self {
        let patterns = errors.map(|error| error.name().as_str());
        Self::with(Retrier { max_attempts: Some(attempts), ..with_backoff(patterns) })
    }

    /// Never tries again after these errors of the task, whatever a later retrier says.
    pub fn never<const N: usize>(errors: [E; N]) -> Self {
        let patterns = errors.map(|error| error.name().as_str());
        Self::with(Retrier { max_attempts: Some(0), ..Retrier::new(patterns) })
    }

    /// Retries the errors of Lambda itself.
    pub fn lambda_errors() -> Self {
        Self::with(with_backoff(LAMBDA))
    }

    /// Retries the errors of Lambda itself once: for a task whose result is optional.
    pub fn lambda_errors_once() -> Self {
        Self::with(Retrier { max_attempts: Some(1), ..with_backoff(LAMBDA) })
    }

    /// Tries again after any failure but a timeout: 2 s, 3 attempts, rate 2, as the seed says for combine.
    pub fn any_failure() -> Self {
        Self::with(Retrier {
            interval_seconds: Some(2),
            max_attempts: Some(3),
            backoff_rate: Some(2.0),
            ..Retrier::new([ErrorPattern::task_failed()])
        })
    }

    const fn with(retrier: Retrier) -> Self {
        Self { retrier, errors: PhantomData }
    }

    pub(super) fn into_retrier(self) -> Retrier {
        self.retrier
    }
}

/// The backoff of every retrier but the seed's own: 1 s, 3 attempts, rate 2, at most 10 s, full jitter.
pub(crate) fn with_backoff<P: Into<ErrorPattern>>(errors: impl IntoIterator<Item = P>) -> Retrier {
    Retrier {
        interval_seconds: Some(1),
        max_attempts: Some(3),
        backoff_rate: Some(2.0),
        max_delay_seconds: Some(10),
        jitter_strategy: Some(Jitter::Full),
        ..Retrier::new(errors)
    }
}
