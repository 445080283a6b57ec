//! One sandbox: a process, its Runtime API, its limits. It takes one invocation at a time.

use std::{
    io,
    os::unix::process::ExitStatusExt as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::body::Bytes;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout},
};
use tokio_util::task::TaskTracker;

use super::{
    environment,
    failure::{Ending, Failure},
    lifecycle::{Lifecycle, dead},
    runtime_api::{PendingInvocation, Runtime},
    settings::FunctionSettings,
};
use crate::{
    logs::{FunctionLog, MinLevels, capture::capture},
    process::{Launcher, Program, Running, tree},
    serve::Server,
};

/// How often the memory of a process and of what it started is looked at. A leak is caught late by this much; nothing
/// reports growth by itself.
const MEMORY_PERIOD: Duration = Duration::from_millis(25);

/// Most connections of a sandbox to its Runtime API. More wait in the kernel, where they cost us no descriptor: a
/// runtime needs one, and a function that opens thousands must not keep others from being served.
const MAX_CONNECTIONS: usize = 16;

/// How long the output of a dead process is still read. Whoever inherited it has been killed.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// A process that answers invocations. Dropping it kills it.
pub(super) struct Sandbox {
    pending: mpsc::Sender<PendingInvocation>,
    life: watch::Receiver<Lifecycle>,
    peak_bytes: Arc<AtomicU64>,
    started: Instant,
    /// The outcome of its initialisation was not read yet.
    new: bool,
    _kills_when_dropped: oneshot::Sender<()>,
}

pub(super) enum Outcome {
    /// The function never saw it: it may go to another sandbox.
    Undelivered,
    /// The function took it, or died as soon as it was started for it.
    Ended {
        result: Result<Bytes, Failure>,
        duration: Duration,
        /// Whether the sandbox can take another one.
        reusable: bool,
    },
}

pub(super) struct Invocation<'a> {
    pub(super) request_id: &'a str,
    pub(super) payload: Bytes,
    pub(super) trace_id: &'a str,
}

impl Sandbox {
    /// Starts a process. It is not ready yet, and killed when it is not after `init_limit`.
    pub(super) async fn start(
        settings: &FunctionSettings,
        launcher: &Launcher,
        log: FunctionLog,
        tasks: &TaskTracker,
        init_limit: Duration,
    ) -> io::Result<Self> {
        let started = Instant::now();
        let (pending, queue) = mpsc::channel(1);
        let (life, watched) = watch::channel(Lifecycle::Starting);
        let runtime = Runtime::new(queue, life.clone(), started + init_limit);
        let server = Server::capped(Arc::clone(&runtime).router(), MAX_CONNECTIONS).await?;
        let log_stream = format!("[$LATEST]{}", uuid::Uuid::new_v4().simple());
        let program = Program {
            path: settings.binary.clone(),
            arguments: Vec::new(),
            environment: environment::of(settings, &server.address().to_string(), &log_stream),
            folder: settings.binary.parent().unwrap_or("/".as_ref()).to_owned(),
        };
        let process = launcher.start(&program).await?;
        runtime.set_owner(process.pid(), server.address());
        let peak_bytes = Arc::new(AtomicU64::new(0));
        let (alive, dropped) = oneshot::channel();
        let watchdog = Watchdog {
            process,
            log,
            min_levels: settings.min_levels,
            life,
            started,
            init_limit,
            limit_bytes: u64::from(settings.memory_mb) << 20,
            peak_bytes: Arc::clone(&peak_bytes),
            _runtime_api: server,
        };
        tasks.spawn(watchdog.watch(dropped));
        Ok(Self { pending, life: watched, peak_bytes, started, new: true, _kills_when_dropped: alive })
    }

    pub(super) fn peak_bytes(&self) -> u64 {
        self.peak_bytes.load(Ordering::Relaxed)
    }

    /// Whether it is still needed: a failed initialisation has to be reported.
    pub(super) fn is_needed(&self) -> bool {
        !matches!(&*self.life.borrow(), Lifecycle::Dead(_))
    }

    pub(super) const fn is_new(&self) -> bool {
        self.new
    }

    /// Waits for the end of the initialisation, and says how long it took.
    pub(super) async fn initialised(&mut self) -> (Result<(), Failure>, Duration) {
        self.new = false;
        let ended = self.life.wait_for(|life| !life.is_starting()).await;
        // It may have ended long before somebody came.
        let since = |at: Instant| at.duration_since(self.started);
        match ended.as_deref() {
            Ok(Lifecycle::Ready(at)) => (Ok(()), since(*at)),
            Ok(Lifecycle::InitFailed(failure, at)) => (Err(failure.clone()), since(*at)),
            Ok(Lifecycle::Starting | Lifecycle::Dead(_)) => (Ok(()), Duration::ZERO),
            Err(_) => (Err(Failure::ShuttingDown), Duration::ZERO),
        }
    }

    /// Hands over one invocation and waits for its end. `started` is told when the function has taken it, `spent` is
    /// what the invocation took already. One that dies before that has lost it if this is its `first`.
    pub(super) async fn run(
        &mut self,
        invocation: &Invocation<'_>,
        settings: &FunctionSettings,
        first: bool,
        spent: Duration,
        started: impl Future<Output = ()>,
    ) -> Outcome {
        let left = settings.timeout.saturating_sub(spent);
        let (delivered, taken) = oneshot::channel();
        let (answer, mut answered) = oneshot::channel();
        let pending = PendingInvocation {
            request_id: invocation.request_id.to_owned(),
            payload: invocation.payload.clone(),
            timeout: left,
            function_arn: settings.arn.clone(),
            trace_id: invocation.trace_id.to_owned(),
            delivered,
            answer,
        };
        if self.pending.send(pending).await.is_err() {
            return Outcome::Undelivered;
        }
        tokio::select! {
            biased;
            Ok(()) = taken => {}
            failure = dead(&mut self.life) => return if first {
                Outcome::Ended { result: Err(failure), duration: spent, reusable: false }
            } else {
                Outcome::Undelivered
            },
            // It answered the invocation before and never asked for this one.
            () = sleep(left) => return Outcome::Undelivered,
        }
        let begun = Instant::now();
        started.await;
        let (result, reusable) = tokio::select! {
            biased;
            Ok(answer) = &mut answered => (answer, true),
            failure = dead(&mut self.life) => (Err(failure), false),
            () = sleep(left) => (Err(Failure::TimedOut { after: settings.timeout }), false),
        };
        Outcome::Ended { result, duration: spent + begun.elapsed(), reusable }
    }
}

struct Watchdog {
    process: Running,
    log: FunctionLog,
    min_levels: Option<MinLevels>,
    life: watch::Sender<Lifecycle>,
    started: Instant,
    init_limit: Duration,
    limit_bytes: u64,
    peak_bytes: Arc<AtomicU64>,
    /// Closed after the process: one that loses its API ends by itself and leaves its children to others.
    _runtime_api: Server,
}

impl Watchdog {
    /// Watches over the process until it is dead and reaped, and its output is read.
    async fn watch(mut self, mut dropped: oneshot::Receiver<()>) {
        let mut output = JoinSet::new();
        let (stdout, stderr) = self.process.take_output();
        let least = self.min_levels;
        if let (Some(stdout), Some(stderr)) = (stdout, stderr) {
            output.spawn(capture(stdout, self.log.clone(), least));
            output.spawn(capture(stderr, self.log.clone(), least));
        }

        let mut look = interval(MEMORY_PERIOD);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut out_of_memory = false;
        let mut unwanted = false;
        let mut is_late = std::pin::pin!(sleep_until(self.started + self.init_limit));
        let mut initialises = true;
        let mut given_up = false;
        let status = loop {
            tokio::select! {
                status = self.process.wait() => break status,
                _ = &mut dropped, if !unwanted => {
                    unwanted = true;
                    self.process.kill();
                }
                () = &mut is_late, if initialises => {
                    initialises = false;
                    given_up = self.life.borrow().is_starting();
                    if given_up {
                        self.process.kill();
                    }
                }
                _ = look.tick() => {
                    let used = tree::memory_bytes(self.process.pid()).unwrap_or_default();
                    self.peak_bytes.fetch_max(used, Ordering::Relaxed);
                    if used > self.limit_bytes && !out_of_memory {
                        out_of_memory = true;
                        self.process.kill();
                    }
                }
            }
        };
        let failure = match status {
            _ if out_of_memory => Failure::OutOfMemory,
            _ if given_up => Failure::TimedOut { after: self.init_limit },
            Ok(status) => Failure::Exited(
                status
                    .code()
                    .map_or_else(|| Ending::Signal(status.signal().unwrap_or_default()), Ending::Code),
            ),
            Err(error) => Failure::NotStarted(Arc::new(error)),
        };
        // What it said before it died belongs before the report of its death.
        let _unread = timeout(OUTPUT_GRACE, async { while output.join_next().await.is_some() {} }).await;
        self.life.send_modify(|life| match life {
            Lifecycle::Starting => *life = Lifecycle::InitFailed(failure, Instant::now()),
            Lifecycle::InitFailed(..) => {}
            Lifecycle::Ready(_) | Lifecycle::Dead(_) => *life = Lifecycle::Dead(failure),
        });
    }
}
