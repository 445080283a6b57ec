//! What `cargo xtask` asks the program `local` to do: the commands' own arguments, and beside them what was built. The arguments are
//! declared here once; both programs read them. No template is handed over: who deploys synthesises and checks by itself.

use std::{
    ffi::{OsStr, OsString},
    num::NonZeroU16,
    path::PathBuf,
    str::FromStr,
};

use clap::{Args, Subcommand, ValueEnum};

use contract::task::TaskKind;

use crate::{bench::Bench, environments::LOCAL};

/// What the program is to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum LaunchRequest {
    /// Brings the environment up and cooks one order.
    Deploy {
        /// What was built.
        #[command(flatten)]
        built: Built,
        /// The command's own arguments.
        #[command(flatten)]
        args: DeployArgs,
    },
    /// Cooks one order, in an environment that is up or in one of its own.
    Run {
        /// What was built.
        #[command(flatten)]
        built: Built,
        /// The command's own arguments.
        #[command(flatten)]
        args: RunArgs,
    },
    /// Measures the environment and prints [`Samples`](crate::bench::Samples).
    #[command(hide = true)]
    Bench(Bench),
}

/// Which environment.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct EnvironmentArgs {
    /// The environment: `local`, which is built in, or a file of environments/ without its .toml.
    #[arg(long, value_name = "NAME", default_value = LOCAL)]
    pub env: String,
}

/// The arguments of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct DeployArgs {
    /// Which environment.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
    /// The order to cook [default: orders/keto.json].
    ///
    /// A JSON file; orders/ has one for every target.
    #[arg(long, value_name = "FILE")]
    pub order: Option<PathBuf>,
    /// Stay up after the order, until Ctrl-C.
    ///
    /// `cargo xtask run` in another terminal cooks in this environment; the addresses of its services are told.
    #[arg(long)]
    pub stay: bool,
    /// Keep tables and executions in this folder, over restarts [default: in memory].
    ///
    /// Orders lie there as they were given, health data included.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// How many times as fast as the clock alarms go: delays, periods and waits.
    ///
    /// Metrics of what happens in a second are spread over as many.
    #[arg(long, value_name = "N", default_value = "1")]
    pub alarm_clock_speed: NonZeroU16,
    /// Answer yes to every question; the local environment asks none.
    #[arg(long)]
    pub yes: bool,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    pub output: Output,
}

/// The arguments of one order.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RunArgs {
    /// Which environment.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
    /// The order to cook.
    ///
    /// A JSON file; orders/ has one for every target. An order that was cooked already, with the same `sessionId`, is the
    /// same execution again.
    #[arg(long, value_name = "FILE")]
    pub order: PathBuf,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    pub output: Output,
}

/// The functions' programs, how long building took, and where to leave what is left behind.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Built {
    /// A function's program, once for each function.
    #[arg(long = "function", value_name = "NAME=PATH", required = true)]
    pub functions: Vec<Program>,
    /// How long the build took.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub build_ms: u64,
    /// The folder for packages, results and logs: cargo's target folder.
    #[arg(long, value_name = "DIR")]
    pub folder: PathBuf,
    /// The folder of the environments' files.
    #[arg(long, value_name = "DIR", default_value = "environments")]
    pub environments: PathBuf,
}

/// One function's name in `prod` and its program as cargo built it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub function: &'static str,
    /// The program, not stripped yet.
    pub path: PathBuf,
}

impl FromStr for Program {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').ok_or("expected NAME=PATH")?;
        let task = TaskKind::named(name).ok_or_else(|| format!("no such function: {name}"))?;
        Ok(Self { function: task.name(), path: PathBuf::from(path) })
    }
}

/// What stdout holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// A text for a person.
    #[default]
    Text,
    /// One JSON object, an `error` in it when the command fails.
    Json,
}

impl Output {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl LaunchRequest {
    /// What stdout holds, and so in which form an error is reported when there is no result. The caller of a measurement
    /// reads samples only.
    pub const fn output(&self) -> Output {
        match self {
            Self::Deploy { args, .. } => args.output,
            Self::Run { args, .. } => args.output,
            Self::Bench(_) => Output::Text,
        }
    }

    /// The arguments that the program reads as this value, without its own name.
    pub fn to_args(&self) -> Vec<OsString> {
        let (command, built, rest) = match self {
            Self::Deploy { built, args } => ("deploy", built, args.to_args()),
            Self::Run { built, args } => ("run", built, args.to_args()),
            Self::Bench(bench) => ("bench", &bench.built, bench.own_args()),
        };
        [vec![command.into()], built.to_args(), rest].concat()
    }
}

/// In one argument, so that a value may begin with a dash.
pub(crate) fn option(name: &str, value: impl AsRef<OsStr>) -> [OsString; 1] {
    let mut argument = OsString::from(format!("{name}="));
    argument.push(value);
    [argument]
}

impl DeployArgs {
    fn to_args(&self) -> Vec<OsString> {
        let mut args = option("--env", &self.environment.env).to_vec();
        args.extend(option("--output", self.output.name()));
        args.extend(self.order.iter().flat_map(|file| option("--order", file)));
        args.extend(self.data.iter().flat_map(|folder| option("--data", folder)));
        args.extend(self.stay.then(|| "--stay".into()));
        args.extend(option("--alarm-clock-speed", self.alarm_clock_speed.to_string()));
        args.extend(self.yes.then(|| "--yes".into()));
        args
    }
}

impl RunArgs {
    fn to_args(&self) -> Vec<OsString> {
        [
            option("--env", &self.environment.env),
            option("--output", self.output.name()),
            option("--order", &self.order),
        ]
        .concat()
    }
}

impl Built {
    fn to_args(&self) -> Vec<OsString> {
        let functions = self.functions.iter().flat_map(|program| {
            let mut pair = OsString::from(program.function);
            pair.push("=");
            pair.push(&program.path);
            option("--function", pair)
        });
        let rest = [
            option("--build-ms", self.build_ms.to_string()),
            option("--folder", &self.folder),
            option("--environments", &self.environments),
        ];
        functions.chain(rest.concat()).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::bench::Benchmark;
    use crate::color::{Color, ColorArgs};

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        color: ColorArgs,
        #[command(subcommand)]
        command: LaunchRequest,
    }

    fn check(request: &LaunchRequest) {
        for &color in Color::value_variants() {
            let args = [OsString::from("local")].into_iter().chain(request.to_args());
            let read = Cli::try_parse_from(args.chain(color.to_args())).unwrap();
            assert_eq!((&read.command, read.color.color), (request, color));
        }
    }

    fn built() -> Built {
        let program = |function| Program { function, path: PathBuf::from("-a folder/with = in it") };
        Built {
            functions: TaskKind::ALL.iter().map(|task| program(task.name())).collect(),
            build_ms: 7,
            folder: PathBuf::from("target"),
            environments: PathBuf::from("/a folder/environments"),
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        for (output, is_set) in [(Output::Text, false), (Output::Json, true)] {
            let environment = EnvironmentArgs { env: "local-living".to_owned() };
            let path = |path: &str| is_set.then(|| PathBuf::from(path));
            check(&LaunchRequest::Deploy {
                built: built(),
                args: DeployArgs {
                    environment: environment.clone(),
                    order: path("orders/keto.json"),
                    stay: is_set,
                    data: path("-a folder/for data"),
                    alarm_clock_speed: if is_set { NonZeroU16::MAX } else { NonZeroU16::MIN },
                    yes: is_set,
                    output,
                },
            });
            check(&LaunchRequest::Run {
                built: built(),
                args: RunArgs { environment, order: PathBuf::from("orders/keto.json"), output },
            });
        }
        check(&LaunchRequest::Bench(Bench {
            built: built(),
            benchmarks: Benchmark::value_variants().to_vec(),
        }));
    }

    #[test]
    fn an_unknown_function_is_refused() {
        assert_eq!(Program::from_str("Sommelier=/x").unwrap_err(), "no such function: Sommelier");
        assert!(Program::from_str("RecipeGenerator").is_err());
    }
}
