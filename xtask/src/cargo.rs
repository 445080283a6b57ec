//! Asking cargo: one invocation for everything that a command needs, and which programs came of it.

use std::{
    collections::BTreeMap,
    env,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use clap::ValueEnum;
use contract::task::TaskKind;
use platform::{
    color::Color,
    error_report::ErrorReport,
    exit_code,
    launch::{Built, Program},
    progress::{Progress, duration, elapsed_ms},
};
use serde::Deserialize;

use crate::{environments, repository};

const LOCAL: &str = "local";

/// Cargo's profiles, as far as they are used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Fast to build; what runs on this machine.
    Dev,
    /// Small and fast; what is released.
    Release,
}

impl Profile {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// What cargo tells a program that it runs about that program's package. A build script that watches these (ring's
/// does) would be stale after every change between `cargo xtask ..` and plain `cargo ..`, with all that depends on it.
const OF_THIS_PACKAGE: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];

/// Cargo, in the repository, as if it were called from a shell.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repository::root());
    for (name, _) in env::vars_os() {
        let about_us =
            name.to_str().is_some_and(|name| OF_THIS_PACKAGE.iter().any(|start| name.starts_with(start)));
        if about_us {
            cargo.env_remove(&name);
        }
    }
    // Cargo knows NO_COLOR by itself, and not what we were told.
    match Color::applied() {
        Color::Auto => &mut cargo,
        asked => cargo.env("CARGO_TERM_COLOR", asked.name()),
    };
    cargo
}

pub(crate) struct Programs {
    pub(crate) local: PathBuf,
    /// The functions, as they are handed over to it.
    pub(crate) built: Built,
}

/// Builds the functions and the embedded environment, as they run on this machine.
pub(crate) fn build_local(progress: &mut Progress) -> Result<Programs, ErrorReport> {
    build_local_in(Profile::Dev, progress)
}

/// Builds the functions and the embedded environment in a profile.
pub(crate) fn build_local_in(profile: Profile, progress: &mut Progress) -> Result<Programs, ErrorReport> {
    let start = Instant::now();
    let packages: Vec<_> = TaskKind::ALL.iter().map(|task| task.program()).chain([LOCAL]).collect();
    let programs = build(&packages, profile)?;
    let build_ms = elapsed_ms(start);
    progress.done(
        "Built",
        &format!("{} functions and the environment in {}", TaskKind::ALL.len(), duration(build_ms)),
    );
    let local = programs.get(LOCAL).cloned();
    Ok(Programs {
        local: local.ok_or_else(|| no_program(LOCAL))?,
        built: Built {
            functions: functions(&programs)?,
            build_ms,
            folder: repository::target_folder()?,
            environments: environments::folder(),
        },
    })
}

pub(crate) fn build_tool(name: &'static str, profile: Profile) -> Result<PathBuf, ErrorReport> {
    let program = build(&[name], profile)?.remove(name);
    program.ok_or_else(|| no_program(name))
}

pub(crate) fn build_functions(profile: Profile) -> Result<Vec<Program>, ErrorReport> {
    let names: Vec<_> = TaskKind::ALL.iter().map(|task| task.program()).collect();
    functions(&build(&names, profile)?)
}

fn functions(programs: &BTreeMap<String, PathBuf>) -> Result<Vec<Program>, ErrorReport> {
    let program = |name: &str| {
        let path = programs.get(name).cloned();
        path.ok_or_else(|| no_program(name))
    };
    let tasks = TaskKind::ALL.iter();
    tasks.map(|task| Ok(Program { function: task.name(), path: program(task.program())? })).collect()
}

/// Builds some programs of the workspace at once. They are named as programs, not as packages: so their dependencies are
/// those of the whole workspace, as for the tests, and nothing is built twice. Cargo talks to stderr, as it always does.
fn build(programs: &[&str], profile: Profile) -> Result<BTreeMap<String, PathBuf>, ErrorReport> {
    let mut command = cargo();
    command.args(["build", "--message-format", "json-render-diagnostics", "--profile", profile.name()]);
    for program in programs {
        command.args(["--bin", program]);
    }
    let mut programs = BTreeMap::new();
    let succeeded = each_line(&mut command, |line| {
        programs.extend(program(line));
        Ok(())
    })?;
    if succeeded { Ok(programs) } else { Err(build_failed()) }
}

/// Runs cargo and hands over each line of its stdout; true when it succeeded.
pub(crate) fn each_line(
    command: &mut Command,
    mut read: impl FnMut(&str) -> Result<(), ErrorReport>,
) -> Result<bool, ErrorReport> {
    let failed = |error| not_started("cargo", &error);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        read(&line.map_err(failed)?)?;
    }
    Ok(child.wait().map_err(failed)?.success())
}

/// One line of `--message-format json`, as far as it is of interest here.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<MessageTarget>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct MessageTarget {
    name: String,
}

/// The program that a line tells of, by its name.
fn program(line: &str) -> Option<(String, PathBuf)> {
    let message: Message = serde_json::from_str(line).ok()?;
    let of_interest = message.reason == "compiler-artifact";
    of_interest.then_some((message.target?.name, message.executable?))
}

/// Runs cargo with these arguments, its output on our stderr; true when it succeeded.
pub(crate) fn succeeds(args: &[&str]) -> Result<bool, ErrorReport> {
    status(&mut cargo(), args)
}

/// The same of a program that calls cargo itself.
pub(crate) fn succeeds_with(program: &Path, args: &[&str]) -> Result<bool, ErrorReport> {
    let mut command = Command::new(program);
    status(command.current_dir(repository::root()), args)
}

fn status(command: &mut Command, args: &[&str]) -> Result<bool, ErrorReport> {
    command.args(args).stdin(Stdio::null()).stdout(io::stderr());
    let status = command
        .status()
        .map_err(|error| not_started(&command.get_program().display().to_string(), &error))?;
    Ok(status.success())
}

/// A program that cannot be started.
pub(crate) fn not_started(program: &str, error: &io::Error) -> ErrorReport {
    let report = ErrorReport::message(exit_code::BUILD_FAILED, format!("cannot start: {program}"));
    report.caused_by(error).with_hint("is it installed and on the PATH?")
}

pub(crate) fn build_failed() -> ErrorReport {
    ErrorReport::message(exit_code::BUILD_FAILED, "the build failed")
        .with_hint("the compiler's errors are above")
}

fn no_program(name: &str) -> ErrorReport {
    ErrorReport::message(exit_code::BUILD_FAILED, format!("the build gave no program: {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_known_by_its_artifact() {
        let line =
            r#"{"reason":"compiler-artifact","target":{"name":"recipe"},"executable":"/t/debug/recipe"}"#;
        assert_eq!(program(line), Some(("recipe".to_owned(), PathBuf::from("/t/debug/recipe"))));
    }

    #[test]
    fn everything_else_is_passed_over() {
        for line in [
            r#"{"reason":"compiler-artifact","target":{"name":"contract"},"executable":null}"#,
            r#"{"reason":"build-finished","success":true}"#,
            "printed by a build script",
        ] {
            assert_eq!(program(line), None, "{line}");
        }
    }
}
