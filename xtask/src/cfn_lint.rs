//! cfn-lint, the linter of CloudFormation templates by the official resource schemas: a pinned version from the Python package
//! index, in a virtual environment of its own under cargo's target folder.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use platform::{error_report::ErrorReport, exit_code, progress::Progress};

use crate::repository;

/// Exactly this version: another one may have other rules.
const REQUIREMENT: &str = "cfn-lint==1.58.0";

/// The program, installed if it is not.
pub(crate) fn install(progress: &mut Progress) -> Result<PathBuf, ErrorReport> {
    let folder = repository::target_folder()?.join("python").join(REQUIREMENT.replace("==", "-"));
    let program = folder.join("bin").join("cfn-lint");
    // Written last: an installation that was interrupted is begun again.
    let complete = folder.join("complete");
    if complete.exists() {
        return Ok(program);
    }
    progress.doing(&format!("installing {REQUIREMENT}"));
    run(
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder),
        "python3 with venv is needed: on Debian, `apt-get install python3-venv`",
    )?;
    run(
        Command::new(folder.join("bin").join("pip")).args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            REQUIREMENT,
        ]),
        "pip must reach the Python package index, or a mirror that `pip config` names",
    )?;
    fs::write(&complete, REQUIREMENT).map_err(|error| ErrorReport::file("write", &complete, &error))?;
    progress.done("Installed", REQUIREMENT);
    Ok(program)
}

/// Runs a step of the installation. The error has what the program printed, and the hint.
fn run(command: &mut Command, hint: &str) -> Result<(), ErrorReport> {
    let program = command.get_program().display().to_string();
    let printed = match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    let message = format!("a tool of the Python package index cannot be installed: {program}: {printed}");
    Err(ErrorReport::message(exit_code::FINDINGS, message).with_hint(hint))
}
