//! Stopping an execution from outside, as `StopExecution` does.

use tokio::sync::oneshot;

use crate::history::Reason;

/// Aborts the execution that has the signal.
#[derive(Debug)]
pub struct Aborter(oneshot::Sender<Reason>);

/// The signal that an execution waits for: see [`abort`].
#[derive(Debug)]
pub struct AbortSignal(Option<oneshot::Receiver<Reason>>);

/// A channel to abort one execution: the caller keeps the [`Aborter`], [`super::execute`] takes the signal.
///
/// Dropping the `Aborter` aborts nothing.
pub fn abort() -> (Aborter, AbortSignal) {
    let (sender, receiver) = oneshot::channel();
    (Aborter(sender), AbortSignal(Some(receiver)))
}

impl Aborter {
    /// Aborts the execution. Nothing happens if it has ended.
    pub fn abort(self, error: Option<String>, cause: Option<String>) {
        // The execution may have ended.
        let _ = self.0.send(Reason { error, cause });
    }
}

impl AbortSignal {
    /// A signal that is never given.
    #[must_use]
    pub const fn never() -> Self {
        Self(None)
    }

    /// Waits for the signal.
    pub(super) async fn given(self) -> Reason {
        if let Some(receiver) = self.0
            && let Ok(reason) = receiver.await
        {
            return reason;
        }
        std::future::pending().await
    }
}
