//! One invocation: its ids on the log, the handler with its deadline and recorder, the answer, the metrics.

use std::{marker::PhantomData, panic::AssertUnwindSafe, time::Duration};

use contract::Task;
use futures::FutureExt;
use lambda_runtime::{Diagnostic, LambdaEvent};
use tokio::{
    sync::OnceCell,
    time::{Instant, timeout},
};

use crate::{
    Deadline, Failure, Handler, Invocation, Recorder, SettingError, emf,
    input::{self, Payload},
    logs::{self, Current, Ids, Lines},
    panics,
};

/// A function: its init, its handler and its output.
pub(crate) struct Function<T, H, I> {
    init: I,
    handler: OnceCell<H>,
    /// The metrics' dimension.
    environment: Result<String, SettingError>,
    lines: Lines,
    current: Current,
    task: PhantomData<fn() -> T>,
}

impl<T, H, I, F> Function<T, H, I>
where
    T: Task,
    H: Handler<T>,
    I: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<H, Failure<T::Error>>> + Send,
{
    pub(crate) fn new(
        init: I,
        environment: Result<String, SettingError>,
        lines: Lines,
        current: Current,
    ) -> Self {
        Self { init, handler: OnceCell::new(), environment, lines, current, task: PhantomData }
    }

    /// Initialises before the first invocation. A failure is logged; the next invocation tries again and answers with a new
    /// failure.
    pub(crate) async fn warm_up(&self, limit: Duration) {
        if let Err(failure) = self.handler(limit).await {
            tracing::error!(error = failure.name().as_str(), reason = %failure, "init failed");
        }
    }

    async fn handler(&self, limit: Duration) -> Result<&H, Failure<T::Error>> {
        let unexpected = |message: &str| Failure::new(H::UNEXPECTED, message);
        self.handler
            .get_or_try_init(|| async {
                let init = async { (self.init)().await }.boxed();
                AssertUnwindSafe(timeout(limit, init))
                    .catch_unwind()
                    .await
                    .map_err(|_| unexpected("the function's init panicked"))?
                    .map_err(|_| unexpected("the function's init did not end in time"))?
            })
            .await
    }

    /// Answers one invocation.
    pub(crate) async fn invoke(&self, event: LambdaEvent<Payload>) -> Result<T::Output, Diagnostic> {
        let started = Instant::now();
        let (payload, context) = event.into_parts();
        let input = input::read::<T>(&payload);
        let (session_id, execution_id) = input::correlation::<T>(&payload, input.as_ref().ok());
        let ids = Ids { request_id: context.request_id, session_id, execution_id };
        let _entered = self.current.enter(ids.clone());
        tracing::info!(function = T::NAME, "invocation started");

        let deadline = Deadline::from_epoch_ms(context.deadline, logs::now());
        let invocation = Invocation { deadline, metrics: Recorder::default() };
        let outcome = match input {
            Ok(input) => self.answer(input, &invocation, &ids).await,
            Err(error) => Err(error.into()),
        };

        let latency_ms = started.elapsed().as_secs_f64() * 1_000.0;
        match &outcome {
            Ok(_) => {
                tracing::info!(function = T::NAME, outcome = "succeeded", latency_ms, "invocation ended");
            }
            Err(diagnostic) => {
                let error = diagnostic.error_type.as_str();
                tracing::info!(function = T::NAME, outcome = "failed", error, latency_ms, "invocation ended");
            }
        }
        outcome
    }

    async fn answer(
        &self,
        input: T::Input,
        invocation: &Invocation,
        ids: &Ids,
    ) -> Result<T::Output, Diagnostic> {
        let environment = self.environment.as_ref().map_err(|error| {
            let failure = Failure::caused_by(H::UNEXPECTED, error);
            error.hint().map_or(failure.clone(), |hint| failure.with_hint(hint))
        })?;
        let handler = self.handler(invocation.deadline.budget()).await?;
        let outcome = panics::handle(handler, input, invocation).await;
        for line in emf::lines(&invocation.metrics.drain(), environment, ids, logs::now()) {
            self.lines.line(line);
        }
        Ok(outcome?)
    }
}

#[cfg(test)]
mod tests;
