//! The commands of `local`: what `xtask` hands over, carried out in this process. The bodies are `platform`'s.

mod bench;
mod deploy;
mod end;
mod run;

use std::{fs, path::Path, process::ExitCode};

use clap::{CommandFactory as _, Parser};
use contract::{Order, SessionId, order_file::MAX_ORDER_BYTES};
use platform::{
    bounded_file,
    color::ColorArgs,
    environments,
    error_report::ErrorReport,
    exit_code,
    failure::Failure,
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

/// Tells why there is no result, to a machine as well if one listens, and gives the exit code.
fn tell(end: End, output: Output, progress: &mut Progress) -> u8 {
    let (told, for_a_machine) = match end {
        End::Signal(number) => return 128 + number,
        End::Failure(failure) => {
            failure.tell(progress);
            (failure.told(), !matches!(failure, Failure::Stdout(_)))
        }
        End::AfterReport(failure) => {
            failure.tell(progress);
            (failure.told(), false)
        }
        End::Input { what, source, hint } => {
            let told = ErrorReport::new(&*source, Some(&hint.unwrap_or(what)), exit_code::USAGE);
            told.tell(progress);
            (told, true)
        }
    };
    if for_a_machine && output == Output::Json {
        told.print();
    }
    told.exit_code
}

/// The environment that is asked for.
fn environment(built: &Built, args: &EnvironmentArgs, command: &'static str) -> Result<Environment, End> {
    let environment = environments::named_local(&built.environments, &args.env, command);
    environment.map_err(|error| End::Input {
        what: format!("the environments are read from {}", built.environments.display()),
        hint: error.hint().map(str::to_owned),
        source: Box::new(error),
    })
}

/// The order in a file; a session id is made up when it has none.
fn order(path: Option<&Path>) -> Result<Order, End> {
    let Some(path) = path else {
        return Err(End::Input {
            what: "`--order FILE` names it; `cargo xtask deploy` has one of its own".to_owned(),
            source: "no order is given".into(),
            hint: None,
        });
    };
    let refused = |source: Box<dyn std::error::Error>| End::Input {
        what: format!("the order was read from {}", path.display()),
        source,
        hint: None,
    };
    let bytes = bounded_file::read(path, MAX_ORDER_BYTES).map_err(|error| refused(Box::new(error)))?;
    let new_session = || {
        // A UUID is one of the names that a session may have.
        SessionId::new(uuid::Uuid::new_v4().to_string()).or_else(|_| SessionId::new("order"))
    };
    let session = new_session().map_err(|error| refused(Box::new(error)))?;
    Order::parse(&bytes, || session).map_err(|error| refused(Box::new(error)))
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

/// Prints a report to stdout.
fn print(progress: &mut Progress, text: &str) -> Result<(), End> {
    progress.pause();
    platform::show::print(text).map_err(|error| End::Failure(Failure::Stdout(error)))
}

/// The machine's form of a report.
fn json<T: serde::Serialize>(report: &T) -> Result<String, End> {
    platform::report::json(report).map_err(|error| End::Failure(Failure::Report(Box::new(error))))
}
