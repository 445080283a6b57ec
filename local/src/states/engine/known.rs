//! Which executions are known: what runs and what ended lately is in memory, the rest in the archive.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError},
};

use super::{
    super::{StatesError, archive::key, execution::Execution, listed::Listed},
    Engine,
};

/// Most executions that ended and are in memory: those that somebody may still follow. The oldest go to the archive.
pub(super) const ENDED_IN_MEMORY: usize = 100;

impl Engine {
    /// Says in which folder the executions lie that memory has no room for, and moves those there that a journal
    /// remembered. Before it is called, nothing is moved.
    pub async fn make_room(&self, folder: PathBuf) {
        self.archive.open_in(folder);
        for execution in self.in_memory().into_iter().rev() {
            if execution.snapshot().ended.is_some() {
                self.rest(execution.arn()).await;
            }
        }
    }

    /// An execution by its ARN.
    ///
    /// # Errors
    /// There is none, or the archive cannot be read.
    pub fn execution(&self, arn: &str) -> Result<Arc<Execution>, StatesError> {
        let found = self.executions().get(arn).map(Arc::clone);
        // It is in the archive before it leaves the memory: looked for in this order it is always found.
        let found = match found {
            Some(found) => Some(found),
            None => self
                .archive
                .get(key(arn))
                .map_err(StatesError::Archive)?
                .map(Arc::new),
        };
        found.ok_or_else(|| StatesError::ExecutionDoesNotExist { arn: arn.to_owned() })
    }

    /// Every execution, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        // The archive last, for the same reason.
        let in_memory = self.in_memory();
        Listed::all(in_memory, self.archive.entries())
    }

    /// An execution of the list.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn listed(&self, listed: &Listed) -> Result<Arc<Execution>, StatesError> {
        if let Some(execution) = listed.in_memory() {
            return Ok(Arc::clone(execution));
        }
        let found = self.archive.get(listed.key()).map_err(StatesError::Archive)?;
        // Nothing ever leaves the archive.
        found
            .map(Arc::new)
            .ok_or_else(|| StatesError::ExecutionDoesNotExist {
                arn: listed.key().to_string(),
            })
    }

    /// What runs and what ended lately, newest first.
    pub(super) fn in_memory(&self) -> Vec<Arc<Execution>> {
        let mut all: Vec<_> = self.executions().values().map(Arc::clone).collect();
        all.sort_by(|a, b| {
            b.started_at()
                .cmp(&a.started_at())
                .then_with(|| a.arn().cmp(b.arn()))
        });
        all
    }

    /// Says that an execution has ended, and moves the one to the archive that ended longest ago, if there are many.
    pub(super) async fn rest(&self, arn: &str) {
        let oldest = {
            let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
            ended.push_back(arn.to_owned());
            (ended.len() > ENDED_IN_MEMORY)
                .then(|| ended.pop_front())
                .flatten()
        };
        let found = oldest.and_then(|arn| self.executions().get(&arn).map(Arc::clone));
        let Some(execution) = found else { return };
        let (archive, moving) = (Arc::clone(&self.archive), Arc::clone(&execution));
        let moved = tokio::task::spawn_blocking(move || archive.add(&moving)).await;
        // What the disk does not take stays in memory: nothing is lost.
        if matches!(moved, Ok(Ok(()))) {
            self.executions().remove(execution.arn());
        }
    }
}
