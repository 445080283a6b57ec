//! Reading an environment's file: no more of it than one has. What stands in it is `stack`'s to say; where files lie is for
//! whoever asks.

use std::{io, path::Path};

use crate::bounded_file;

/// Largest file of an environment in bytes. Ours have less than four thousand.
pub const MAX_BYTES: usize = 65_536;

/// The text of an environment's file.
///
/// # Errors
/// It cannot be read, is no regular file, is larger than [`MAX_BYTES`], or is no UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    let refused = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let bytes = bounded_file::read(path, MAX_BYTES)?;
    if bytes.len() > MAX_BYTES {
        return Err(refused(format!("expected at most {MAX_BYTES} bytes, got more")));
    }
    String::from_utf8(bytes).map_err(|error| refused(error.utf8_error().to_string()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_has_a_text_of_at_most_so_many_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("environment.toml");
        for (bytes, taken) in [
            ("#".repeat(MAX_BYTES).into_bytes(), true),
            ("#".repeat(MAX_BYTES + 1).into_bytes(), false),
            (b"# caf\xe9".to_vec(), false),
            ("# 가".into(), true),
        ] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(text(&path).is_ok(), taken);
        }
        assert!(text(folder.path()).is_err());
    }
}
