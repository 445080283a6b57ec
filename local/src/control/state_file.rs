//! The file that says where an environment is up. It belongs to a process: when that is gone, so is the file's meaning.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use stack::environment::EnvironmentName;

use crate::serve::AccessKey;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Found {
    pub environment: String,
    pub pid: u32,
    /// When that process started, in clock ticks since boot: another process may get the same number.
    pub started_ticks: u64,
    pub access_key: AccessKey,
    pub control_url: String,
    pub states_url: String,
    /// When the newest of its functions was built, in milliseconds since 1970.
    pub built_at_ms: i64,
}

/// The file while its environment is up. Dropping it removes it.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    found: Found,
}

impl StateFile {
    /// Where the file of an environment of this name is, in a target folder.
    pub fn path(target_folder: &Path, environment: &EnvironmentName) -> PathBuf {
        let file = format!("environment-{environment}.json");
        target_folder.join("local").join(file)
    }

    /// Writes the file, for this user only.
    pub fn write(target_folder: &Path, environment: &EnvironmentName, found: &Found) -> io::Result<Self> {
        let path = Self::path(target_folder, environment);
        if let Some(folder) = path.parent() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true).mode(0o700).create(folder)?;
        }
        let draft = path.with_extension(format!("draft-{}", found.pid));
        // An earlier process of this number may have left one, which would keep its own mode.
        let _none_there = fs::remove_file(&draft);
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(&draft)?;
        io::Write::write_all(&mut file, serde_json::to_string_pretty(found)?.as_bytes())?;
        fs::rename(&draft, &path)?;
        Ok(Self { path, found: found.clone() })
    }

    /// The environment of this name that is up, if one is. A file that a killed process left is removed.
    pub fn read(target_folder: &Path, environment: &EnvironmentName) -> Option<Found> {
        let path = Self::path(target_folder, environment);
        let text = fs::read_to_string(&path).ok()?;
        let found: Option<Found> = serde_json::from_str(&text).ok();
        let alive = found.filter(|found| started_ticks(found.pid) == Some(found.started_ticks));
        if alive.is_none() {
            // Nobody is behind it any more; that it cannot be removed changes nothing.
            let _stale = fs::remove_file(&path);
        }
        alive
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        // Another environment may have written its own meanwhile: the newest is found.
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        if serde_json::from_str(&text).is_ok_and(|found: Found| found == self.found) {
            let _gone_already = fs::remove_file(&self.path);
        }
    }
}

pub(super) fn started_ticks(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Field 22 of proc(5); the second, a name in parentheses, may hold spaces.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn local() -> EnvironmentName {
        EnvironmentName::new("local").unwrap()
    }

    #[test]
    fn each_environment_has_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let living = EnvironmentName::new("local-living").unwrap();
        let _file = StateFile::write(folder.path(), &local(), &found()).unwrap();
        assert_eq!(StateFile::read(folder.path(), &living), None);
        let other = Found { environment: "local-living".into(), ..found() };
        let _other = StateFile::write(folder.path(), &living, &other).unwrap();
        assert_eq!(StateFile::read(folder.path(), &local()), Some(found()));
        assert_eq!(StateFile::read(folder.path(), &living), Some(other));
    }

    fn found() -> Found {
        let pid = std::process::id();
        Found {
            environment: "local".into(),
            pid,
            started_ticks: started_ticks(pid).unwrap(),
            access_key: AccessKey { id: "a".into(), secret: "b".into(), session_token: "c".into() },
            control_url: "http://127.0.0.1:1/x".into(),
            states_url: "http://127.0.0.1:2".into(),
            built_at_ms: 0,
        }
    }

    #[test]
    fn it_is_there_as_long_as_its_environment() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(StateFile::read(folder.path(), &local()), None);
        let file = StateFile::write(folder.path(), &local(), &found()).unwrap();
        assert_eq!(StateFile::read(folder.path(), &local()), Some(found()));
        drop(file);
        assert_eq!(StateFile::read(folder.path(), &local()), None);
    }

    #[test]
    fn only_its_user_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = StateFile::path(folder.path(), &local());
        let left = path.with_extension(format!("draft-{}", found().pid));
        fs::create_dir_all(left.parent().unwrap()).unwrap();
        fs::write(&left, "").unwrap();
        let _file = StateFile::write(folder.path(), &local(), &found()).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn the_newest_environment_stays_found() {
        let folder = tempfile::tempdir().unwrap();
        let older = StateFile::write(folder.path(), &local(), &found()).unwrap();
        let newest = Found { control_url: "http://127.0.0.1:3/y".into(), ..found() };
        let _newer = StateFile::write(folder.path(), &local(), &newest).unwrap();
        drop(older);
        assert_eq!(StateFile::read(folder.path(), &local()), Some(newest));
    }

    #[test]
    fn a_stale_or_broken_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let stale = Found { started_ticks: 1, ..found() };
        let file = StateFile::write(folder.path(), &local(), &stale).unwrap();
        assert_eq!(StateFile::read(folder.path(), &local()), None);
        assert!(!StateFile::path(folder.path(), &local()).exists());
        fs::write(StateFile::path(folder.path(), &local()), "{").unwrap();
        assert_eq!(StateFile::read(folder.path(), &local()), None);
        drop(file);
    }
}
