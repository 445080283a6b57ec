//! How many calls a source gets: in any second and in a day (D8). Every call of an adapter takes a turn here first.

use tokio::time::{Instant, timeout_at};

use crate::{Pace, Scope, search::Why};

/// The calls that one source gets.
#[derive(Debug)]
pub struct Budget {
    pace: Pace,
}

impl Budget {
    /// The calls of this process alone, at a pace.
    #[must_use]
    pub const fn own(pace: Pace) -> Self {
        Self { pace }
    }

    /// Waits until a call may start.
    ///
    /// # Errors
    /// None may start in the scope's time.
    pub async fn turn(&self, scope: &Scope) -> Result<(), Why> {
        let turn = timeout_at(scope.until, self.pace.turn()).await;
        if turn.is_err() || Instant::now() >= scope.until {
            return Err(Why::NoTime);
        }
        Ok(())
    }
}
