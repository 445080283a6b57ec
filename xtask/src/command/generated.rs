//! Documents that are generated: printed, written, or compared with what is there.

use std::{fs, path::Path};

use clap::Args;
use platform::{error_report::ErrorReport, exit_code, launch::Output, progress::Progress};
use serde::Serialize;

use super::print_json;
use crate::repository;

/// What is to be done with a document.
#[derive(Args)]
pub(crate) struct GeneratedArgs {
    /// Writes the file instead of printing it.
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// Exits with 12 if the file is not what `--write` would write.
    #[arg(long)]
    check: bool,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// A generated file, as a command left or found it.
#[derive(Serialize)]
struct File {
    path: &'static str,
    fresh: bool,
}

/// Writes or compares the document, or leaves printing to the caller: `None`. `command` is what writes it.
pub(crate) fn run(
    args: &GeneratedArgs,
    (path, text): (&'static str, &str),
    command: &str,
    progress: &mut Progress,
) -> Result<Option<u8>, ErrorReport> {
    let place = repository::root().join(path);
    let fresh = if args.write {
        write(&place, text)?;
        true
    } else if args.check {
        is_fresh(&place, text)
    } else {
        return Ok(None);
    };
    match (args.write, fresh) {
        (true, _) => progress.done("Wrote", path),
        (false, true) => progress.done("Fresh", path),
        (false, false) => {
            progress.error(&format!("the generated file is stale: {path}"));
            progress.hint(&format!("`{command} --write` writes it"));
        }
    }
    if args.output == Output::Json {
        print_json(&File { path, fresh })?;
    }
    Ok(Some(if fresh { exit_code::OK } else { exit_code::STALE }))
}

fn write(path: &Path, text: &str) -> Result<(), ErrorReport> {
    fs::write(path, text).map_err(|error| ErrorReport::file("write", path, &error))
}

/// A file that is not there, or cannot be read, is as stale as one with another text.
fn is_fresh(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|found| found == text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_fresh_until_a_letter_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("PAGE.md");
        assert!(!is_fresh(&path, "text"));
        write(&path, "text").unwrap();
        assert!(is_fresh(&path, "text"));
        fs::write(&path, "text ").unwrap();
        assert!(!is_fresh(&path, "text"));
    }
}
