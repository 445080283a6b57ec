//! How this program ends when it cannot begin: one sentence, one exit code, one hint. A search that was made and stayed
//! unanswered is a result and does not live here.

use std::{io, path::PathBuf};

use platform::{error_report::ErrorReport, exit_code, progress::Progress};
use price::{http::base_url::BaseUrlError, sources::SourceError, text::xml::XmlError};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot read the goods: {}", path.display())]
    GoodsFile { path: PathBuf, source: io::Error },
    #[error("the goods are too large: {}", path.display())]
    GoodsTooLarge { path: PathBuf },
    #[error("the goods are no XML that is read: {}", path.display())]
    GoodsXml { path: PathBuf, source: XmlError },
    #[error("the goods are not UTF-8: {}", path.display())]
    GoodsText { path: PathBuf },
    #[error("there is no good in the file: {}", path.display())]
    NoGoods { path: PathBuf },
    #[error("not an address of a source: {text}")]
    BaseUrl { text: String, source: BaseUrlError },
    #[error("cannot read the key")]
    KeyInput(#[source] io::Error),
    #[error("no key was given: {what}")]
    NoKey { what: &'static str },
    #[error("the key has characters that no key has: {what}")]
    UnfitKey { what: &'static str },
    #[error("no runtime starts")]
    Runtime(#[source] io::Error),
    #[error("the source cannot be asked")]
    Source(#[source] SourceError),
    #[error("the key could not be handed to the adapter")]
    Keys(#[source] runtime::SecretError),
    #[error("interrupted")]
    Interrupted,
    #[error("cannot write to stdout")]
    Stdout(#[source] io::Error),
    #[error("{0}")]
    Ours(&'static str),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => exit_code::READER_GONE,
            // 128 + SIGINT, as shells tell it.
            Self::Interrupted => 130,
            Self::Ours(_) => exit_code::BUG,
            _ => exit_code::USAGE,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::GoodsFile { .. } | Self::GoodsTooLarge { .. } | Self::GoodsText { .. } => Some(
                "an answer of getProductInfoSvc (XML), or lines of number, name and class with tabs between them",
            ),
            Self::GoodsXml { .. } => Some("save the answer of getProductInfoSvc as it came"),
            Self::NoGoods { .. } => {
                Some("items need goodId and goodName; lines need a number, a tab and a name")
            }
            Self::BaseUrl { .. } => Some("https, or http to this machine"),
            Self::NoKey { .. } | Self::KeyInput(_) => Some(
                "give it in a pipe, one line each: `cargo xtask prices probe .. < key-file`, or type it when asked",
            ),
            Self::UnfitKey { .. } => Some("a key is one line of printable ASCII characters, without blanks"),
            _ => None,
        }
    }

    /// Tells it to the person, and to a machine that waits for JSON.
    pub(crate) fn tell(&self, json: bool) {
        if self.exit_code() == exit_code::READER_GONE {
            return;
        }
        let told = ErrorReport::new(self, self.hint(), self.exit_code());
        told.tell(&mut Progress::stderr());
        if json && !matches!(self, Self::Stdout(_)) {
            told.print();
        }
    }
}
