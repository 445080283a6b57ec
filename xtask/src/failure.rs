//! How a command ends when it cannot do what was asked: one sentence, one exit code, one hint.

use std::{io, path::PathBuf};

use contract::OrderError;
use platform::{
    environments::LookupError, error_report::ErrorReport, exit_code, package::PackageError,
    progress::Progress,
};

/// Why a command cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Environment(#[from] LookupError),
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
    #[error("cannot read what {program} printed")]
    Unreadable { program: &'static str, source: serde_json::Error },
    #[error("a tool of the Python package index cannot be installed: {said}")]
    NoPython { said: String, hint: &'static str },
    #[error("git cannot list the files of this repository: {said}")]
    NoCheckout { said: String },
    #[error("the peer cannot be measured: {said}")]
    NoPeer { said: String },
    #[error("option has no effect on these benchmarks: {option}")]
    Ineffective { option: &'static str, of: &'static str },
    #[error("{what}")]
    Ours { what: &'static str },
}

impl Failure {
    /// The command's exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Stdout(_) if self.is_unread() => exit_code::READER_GONE,
            // A full disk is no bug of ours.
            Self::Stdout(_)
            | Self::Environment(_)
            | Self::OrderFile { .. }
            | Self::Order { .. }
            | Self::Write { .. }
            | Self::Ineffective { .. }
            | Self::Read { .. }
            | Self::NoCheckout { .. } => exit_code::USAGE,
            Self::Start { .. } | Self::Build | Self::NoProgram { .. } => exit_code::BUILD_FAILED,
            Self::Package(_) => exit_code::DEPLOY_FAILED,
            Self::NoSamples { .. } | Self::NoPython { .. } | Self::NoPeer { .. } => exit_code::FINDINGS,
            Self::Unreadable { .. } | Self::Ours { .. } => exit_code::BUG,
        }
    }

    fn hint(&self) -> Option<&str> {
        match self {
            Self::Environment(error) => error.hint(),
            Self::Order { .. } | Self::OrderFile { .. } => Some("orders/ has a sample for every target"),
            Self::Start { .. } => Some("is it installed and on the PATH?"),
            Self::NoPython { hint, .. } => Some(hint),
            Self::NoCheckout { .. } => Some("run it in a clone of the repository"),
            Self::NoPeer { .. } => {
                Some("Node.js 20 or newer and npm must be there, and npm must reach its registry")
            }
            Self::Build => Some("the compiler's errors are above"),
            Self::Ineffective { of, .. } => Some(of),
            Self::NoProgram { .. }
            | Self::Write { .. }
            | Self::Stdout(_)
            | Self::Read { .. }
            | Self::Package(_)
            | Self::NoSamples { .. }
            | Self::Unreadable { .. }
            | Self::Ours { .. } => None,
        }
    }

    /// Whether whoever read stdout has closed it, as `head` does: nobody waits for a word about it.
    fn is_unread(&self) -> bool {
        matches!(self, Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Whether it is stdout that fails: it takes no word about it.
    pub(crate) const fn is_of_stdout(&self) -> bool {
        matches!(self, Self::Stdout(_))
    }

    /// As it is told.
    pub(crate) fn told(&self) -> ErrorReport {
        ErrorReport::new(self, self.hint(), self.exit_code())
    }

    /// Tells it to the person.
    pub(crate) fn tell(&self, progress: &mut Progress) {
        if !self.is_unread() {
            self.told().tell(progress);
        }
    }
}
