//! The folder where the state of an environment survives a restart. It belongs to one environment at a time.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// Room that a data folder must have: empty tables take 100 KB, an order some 10 KB.
const MIN_FREE_BYTES: usize = 256 * 1_024;

/// How long to wait for a lock that a killed environment still holds: 5 s, on a busy machine.
const LOCK_TRIES: u32 = 500;
const LOCK_PERIOD: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    #[error("cannot make the folder: {}", path.display())]
    Create {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the data folder belongs to an environment that is up")]
    InUse,
    #[error("cannot write to the data folder: {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl DataFolderError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::InUse => Some("stop that environment, or give this one another data folder".to_owned()),
            Self::Create { source, .. } | Self::Write { source, .. } => disk_hint(source.kind()),
        }
    }
}

impl DataFolder {
    /// Makes the folder if there is none, locks it, and looks whether it can be written to.
    pub async fn open(path: &Path) -> Result<Self, DataFolderError> {
        create(path)?;
        let refused = |source| DataFolderError::Write { path: path.to_owned(), source };
        let folder = File::open(path).map_err(refused)?;
        lock_exclusively(&folder).await.map_err(|error| match error {
            TryLockError::WouldBlock => DataFolderError::InUse,
            TryLockError::Error(error) => refused(error),
        })?;
        // After the lock: the folder of an environment that is up is not written to.
        probe(path).map_err(refused)?;
        Ok(Self { path: path.to_owned(), _lock: folder })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes a folder for this user only: orders lie there as they were given, and results.
pub(crate) fn create(path: &Path) -> Result<(), DataFolderError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| DataFolderError::Create { path: path.to_owned(), source })
}

/// A lock is held by every copy of the open folder, and a process that is being started has copies of all that its parent
/// has open until it becomes its program: an environment that was killed at such a moment holds it a little longer.
async fn lock_exclusively(folder: &File) -> Result<(), TryLockError> {
    for _ in 0..LOCK_TRIES {
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PERIOD).await,
            locked => return locked,
        }
    }
    folder.try_lock()
}

/// Writes a file of that size and removes it: a full disk is reported here, before anything is started.
fn probe(folder: &Path) -> io::Result<()> {
    let probe = folder.join("probe");
    let written = File::create(&probe).and_then(|mut file| {
        file.write_all(&vec![0; MIN_FREE_BYTES])?;
        file.sync_all()
    });
    // What could not be made cannot be removed; the error says why.
    let _not_made = fs::remove_file(&probe);
    written
}

pub(crate) fn disk_hint(kind: io::ErrorKind) -> Option<String> {
    let hint = match kind {
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            "choose a folder that this user may write to"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room there, or choose a folder on another disk"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: i32, expected: Option<&str>) {
        let hint = disk_hint(io::Error::from_raw_os_error(error).kind());
        assert_eq!(hint.as_deref(), expected, "{error}");
    }

    #[test]
    fn what_to_do_about_a_disk() {
        let (eio, eacces, efbig, enospc, erofs, edquot) = (5, 13, 27, 28, 30, 122);
        for error in [eacces, erofs] {
            check(error, Some("choose a folder that this user may write to"));
        }
        for error in [efbig, enospc, edquot] {
            check(error, Some("make room there, or choose a folder on another disk"));
        }
        check(eio, None);
    }
}
