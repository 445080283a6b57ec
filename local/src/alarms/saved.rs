//! The states of alarms in a data folder: a file that a restart goes on from. Series are not kept.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use cloudwatch::engine::Status;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What survives a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Saved {
    /// When this was written, by the alarms' clock, in seconds.
    pub at_s: i64,
    /// By the alarm's name.
    pub statuses: BTreeMap<String, Status>,
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the states of alarms: {}", path.display())]
pub struct SavedError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// The file in a data folder.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("alarms.json")
}

impl Saved {
    /// What a data folder has; nothing where it has no such file.
    pub fn read(folder: &Path) -> Result<Option<Self>, SavedError> {
        let path = path(folder);
        let read = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => {
                read.and_then(|bytes| Ok(serde_json::from_slice::<Self>(&bytes)?)).and_then(Self::validated)
            }
        };
        read.map(Some).map_err(|source| SavedError { path, source })
    }

    /// A clock goes on from there, so it has to be a time.
    fn validated(self) -> io::Result<Self> {
        match Timestamp::from_second(self.at_s) {
            Ok(_) => Ok(self),
            Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        }
    }

    /// Replaces the file: a reader finds the one before or this one.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let draft = path.with_extension("draft");
        fs::write(&draft, serde_json::to_vec(self)?)?;
        fs::rename(draft, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file is read whole or refused by name.
    #[test]
    fn mutated_files() {
        let status = r#"{"state":"ALARM","sinceS":7,"reason":"r","actedOn":"OK","createdS":1,"evaluatedS":9,"suppressorSeenS":null,"suppressedBy":"WaitPeriod"}"#;
        let sample = format!(r#"{{"atS":9,"statuses":{{"a":{status}}}}}"#);
        let folder = tempfile::tempdir().unwrap();
        fs::write(path(folder.path()), &sample).unwrap();
        assert_eq!(Saved::read(folder.path()).unwrap().unwrap().statuses.len(), 1);
        mutations::check(&[sample.as_str()], &["OK", "null", "-1", "1e400", "{", "}", "atS"], |bytes| {
            if let Ok(saved) = serde_json::from_slice::<Saved>(bytes) {
                let again: Saved = serde_json::from_slice(&serde_json::to_vec(&saved).unwrap()).unwrap();
                assert_eq!(again, saved);
            }
        });
    }

    #[test]
    fn what_is_written_is_read_and_what_is_broken_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Saved::read(folder.path()).unwrap(), None);
        let saved = Saved { at_s: 7, statuses: BTreeMap::new() };
        saved.write(&path(folder.path())).unwrap();
        assert_eq!(Saved::read(folder.path()).unwrap(), Some(saved));
        for broken in [
            "{\"atS\":9223372036854775807,\"statuses\":{}}",
            "",
            "{",
            "[]",
            "{\"atS\":1}",
            "{\"atS\":1,\"statuses\":{\"a\":1}}",
        ] {
            fs::write(path(folder.path()), broken).unwrap();
            let error = Saved::read(folder.path()).unwrap_err();
            assert!(error.to_string().contains("alarms.json"), "{error}");
        }
    }
}
