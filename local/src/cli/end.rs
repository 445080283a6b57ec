//! How a command ends without a result, and the signals that end it.

use std::io;

use platform::failure::Failure;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Why a command ends early.
pub(super) enum End {
    /// Somebody sent a signal.
    Signal(u8),
    /// A failure that `platform` tells.
    Failure(Failure),
    /// The same when stdout holds the report already: it holds one, and no error beside it.
    AfterReport(Failure),
    /// The input is wrong.
    Input {
        /// Where it comes from.
        what: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error>,
        /// What the person can do about it.
        hint: Option<String>,
    },
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// SIGINT, SIGTERM and SIGHUP: all end in order.
pub(super) struct Signals {
    interrupts: Signal,
    terminations: Signal,
    hangups: Signal,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupts: signal(SignalKind::interrupt())?,
            terminations: signal(SignalKind::terminate())?,
            hangups: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one.
    pub(super) async fn next(&mut self) -> End {
        tokio::select! {
            _ = self.interrupts.recv() => End::Signal(2),
            _ = self.terminations.recv() => End::Signal(15),
            _ = self.hangups.recv() => End::Signal(1),
        }
    }

    /// What the work gives, unless a signal comes first. The work is dropped then.
    pub(super) async fn unless<T, E: Into<End>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, End> {
        tokio::select! {
            done = work => done.map_err(Into::into),
            end = self.next() => Err(end),
        }
    }
}
