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
            started_at: entry.started_at(),
            machine: entry.machine,
            status: entry.status,
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

#[cfg(test)]
mod tests {
    use asl::{StateMachine, run::Outcome};

    use super::{
        super::{archive::Archive, execution::Ended},
        *,
    };

    fn execution(arn: &str, started_at_ms: i64) -> Arc<Execution> {
        let definition = r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }"#;
        let machine = Machine {
            arn: "arn:m".into(),
            name: "m".into(),
            role_arn: "arn:r".into(),
            definition: definition.into(),
            parsed: definition.parse::<StateMachine>().unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        let started_at = Timestamp::from_millisecond(started_at_ms).unwrap();
        let execution = Execution::new(
            arn.into(),
            "n".into(),
            Arc::new(machine),
            "{}".into(),
            started_at,
            None,
        );
        execution.end(Ended::new(Outcome::TimedOut, started_at));
        Arc::new(execution)
    }

    #[test]
    fn whoever_is_in_both_is_listed_once_and_the_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::default();
        archive.open_in(folder.path().to_owned());
        let (older, newer) = (execution("arn:older", 1), execution("arn:newer", 2));
        archive.add(&older).unwrap();
        archive.add(&newer).unwrap();
        let all = Listed::all(vec![Arc::clone(&newer)], archive.entries());
        let keys: Vec<_> = all.iter().map(Listed::key).collect();
        assert_eq!(keys, [key("arn:newer"), key("arn:older")]);
        assert!(all[0].in_memory().is_some() && all[1].in_memory().is_none());
        assert_eq!(all[1].status(), Status::TimedOut);
    }
}
