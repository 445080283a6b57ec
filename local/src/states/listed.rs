//! The list of executions: what is in memory and what is in the archive, as one.

use std::{cmp::Reverse, sync::Arc};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    archive::{Entry, key},
    execution::{Execution, Status},
    machine::Machine,
};

/// An execution of the list. What is not here has to be read.
#[derive(Debug)]
pub struct Listed {
    key: Uuid,
    machine: Arc<Machine>,
    status: Status,
    started_at: Timestamp,
    in_memory: Option<Arc<Execution>>,
}

impl Listed {
    /// Newest first. Whoever is in both, because it is being moved, is listed once.
    pub(super) fn all(in_memory: Vec<Arc<Execution>>, archived: Vec<(Uuid, Entry)>) -> Vec<Self> {
        let in_memory = in_memory.into_iter().map(|execution| Self {
            key: key(execution.arn()),
            machine: Arc::clone(execution.machine()),
            status: execution.snapshot().status(),
            started_at: execution.started_at(),
            in_memory: Some(execution),
        });
        let archived = archived.into_iter().map(|(key, entry)| Self {
            key,
            machine: entry.machine,
            status: entry.status,
            started_at: entry.started_at,
            in_memory: None,
        });
        let mut all: Vec<_> = in_memory.chain(archived).collect();
        // A stable sort: of two that are the same the one in memory stays in front.
        all.sort_by_key(|listed| (Reverse(listed.started_at), listed.key));
        all.dedup_by_key(|listed| listed.key);
        all
    }

    /// Its machine.
    #[must_use]
    pub const fn machine(&self) -> &Arc<Machine> {
        &self.machine
    }

    /// Where it stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    pub(super) const fn key(&self) -> Uuid {
        self.key
    }

    pub(super) const fn in_memory(&self) -> Option<&Arc<Execution>> {
        self.in_memory.as_ref()
    }
}
