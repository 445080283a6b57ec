//! `cargo xtask`: the command line of this repository.
//!
//! Here live the arguments, the order of steps and the printing. What does not live here: servers and SDKs (they are in
//! `local`, which this program builds and becomes), and everything that judges or writes a template (`stack`).

mod cargo;
mod command;
mod environments;
mod failure;
mod licences;
mod orders;
mod python;
mod repository;
mod tidy;

use std::{panic, process::ExitCode};

use clap::Parser;
use target::{exit_code, progress::Progress};

use crate::command::Command;

/// Cooks orders: builds, checks and runs the AI Chef pipeline.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0   ok
  1   findings, or a figure over its limit
  2   bad arguments or input
  10  the build failed
  11  the deployment failed
  12  a generated file is stale
  13  the order failed
  70  a bug of ours";

fn main() -> ExitCode {
    // The person gets a sentence and the place instead of a backtrace.
    panic::set_hook(Box::new(|panic| {
        let mut progress = Progress::stderr();
        progress.error(&format!("a bug of ours: {panic}"));
        progress.hint("please report it with the command you gave");
    }));
    let code = panic::catch_unwind(run).unwrap_or(exit_code::BUG);
    ExitCode::from(code)
}

fn run() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => {
            // Help and version are said to stdout, mistakes to stderr; nobody is left to tell when both are closed.
            let _ = said.print();
            return u8::try_from(said.exit_code()).unwrap_or(exit_code::USAGE);
        }
    };
    let mut progress = Progress::stderr();
    cli.command.run(&mut progress).unwrap_or_else(|failure| {
        failure.tell(&mut progress);
        failure.exit_code()
    })
}
