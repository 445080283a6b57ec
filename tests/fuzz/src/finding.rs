//! What a parser did that no parser may do.

use std::{fmt::Write as _, path::PathBuf};

use serde::{Deserialize, Serialize};

/// How a parser misbehaved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It panicked.
    Panic,
    /// It worked for over a second, three times.
    Slow,
    /// Its process died: a stack that overflowed, memory that ran out, an abort.
    Crash,
    /// Its process gave no sign of life and was ended.
    Hang,
    /// Its process grew over the limit of memory.
    Memory,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Slow => "slow",
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Memory => "memory",
        }
    }
}

/// One finding, with all that repeats it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Which parser.
    pub parser: String,
    /// What it did.
    pub kind: Kind,
    /// The panic's message, the signal, the time.
    pub message: String,
    /// Where it panicked: file and line. Findings at one place are one.
    pub place: Option<String>,
    /// The campaign's seed.
    pub seed: u64,
    /// The number of the input.
    pub input: u64,
    /// The shortest input that was found to do the same, escaped and cut for a person.
    pub shortest: String,
    /// Where that input lies, whole: `fuzz feed PARSER FILE` repeats it.
    pub file: Option<PathBuf>,
}

/// Most characters of an input that a person is shown.
const SHOWN_CHARS: usize = 240;

/// Bytes as a person can read and copy them.
#[must_use]
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().escape_debug());
        for byte in chunk.invalid() {
            // Writing into a string cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
        if text.len() > 8 * SHOWN_CHARS {
            break;
        }
    }
    if text.chars().count() > SHOWN_CHARS {
        text = text.chars().take(SHOWN_CHARS).collect();
        let _ = write!(text, ".. ({} bytes)", bytes.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_readable() {
        assert_eq!(escaped("두부\n\"\u{202e}".as_bytes()), "두부\\n\\\"\\u{202e}");
        assert_eq!(escaped(b"a\xff\xc3("), "a\\xff\\xc3(");
        let long = escaped(&vec![b'x'; 100_000]);
        assert!(long.ends_with(".. (100000 bytes)"), "{long}");
        assert!(long.len() < 300);
    }
}
