//! A command line that is not executed: its help, or its mistake in the form of every other error.
//!
//! clap finds the mistake and suggests the nearest word; the sentences are ours.

use std::{ffi::OsString, io::Write as _};

use clap::{
    Command,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{
    color::Color,
    error_report::{ErrorReport, output_among},
    exit_code,
    launch::Output,
    progress::Progress,
};

/// Ends a program whose arguments are not carried out, and gives its exit code. The arguments are without the program's
/// name.
pub fn end(error: &clap::Error, program: &Command, args: &[OsString]) -> u8 {
    Color::among(args).apply();
    match error.kind() {
        // Help that was asked for is data.
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let mut stdout = anstream::stdout().lock();
            let written = write!(stdout, "{}", error.render().ansi()).and_then(|()| stdout.flush());
            match written {
                Ok(()) => exit_code::OK,
                Err(error) => {
                    let report = ErrorReport::stdout(&error);
                    report.tell(&mut Progress::stderr());
                    report.exit_code
                }
            }
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Nobody is left to be told when stderr is closed.
            let _ = write!(anstream::stderr(), "{}", error.render().ansi());
            exit_code::USAGE
        }
        _ => {
            let report = report(error, program, args);
            report.tell(&mut Progress::stderr());
            if output_among(args) == Output::Json {
                report.print();
            }
            report.exit_code
        }
    }
}

fn report(error: &clap::Error, program: &Command, args: &[OsString]) -> ErrorReport {
    let source = std::error::Error::source(error).map(ToString::to_string);
    let hint = nearest(error).unwrap_or_else(|| help_of(program, args));
    ErrorReport {
        causes: source.into_iter().collect(),
        ..ErrorReport::message(exit_code::USAGE, message(error))
    }
    .with_hint(hint)
}

fn message(error: &clap::Error) -> String {
    let argument = words(error, ContextKind::InvalidArg);
    let value = words(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            format!("no such command: {}", words(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => format!("no such option: {argument}"),
        ErrorKind::UnknownArgument => format!("one argument too many: {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("no value is given: {argument}"),
        ErrorKind::InvalidValue => format!("no such value of `{argument}`: {value}"),
        ErrorKind::ValueValidation => format!("not a value of `{argument}`: {value}"),
        ErrorKind::MissingRequiredArgument => format!("required, and not given: {argument}"),
        ErrorKind::ArgumentConflict => {
            let other = words(error, ContextKind::PriorArg);
            if other == argument || other.is_empty() {
                format!("given more than once: {argument}")
            } else {
                format!("`{argument}` cannot be given together with: {other}")
            }
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            first.strip_prefix("error: ").unwrap_or(first).to_owned()
        }
    }
}

/// The nearest valid word, or all valid ones.
fn nearest(error: &clap::Error) -> Option<String> {
    let suggested =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let meant = suggested.into_iter().find_map(|kind| first(error, kind));
    if let Some(meant) = meant {
        return Some(format!("did you mean `{meant}`?"));
    }
    // "'deploy --stay' exists"; how an option would be passed as a value helps nobody who mistyped one.
    let tip = first(error, ContextKind::Suggested).filter(|tip| tip.ends_with(" exists"));
    if let Some(tip) = tip {
        return Some(tip.replace('\'', "`"));
    }
    let values = words(error, ContextKind::ValidValue);
    (!values.is_empty()).then(|| format!("it is one of {values}"))
}

/// The help of the command that these arguments name.
fn help_of(program: &Command, args: &[OsString]) -> String {
    let mut command = program;
    let mut path = program.get_name().to_owned();
    for arg in args.iter().filter_map(|arg| arg.to_str()) {
        if let Some(inner) = command.find_subcommand(arg) {
            command = inner;
            path.push(' ');
            path.push_str(inner.get_name());
        }
    }
    if command.has_subcommands() {
        format!("`{path} --help` lists the commands")
    } else {
        format!("`{path} --help` shows what it takes")
    }
}

/// A part of clap's error, in one line.
fn words(error: &clap::Error, kind: ContextKind) -> String {
    error.get(kind).map(ToString::to_string).unwrap_or_default()
}

fn first(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(word) => Some(word.clone()),
        ContextValue::Strings(words) => words.first().cloned(),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => texts.first().map(ToString::to_string),
        _ => None,
    }
}
