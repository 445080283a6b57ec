//! Reading the file of an order: no more of it than an order may have, and nothing that could keep its reader waiting.
//! What the text means is for `contract` to say.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use contract::order_file::MAX_ORDER_BYTES;

/// The file's bytes, one more than an order may have at most: enough to know that it is too large.
///
/// # Errors
/// The file cannot be read, or is no regular file. An order is read more than once, by the command and by the program
/// that cooks it, so that a pipe would have nothing left for the second.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Before it is opened: opening a pipe waits for its writer.
    regular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    // And after it: the name may stand for another file by now.
    regular(&file.metadata()?)?;
    let limit = u64::try_from(MAX_ORDER_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = "not a regular file, and it is read more than once";
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn no_more_is_read_than_shows_that_it_is_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("order.json");
        for (size, expect) in [
            (0, 0),
            (MAX_ORDER_BYTES, MAX_ORDER_BYTES),
            (MAX_ORDER_BYTES * 3, MAX_ORDER_BYTES + 1),
        ] {
            fs::write(&path, vec![b' '; size]).unwrap();
            assert_eq!(read(&path).unwrap().len(), expect);
        }
    }

    /// A pipe without a writer has no answer to an `open`: the test itself would hang.
    #[test]
    fn what_is_no_file_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let _listening = UnixListener::bind(&socket).unwrap();
        for path in [&pipe, &socket, folder.path(), Path::new("/dev/zero")] {
            let error = read(path).unwrap_err();
            assert_eq!(
                error.kind(),
                io::ErrorKind::InvalidInput,
                "{}: {error}",
                path.display()
            );
        }
        assert_eq!(
            read(&folder.path().join("absent")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
