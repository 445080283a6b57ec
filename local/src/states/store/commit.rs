//! Group commit: changes that arrive while a transaction is being written share the next one and its `fsync`.

use std::{mem, sync::Arc};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::{ExecutionStore, Shared, StoreError};
use crate::{lock::lock, states::execution::Ended};

/// What a transaction writes of one execution.
pub(super) enum Change {
    Start { machine_arn: String, name: String, input: String, started_at_ms: i64 },
    End { machine_arn: String, name: String, ended: Ended, events: Vec<u8>, revision: i64 },
}

/// The changes of the next transaction.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Vec<Waiting>,
    /// Whether a thread is writing. It takes what is waiting when it is done.
    is_writing: bool,
}

struct Waiting {
    change: Change,
    /// Whether a row was written.
    written: oneshot::Sender<Result<bool, StoreError>>,
}

impl ExecutionStore {
    /// Writes a change and returns when it is on disk, in a data folder. False when there was no row to write.
    pub(super) async fn write(&self, change: Change) -> Result<bool, StoreError> {
        // Without an `fsync` a write takes less than the way to another thread.
        if !self.is_durable() {
            let rows = self.0.transaction(&[change])?;
            return Ok(rows == [true]);
        }
        let (written, outcome) = oneshot::channel();
        let is_writing = {
            let mut queue = lock(&self.0.queue);
            queue.waiting.push(Waiting { change, written });
            mem::replace(&mut queue.is_writing, true)
        };
        if !is_writing {
            let shared = Arc::clone(&self.0);
            // The outcome is sent to every caller.
            let _detached = tokio::task::spawn_blocking(move || shared.write_waiting());
        }
        outcome.await.unwrap_or(Err(StoreError::ShuttingDown))
    }
}

/// Fails what waits when its writer ends in a panic, so that nobody waits for ever.
struct Writing<'a>(&'a Shared);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = lock(&self.0.queue);
            queue.is_writing = false;
            queue.waiting.clear();
        }
    }
}

impl Shared {
    fn write_waiting(&self) {
        let _writing = Writing(self);
        loop {
            let waiting = {
                let mut queue = lock(&self.queue);
                queue.is_writing = !queue.waiting.is_empty();
                mem::take(&mut queue.waiting)
            };
            if waiting.is_empty() {
                return;
            }
            let (changes, callers): (Vec<_>, Vec<_>) =
                waiting.into_iter().map(|waiting| (waiting.change, waiting.written)).unzip();
            let written = self.transaction(&changes).map_err(StoreError::from);
            for (index, caller) in callers.into_iter().enumerate() {
                let of_caller = written.as_ref().map(|rows| rows.get(index) == Some(&true));
                // A caller may have been cancelled.
                let _gone = caller.send(of_caller.map_err(Clone::clone));
            }
        }
    }

    /// All of them or none, with one `fsync`: whether each has written a row.
    fn transaction(&self, changes: &[Change]) -> rusqlite::Result<Vec<bool>> {
        let mut connection: std::sync::MutexGuard<'_, Connection> = lock(&self.writer);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let rows = changes.iter().map(|change| self.apply(&transaction, change)).collect::<Result<_, _>>()?;
        transaction.commit()?;
        Ok(rows)
    }

    fn apply(&self, transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<bool> {
        let rows = match change {
            Change::Start {
                machine_arn,
                name,
                input,
                started_at_ms,
            } => transaction
                .prepare_cached(
                    "INSERT INTO executions (machine_arn, name, input, started_at_ms, status)
                     VALUES (?1, ?2, ?3, ?4, 'RUNNING') ON CONFLICT DO NOTHING",
                )?
                .execute(params![machine_arn, name, input, started_at_ms])?,
            Change::End {
                machine_arn,
                name,
                ended,
                events,
                revision,
            } => transaction
                .prepare_cached(
                    "UPDATE executions SET status = ?3, ended_at_ms = ?4, output = ?5, error = ?6, cause = ?7,
                     events = ?8, revision = ?9, environment_id = ?10 WHERE machine_arn = ?1 AND name = ?2",
                )?
                .execute(params![
                    machine_arn,
                    name,
                    ended.status.name(),
                    ended.at.as_millisecond(),
                    ended.output,
                    ended.error,
                    ended.cause,
                    events,
                    revision,
                    self.environment_id,
                ])?,
        };
        Ok(rows == 1)
    }
}
