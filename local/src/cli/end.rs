//! How a command ends without a result, and the signals that end it.

use std::io;

use platform::error_report::ErrorReport;
use tokio::signal::unix::{Signal, SignalKind, signal};

pub(super) enum End {
    Signal(u8),
    Error(ErrorReport),
    /// An error after the report was printed: stdout holds one document.
    AfterReport(ErrorReport),
}

impl From<ErrorReport> for End {
    fn from(error: ErrorReport) -> Self {
        Self::Error(error)
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
