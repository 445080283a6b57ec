//! The states of a sandbox, from the start of its process to its end.

use tokio::{sync::watch, time::Instant};

use super::failure::Failure;

#[derive(Debug, Clone)]
pub(super) enum Lifecycle {
    Starting,
    Ready(Instant),
    /// It never asked for an invocation. Since when that is known.
    InitFailed(Failure, Instant),
    /// It was ready once.
    Dead(Failure),
}

impl Lifecycle {
    pub(super) const fn is_starting(&self) -> bool {
        matches!(self, Self::Starting)
    }
}

pub(super) async fn dead(life: &mut watch::Receiver<Lifecycle>) -> Failure {
    let ended = life.wait_for(|life| matches!(life, Lifecycle::Dead(_))).await;
    match ended.as_deref() {
        Ok(Lifecycle::Dead(failure)) => failure.clone(),
        Ok(_) | Err(_) => Failure::ShuttingDown,
    }
}
