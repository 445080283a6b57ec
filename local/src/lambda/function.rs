//! One function: its settings, its warm sandboxes, its concurrency.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::body::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    failure::{FailedInvocation, Failure},
    platform::{self, Figures},
    sandbox::{Invocation, Outcome, Sandbox},
};
use crate::{clock, logs::FunctionLog, process::Launcher};

/// Most sandboxes of one function on this machine. More invocations wait: there is no quota here, only memory.
const MAX_SANDBOXES: usize = 64;

/// What a template and the build say of a function.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    /// Its physical name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The region it believes to be in.
    pub region: String,
    /// The name of its log group.
    pub log_group: String,
    /// Its handler, which our runtimes ignore.
    pub handler: String,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// How much memory its process may use.
    pub memory_mb: u32,
    /// Most invocations at once; more are throttled. Nothing: no such limit.
    pub reserved_concurrency: Option<u32>,
    /// Its own variables.
    pub environment: Vec<(String, String)>,
    /// Its program.
    pub binary: PathBuf,
}

/// A function with its sandboxes.
pub(super) struct Function {
    settings: FunctionSettings,
    launcher: Launcher,
    log: FunctionLog,
    idle: Mutex<Vec<Sandbox>>,
    /// Whether a sandbox was ever started; held while one is.
    started: tokio::sync::Mutex<bool>,
    places: Semaphore,
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
        let places = settings
            .reserved_concurrency
            .and_then(|most| usize::try_from(most).ok())
            .map_or(MAX_SANDBOXES, |most| most.min(MAX_SANDBOXES));
        Self {
            settings,
            launcher,
            log,
            idle: Mutex::default(),
            started: tokio::sync::Mutex::default(),
            places: Semaphore::new(places),
            tasks,
            ending,
        }
    }

    pub(super) const fn settings(&self) -> &FunctionSettings {
        &self.settings
    }

    /// Invokes the function once.
    pub(super) async fn invoke(&self, payload: Bytes, trace_id: &str) -> Result<Bytes, FailedInvocation> {
        let request_id = uuid::Uuid::new_v4().to_string();
        let invocation = Invocation {
            request_id: &request_id,
            payload,
            trace_id,
        };
        let result = tokio::select! {
            biased;
            () = self.ending.cancelled() => Err(Failure::ShuttingDown),
            result = self.run(&invocation) => result,
        };
        result.map_err(|failure| FailedInvocation { request_id, failure })
    }

    async fn run(&self, invocation: &Invocation<'_>) -> Result<Bytes, Failure> {
        let _place = self.place().await?;
        loop {
            let mut sandbox = self.sandbox().await?;
            let started = self.note(platform::start(clock::now(), invocation.request_id));
            match sandbox.run(invocation, &self.settings, started).await {
                Outcome::Undelivered => {}
                Outcome::Ended {
                    result,
                    duration,
                    init,
                    reusable,
                } => {
                    let figures = Figures {
                        duration,
                        init,
                        memory_mb: self.settings.memory_mb,
                        peak_bytes: sandbox.peak_bytes(),
                    };
                    let outcome = result.as_ref().map(|_| ());
                    let report = platform::report(clock::now(), invocation.request_id, outcome, figures);
                    if reusable {
                        self.keep(sandbox);
                    }
                    self.note(report).await;
                    return result;
                }
            }
        }
    }

    /// Starts a sandbox ahead of the first invocation. One that cannot start is told by that invocation.
    pub(super) async fn warm(&self) {
        let mut started = self.started.lock().await;
        if *started {
            return;
        }
        *started = true;
        // Kept before it is ready: an invocation that comes meanwhile waits for it and starts no second one.
        if let Ok(sandbox) = self.start().await {
            self.keep(sandbox);
        }
    }

    pub(super) fn drop_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
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
        self.start().await
    }

    async fn place(&self) -> Result<SemaphorePermit<'_>, Failure> {
        match self.settings.reserved_concurrency {
            Some(_) => self.places.try_acquire().map_err(|_| Failure::Throttled),
            None => self.places.acquire().await.map_err(|_| Failure::ShuttingDown),
        }
    }

    fn take_idle(&self) -> Option<Sandbox> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(Sandbox::is_alive);
        // The one that rested longest: what a sandbox may ask of a provider in a second is its own, and so all of them
        // have their share.
        (!idle.is_empty()).then(|| idle.remove(0))
    }

    fn keep(&self, sandbox: Sandbox) {
        // Under the lock: the shutdown first says that it is coming and then empties the pool.
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.ending.is_cancelled() {
            idle.push(sandbox);
        }
    }

    async fn start(&self) -> Result<Sandbox, Failure> {
        self.note(platform::init_start(clock::now(), &self.settings))
            .await;
        Sandbox::start(&self.settings, &self.launcher, self.log.clone(), &self.tasks)
            .await
            .map_err(|error| Failure::NotStarted(Arc::new(error)))
    }

    async fn note(&self, line: String) {
        self.log.write(clock::now(), line).await;
    }
}
