//! The limits of a source's calls: per second in this process (`rate_limiter`), and per day in Korea for all functions together
//! (`daily`). Every call of an adapter acquires both first.

mod daily;
pub mod rate_limiter;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

pub use self::daily::DailyQuota;
use self::rate_limiter::RateLimiter;
use crate::search::{CallContext, SearchErrorKind};

/// The quota of one source. Clones share it.
#[derive(Debug, Clone)]
pub struct Quota {
    limiter: Arc<RateLimiter>,
    daily: Option<Arc<DailyQuota>>,
}

impl Quota {
    /// Without a daily quota the calls of a day are not limited.
    pub fn new(limiter: RateLimiter, daily: Option<DailyQuota>) -> Self {
        Self { limiter: Arc::new(limiter), daily: daily.map(Arc::new) }
    }

    /// Waits until the rate limiter admits a call, and notes that in the context.
    ///
    /// # Errors
    /// Not within the context's time.
    pub async fn wait(&self, context: &CallContext) -> Result<(), SearchErrorKind> {
        if Instant::now() >= context.until {
            return Err(SearchErrorKind::DeadlineExceeded);
        }
        // A call that starts later than that could exceed the limit together with newer ones.
        if context.admitted_at().is_some_and(|at| at.elapsed() <= rate_limiter::MARGIN) {
            return Ok(());
        }
        let acquired = timeout_at(context.until, self.limiter.acquire()).await;
        if acquired.is_err() || Instant::now() >= context.until {
            return Err(SearchErrorKind::LimiterBusy);
        }
        context.admit();
        Ok(())
    }

    /// Waits until a call may start, and counts it.
    ///
    /// # Errors
    /// None may start within the context's time, or today.
    pub async fn acquire(&self, context: &CallContext) -> Result<(), SearchErrorKind> {
        self.wait(context).await?;
        context.take_admission();
        match &self.daily {
            Some(daily) => daily.reserve(context).await,
            None => Ok(()),
        }
    }

    /// Ends the day for all functions: the provider refused a call for its daily limit.
    pub async fn exhaust(&self) {
        if let Some(daily) = &self.daily {
            daily.exhaust().await;
        }
    }
}
