//! How many calls a source gets: in a second, of this process (`rate_limiter`), and in a day of Korea, of all functions
//! together (`daily`). Every call of an adapter acquires both first.

mod daily;
pub mod rate_limiter;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

pub use self::daily::DailyQuota;
use self::rate_limiter::RateLimiter;
use crate::search::{CallContext, SearchErrorKind};

/// The calls that one source gets. Clones share them.
#[derive(Debug, Clone)]
pub struct Quota(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limiter: RateLimiter,
    /// Nothing: the calls of a day are not limited.
    daily: Option<DailyQuota>,
}

impl Quota {
    pub fn new(limiter: RateLimiter, daily: Option<DailyQuota>) -> Self {
        Self(Arc::new(Inner { limiter, daily }))
    }

    /// Waits until the rate limiter lets a call through, which the context then has.
    ///
    /// # Errors
    /// The time of the context is over, or would be.
    pub async fn wait(&self, context: &CallContext) -> Result<(), SearchErrorKind> {
        if Instant::now() >= context.until {
            return Err(SearchErrorKind::DeadlineExceeded);
        }
        // A later call could meet N younger ones at its provider.
        if context.admitted_at().is_some_and(|at| at.elapsed() <= rate_limiter::MARGIN) {
            return Ok(());
        }
        let acquired = timeout_at(context.until, self.0.limiter.acquire()).await;
        if acquired.is_err() || Instant::now() >= context.until {
            return Err(SearchErrorKind::LimiterBusy);
        }
        context.admit();
        Ok(())
    }

    /// Waits until a call may start, and counts it.
    ///
    /// # Errors
    /// None may start in the context's time, or today.
    pub async fn acquire(&self, context: &CallContext) -> Result<(), SearchErrorKind> {
        self.wait(context).await?;
        context.take_admission();
        match &self.0.daily {
            Some(daily) => daily.reserve(context).await,
            None => Ok(()),
        }
    }

    /// Closes the day, because the provider says that it is over: nobody asks it again before tomorrow.
    pub async fn exhaust(&self) {
        if let Some(daily) = &self.0.daily {
            daily.exhaust().await;
        }
    }
}
