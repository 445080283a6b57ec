//! A program of this workspace that measures and prints one JSON value.

use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;
use target::progress::Progress;

use crate::{
    cargo::{self, Profile},
    failure::Failure,
};

/// Builds it in this profile, runs it and reads what it prints.
pub(super) fn printed<T: DeserializeOwned>(
    program: &'static str,
    args: &[&str],
    profile: Profile,
    doing: &str,
    progress: &mut Progress,
) -> Result<T, Failure> {
    let path = cargo::build_tool(program, profile)?;
    progress.doing(doing);
    let output = Command::new(path)
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    progress.pause();
    let output = output.map_err(|source| Failure::Start {
        program: program.to_owned(),
        source,
    })?;
    if !output.status.success() {
        return Err(Failure::NoSamples { program });
    }
    serde_json::from_slice(&output.stdout).map_err(|source| Failure::Unreadable { program, source })
}
