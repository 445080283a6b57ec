//! What is told while something is done: to stderr, a line for each step that ended and, on a terminal, what is under
//! way. Results are not told here: they are stdout's.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::Duration,
};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const TALK: Style = AnsiColor::Cyan.on_default().bold();

#[derive(Debug)]
pub struct Progress {
    listener: Listener,
    spinner: Option<ProgressBar>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listener {
    Nobody,
    File,
    Terminal,
}

impl Progress {
    /// To stderr; with a spinner if that is a terminal where escapes are wanted: a spinner consists of them.
    #[must_use]
    pub fn stderr() -> Self {
        let stderr = io::stderr();
        let terminal =
            stderr.is_terminal() && anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never;
        Self { listener: if terminal { Listener::Terminal } else { Listener::File }, spinner: None }
    }

    #[must_use]
    pub const fn silent() -> Self {
        Self { listener: Listener::Nobody, spinner: None }
    }

    /// Says what is under way. Only a terminal shows it, until something is done or else is under way.
    pub fn doing(&mut self, what: &str) {
        if self.listener == Listener::Terminal {
            self.spinner.get_or_insert_with(spinner).set_message(what.to_owned());
        }
    }

    /// Says what was done: a verb in the past, the rest of the sentence.
    pub fn done(&mut self, verb: &str, rest: &str) {
        self.pause();
        self.line(&format!("{GOOD}{verb:>12}{GOOD:#} {rest}"));
    }

    /// Says what happened beside: as [`Progress::done`], not as a step of ours.
    pub fn note(&mut self, verb: &str, rest: &str) {
        self.line(&format!("{TALK}{verb:>12}{TALK:#} {rest}"));
    }

    pub fn warning(&mut self, message: &str) {
        self.line(&format!("{WARNING}warning:{WARNING:#} {message}"));
    }

    pub fn error(&mut self, message: &str) {
        self.line(&format!("{ERROR}error:{ERROR:#} {message}"));
    }

    pub fn hint(&mut self, message: &str) {
        self.line(&format!("{TALK}hint:{TALK:#} {message}"));
    }

    /// Removes what was under way from the terminal: something else is going to print.
    pub fn pause(&mut self) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
    }

    /// Says a line as it is: one that a person copies.
    pub fn line(&mut self, line: &str) {
        if self.listener == Listener::Nobody {
            return;
        }
        let write = || {
            // Nobody is left to be told when stderr is closed.
            let _ = writeln!(anstream::stderr(), "{line}");
        };
        match &self.spinner {
            Some(spinner) => spinner.suspend(write),
            None => write(),
        }
    }
}

fn spinner() -> ProgressBar {
    // `wide_msg` is cut at the terminal's width: a longer one would leave its lines behind.
    let style = ProgressStyle::with_template("{spinner} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let spinner = ProgressBar::new_spinner();
    spinner.set_style(style.tick_strings(&["·  ", "·· ", "···", " ··", "  ·", "   "]));
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.pause();
    }
}

/// A duration as a person reads it: `640 ms`, `3.2 s`, `2 min 5 s`.
pub fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

pub fn elapsed_ms(start: std::time::Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        for (ms, text) in
            [(0, "0 ms"), (999, "999 ms"), (1_000, "1.0 s"), (59_999, "59.9 s"), (125_000, "2 min 5 s")]
        {
            assert_eq!(duration(ms), text);
        }
    }
}
