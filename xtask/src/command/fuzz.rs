//! cargo xtask fuzz

use std::{
    ffi::OsString,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
};

use clap::Args;
use target::{color::Color, handover::Output, progress::Progress};

use crate::{
    cargo::{self, Profile},
    failure::Failure,
    repository,
};

/// The program that knows the parsers.
const FUZZ: &str = "fuzz";

/// Feeds every parser of bytes from outside with spoilt input.
///
/// It says what broke: a panic, a crash, a hang, an input that takes over a second, memory without bound. Exits with 1 if
/// anything did, and leaves the input in target/fuzz: `target/debug/fuzz feed PARSER FILE` tries it again. The same seed
/// gives the same inputs.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FuzzArgs {
    /// Which parsers; all of them if there is none.
    #[arg(value_name = "PARSER")]
    parsers: Vec<String>,
    /// Tells every parser and what it reads.
    #[arg(long, conflicts_with_all = ["parsers", "seconds", "seed", "jobs"])]
    list: bool,
    /// How long each parser is fed, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// Which inputs they get.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many parsers are fed at a time.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask fuzz --seconds 5           every parser, as CI does
  cargo xtask fuzz order --seed 7        one parser, with other inputs
  cargo xtask fuzz --list                what is fuzzed";

impl FuzzArgs {
    /// Every parser for some seconds.
    pub(crate) fn quick(seconds: u32) -> Self {
        Self {
            parsers: Vec::new(),
            list: false,
            seconds,
            seed: 1,
            jobs: 2,
            output: Output::Text,
        }
    }

    fn to_args(&self) -> Result<Vec<OsString>, Failure> {
        if self.list {
            return Ok(["list", "--output", self.output.name()].map(Into::into).to_vec());
        }
        let mut args: Vec<OsString> = vec!["run".into()];
        args.extend(self.parsers.iter().map(Into::into));
        let folder = repository::target_folder()?.join(FUZZ);
        for (name, value) in [
            ("--seconds", self.seconds.to_string().into()),
            ("--seed", self.seed.to_string().into()),
            ("--jobs", self.jobs.to_string().into()),
            ("--folder", folder.into_os_string()),
            ("--output", self.output.name().into()),
        ] {
            args.extend([name.into(), value]);
        }
        Ok(args)
    }
}

/// Becomes the program that fuzzes.
pub(crate) fn run(args: &FuzzArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let mut command = command(args)?;
    progress.pause();
    Err(not_started(command.exec()))
}

/// Fuzzes as a step of something else: what is said goes to stderr.
pub(crate) fn succeeds(args: &FuzzArgs, progress: &mut Progress) -> Result<bool, Failure> {
    let mut command = command(args)?;
    progress.pause();
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status();
    status.map(|status| status.success()).map_err(not_started)
}

/// Fuzzes every parser and gives what the program printed for a machine, whatever it found.
pub(crate) fn report(seconds: u32, progress: &mut Progress) -> Result<Vec<u8>, Failure> {
    let args = FuzzArgs {
        output: Output::Json,
        jobs: 4,
        ..FuzzArgs::quick(seconds)
    };
    let mut command = command(&args)?;
    progress.pause();
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    output.map(|output| output.stdout).map_err(not_started)
}

fn command(args: &FuzzArgs) -> Result<Command, Failure> {
    // The dev profile: arithmetic that overflows panics in it.
    let mut command = Command::new(cargo::build_tool(FUZZ, Profile::Dev)?);
    command.args(Color::applied().to_args()).args(args.to_args()?);
    Ok(command)
}

fn not_started(source: std::io::Error) -> Failure {
    Failure::Start {
        program: FUZZ.to_owned(),
        source,
    }
}
