//! Executions that are in memory: those that are being started, that run, or whose end is not stored yet. All others are
//! read from the store.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::sync::watch;

use super::execution::Execution;
use crate::lock::lock;

/// By ARN.
#[derive(Default)]
pub(super) struct LiveExecutions(Mutex<BTreeMap<String, Slot>>);

#[derive(Clone)]
pub(super) enum Slot {
    /// Not acknowledged: for everybody else there is no such execution. Closes when it is, or refused.
    Starting(watch::Receiver<()>),
    Live(Arc<Execution>),
}

/// The right to start an execution of a name: a name is given once.
pub(super) struct Reservation<'a> {
    executions: &'a LiveExecutions,
    arn: String,
    _starting: watch::Sender<()>,
}

impl LiveExecutions {
    pub(super) fn get(&self, arn: &str) -> Option<Slot> {
        lock(&self.0).get(arn).cloned()
    }

    /// Newest first.
    pub(super) fn all(&self) -> Vec<Arc<Execution>> {
        let mut all: Vec<_> = lock(&self.0)
            .values()
            .filter_map(|slot| match slot {
                Slot::Live(execution) => Some(Arc::clone(execution)),
                Slot::Starting(_) => None,
            })
            .collect();
        all.sort_by_key(|execution| std::cmp::Reverse(execution.started_at()));
        all
    }

    /// Waits while somebody else starts this name.
    pub(super) async fn reserve(&self, arn: &str) -> Result<Reservation<'_>, Arc<Execution>> {
        loop {
            let mut starting = {
                let mut slots = lock(&self.0);
                match slots.get(arn) {
                    Some(Slot::Live(execution)) => return Err(Arc::clone(execution)),
                    Some(Slot::Starting(starting)) => starting.clone(),
                    None => {
                        let (sender, receiver) = watch::channel(());
                        slots.insert(arn.to_owned(), Slot::Starting(receiver));
                        return Ok(Reservation { executions: self, arn: arn.to_owned(), _starting: sender });
                    }
                }
            };
            // Nothing is ever sent: this is the end of the reservation.
            let _closed = starting.changed().await;
        }
    }

    pub(super) fn remove(&self, arn: &str) {
        lock(&self.0).remove(arn);
    }
}

impl Reservation<'_> {
    /// The execution is acknowledged from now on.
    pub(super) fn fill(self, execution: Arc<Execution>) {
        lock(&self.executions.0).insert(self.arn.clone(), Slot::Live(execution));
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut slots = lock(&self.executions.0);
        if matches!(slots.get(&self.arn), Some(Slot::Starting(_))) {
            slots.remove(&self.arn);
        }
    }
}
