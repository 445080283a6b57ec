//! What is written to the table while an order goes on: answers, and leases that are given back.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{task::JoinSet, time::timeout};

use crate::table::{NewRow, PriceTable, bounded};

/// How long an order waits for writes after its last answer.
const LAST_WRITES: Duration = Duration::from_millis(20);
/// Longest time of a write that goes on beside the order.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// The writes of one order. Dropped, it ends them.
#[derive(Debug, Default)]
pub(super) struct Writes(Mutex<JoinSet<()>>);

impl Writes {
    fn spawn(&self, write: impl Future<Output = ()> + Send + 'static) {
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that have ended are forgotten.
        while writes.try_join_next().is_some() {}
        writes.spawn(write);
    }

    /// Waits for the writes, but not for long.
    pub(super) async fn end(self) {
        let mut writes = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let all = async { while writes.join_next().await.is_some() {} };
        if timeout(LAST_WRITES, all).await.is_err() {
            tracing::warn!(
                count = writes.len(),
                "answers are not kept: the table took too long"
            );
        }
    }
}

/// A lease of this order. Dropped without an answer it is given back, whatever the reason.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    writes: &'a Writes,
    table: &'a Arc<dyn PriceTable>,
    key: &'a str,
    holder: Option<String>,
}

impl<'a> Lease<'a> {
    /// That of this holder on that row.
    pub(super) const fn new(
        writes: &'a Writes,
        table: &'a Arc<dyn PriceTable>,
        key: &'a str,
        holder: String,
    ) -> Self {
        Self {
            writes,
            table,
            key,
            holder: Some(holder),
        }
    }

    /// None: an answer can be written without one.
    pub(super) const fn none(writes: &'a Writes, table: &'a Arc<dyn PriceTable>, key: &'a str) -> Self {
        Self {
            writes,
            table,
            key,
            holder: None,
        }
    }

    /// Lets it run on until that moment, in ms since 1970.
    pub(super) fn renew(&self, until_ms: i64) {
        let Some(holder) = self.holder.clone() else { return };
        let (table, key) = (Arc::clone(self.table), self.key.to_owned());
        self.writes.spawn(async move {
            if let Err(error) = bounded(WRITE_TIMEOUT, table.renew(&key, &holder, until_ms)).await {
                tracing::error!(%error, "lease is not renewed");
            }
        });
    }

    /// Writes the answer, which ends the lease.
    pub(super) fn write(&mut self, row: NewRow) {
        self.holder = None;
        let table = Arc::clone(self.table);
        self.writes.spawn(async move {
            if let Err(error) = bounded(WRITE_TIMEOUT, table.put(row, None)).await {
                tracing::error!(%error, "answer is not kept");
            }
        });
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(holder) = self.holder.take() else { return };
        let (table, key) = (Arc::clone(self.table), self.key.to_owned());
        self.writes.spawn(async move {
            if let Err(error) = bounded(WRITE_TIMEOUT, table.release(&key, &holder)).await {
                tracing::error!(%error, "lease is not given back: it ends by itself");
            }
        });
    }
}
