//! What a person sees who types a command: help, mistakes, results, exit codes. Nothing here builds or starts anything.
//! What a terminal changes is tested where environments are brought up (`tests/terminal.rs` of the workspace).

#![expect(clippy::unwrap_used, reason = "a test's helper is a test")]

mod alarms;
mod completions;
mod help;
mod mistakes;
mod results;
mod streams;

use std::{
    fmt,
    process::{Command, Output, Stdio},
};

/// What one command said, as one text when it is displayed.
pub(crate) struct Said {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stdout, stderr, code } = self;
        write!(f, "exit code: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap() }
    }
}

/// The program with neither the width nor the colours of whoever runs the tests.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).stdin(Stdio::null());
    for name in ["COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(name);
    }
    command
}

/// What a command says.
pub(crate) fn said(args: &[&str]) -> Said {
    command(args).output().unwrap().into()
}

/// As one text.
pub(crate) fn xtask(args: &[&str]) -> String {
    said(args).to_string()
}

/// Every command that the help lists, each as the words after `cargo xtask`; a command's own commands behind it.
pub(crate) fn commands() -> Vec<Vec<String>> {
    let commands = below(&[]);
    assert!(commands.len() > 5, "{commands:?}");
    commands
}

fn below(path: &[String]) -> Vec<Vec<String>> {
    let args: Vec<_> = path.iter().map(String::as_str).chain(["-h"]).collect();
    let help = said(&args).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && *name != "help");
    let with_its_own = |name: &str| {
        let command = [path, &[name.to_owned()]].concat();
        let inner = below(&command);
        [vec![command], inner].concat()
    };
    names.flat_map(with_its_own).collect()
}
