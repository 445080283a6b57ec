//! cargo xtask synth

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use platform::{
    error_report::ErrorReport,
    exit_code,
    launch::{EnvironmentArgs, Output},
};
use serde_json::json;

use super::{print_json, print_text};
use crate::{environments, repository};

/// Writes the CloudFormation template, the state machines and the JSON schemas.
///
/// `template.json`, `state-machine.asl.json` and the rest of a release; stdout has their paths. The same definitions give
/// the same bytes.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask synth                          for this machine, to target/synth/local
  cargo xtask synth --env prod --out build   for production, to the folder build")]
pub(crate) struct SynthArgs {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// The folder to write to [default: synth/NAME in cargo's target folder].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &SynthArgs) -> Result<u8, ErrorReport> {
    let environment = environments::named(&args.environment.env)?;
    let out = match &args.out {
        Some(out) => out.clone(),
        None => repository::target_folder()?.join("synth").join(environment.name.as_str()),
    };
    let paths = write(&stack::synth(&stack::app(&environment)), &out)?;
    match args.output {
        Output::Text => {
            let lines: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
            print_text(&(lines.join("\n") + "\n"))?;
        }
        Output::Json => print_json(&json!({ "environment": environment.name.as_str(), "paths": paths }))?,
    }
    Ok(exit_code::OK)
}

/// Writes the files of a release into a folder.
pub(crate) fn write(files: &[(String, Vec<u8>)], out: &Path) -> Result<Vec<PathBuf>, ErrorReport> {
    let write = |(name, bytes): &(String, Vec<u8>)| {
        let path = out.join(name);
        let folder = path.parent().unwrap_or(out);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| ErrorReport::file("write", &path, &error))?;
        Ok(path)
    };
    files.iter().map(write).collect()
}
