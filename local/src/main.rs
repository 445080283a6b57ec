//! `local`: the embedded environment as a program. `cargo xtask` finds it, hands over what it built, and becomes it.
//!
//! One file, three roles, selected by the first argument:
//!
//! * any other: the *supervisor*, which the user started. It starts the worker and leaves no process behind.
//! * `__worker`: the *worker*, which carries out the command (`deploy`, `run`, `bench`: see `platform::launch`).
//! * `__launch`: the *launch step* between being started and being a program (see `local::process`).
//!
//! Data goes to stdout, talk to stderr. Exit codes are those of `platform::exit_code`, and 128 + signal.

use std::{env, ffi::OsString, io, process::ExitCode};

use local::{cli, process};

fn main() -> ExitCode {
    let mut arguments = env::args_os();
    let program = arguments.next().unwrap_or_default();
    let mut arguments = arguments.peekable();
    let role = arguments.peek().cloned().unwrap_or_default();
    let ended = if role == process::LAUNCH {
        return process::launch(arguments.skip(1));
    } else if role == process::WORKER {
        work(program, arguments.skip(1))
    } else {
        supervise(arguments)
    };
    ended.unwrap_or(ExitCode::from(platform::exit_code::BUG))
}

/// On the main thread alone, which lives as long as the process: see `local::process`.
fn supervise(arguments: impl Iterator<Item = OsString>) -> io::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(process::supervise(arguments))
}

fn work(program: OsString, arguments: impl Iterator<Item = OsString>) -> io::Result<ExitCode> {
    process::spawner::become_subreaper()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(cli::carry_out(std::iter::once(program).chain(arguments)));
    // Nothing that still runs is worth waiting for: every process of ours is gone, or about to be killed.
    runtime.shutdown_background();
    Ok(code)
}
