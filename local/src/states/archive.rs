//! Executions that ended a while ago: compressed, in a file without a name, so that the memory of an environment does
//! not grow with every order. Nothing of them is lost while the environment is up; what survives it is the journal's.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use flate2::{Compression, write::DeflateDecoder, write::DeflateEncoder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    execution::{Ended, Execution, Status},
    machine::Machine,
};

/// The archive of one environment. Until it has a folder it takes nothing.
#[derive(Debug, Default)]
pub(super) struct Archive {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    folder: Option<PathBuf>,
    /// Made for the first execution.
    file: Option<Arc<File>>,
    end: u64,
    /// A tree: a hash table would double all at once.
    index: BTreeMap<Uuid, Entry>,
}

/// What is known of an execution without reading the file: little, because there are many.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) machine: Arc<Machine>,
    pub(super) status: Status,
    remembered: bool,
    started_at_ms: i64,
    ended_at_ms: i64,
    offset: u64,
    bytes: u32,
}

impl Entry {
    pub(super) fn started_at(&self) -> Timestamp {
        moment(self.started_at_ms)
    }
}

/// This environment knows no time between two milliseconds.
fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

/// An execution in the file. The rest of it is in the index.
#[derive(Serialize, Deserialize)]
struct Kept {
    arn: String,
    name: String,
    input: String,
    output: Option<String>,
    error: Option<String>,
    cause: Option<String>,
    events: Vec<Value>,
}

/// What an execution is found by. An ARN is longer, and there are many.
pub(super) fn key(arn: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, arn.as_bytes())
}

impl Archive {
    /// Puts its file into this folder, from the first execution on.
    pub(super) fn open_in(&self, folder: PathBuf) {
        self.state().folder = Some(folder);
    }

    /// Adds an execution. One that still runs is refused.
    pub(super) fn add(&self, execution: &Execution) -> io::Result<()> {
        let snapshot = execution.snapshot();
        let ended = snapshot
            .ended
            .ok_or_else(|| io::Error::other("the execution still runs"))?;
        let (status, ended_at) = (ended.status, ended.at);
        let kept = Kept {
            arn: snapshot.arn,
            name: snapshot.name,
            input: snapshot.input,
            output: ended.output,
            error: ended.error,
            cause: ended.cause,
            events: execution.events(0),
        };
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&serde_json::to_vec(&kept)?)?;
        let bytes = encoder.finish()?;

        let mut state = self.state();
        let file = if let Some(file) = &state.file {
            Arc::clone(file)
        } else {
            let created = create(state.folder.as_deref())?;
            Arc::clone(state.file.insert(Arc::new(created)))
        };
        let offset = state.end;
        // What a full disk took of it is written over by the next one.
        file.write_all_at(&bytes, offset)?;
        state.end += u64::try_from(bytes.len()).map_err(io::Error::other)?;
        let entry = Entry {
            machine: Arc::clone(execution.machine()),
            status,
            remembered: execution.is_remembered(),
            started_at_ms: snapshot.started_at.as_millisecond(),
            ended_at_ms: ended_at.as_millisecond(),
            offset,
            bytes: u32::try_from(bytes.len()).map_err(io::Error::other)?,
        };
        state.index.insert(key(&kept.arn), entry);
        Ok(())
    }

    /// An execution as it was; nothing when it is not here.
    pub(super) fn get(&self, key: Uuid) -> io::Result<Option<Execution>> {
        let (file, entry) = {
            let state = self.state();
            match (&state.file, state.index.get(&key)) {
                (Some(file), Some(entry)) => (Arc::clone(file), entry.clone()),
                _ => return Ok(None),
            }
        };
        let mut bytes = vec![0; usize::try_from(entry.bytes).map_err(io::Error::other)?];
        file.read_exact_at(&mut bytes, entry.offset)?;
        let mut decoder = DeflateDecoder::new(Vec::new());
        decoder.write_all(&bytes)?;
        let kept: Kept = serde_json::from_slice(&decoder.finish()?)?;
        let execution = Execution::new(
            kept.arn,
            kept.name,
            entry.machine,
            kept.input,
            moment(entry.started_at_ms),
            None,
        );
        let ended = Ended {
            status: entry.status,
            at: moment(entry.ended_at_ms),
            output: kept.output,
            error: kept.error,
            cause: kept.cause,
        };
        execution.restore(kept.events, ended, entry.remembered);
        Ok(Some(execution))
    }

    /// Everything that is here, in no order.
    pub(super) fn entries(&self) -> Vec<(Uuid, Entry)> {
        let state = self.state();
        state
            .index
            .iter()
            .map(|(key, entry)| (*key, entry.clone()))
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For this user only, and gone with this process whatever ends it: orders lie in it as they were given.
fn create(folder: Option<&Path>) -> io::Result<File> {
    let folder = folder.ok_or(io::ErrorKind::NotFound)?;
    let path = folder.join(format!("executions-{}", Uuid::new_v4().simple()));
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    fs::remove_file(path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use asl::StateMachine;
    use serde_json::json;

    use super::*;

    fn execution(arn: &str, ended: Option<Ended>) -> Execution {
        let definition = r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }"#;
        let machine = Arc::new(Machine {
            arn: "arn:m".into(),
            name: "m".into(),
            role_arn: "arn:r".into(),
            definition: definition.into(),
            parsed: definition.parse::<StateMachine>().unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
        });
        let started_at = Timestamp::from_millisecond(1_234).unwrap();
        let execution = Execution::new(
            arn.into(),
            "n".into(),
            machine,
            r#"{"x":1}"#.into(),
            started_at,
            None,
        );
        execution.record(json!({ "id": 1, "type": arn }));
        if let Some(ended) = ended {
            execution.end(ended);
        }
        execution
    }

    fn ended() -> Ended {
        Ended {
            status: Status::Failed,
            at: Timestamp::from_millisecond(5_678).unwrap(),
            output: None,
            error: Some("E".into()),
            cause: Some("why".into()),
        }
    }

    #[test]
    fn what_was_added_is_found_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::default();
        archive.open_in(folder.path().to_owned());
        assert!(archive.get(key("arn:1")).unwrap().is_none());
        for arn in ["arn:1", "arn:2", "arn:3"] {
            archive.add(&execution(arn, Some(ended()))).unwrap();
        }
        for arn in ["arn:3", "arn:1", "arn:2"] {
            let (found, before) = (
                archive.get(key(arn)).unwrap().unwrap(),
                execution(arn, Some(ended())),
            );
            assert_eq!(found.snapshot(), before.snapshot());
            assert_eq!(found.events(0), before.events(0));
            assert!(!found.is_remembered(), "it ended here");
        }
        assert!(archive.get(key("arn:4")).unwrap().is_none());
        assert_eq!(archive.entries().len(), 3);
    }

    #[test]
    fn its_file_has_no_name_and_is_for_this_user_only() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::default();
        archive.open_in(folder.path().to_owned());
        archive.add(&execution("arn:1", Some(ended()))).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let file = Arc::clone(archive.state().file.as_ref().unwrap());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_it_cannot_take_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::default();
        archive.open_in(folder.path().to_owned());
        assert!(archive.add(&execution("arn:1", None)).is_err(), "it still runs");
        let nowhere = Archive::default();
        assert!(
            nowhere.add(&execution("arn:1", Some(ended()))).is_err(),
            "no folder"
        );
        nowhere.open_in(folder.path().join("nowhere"));
        assert!(
            nowhere.add(&execution("arn:1", Some(ended()))).is_err(),
            "no such folder"
        );
        assert!(nowhere.entries().is_empty());
    }
}
