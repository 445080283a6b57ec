//! Writes to the table in the background of an order: answers, and releases of leases.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{task::JoinSet, time::timeout};

use crate::store::{PriceTable, TableError, bounded};

/// Longest wait for writes after the last answer of an order.
const LAST_WRITES: Duration = Duration::from_millis(20);
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// The writes of one order, cancelled when dropped.
#[derive(Debug, Default)]
pub(super) struct Writes(Mutex<JoinSet<()>>);

impl Writes {
    /// Starts a write. An error is logged with the message.
    pub(super) fn spawn(
        &self,
        message: &'static str,
        write: impl Future<Output = Result<(), TableError>> + Send + 'static,
    ) {
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while writes.try_join_next().is_some() {}
        writes.spawn(async move {
            if let Err(error) = bounded(WRITE_TIMEOUT, write).await {
                tracing::error!(%error, "{message}");
            }
        });
    }

    /// Waits for the writes, at most 20 ms.
    pub(super) async fn end(self) {
        let mut writes = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let all = async { while writes.join_next().await.is_some() {} };
        if timeout(LAST_WRITES, all).await.is_err() {
            let count = writes.len();
            tracing::warn!(count, "writes are cancelled: the table took too long");
        }
    }
}

/// A lease of this order, released when dropped, unless its answer is written.
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

    /// The written answer ends the lease.
    pub(super) fn end(mut self) {
        self.holder = None;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(holder) = self.holder.take() else { return };
        let (table, key) = (Arc::clone(self.table), self.key.to_owned());
        self.writes
            .spawn("lease is not released: it expires", async move { table.release(&key, &holder).await });
    }
}
