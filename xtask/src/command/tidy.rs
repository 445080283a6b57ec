//! cargo xtask tidy

use clap::Args;
use platform::{exit_code, launch::Output, progress::Progress};
use serde::Serialize;
use stack::Finding;

use super::{check, print_json, print_text};
use crate::{
    failure::Failure,
    repository,
    tidy::{self, Tree},
};

/// Judges the invariants of ARCHITECTURE.md.
///
/// It reads the files that git knows of: who may depend on whom, what is pure, what is spelled once, what a source opens
/// with, and whether every generated file is fresh. Exits with 1 if an invariant is broken.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask tidy                  every finding, with what to do about it
  cargo xtask tidy --output json    the same for a program")]
pub(crate) struct TidyArgs {
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Serialize)]
struct Tidied {
    findings: Vec<Finding>,
}

pub(crate) fn run(args: &TidyArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let findings = findings()?;
    let code = if findings.is_empty() { exit_code::OK } else { exit_code::FINDINGS };
    match args.output {
        Output::Text => {
            print_text(&check::text(&findings))?;
            progress.note("Tidied", &check::count(&findings, 0));
        }
        Output::Json => print_json(&Tidied { findings })?,
    }
    Ok(code)
}

/// Everything that is found in this repository.
pub(crate) fn findings() -> Result<Vec<Finding>, Failure> {
    Ok(tidy::check(&Tree::read(repository::root())?))
}
