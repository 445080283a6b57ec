//! A pinned program of the Python package index, in a virtual environment of its own under cargo's target folder.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use platform::progress::Progress;

use crate::{failure::Failure, repository};

/// A program, and the version that is asked.
pub(crate) struct Tool {
    /// The package, which is also the program's name.
    pub(crate) package: &'static str,
    /// Exactly this version: another one may judge differently.
    pub(crate) version: &'static str,
}

/// The linter of CloudFormation templates: the official resource schemas.
pub(crate) const CFN_LINT: Tool = Tool { package: "cfn-lint", version: "1.58.0" };

impl Tool {
    /// The program; installed if it is not.
    pub(crate) fn install(&self, progress: &mut Progress) -> Result<PathBuf, Failure> {
        let folder =
            repository::target_folder()?.join("python").join(format!("{}-{}", self.package, self.version));
        let program = folder.join("bin").join(self.package);
        // Written last: an installation that was interrupted is begun again.
        let complete = folder.join("complete");
        if complete.exists() {
            return Ok(program);
        }
        progress.doing(&format!("installing {} {}", self.package, self.version));
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)).map_err(|said| {
            Failure::NoPython {
                said,
                hint: "python3 with venv is needed: on Debian, `apt-get install python3-venv`",
            }
        })?;
        let requirement = format!("{}=={}", self.package, self.version);
        let mut pip = Command::new(folder.join("bin").join("pip"));
        run(pip.args(["install", "--quiet", "--disable-pip-version-check", &requirement])).map_err(
            |said| Failure::NoPython {
                said,
                hint: "pip must reach the Python package index, or a mirror that `pip config` names",
            },
        )?;
        fs::write(&complete, &requirement).map_err(|source| Failure::Write { path: complete, source })?;
        progress.done("Installed", &requirement);
        Ok(program)
    }
}

/// Runs a command; when it fails, what it said.
fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{program}: {}", String::from_utf8_lossy(&said).trim()))
}
