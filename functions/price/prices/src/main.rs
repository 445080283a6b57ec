//! The program `prices`. Everything it does lives in the library.

use std::{env, process::ExitCode};

use jiff::Timestamp;

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().collect();
    ExitCode::from(prices::run(&args, now))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program's clock, handed on as an argument"
)]
fn now() -> Timestamp {
    Timestamp::now()
}
