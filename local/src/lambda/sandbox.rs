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
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::task::TaskTracker;

use super::{
    environment,
    failure::{Ending, Failure},
    function::FunctionSettings,
    runtime_api::{Offer, Runtime},
};
use crate::{
    logs::{FunctionLog, capture::capture},
    process::{Launcher, Program, Running, tree},
    serve::Server,
};

/// How long a function may initialise. Source: Lambda's init phase.
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// How often the memory of a process and of what it started is looked at. A leak is caught late by this much; nothing
/// reports growth by itself.
const MEMORY_PERIOD: Duration = Duration::from_millis(25);

/// Most connections of a sandbox to its Runtime API. More wait in the kernel, where they cost us no descriptor: a
/// runtime needs one, and a function that opens thousands must not keep others from being served.
const MAX_CONNECTIONS: usize = 16;

/// How long the output of a dead process is still read. Whoever inherited it has been killed.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// Where the life of a sandbox stands.
#[derive(Debug, Clone)]
pub(super) enum Life {
    Starting,
    /// Since when.
    Ready(Instant),
    InitFailed(Failure),
    Dead(Failure),
}

impl Life {
    pub(super) const fn is_starting(&self) -> bool {
        matches!(self, Self::Starting)
    }

    fn failure(&self) -> Option<Failure> {
        match self {
            Self::Starting | Self::Ready(_) => None,
            Self::InitFailed(failure) | Self::Dead(failure) => Some(failure.clone()),
        }
    }
}

/// A process that answers invocations. Dropping it kills it.
pub(super) struct Sandbox {
    offers: mpsc::Sender<Offer>,
    life: watch::Receiver<Life>,
    peak_bytes: Arc<AtomicU64>,
    started: Instant,
    /// How long the initialisation took, until an invocation has told it.
    init: Option<Duration>,
    ready: bool,
    _kills_when_dropped: oneshot::Sender<()>,
}

/// What became of an invocation.
pub(super) enum Outcome {
    /// The function never saw it: it may go to another sandbox.
    Undelivered,
    /// The function took it, or could not be started for it.
    Ended {
        result: Result<Bytes, Failure>,
        duration: Duration,
        init: Option<Duration>,
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
    /// Starts a process. It is not ready yet.
    pub(super) async fn start(
        settings: &FunctionSettings,
        launcher: &Launcher,
        log: FunctionLog,
        tasks: &TaskTracker,
    ) -> io::Result<Self> {
        let (offers, queue) = mpsc::channel(1);
        let (life, watched) = watch::channel(Life::Starting);
        let server = Server::capped(Runtime::new(queue, life.clone()).router(), MAX_CONNECTIONS).await?;
        let log_stream = format!("[$LATEST]{}", uuid::Uuid::new_v4().simple());
        let program = Program {
            path: settings.binary.clone(),
            arguments: Vec::new(),
            environment: environment::of(settings, &server.address().to_string(), &log_stream),
            folder: settings.binary.parent().unwrap_or("/".as_ref()).to_owned(),
        };
        let process = launcher.start(&program).await?;
        let peak_bytes = Arc::new(AtomicU64::new(0));
        let (alive, dropped) = oneshot::channel();
        let guard = Guard {
            process,
            log,
            life,
            limit_bytes: u64::from(settings.memory_mb) << 20,
            peak_bytes: Arc::clone(&peak_bytes),
            _runtime_api: server,
        };
        tasks.spawn(guard.watch(dropped));
        Ok(Self {
            offers,
            life: watched,
            peak_bytes,
            started: Instant::now(),
            init: None,
            ready: false,
            _kills_when_dropped: alive,
        })
    }

    /// Highest memory seen so far, in bytes.
    pub(super) fn peak_bytes(&self) -> u64 {
        self.peak_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn is_alive(&self) -> bool {
        self.life.borrow().failure().is_none()
    }

    /// Waits for the end of the initialisation.
    pub(super) async fn initialised(&mut self) -> Result<(), Failure> {
        if self.ready {
            return Ok(());
        }
        let waited = timeout(INIT_LIMIT, self.life.wait_for(|life| !life.is_starting())).await;
        let Ok(life) = waited else {
            return Err(Failure::TimedOut { after: INIT_LIMIT });
        };
        let life = life.ok();
        if let Some(failure) = life.as_ref().and_then(|life| life.failure()) {
            return Err(failure);
        }
        self.ready = true;
        // It may have been ready long before somebody came.
        self.init = life.and_then(|life| match &*life {
            Life::Ready(since) => Some(since.duration_since(self.started)),
            Life::Starting | Life::InitFailed(_) | Life::Dead(_) => None,
        });
        Ok(())
    }

    /// Hands over one invocation and waits for its end. `started` is told when the function has taken it.
    pub(super) async fn run(
        &mut self,
        invocation: &Invocation<'_>,
        settings: &FunctionSettings,
        started: impl Future<Output = ()>,
    ) -> Outcome {
        let was_ready = self.ready;
        if let Err(failure) = self.initialised().await {
            return Outcome::Ended {
                result: Err(failure),
                duration: self.started.elapsed(),
                init: None,
                reusable: false,
            };
        }
        let (delivered, taken) = oneshot::channel();
        let (answer, mut answered) = oneshot::channel();
        let offer = Offer {
            request_id: invocation.request_id.to_owned(),
            payload: invocation.payload.clone(),
            timeout: settings.timeout,
            function_arn: settings.arn.clone(),
            trace_id: invocation.trace_id.to_owned(),
            delivered,
            answer,
        };
        if self.offers.send(offer).await.is_err() {
            return Outcome::Undelivered;
        }
        let init = self.init.take();
        tokio::select! {
            biased;
            Ok(()) = taken => {}
            failure = dead(&mut self.life) => return if was_ready {
                Outcome::Undelivered
            } else {
                Outcome::Ended { result: Err(failure), duration: Duration::ZERO, init, reusable: false }
            },
            // It answered the invocation before and never asked for this one.
            () = sleep(settings.timeout) => return Outcome::Undelivered,
        }
        let begun = Instant::now();
        started.await;
        let (result, reusable) = tokio::select! {
            biased;
            Ok(answer) = &mut answered => (answer, true),
            failure = dead(&mut self.life) => (Err(failure), false),
            () = sleep(settings.timeout) => (Err(Failure::TimedOut { after: settings.timeout }), false),
        };
        Outcome::Ended {
            result,
            duration: begun.elapsed(),
            init,
            reusable,
        }
    }
}

/// Waits until the process has ended.
async fn dead(life: &mut watch::Receiver<Life>) -> Failure {
    let ended = life.wait_for(|life| matches!(life, Life::Dead(_))).await;
    ended
        .ok()
        .and_then(|life| life.failure())
        .unwrap_or(Failure::ShuttingDown)
}

/// Holds the process of a sandbox.
struct Guard {
    process: Running,
    log: FunctionLog,
    life: watch::Sender<Life>,
    limit_bytes: u64,
    peak_bytes: Arc<AtomicU64>,
    /// Closed after the process: one that loses its API ends by itself and leaves its children to others.
    _runtime_api: Server,
}

impl Guard {
    /// Watches over the process until it is dead and reaped, and its output is read.
    async fn watch(mut self, mut dropped: oneshot::Receiver<()>) {
        let mut output = JoinSet::new();
        let (stdout, stderr) = self.process.take_output();
        output.extend_from(stdout.map(|pipe| capture(pipe, self.log.clone())));
        output.extend_from(stderr.map(|pipe| capture(pipe, self.log.clone())));

        let mut look = interval(MEMORY_PERIOD);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut out_of_memory = false;
        let mut unwanted = false;
        let status = loop {
            tokio::select! {
                status = self.process.wait() => break status,
                _ = &mut dropped, if !unwanted => {
                    unwanted = true;
                    self.process.kill();
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
            Ok(status) => Failure::Exited(status.code().map_or_else(
                || Ending::Signal(status.signal().unwrap_or_default()),
                Ending::Code,
            )),
            Err(error) => Failure::NotStarted(Arc::new(error)),
        };
        // What it said before it died belongs before the report of its death.
        let _unread = timeout(OUTPUT_GRACE, async {
            while output.join_next().await.is_some() {}
        })
        .await;
        self.life.send_modify(|life| {
            if !matches!(life, Life::InitFailed(_)) {
                *life = Life::Dead(failure);
            }
        });
    }
}

/// Spawning what may not be there.
trait ExtendFrom {
    fn extend_from(&mut self, task: Option<impl Future<Output = ()> + Send + 'static>);
}

impl ExtendFrom for JoinSet<()> {
    fn extend_from(&mut self, task: Option<impl Future<Output = ()> + Send + 'static>) {
        if let Some(task) = task {
            self.spawn(task);
        }
    }
}
