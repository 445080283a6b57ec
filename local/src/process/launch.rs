//! The step between being started and being the program: `local __launch PARENT SIGNAL PROGRAM [ARGUMENT..]`.

use std::{
    ffi::{OsStr, OsString},
    os::unix::process::CommandExt as _,
    process::{Command, ExitCode},
};

use rustix::process::{Pid, Signal, getpid, getppid, set_child_subreaper, set_parent_process_death_signal};

/// The hidden first argument that selects the launch step.
pub const LAUNCH: &str = "__launch";

/// Exit code of a launch step that could not become the program, as shells have it for a command that cannot run.
const CANNOT_RUN: u8 = 126;

/// What the kernel sends a process when its parent dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeathSignal {
    Kill,
    Term,
}

impl DeathSignal {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Term => "term",
        }
    }

    fn parse(word: &OsStr) -> Option<Self> {
        [Self::Kill, Self::Term].into_iter().find(|signal| word == signal.word())
    }

    const fn signal(self) -> Signal {
        match self {
            Self::Kill => Signal::KILL,
            Self::Term => Signal::TERM,
        }
    }
}

/// The arguments that make this binary launch a program. `parent` is the process that starts the launch step.
pub(crate) fn arguments(parent: u32, signal: DeathSignal, program: &OsStr) -> [OsString; 4] {
    [LAUNCH.into(), parent.to_string().into(), signal.word().into(), program.to_owned()]
}

/// Becomes the program that the arguments after [`LAUNCH`] name. Returns only when it cannot, and then prints
/// nothing: the output is the program's. The parent sees the exit code.
pub fn launch(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments.into_iter();
    let parent = arguments.next().and_then(|text| text.to_str()?.parse::<i32>().ok());
    let signal = arguments.next().and_then(|word| DeathSignal::parse(&word));
    let (Some(parent), Some(signal), Some(program)) = (parent, signal, arguments.next()) else {
        return ExitCode::from(CANNOT_RUN);
    };
    if set_parent_process_death_signal(Some(signal.signal())).is_err() {
        return ExitCode::from(CANNOT_RUN);
    }
    // A parent that died before the line above sends no signal any more: then somebody else adopted us.
    if getppid().map(Pid::as_raw_pid) != Some(parent) {
        return ExitCode::from(CANNOT_RUN);
    }
    // Kept over the exec: orphans below the program stay below it, so that its tree is all that it ever started.
    if set_child_subreaper(Some(getpid())).is_err() {
        return ExitCode::from(CANNOT_RUN);
    }
    let _never_returns_when_it_worked = Command::new(program).args(arguments).exec();
    ExitCode::from(CANNOT_RUN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(arguments: &[&str]) {
        assert_eq!(
            format!("{:?}", launch(arguments.iter().map(OsString::from))),
            format!("{:?}", ExitCode::from(CANNOT_RUN)),
            "{arguments:?}"
        );
    }

    #[test]
    fn incomplete_arguments_start_nothing() {
        refused(&[]);
        refused(&["1"]);
        refused(&["1", "kill"]);
        refused(&["one", "kill", "/bin/true"]);
        refused(&["1", "hup", "/bin/true"]);
    }

    #[test]
    fn every_signal_has_its_word() {
        for signal in [DeathSignal::Kill, DeathSignal::Term] {
            assert_eq!(DeathSignal::parse(OsStr::new(signal.word())), Some(signal));
        }
    }
}
