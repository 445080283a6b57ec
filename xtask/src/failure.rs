//! How a command ends when it cannot do what was asked: one sentence, one exit code, one hint.

use std::{io, path::PathBuf};

use contract::OrderError;
use stack::EnvironmentError;
use target::{exit_code, failure::tell, package::PackageError, progress::Progress};

/// Why a command cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("no such environment: {name}")]
    NoEnvironment { name: String, hint: String },
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error("`{command}` is for the local environment alone, for now: {environment}")]
    LocalOnly {
        command: &'static str,
        environment: String,
    },
    #[error("cannot read the order: {}", path.display())]
    OrderFile { path: PathBuf, source: io::Error },
    #[error("the order is refused: {}", path.display())]
    Order { path: PathBuf, source: OrderError },
    #[error("cannot start: {program}")]
    Start { program: String, source: io::Error },
    #[error("the build failed")]
    Build,
    #[error("the build gave no program: {name}")]
    NoProgram { name: String },
    #[error("cannot write: {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot write to stdout")]
    Stdout(#[source] io::Error),
    #[error("cannot read: {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot package the functions")]
    Package(#[from] PackageError),
    #[error("nothing was measured: {program} failed")]
    NoSamples { program: &'static str },
    #[error("`cargo metadata` failed")]
    Metadata,
    #[error("cannot read what {program} printed")]
    Unreadable {
        program: &'static str,
        source: serde_json::Error,
    },
    #[error("a tool of the Python package index cannot be installed: {said}")]
    NoPython { said: String, hint: &'static str },
    #[error("no such guard: {name}")]
    NoGuard { name: String },
    #[error("a guard has the name of another: {name}")]
    GuardTwice { name: String },
    #[error("{what}")]
    Ours { what: &'static str },
}

impl Failure {
    /// The command's exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NoEnvironment { .. }
            | Self::Environment(_)
            | Self::LocalOnly { .. }
            | Self::OrderFile { .. }
            | Self::Order { .. }
            | Self::Write { .. }
            | Self::NoGuard { .. }
            | Self::GuardTwice { .. }
            | Self::Read { .. } => exit_code::USAGE,
            Self::Start { .. } | Self::Build | Self::NoProgram { .. } => exit_code::BUILD_FAILED,
            Self::Package(_) => exit_code::DEPLOY_FAILED,
            Self::NoSamples { .. } | Self::NoPython { .. } | Self::Metadata => exit_code::FINDINGS,
            Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => exit_code::READER_GONE,
            Self::Stdout(_) | Self::Unreadable { .. } | Self::Ours { .. } => exit_code::BUG,
        }
    }

    fn hint(&self) -> Option<&str> {
        match self {
            Self::NoEnvironment { hint, .. } => Some(hint),
            Self::Environment(error) => error.hint(),
            Self::LocalOnly { .. } => Some(
                "`synth` and `check` work for every environment; releases to AWS come with a later version",
            ),
            Self::Order { .. } | Self::OrderFile { .. } => Some("orders/ has a sample for every target"),
            Self::Start { .. } => Some("is it installed and on the PATH?"),
            Self::NoPython { hint, .. } => Some(hint),
            Self::Build => Some("the compiler's errors are above"),
            Self::NoGuard { .. } => Some("`cargo xtask guards --list` has them all"),
            Self::NoProgram { .. }
            | Self::Write { .. }
            | Self::Stdout(_)
            | Self::Read { .. }
            | Self::Package(_)
            | Self::NoSamples { .. }
            | Self::Metadata
            | Self::GuardTwice { .. }
            | Self::Unreadable { .. }
            | Self::Ours { .. } => None,
        }
    }

    /// Tells it to the person.
    pub(crate) fn tell(&self, progress: &mut Progress) {
        // Whoever closed stdout, as `head` does, knows.
        if let Self::Stdout(error) = self
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return;
        }
        tell(progress, self, self.hint());
    }
}
