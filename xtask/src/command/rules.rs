//! cargo xtask rules

use clap::Args;
use platform::{error_report::ErrorReport, exit_code, launch::Output, progress::Progress};
use serde_json::json;
use stack::manual;

use super::{
    generated::{self, GeneratedArgs},
    print_json, print_text,
};

/// Prints the manual of `check`.
///
/// Of every rule why it is there, what it wants, and what to do. RULES.md is the same text.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask rules            the manual, to read
  cargo xtask rules --write    writes it to RULES.md, after a rule's page was changed")]
pub(crate) struct RulesArgs {
    #[command(flatten)]
    generated: GeneratedArgs,
}

pub(crate) fn run(args: &RulesArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let text = manual::manual();
    if let Some(code) = generated::run(&args.generated, (manual::PATH, &text), "cargo xtask rules", progress)?
    {
        return Ok(code);
    }
    match args.generated.output {
        Output::Text => print_text(&text)?,
        Output::Json => print_json(&json!({ "rules": manual::summaries() }))?,
    }
    Ok(exit_code::OK)
}
