//! Reading a person's file: no more of it than it may have, and nothing that could keep its reader waiting. What the
//! bytes mean is for others to say.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

/// The file's bytes, one more than it may have at most: enough to know that it is too large.
///
/// # Errors
/// The file cannot be read, or is no regular file. What we are given is read more than once, by the command and by the
/// program that carries it out, so that a pipe would have nothing left for the second.
pub fn read(path: &Path, most_bytes: usize) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let limit = u64::try_from(most_bytes).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The file, for whoever reads it piece by piece.
///
/// # Errors
/// As [`read`].
pub fn open(path: &Path) -> io::Result<File> {
    // Before it is opened: opening a pipe waits for its writer.
    regular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    // And after it: the name may stand for another file by now.
    regular(&file.metadata()?)?;
    Ok(file)
}

fn regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = "not a regular file, which can be read again";
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(test)]
mod tests {
    use std::{os::unix::net::UnixListener, path::PathBuf, sync::mpsc, thread, time::Duration};

    use super::*;

    /// The error of a file that must not be waited for: a pipe without a writer has no answer to an `open`.
    fn refused_at_once(path: PathBuf) -> io::Error {
        let (answer, answered) = mpsc::channel();
        thread::spawn(move || answer.send(read(&path, 10)).is_ok());
        let read = answered.recv_timeout(Duration::from_secs(20));
        read.expect("somebody was waited for").unwrap_err()
    }

    #[test]
    fn no_more_is_read_than_shows_that_it_is_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (size, expect) in [(0, 0), (10, 10), (11, 11), (12, 11), (1_000, 11)] {
            fs::write(&path, vec![b' '; size]).unwrap();
            assert_eq!(read(&path, 10).unwrap().len(), expect);
        }
    }

    #[test]
    fn what_is_no_file_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let made = std::process::Command::new("mkfifo").arg(path("pipe")).status();
        assert!(made.unwrap().success());
        let _listening = UnixListener::bind(path("socket")).unwrap();
        for no_file in [path("pipe"), path("socket"), path("."), "/dev/zero".into()] {
            let error = refused_at_once(no_file.clone());
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{}: {error}", no_file.display());
        }
        assert_eq!(refused_at_once(path("absent")).kind(), io::ErrorKind::NotFound);
    }
}
