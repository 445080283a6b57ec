//! How wide a text for a person may be. The width is found at the edge, here; what is rendered takes it as an argument.

use std::{env, io, num::NonZeroU16};

/// A width in cells of the terminal; unbounded where nobody says, as in a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Width(Option<NonZeroU16>);

impl Width {
    pub const UNBOUNDED: Self = Self(None);

    #[must_use]
    pub const fn new(cells: u16) -> Self {
        Self(NonZeroU16::new(cells))
    }

    /// The width of stdout: the terminal's, else what `COLUMNS` says.
    #[must_use]
    pub fn of_stdout() -> Self {
        match terminal_size::terminal_size_of(io::stdout()) {
            Some((terminal_size::Width(cells), _)) => Self::new(cells),
            None => Self::of_columns(&columns().unwrap_or_default()),
        }
    }

    fn of_columns(columns: &str) -> Self {
        Self(columns.trim().parse().ok())
    }

    pub fn cells(self) -> Option<usize> {
        self.0.map(|cells| usize::from(cells.get()))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "what the shell says of its terminal is no setting of ours, and clap reads it in the same way"
)]
fn columns() -> Option<String> {
    env::var("COLUMNS").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_no_width() {
        for (columns, expect) in [
            ("80", Width::new(80)),
            (" 1 ", Width::new(1)),
            ("0", Width::UNBOUNDED),
            ("", Width::UNBOUNDED),
            ("-3", Width::UNBOUNDED),
            ("wide", Width::UNBOUNDED),
            ("99999999999", Width::UNBOUNDED),
        ] {
            assert_eq!(Width::of_columns(columns), expect, "{columns}");
        }
        assert_eq!(Width::new(0), Width::UNBOUNDED);
    }
}
