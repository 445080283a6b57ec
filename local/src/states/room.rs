//! How many ended executions stay in memory, and how the others leave it for the archive.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError},
};

use super::Engine;

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
