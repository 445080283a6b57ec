//! One function: its warm sandboxes, its concurrency.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::body::Bytes;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    failure::{FailedInvocation, Failure},
    platform::{self, Event, InvocationMetrics, Phase},
    sandbox::{Invocation, Outcome, Sandbox},
    settings::FunctionSettings,
};
use crate::{clock, lock::lock, logs::FunctionLog, metrics::InvocationOutcome, process::Launcher};

/// Most sandboxes of one function on this machine. More invocations wait: there is no quota here, only memory.
const MAX_SANDBOXES: usize = 64;

pub(super) struct Function {
    settings: FunctionSettings,
    launcher: Launcher,
    log: FunctionLog,
    idle: Mutex<Vec<Sandbox>>,
    /// Whether a sandbox was ever started; held while one is.
    started: tokio::sync::Mutex<bool>,
    permits: Semaphore,
    tasks: TaskTracker,
    ending: CancellationToken,
}

impl Function {
    pub(super) fn new(
        settings: FunctionSettings,
        launcher: Launcher,
        log: FunctionLog,
        tasks: TaskTracker,
        ending: CancellationToken,
    ) -> Self {
        let permits = settings
            .reserved_concurrency
            .and_then(|most| usize::try_from(most).ok())
            .map_or(MAX_SANDBOXES, |most| most.min(MAX_SANDBOXES));
        Self {
            settings,
            launcher,
            log,
            idle: Mutex::default(),
            started: tokio::sync::Mutex::default(),
            permits: Semaphore::new(permits),
            tasks,
            ending,
        }
    }

    pub(super) const fn settings(&self) -> &FunctionSettings {
        &self.settings
    }

    pub(super) async fn invoke(&self, payload: Bytes, trace_id: &str) -> Result<Bytes, FailedInvocation> {
        let request_id = uuid::Uuid::new_v4().to_string();
        let invocation = Invocation { request_id: &request_id, payload, trace_id };
        let (started_at, begun) = (clock::now(), Instant::now());
        let result = tokio::select! {
            biased;
            () = self.ending.cancelled() => Err(Failure::ShuttingDown),
            result = self.run(&invocation) => result,
        };
        if let Some(outcome) = outcome(&result, begun.elapsed()) {
            self.log.metrics().invocation(&self.settings.name, started_at, outcome);
        }
        result.map_err(|failure| FailedInvocation { request_id, failure })
    }

    async fn run(&self, invocation: &Invocation<'_>) -> Result<Bytes, Failure> {
        let _permit = self.permit().await?;
        loop {
            let mut sandbox = self.sandbox().await?;
            let first = sandbox.is_new();
            let (mut init, mut spent) = (None, Duration::ZERO);
            if first {
                init = self.initialised(&mut sandbox, Phase::Init).await.ok();
                // Lambda tries once more, on the time of the invocation.
                if init.is_none() {
                    (sandbox, spent) = self.start_again(sandbox, invocation).await?;
                }
            }
            let started = self.log_event(platform::start(clock::now(), invocation.request_id));
            let outcome = sandbox.run(invocation, &self.settings, first, spent, started);
            if let Outcome::Ended { result, duration, reusable } = outcome.await {
                let report = self.report(invocation, &result, &sandbox, duration, init);
                if reusable {
                    self.return_to_pool(sandbox);
                }
                self.log_event(report).await;
                return result;
            }
        }
    }

    /// Waits for the end of an initialisation, and logs it.
    async fn initialised(&self, sandbox: &mut Sandbox, phase: Phase) -> Result<Duration, Failure> {
        let (ended, took) = sandbox.initialised().await;
        let outcome = ended.as_ref().copied();
        self.log_event(platform::init_report(clock::now(), phase, outcome, took)).await;
        ended.map(|()| took)
    }

    /// Replaces a sandbox that did not initialise, and returns how long that took. There is no third attempt.
    async fn start_again(
        &self,
        failed: Sandbox,
        invocation: &Invocation<'_>,
    ) -> Result<(Sandbox, Duration), Failure> {
        drop(failed);
        let begun = Instant::now();
        let mut sandbox = self.start(Phase::Invoke).await?;
        if let Err(failure) = self.initialised(&mut sandbox, Phase::Invoke).await {
            self.log_event(platform::start(clock::now(), invocation.request_id)).await;
            let result = Err(failure);
            let report = self.report(invocation, &result, &sandbox, begun.elapsed(), None);
            self.log_event(report).await;
            return result.map(|never: std::convert::Infallible| match never {});
        }
        Ok((sandbox, begun.elapsed()))
    }

    fn report<T>(
        &self,
        invocation: &Invocation<'_>,
        result: &Result<T, Failure>,
        sandbox: &Sandbox,
        duration: Duration,
        init: Option<Duration>,
    ) -> Event {
        let figures = InvocationMetrics {
            duration,
            init,
            memory_mb: self.settings.memory_mb,
            peak_bytes: sandbox.peak_bytes(),
        };
        let outcome = result.as_ref().map(|_| ());
        platform::report(clock::now(), invocation.request_id, outcome, figures)
    }

    /// Starts a sandbox ahead of the first invocation. A failure is reported by that invocation.
    pub(super) async fn warm(&self) {
        let mut started = self.started.lock().await;
        if *started {
            return;
        }
        *started = true;
        // Kept before it is ready: an invocation that comes meanwhile waits for it and starts no second one.
        if let Ok(sandbox) = self.start(Phase::Init).await {
            self.return_to_pool(sandbox);
        }
    }

    pub(super) fn drop_idle(&self) {
        lock(&self.idle).clear();
    }

    /// A warm sandbox, or a new one. One starts at a time, so that an invocation takes the one that is being warmed.
    async fn sandbox(&self) -> Result<Sandbox, Failure> {
        if let Some(sandbox) = self.take_idle() {
            return Ok(sandbox);
        }
        let mut started = self.started.lock().await;
        if let Some(sandbox) = self.take_idle() {
            return Ok(sandbox);
        }
        *started = true;
        self.start(Phase::Init).await
    }

    async fn permit(&self) -> Result<SemaphorePermit<'_>, Failure> {
        match self.settings.reserved_concurrency {
            Some(_) => self.permits.try_acquire().map_err(|_| Failure::Throttled),
            None => self.permits.acquire().await.map_err(|_| Failure::ShuttingDown),
        }
    }

    fn take_idle(&self) -> Option<Sandbox> {
        let mut idle = lock(&self.idle);
        idle.retain(Sandbox::is_needed);
        // The one that was idle longest: each sandbox has a rate limit of its own, so the load is spread over all of them.
        (!idle.is_empty()).then(|| idle.remove(0))
    }

    fn return_to_pool(&self, sandbox: Sandbox) {
        // Under the lock: the shutdown first says that it is coming and then empties the pool.
        let mut idle = lock(&self.idle);
        if !self.ending.is_cancelled() {
            idle.push(sandbox);
        }
    }

    async fn start(&self, phase: Phase) -> Result<Sandbox, Failure> {
        self.log_event(platform::init_start(clock::now(), phase, &self.settings)).await;
        let limit = match phase {
            Phase::Init => self.settings.init_limit,
            Phase::Invoke => self.settings.timeout,
        };
        Sandbox::start(&self.settings, &self.launcher, self.log.clone(), &self.tasks, limit)
            .await
            .map_err(|error| Failure::NotStarted(Arc::new(error)))
    }

    /// Writes a line of Lambda's, if its level is kept.
    async fn log_event(&self, event: Event) {
        let least = self.settings.min_levels;
        if least.is_none_or(|least| event.level >= least.system) {
            self.log.write(clock::now(), event.text).await;
        }
    }
}

/// What Lambda publishes of an invocation; here its duration includes the start of its sandbox. An invocation that ends with the
/// environment is left out.
const fn outcome<T>(result: &Result<T, Failure>, took: Duration) -> Option<InvocationOutcome> {
    match result {
        Ok(_) => Some(InvocationOutcome::Succeeded(took)),
        Err(Failure::Throttled) => Some(InvocationOutcome::Throttled),
        Err(Failure::ShuttingDown | Failure::NotFound { .. }) => None,
        Err(_) => Some(InvocationOutcome::Failed(took)),
    }
}
