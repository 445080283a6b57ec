//! What is written to the table while an order goes on: answers, and leases that are given back.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{task::JoinSet, time::timeout};

use crate::store::{PriceTable, TableError, bounded};

/// How long an order waits for writes after its last answer.
const LAST_WRITES: Duration = Duration::from_millis(20);
/// Longest time of a write.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// The writes of one order. Dropped, it ends them.
#[derive(Debug, Default)]
pub(super) struct Writes(Mutex<JoinSet<()>>);

impl Writes {
    /// Writes while the order goes on. An error is logged under that message.
    pub(super) fn spawn(
        &self,
        message: &'static str,
        write: impl Future<Output = Result<(), TableError>> + Send + 'static,
    ) {
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Ended ones are removed.
        while writes.try_join_next().is_some() {}
        writes.spawn(async move {
            if let Err(error) = bounded(WRITE_TIMEOUT, write).await {
                tracing::error!(%error, "{message}");
            }
        });
    }

    /// Waits for the writes, but not for long.
    pub(super) async fn end(self) {
        let mut writes = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let all = async { while writes.join_next().await.is_some() {} };
        if timeout(LAST_WRITES, all).await.is_err() {
            let count = writes.len();
            tracing::warn!(count, "answers are not cached: the table took too long");
        }
    }
}

/// A lease of this order. Dropped before its answer is written it is given back, whatever the reason.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    writes: &'a Writes,
    table: &'a Arc<dyn PriceTable>,
    key: &'a str,
    holder: Option<String>,
}

impl<'a> Lease<'a> {
    pub(super) const fn new(
        writes: &'a Writes,
        table: &'a Arc<dyn PriceTable>,
        key: &'a str,
        holder: String,
    ) -> Self {
        Self { writes, table, key, holder: Some(holder) }
    }

    /// Ends with the answer that is written: there is nothing to give back.
    pub(super) fn end(mut self) {
        self.holder = None;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(holder) = self.holder.take() else { return };
        let (table, key) = (Arc::clone(self.table), self.key.to_owned());
        self.writes.spawn("lease is not given back: it ends by itself", async move {
            table.release(&key, &holder).await
        });
    }
}
