//! `cargo xtask`: the command line of this repository.
//!
//! Here live the arguments, the order of steps and the printing. What does not live here: servers and SDKs (they are in
//! `local`, which this program builds and becomes), and everything that judges or writes a template (`stack`).

mod cargo;
mod cfn_lint;
mod command;
mod deny;
mod environments;
mod orders;
mod repository;
mod tidy;

use std::{
    env,
    ffi::OsString,
    panic::{self, UnwindSafe},
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser};
use platform::{
    color::ColorArgs,
    error_report::{ErrorReport, output_among},
    exit_code,
    launch::Output,
    progress::Progress,
    usage,
};

use crate::command::Command;

/// Cooks orders: builds, checks and runs the AI Chef pipeline.
///
/// A person's profile and what they want to buy become a recipe and the best prices for it. `cargo xtask deploy` builds
/// the pipeline, runs it on this machine and cooks a first order; it needs no account and no set-up.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{CONVENTIONS}"))]
pub(crate) struct Cli {
    #[command(flatten)]
    color: ColorArgs,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask deploy                         from nothing to a cooked order
  cargo xtask run --order orders/baby.json   cook another one
  cargo xtask check --env prod               what is wrong with an environment
  cargo xtask deploy --help                  all about one command";

const CONVENTIONS: &str = "\
Output:
  Results go to stdout, talk and errors to stderr. With `--output json` stdout holds one JSON object, also when the \
command fails: {\"error\": {\"message\", \"causes\", \"hint\", \"exitCode\"}}.

Exit codes:
  0   ok
  1   findings, or a figure over its limit
  2   bad arguments or input, or a result that cannot be written
  10  the build failed
  11  the deployment failed
  12  a generated file is stale
  13  the order failed
  70  a bug of ours
  128 + a signal's number, when one ended it";

fn main() -> ExitCode {
    // The person gets a sentence and the place instead of a backtrace.
    panic::set_hook(Box::new(|panic| {
        ErrorReport { causes: vec![panic.to_string()], ..bug() }.tell(&mut Progress::stderr());
    }));
    let args: Vec<_> = env::args_os().skip(1).collect();
    ExitCode::from(guarded(&args, || run(&args)))
}

/// The exit code of some work, also when it panics.
fn guarded(args: &[OsString], work: impl FnOnce() -> u8 + UnwindSafe) -> u8 {
    panic::catch_unwind(work).unwrap_or_else(|_| {
        if output_among(args) == Output::Json {
            bug().print();
        }
        exit_code::BUG
    })
}

fn run(args: &[OsString]) -> u8 {
    let cli = match Cli::try_parse_from([OsString::from("cargo xtask")].iter().chain(args)) {
        Ok(cli) => cli,
        Err(said) => return usage::end(&said, &Cli::command(), args),
    };
    cli.color.color.apply();
    let mut progress = Progress::stderr();
    cli.command.run(&mut progress).unwrap_or_else(|error| {
        error.tell(&mut progress);
        if output_among(args) == Output::Json {
            error.print();
        }
        error.exit_code
    })
}

/// The report of a panic. Its message is for stderr alone: it may hold anything.
fn bug() -> ErrorReport {
    ErrorReport::bug("a bug of ours").with_hint("please report it with the command you gave")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_fault_with_the_commands() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_panic_is_a_bug_of_ours_and_no_other_end() {
        assert_eq!(guarded(&[], || panic!("as a test wants it")), exit_code::BUG);
        assert_eq!(guarded(&[], || exit_code::FINDINGS), exit_code::FINDINGS);
    }

    /// The lines below `Examples:` without what is said beside them.
    fn examples(command: &clap::Command) -> Vec<String> {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
        let lines = lines.take_while(|line| line.starts_with("  "));
        lines.map(|line| line.trim_start().split("   ").next().unwrap().trim_end().to_owned()).collect()
    }

    fn check(command: &clap::Command, path: &str) {
        let examples = examples(command);
        assert!(!examples.is_empty(), "`{path}` has no examples: `after_help`");
        for example in &examples {
            let asked: Vec<_> = example
                .split_once("cargo xtask")
                .unwrap_or_else(|| panic!("an example of `{path}` is no command of ours: {example}"))
                .1
                .split([' ', ')'])
                .filter(|word| !word.is_empty())
                .take_while(|word| !word.starts_with(['>', '|', '&', '#']))
                .collect();
            let parsed = Cli::try_parse_from(["cargo xtask"].into_iter().chain(asked));
            if let Err(said) = parsed {
                assert!(!said.use_stderr(), "an example of `{path}` is not understood: {example}\n{said}");
            }
        }
        for inner in command.get_subcommands() {
            check(inner, &format!("{path} {}", inner.get_name()));
        }
    }

    #[test]
    fn every_example_is_understood() {
        check(&Cli::command(), "cargo xtask");
    }

    fn check_words(command: &clap::Command, path: &str) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(!about.is_empty(), "`{path}` does not say what it does");
        let line = about.lines().count() == 1 && about.len() <= 88;
        assert!(
            line,
            "what `{path}` does takes more than a line; the rest is for a second paragraph: {about}"
        );
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty(), "`{path}` does not say what this is for: {arg}");
            assert!(!help.ends_with('.'), "a full stop in the help of `{path}`: {arg}");
            for value in arg.get_possible_values() {
                let help = value.get_help().map(ToString::to_string).unwrap_or_default();
                // The completion for fish stands in these quotes.
                assert!(!help.contains(['"', '$']), "quotes in the help of `{path}`: {help}");
            }
        }
        for inner in command.get_subcommands() {
            check_words(inner, &format!("{path} {}", inner.get_name()));
        }
    }

    #[test]
    fn every_command_and_option_is_explained() {
        check_words(&Cli::command(), "cargo xtask");
    }
}
