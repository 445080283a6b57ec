//! cargo xtask rules

use std::{fs, path::Path};

use clap::Args;
use platform::{error_report::ErrorReport, exit_code, launch::Output, progress::Progress};
use serde::Serialize;
use serde_json::json;
use stack::manual;

use super::{print_json, print_text};
use crate::repository;

/// Prints the manual of `check`.
///
/// Of every rule why it is there, what it wants, and what to do. RULES.md is the same text.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask rules            the manual, to read
  cargo xtask rules --write    writes it to RULES.md, after a rule's page was changed")]
pub(crate) struct RulesArgs {
    /// Writes RULES.md instead of printing it.
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// Exits with 12 if RULES.md is not what `--write` would write.
    #[arg(long)]
    check: bool,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// The generated file, as this command left or found it.
#[derive(Serialize)]
struct File {
    path: &'static str,
    fresh: bool,
}

pub(crate) fn run(args: &RulesArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let path = repository::root().join(manual::PATH);
    let text = manual::manual();
    let fresh = if args.write {
        write(&path, &text)?;
        true
    } else if args.check {
        is_fresh(&path, &text)
    } else {
        match args.output {
            Output::Text => print_text(&text)?,
            Output::Json => print_json(&json!({ "rules": manual::summaries() }))?,
        }
        return Ok(exit_code::OK);
    };
    match (args.write, fresh) {
        (true, _) => progress.done("Wrote", manual::PATH),
        (false, true) => progress.done("Fresh", manual::PATH),
        (false, false) => {
            progress.error(&format!("the generated file is stale: {}", manual::PATH));
            progress.hint("`cargo xtask rules --write` writes it");
        }
    }
    if args.output == Output::Json {
        let path = manual::PATH;
        print_json(&File { path, fresh })?;
    }
    Ok(if fresh { exit_code::OK } else { exit_code::STALE })
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
        let path = folder.path().join(manual::PATH);
        let text = manual::manual();
        assert!(!is_fresh(&path, &text));
        write(&path, &text).unwrap();
        assert!(is_fresh(&path, &text));
        fs::write(&path, format!("{text} ")).unwrap();
        assert!(!is_fresh(&path, &text));
    }
}
