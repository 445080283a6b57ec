//! The port to the stored results and sessions.

use contract::{MealPlan, SessionId, session::Status};

use crate::Rows;

pub trait Store: Send + Sync + 'static {
    /// Stores the result and completes the session, both or neither, if the session is still open or absent. Returns
    /// the stored plan, which is an earlier attempt's if the same execution has completed the session already.
    fn complete(&self, rows: &Rows) -> impl Future<Output = Result<MealPlan, StoreError>> + Send;
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another execution completed the session, or it failed.
    #[error("session is {} already: {session_id}", status.name())]
    Closed {
        /// Which session.
        session_id: SessionId,
        /// What it is.
        status: Status,
    },
    /// A transient error.
    #[error("result could not be stored: {0}")]
    Unavailable(String),
}
