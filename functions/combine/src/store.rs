//! The port to where results and sessions are kept.

use contract::{MealPlan, SessionId, session::Status};

use crate::Rows;

/// Keeps results and sessions.
pub trait Store: Send + Sync + 'static {
    /// Stores the result and completes the session, both or neither, if the session is still open or absent. Gives the
    /// plan that is stored in the end: that of an earlier attempt, when the same execution has completed the session
    /// already.
    fn complete(&self, rows: &Rows) -> impl Future<Output = Result<MealPlan, StoreError>> + Send;
}

/// Why nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The session is final, and not by this execution.
    #[error("session is {} already: {session_id}", status.name())]
    Closed {
        /// Which session.
        session_id: SessionId,
        /// What it is.
        status: Status,
    },
    /// The store did not do it; another attempt may.
    #[error("result could not be stored: {0}")]
    Unavailable(String),
}
