//! The main loop of a function.

use std::{io, sync::Arc, time::Duration};

use contract::{EnvVar, Task};
use futures::FutureExt;
use lambda_runtime::{LambdaEvent, Runtime, service_fn};

use crate::{
    Failure, Handler,
    input::Payload,
    invoke::Function,
    logs::{self, Current, Lines},
    panics, settings,
};

/// Longest init before the first invocation. Source: Lambda restarts an init that takes 10 s.
const INIT_TIMEOUT: Duration = Duration::from_secs(9);

/// Runs a function whose handler is ready.
///
/// # Errors
/// The program was not started by Lambda, or the Runtime API went away.
pub async fn run<T, H>(handler: H) -> Result<(), lambda_runtime::Error>
where
    T: Task,
    H: Handler<T>,
{
    let handler = Arc::new(handler);
    run_with(move || std::future::ready(Ok(Arc::clone(&handler)))).await
}

/// Runs a function whose handler has to be made first, from settings and secrets.
///
/// `init` is called before the first invocation. If it fails, the next invocation calls it again, and answers with a new
/// failure, so that the state machine gets the task's own error and not a program that ended.
///
/// # Errors
/// The program was not started by Lambda, or the Runtime API went away.
pub async fn run_with<T, H, I, F>(init: I) -> Result<(), lambda_runtime::Error>
where
    T: Task,
    H: Handler<T>,
    I: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<H, Failure<T::Error>>> + Send,
{
    settings::started_by_lambda()?;
    let (lines, current) = (Lines::to(io::stdout()), Current::default());
    tracing::subscriber::set_global_default(logs::subscriber(lines.clone(), current.clone()))?;
    panics::log_only_the_place();

    let function =
        Arc::new(Function::<T, H, I>::new(init, settings::required(EnvVar::Environment), lines, current));
    function.warm_up(INIT_TIMEOUT).await;
    let service = service_fn(move |event: LambdaEvent<Payload>| {
        let function = Arc::clone(&function);
        async move { function.invoke(event).await }.boxed()
    });
    Runtime::new(service).run().await
}

#[cfg(test)]
mod tests;
