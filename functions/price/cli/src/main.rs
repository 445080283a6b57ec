//! The program `prices`, which `cargo xtask prices` builds and executes: the price function's matching rule, and one live search
//! with a source's adapter.

mod cli;
mod failure;
mod keys;
mod matched;
mod probe;

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().collect();
    ExitCode::from(cli::run(&args, now))
}

#[expect(clippy::disallowed_methods, reason = "the program's clock, handed on as an argument")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
