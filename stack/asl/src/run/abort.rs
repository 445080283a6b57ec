//! Stopping an execution from outside, as `StopExecution` does.

use tokio::sync::oneshot;

use crate::history::Reason;

/// Stops the execution that holds the other end.
#[derive(Debug)]
pub struct Aborter(oneshot::Sender<Reason>);

/// An execution's end of [`abort`].
#[derive(Debug)]
pub struct AbortSignal(Option<oneshot::Receiver<Reason>>);

/// A way to stop one execution: the first half stays with the caller, the second goes to [`super::execute`].
///
/// Dropping the first half stops nothing.
#[must_use]
pub fn abort() -> (Aborter, AbortSignal) {
    let (sender, receiver) = oneshot::channel();
    (Aborter(sender), AbortSignal(Some(receiver)))
}

impl Aborter {
    /// Stops the execution. Nothing happens if it has ended.
    pub fn abort(self, error: Option<String>, cause: Option<String>) {
        // An execution that has ended no longer listens, and that is fine.
        let _ = self.0.send(Reason { error, cause });
    }
}

impl AbortSignal {
    /// An execution that nobody can stop.
    #[must_use]
    pub const fn never() -> Self {
        Self(None)
    }

    /// Waits for the stop, for ever if nobody can give it.
    pub(super) async fn given(self) -> Reason {
        if let Some(receiver) = self.0
            && let Ok(reason) = receiver.await
        {
            return reason;
        }
        std::future::pending().await
    }
}
