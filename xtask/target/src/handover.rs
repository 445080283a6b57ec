//! What `xtask` hands to the program that owns an environment: the arguments of `local`, as one type that the one side
//! writes ([`Handover::to_args`]) and the other reads (clap). No template is handed over, only where the environment's file
//! lies: who deploys synthesises and checks by itself.

use std::{ffi::OsString, path::PathBuf, str::FromStr};

use clap::{Args, Subcommand, ValueEnum};

use contract::task::TaskKind;

use crate::bench::Bench;

/// What the program is to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Handover {
    /// Brings the environment up and cooks one order.
    Deploy(Deploy),
    /// Cooks one order, in an environment that is up or in one of its own.
    Run(Run),
    /// Measures the environment and prints [`BenchSamples`](crate::bench::BenchSamples).
    #[command(hide = true)]
    Bench(Bench),
}

/// The arguments of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Deploy {
    /// What was built.
    #[command(flatten)]
    pub built: Built,
    /// The environment's file; the built-in environment if there is none.
    #[arg(long, value_name = "FILE")]
    pub environment: Option<PathBuf>,
    /// The order to cook.
    #[arg(long, value_name = "FILE")]
    pub order: PathBuf,
    /// Stays up after the order, until it is interrupted.
    #[arg(long)]
    pub stay: bool,
    /// Keeps tables and executions in this folder, over restarts; in memory if there is none.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    pub output: Output,
}

/// The arguments of one order.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Run {
    /// What was built, for an environment of its own.
    #[command(flatten)]
    pub built: Built,
    /// The environment's file; the built-in environment if there is none.
    #[arg(long, value_name = "FILE")]
    pub environment: Option<PathBuf>,
    /// The order to cook.
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
}

/// One function's name in `prod` and its program as cargo built it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The name of its task.
    pub function: &'static str,
    /// The program, not stripped yet.
    pub path: PathBuf,
}

impl FromStr for Program {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').ok_or("expected NAME=PATH")?;
        let task = TaskKind::named(name).ok_or_else(|| format!("no such function: {name}"))?;
        Ok(Self {
            function: task.name(),
            path: PathBuf::from(path),
        })
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
    /// The word on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl Handover {
    /// What stdout holds, and so in which form it is told when there is no result. The caller of a measurement reads
    /// samples only.
    #[must_use]
    pub const fn output(&self) -> Output {
        match self {
            Self::Deploy(deploy) => deploy.output,
            Self::Run(run) => run.output,
            Self::Bench(_) => Output::Text,
        }
    }

    /// The arguments that the program reads as this value, without its own name.
    #[must_use]
    pub fn to_args(&self) -> Vec<OsString> {
        match self {
            Self::Deploy(deploy) => {
                let mut args = order_args("deploy", &deploy.built, &deploy.order, deploy.output);
                args.extend(environment_args(deploy.environment.as_ref()));
                args.extend(deploy.stay.then(|| "--stay".into()));
                if let Some(folder) = &deploy.data {
                    args.extend(["--data".into(), folder.into()]);
                }
                args
            }
            Self::Run(run) => {
                let mut args = order_args("run", &run.built, &run.order, run.output);
                args.extend(environment_args(run.environment.as_ref()));
                args
            }
            Self::Bench(bench) => {
                let mut args = built_args("bench", &bench.built);
                args.extend(bench.own_args());
                args
            }
        }
    }
}

fn order_args(command: &str, built: &Built, order: &PathBuf, output: Output) -> Vec<OsString> {
    let mut args = built_args(command, built);
    args.extend([
        "--order".into(),
        order.into(),
        "--output".into(),
        output.name().into(),
    ]);
    args
}

fn environment_args(file: Option<&PathBuf>) -> impl Iterator<Item = OsString> {
    file.into_iter()
        .flat_map(|file| ["--environment".into(), file.into()])
}

fn built_args(command: &str, built: &Built) -> Vec<OsString> {
    let mut args = vec![command.into()];
    for program in &built.functions {
        let mut pair = OsString::from(program.function);
        pair.push("=");
        pair.push(&program.path);
        args.extend(["--function".into(), pair]);
    }
    args.extend(["--build-ms".into(), built.build_ms.to_string().into()]);
    args.extend(["--folder".into(), built.folder.clone().into()]);
    args
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::bench::Measure;
    use crate::color::{Color, ColorArgs};

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        color: ColorArgs,
        #[command(subcommand)]
        command: Handover,
    }

    fn check(handover: &Handover) {
        for &color in Color::value_variants() {
            let args = [OsString::from("local")].into_iter().chain(handover.to_args());
            let read = Cli::try_parse_from(args.chain(color.to_args())).unwrap();
            assert_eq!((&read.command, read.color.color), (handover, color));
        }
    }

    fn built() -> Built {
        let program = |function| Program {
            function,
            path: PathBuf::from("/a folder/with = in it"),
        };
        Built {
            functions: TaskKind::ALL.iter().map(|task| program(task.name())).collect(),
            build_ms: 7,
            folder: PathBuf::from("target"),
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let order = PathBuf::from("orders/keto.json");
        for output in [Output::Text, Output::Json] {
            for stay in [false, true] {
                let environment = stay.then(|| PathBuf::from("environments/local-living.toml"));
                check(&Handover::Deploy(Deploy {
                    built: built(),
                    environment: environment.clone(),
                    order: order.clone(),
                    stay,
                    data: stay.then(|| PathBuf::from("a folder/for data")),
                    output,
                }));
                check(&Handover::Run(Run {
                    built: built(),
                    environment,
                    order: order.clone(),
                    output,
                }));
            }
        }
        check(&Handover::Bench(Bench {
            built: built(),
            measures: Measure::value_variants().to_vec(),
            samples: 3,
            seconds: 180,
        }));
    }

    #[test]
    fn an_unknown_function_is_refused() {
        assert_eq!(
            Program::from_str("Sommelier=/x").unwrap_err(),
            "no such function: Sommelier"
        );
        assert!(Program::from_str("RecipeGenerator").is_err());
    }
}
