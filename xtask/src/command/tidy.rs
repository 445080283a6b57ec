//! cargo xtask tidy

use clap::Args;
use platform::{error_report::ErrorReport, exit_code, launch::Output, progress::Progress};
use serde_json::json;
use stack::Finding;

use super::{check, print_json, print_text};
use crate::{
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

pub(crate) fn run(args: &TidyArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let findings = findings()?;
    let code = if findings.is_empty() { exit_code::OK } else { exit_code::FINDINGS };
    match args.output {
        Output::Text => {
            print_text(&check::text(&findings))?;
            progress.note("Tidied", &check::count(&findings, 0));
        }
        Output::Json => print_json(&json!({ "findings": findings }))?,
    }
    Ok(code)
}

pub(crate) fn findings() -> Result<Vec<Finding>, ErrorReport> {
    Ok(tidy::check(&Tree::read(repository::root())?))
}
