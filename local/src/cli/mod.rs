//! The commands of `local`: what `xtask` hands over, carried out in this process. The bodies are `platform`'s.

mod alarms;
mod bench;
mod deploy;
mod end;
mod run;

use std::{error::Error, fs, path::Path, process::ExitCode};

use clap::{CommandFactory as _, Parser};
use contract::{Order, SessionId, order_file::MAX_ORDER_BYTES};
use platform::{
    bounded_file,
    color::ColorArgs,
    environments,
    error_report::ErrorReport,
    exit_code,
    launch::{Built, EnvironmentArgs, LaunchRequest, Output},
    progress::Progress,
    usage,
};
use stack::Environment;

use end::{End, Signals};

use crate::{clock, embedded::Config, process::Launcher};

/// The embedded environment.
///
/// `cargo xtask deploy` and `cargo xtask run` build the functions and hand them over to this program.
#[derive(Debug, Parser)]
#[command(name = "local", version)]
struct Cli {
    #[command(flatten)]
    color: ColorArgs,
    #[command(subcommand)]
    command: LaunchRequest,
}

/// Carries out the command of these arguments, the program's name first.
pub async fn carry_out(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> ExitCode {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(said) => {
            let arguments = arguments.get(1..).unwrap_or_default();
            return ExitCode::from(usage::end(&said, &Cli::command(), arguments));
        }
    };
    cli.color.color.apply();
    let mut progress = Progress::stderr();
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            ErrorReport::new(&error, None, exit_code::BUG).tell(&mut progress);
            return ExitCode::from(exit_code::BUG);
        }
    };
    let output = cli.command.output();
    let ended = match cli.command {
        LaunchRequest::Deploy { built, args } => {
            deploy::carry_out(&built, &args, &mut progress, &mut signals).await
        }
        LaunchRequest::Run { built, args } => {
            run::carry_out(&built, &args, &mut progress, &mut signals).await
        }
        LaunchRequest::Bench(bench) => bench::carry_out(&bench, &mut progress).await,
    };
    ExitCode::from(ended.unwrap_or_else(|end| tell(end, output, &mut progress)))
}

/// Writes the error to stderr, and to stdout where JSON is asked for and no report stands there, and gives the exit code.
fn tell(end: End, output: Output, progress: &mut Progress) -> u8 {
    let (error, has_report) = match end {
        End::Signal(number) => return 128 + number,
        End::Error(error) => (error, false),
        End::AfterReport(error) => (error, true),
    };
    error.tell(progress);
    if output == Output::Json && !has_report {
        error.print();
    }
    error.exit_code
}

fn environment(
    built: &Built,
    args: &EnvironmentArgs,
    command: &'static str,
) -> Result<Environment, ErrorReport> {
    environments::named_local(&built.environments, &args.env, command).map_err(|error| {
        let report = ErrorReport::from(error);
        let hint = format!("the environments are read from {}", built.environments.display());
        ErrorReport { hint: report.hint.or(Some(hint)), ..report }
    })
}

/// The order in a file, with a new session id when it has none.
fn order(path: Option<&Path>) -> Result<Order, ErrorReport> {
    let Some(path) = path else {
        let report = ErrorReport::message(exit_code::USAGE, "no order is given");
        return Err(report.with_hint("`--order FILE` names it; `cargo xtask deploy` has one of its own"));
    };
    let hint = format!("the order was read from {}", path.display());
    let refused = |error: &(dyn Error + 'static)| ErrorReport::new(error, Some(&hint), exit_code::USAGE);
    let bytes = bounded_file::read(path, MAX_ORDER_BYTES).map_err(|error| refused(&error))?;
    // A UUID is one of the names that a session may have.
    let session = SessionId::new(uuid::Uuid::new_v4().to_string()).map_err(|error| refused(&error))?;
    Order::parse(&bytes, || session).map_err(|error| refused(&error))
}

/// A place for one environment, whose files go to a fresh folder.
fn place(built: &Built) -> Config {
    let stamp = clock::now().strftime("%Y%m%dT%H%M%S");
    let folder = format!("{stamp}-{}", std::process::id());
    let mut config = Config::new(std::collections::BTreeMap::new(), Launcher::this_binary());
    config.folder = Some(built.folder.join("local").join(folder));
    // On the disk of what is built: a folder for temporary files is memory on some systems.
    config.scratch_folder.clone_from(&built.folder);
    config
}

/// When the newest of these functions was built, in milliseconds since 1970.
fn built_at_ms(built: &Built) -> i64 {
    let programs = built.functions.iter();
    let built_at = programs.filter_map(|program| fs::metadata(&program.path).ok()?.modified().ok());
    let newest = built_at.max().and_then(|at| jiff::Timestamp::try_from(at).ok());
    newest.map_or(0, jiff::Timestamp::as_millisecond)
}

fn print(progress: &mut Progress, text: &str) -> Result<(), End> {
    progress.pause();
    platform::show::print(text).map_err(|error| End::Error(ErrorReport::stdout(&error)))
}

fn json<T: serde::Serialize>(report: &T) -> Result<String, End> {
    platform::report::json(report)
        .map_err(|error| End::Error(ErrorReport::bug("the report has no JSON form").caused_by(&error)))
}
