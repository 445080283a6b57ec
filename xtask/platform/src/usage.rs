//! How a command line ends that is not carried out: with help, or with a mistake in the grammar of every other error.
//!
//! clap finds the mistake and knows what is near; the words here are ours, so that a person reads one language. What the
//! commands are is not known here.

use std::{ffi::OsString, io::Write as _};

use clap::{
    Command,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{
    color::Color,
    error_report::{ErrorReport, output_among},
    exit_code,
    failure::Failure,
    launch::Output,
    progress::Progress,
};

/// Ends a program whose arguments are not carried out, and gives its exit code. The arguments are without the program's
/// name.
pub fn end(said: &clap::Error, program: &Command, args: &[OsString]) -> u8 {
    Color::among(args).apply();
    match said.kind() {
        // Help that was asked for is data.
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let mut stdout = anstream::stdout().lock();
            let written = write!(stdout, "{}", said.render().ansi()).and_then(|()| stdout.flush());
            match written {
                Ok(()) => exit_code::OK,
                Err(error) => {
                    let failure = Failure::Stdout(error);
                    failure.tell(&mut Progress::stderr());
                    failure.exit_code()
                }
            }
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Nobody is left to be told when stderr is closed.
            let _ = write!(anstream::stderr(), "{}", said.render().ansi());
            exit_code::USAGE
        }
        _ => {
            let told = told(said, program, args);
            told.tell(&mut Progress::stderr());
            if output_among(args) == Output::Json {
                told.print();
            }
            told.exit_code
        }
    }
}

/// A mistake in our words.
fn told(said: &clap::Error, program: &Command, args: &[OsString]) -> ErrorReport {
    let source = std::error::Error::source(said).map(ToString::to_string);
    ErrorReport {
        message: message(said),
        causes: source.into_iter().collect(),
        hint: Some(nearest(said).unwrap_or_else(|| help_of(program, args))),
        exit_code: exit_code::USAGE,
        findings: Vec::new(),
    }
}

fn message(said: &clap::Error) -> String {
    let argument = words(said, ContextKind::InvalidArg);
    let value = words(said, ContextKind::InvalidValue);
    match said.kind() {
        ErrorKind::InvalidSubcommand => {
            format!("no such command: {}", words(said, ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => format!("no such option: {argument}"),
        ErrorKind::UnknownArgument => format!("one argument too many: {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("no value is given: {argument}"),
        ErrorKind::InvalidValue => format!("no such value of `{argument}`: {value}"),
        ErrorKind::ValueValidation => format!("not a value of `{argument}`: {value}"),
        ErrorKind::MissingRequiredArgument => format!("required, and not given: {argument}"),
        ErrorKind::ArgumentConflict => {
            let other = words(said, ContextKind::PriorArg);
            if other == argument || other.is_empty() {
                format!("given more than once: {argument}")
            } else {
                format!("`{argument}` cannot be given together with: {other}")
            }
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => in_clap_s_words(said),
    }
}

/// A mistake for which we have no words: the first line of clap's.
fn in_clap_s_words(said: &clap::Error) -> String {
    let text = said.render().to_string();
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
}

/// What was probably meant, or what there is.
fn nearest(said: &clap::Error) -> Option<String> {
    let suggested =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let meant = suggested.into_iter().find_map(|kind| first(said, kind));
    if let Some(meant) = meant {
        return Some(format!("did you mean `{meant}`?"));
    }
    // "'deploy --stay' exists"; how an option would be passed as a value helps nobody who mistyped one.
    let tip = first(said, ContextKind::Suggested).filter(|tip| tip.ends_with(" exists"));
    if let Some(tip) = tip {
        return Some(tip.replace('\'', "`"));
    }
    let values = words(said, ContextKind::ValidValue);
    (!values.is_empty()).then(|| format!("it is one of {values}"))
}

/// Where the options of the command stand that these arguments name.
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

/// What clap tells of a mistake, in one line.
fn words(said: &clap::Error, kind: ContextKind) -> String {
    said.get(kind).map(ToString::to_string).unwrap_or_default()
}

fn first(said: &clap::Error, kind: ContextKind) -> Option<String> {
    match said.get(kind)? {
        ContextValue::String(word) => Some(word.clone()),
        ContextValue::Strings(words) => words.first().cloned(),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => texts.first().map(ToString::to_string),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser, value_parser};

    use super::*;

    /// A program with one of everything.
    #[derive(Debug, Parser)]
    #[command(name = "cook", subcommand_required = true)]
    enum Cook {
        Boil {
            #[arg(long, value_parser = value_parser!(u32).range(1..=60))]
            minutes: u32,
            #[arg(long, conflicts_with = "lid")]
            stir: bool,
            #[arg(long)]
            lid: bool,
            #[arg(long, value_enum)]
            output: Option<Output>,
        },
        #[command(subcommand)]
        Knife(Knife),
    }

    #[derive(Debug, clap::Subcommand)]
    enum Knife {
        Sharpen,
    }

    fn check(args: &[&str], message: &str, hint: &str) {
        let arguments: Vec<_> = args.iter().map(OsString::from).collect();
        let said = Cook::try_parse_from([&["cook"], args].concat()).unwrap_err();
        let told = told(&said, &Cook::command(), &arguments);
        assert_eq!((told.message.as_str(), told.hint.as_deref()), (message, Some(hint)));
    }

    #[test]
    fn every_mistake_is_told_in_our_words() {
        let of_boil = "`cook boil --help` shows what it takes";
        let of_cook = "`cook --help` lists the commands";
        check(&["boli"], "no such command: boli", "did you mean `boil`?");
        check(&["xyz"], "no such command: xyz", of_cook);
        check(&["knife", "xyz"], "no such command: xyz", "`cook knife --help` lists the commands");
        check(&["boil"], "required, and not given: --minutes <MINUTES>", of_boil);
        check(&["boil", "--minutes"], "no value is given: --minutes <MINUTES>", of_boil);
        check(&["boil", "--minutes", "61"], "not a value of `--minutes <MINUTES>`: 61", of_boil);
        check(&["boil", "--minute", "6"], "no such option: --minute", "did you mean `--minutes`?");
        check(&["boil", "--minutes", "6", "soup"], "one argument too many: soup", of_boil);
        check(
            &["boil", "--minutes", "6", "--output", "jsn"],
            "no such value of `--output <OUTPUT>`: jsn",
            "did you mean `json`?",
        );
        check(
            &["boil", "--minutes", "6", "--output", "xyz"],
            "no such value of `--output <OUTPUT>`: xyz",
            "it is one of text, json",
        );
        check(
            &["boil", "--minutes", "6", "--minutes", "7"],
            "given more than once: --minutes <MINUTES>",
            of_boil,
        );
        check(
            &["boil", "--minutes", "6", "--stir", "--lid"],
            "`--stir` cannot be given together with: --lid",
            of_boil,
        );
    }

    #[test]
    fn why_a_value_is_none_is_a_cause() {
        let said = Cook::try_parse_from(["cook", "boil", "--minutes", "61"]).unwrap_err();
        let told = told(&said, &Cook::command(), &[]);
        assert_eq!(told.causes, ["61 is not in 1..=60"]);
    }
}
