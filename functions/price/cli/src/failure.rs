//! The program's errors, each with an exit code and a hint. A search that failed is a result, not one of these.

use std::{io, path::PathBuf};

use platform::{error_report::ErrorReport, exit_code, progress::Progress};
use price::{http::base_url::BaseUrlError, sources::SourceError};

use crate::matched::GoodsError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot read the goods: {}", path.display())]
    Goods { path: PathBuf, source: GoodsError },
    #[error("invalid base URL of a source: {text}")]
    BaseUrl { text: String, source: BaseUrlError },
    #[error("cannot read the key")]
    KeyInput(#[source] io::Error),
    #[error("no key was given: {what}")]
    NoKey { what: &'static str },
    #[error("invalid characters in the key: {what}")]
    InvalidKey { what: &'static str },
    #[error("cannot start the runtime")]
    Runtime(#[source] io::Error),
    #[error("cannot build the source's adapter")]
    Source(#[source] SourceError),
    #[error("cannot pass the key to the adapter")]
    Keys(#[source] runtime::SecretError),
    #[error("interrupted")]
    Interrupted,
    #[error("cannot write to stdout")]
    Stdout(#[source] io::Error),
    #[error("{0}")]
    Bug(&'static str),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => exit_code::READER_GONE,
            // 128 + SIGINT, as in shells.
            Self::Interrupted => 130,
            Self::Bug(_) => exit_code::BUG,
            _ => exit_code::USAGE,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Goods { .. } => Some(
                "an answer of getProductInfoSvc (XML with goodId and goodName), or lines of number, name and class with tabs between them",
            ),
            Self::BaseUrl { .. } => Some("https, or http to this machine"),
            Self::NoKey { .. } | Self::KeyInput(_) => Some(
                "give it in a pipe, one line each: `cargo xtask prices probe .. < key-file`, or type it when asked",
            ),
            Self::InvalidKey { .. } => {
                Some("a key is one line of printable ASCII characters, without blanks")
            }
            _ => None,
        }
    }

    /// Prints the error on stderr, and with `json` also on stdout.
    pub(crate) fn report(&self, json: bool) {
        if self.exit_code() == exit_code::READER_GONE {
            return;
        }
        let report = ErrorReport::new(self, self.hint(), self.exit_code());
        report.tell(&mut Progress::stderr());
        if json && !matches!(self, Self::Stdout(_)) {
            report.print();
        }
    }
}
