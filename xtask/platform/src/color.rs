//! Whether what is printed has colours: what the person asks for, as an option of every command. Who asks for nothing
//! gets what `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and the terminal say, which is `anstream`'s to know.

use std::ffi::{OsStr, OsString};

use anstream::ColorChoice;
use clap::{Args, ValueEnum};

/// When to print colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that knows colours, unless `NO_COLOR` or `CLICOLOR=0` is set; everywhere with `CLICOLOR_FORCE=1`
    #[default]
    Auto,
    /// Also into a file or a pipe
    Always,
    /// Nowhere, and no spinner either
    Never,
}

/// The option of every command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Args)]
pub struct ColorArgs {
    /// When to print colours.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    #[arg(hide_short_help = true, display_order = 900)]
    pub color: Color,
}

const OPTION: &str = "--color";

impl Color {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// What is asked for among arguments that cannot be read as a whole: their mistake is told in colours, too.
    #[must_use]
    pub fn among(args: &[OsString]) -> Self {
        let asked = value_among(args, OPTION).and_then(OsStr::to_str);
        asked.and_then(|name| Self::from_str(name, false).ok()).unwrap_or_default()
    }

    pub fn apply(self) {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }

    #[must_use]
    pub fn applied() -> Self {
        match ColorChoice::global() {
            ColorChoice::Auto => Self::Auto,
            ColorChoice::Always | ColorChoice::AlwaysAnsi => Self::Always,
            ColorChoice::Never => Self::Never,
        }
    }

    /// The arguments that ask another program of ours for the same.
    pub fn to_args(self) -> [OsString; 2] {
        [OPTION.into(), self.name().into()]
    }
}

/// The value of an option among arguments that were not read yet: `--option value` or `--option=value`.
pub(crate) fn value_among<'a>(args: &'a [OsString], option: &str) -> Option<&'a OsStr> {
    let mut args = args.iter().take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        if arg == option {
            return args.next().map(OsString::as_os_str);
        }
        let value = arg.to_str().and_then(|arg| arg.strip_prefix(option)?.strip_prefix('='));
        if let Some(value) = value {
            return Some(OsStr::new(value));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &[&str], expect: Color) {
        let args: Vec<_> = args.iter().map(OsString::from).collect();
        assert_eq!(Color::among(&args), expect, "{args:?}");
    }

    #[test]
    fn what_is_asked_for_is_found_among_mistakes() {
        check(&["depoly", "--color", "never"], Color::Never);
        check(&["--color=always", "--nonsense"], Color::Always);
        check(&["--colour", "never"], Color::Auto);
        check(&["--color"], Color::Auto);
        check(&["--color", "pink"], Color::Auto);
        check(&["--", "--color", "never"], Color::Auto);
    }

    #[test]
    fn the_words_are_those_that_are_read() {
        for color in Color::value_variants() {
            assert_eq!(Color::among(&color.to_args()), *color);
        }
    }
}
