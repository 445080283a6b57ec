//! How many calls a source gets: in any second and in a day of Korea (D8). Every call of an adapter takes a turn here
//! first. The budget is shared by all functions through a row of the prices table ([`shared`]). While the table does not
//! answer, each process makes few calls by itself: [`shared`] says how many, and what that keeps and what not. Where there
//! is no table each process keeps the pace of the second by itself.
//!
//! What the row says and how calls are booked lives in `ledger`.

#[doc(hidden)]
pub mod fuzz;
mod ledger;
mod shared;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

pub use self::{ledger::Limits, shared::Shared};
use crate::{Pace, Scope, search::Why};

/// The calls that one source gets. Clones share them.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// All calls of this process go through it. Where the table is asked as well it lets everything pass; where the table
    /// falls silent or answers again, it knows the calls of before.
    pace: Pace,
    shared: Option<Shared>,
}

impl Budget {
    /// The calls of this process alone, at a pace.
    #[must_use]
    pub fn own(pace: Pace) -> Self {
        Self(Arc::new(Inner { pace, shared: None }))
    }

    /// The calls of all functions; at that pace at most by this process, and few of them while the table does not answer.
    #[must_use]
    pub fn shared(pace: Pace, shared: Shared) -> Self {
        Self(Arc::new(Inner {
            pace,
            shared: Some(shared),
        }))
    }

    /// Waits until a call may start.
    ///
    /// # Errors
    /// None may start in the scope's time ([`Why::BudgetBusy`], or [`Why::NoTime`] where that was over before), or today.
    pub async fn turn(&self, scope: &Scope) -> Result<(), Why> {
        if Instant::now() >= scope.until {
            return Err(Why::NoTime);
        }
        if let Some(shared) = &self.0.shared {
            shared.turn(scope).await?;
        }
        let turn = timeout_at(scope.until, self.0.pace.turn()).await;
        if turn.is_err() || Instant::now() >= scope.until {
            return Err(Why::BudgetBusy);
        }
        Ok(())
    }

    /// The provider says that its day is over: nobody asks it again before tomorrow.
    pub async fn day_is_over(&self) {
        if let Some(shared) = &self.0.shared {
            shared.close_day().await;
        }
    }
}
