//! The process that the user started: it starts the worker, forwards signals, and leaves no process behind.

use std::{
    ffi::OsString,
    io,
    process::{ExitCode, ExitStatus, Stdio},
    time::Duration,
};

use std::os::unix::process::ExitStatusExt as _;

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
    time::sleep,
};

use super::{
    launch::{self, DeathSignal},
    tree,
};

/// The hidden first argument that selects the worker.
pub const WORKER: &str = "__worker";

/// How long a worker may take to end in order after a signal.
const GRACE_PERIOD: Duration = Duration::from_secs(8);

/// Runs this binary again as the worker with `arguments`, and ends with its exit code once every descendant is gone.
pub async fn supervise(arguments: impl IntoIterator<Item = OsString>) -> io::Result<ExitCode> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    let mut hangups = signal(SignalKind::hangup())?;

    // The runtime of this process has one thread, the main one: it lives as long as the process, so the worker's
    // parent-death signal means what it says.
    let own_binary = std::env::current_exe()?.into_os_string();
    let mut worker = Command::new("/proc/self/exe")
        .args(launch::arguments(
            std::process::id(),
            DeathSignal::Term,
            &own_binary,
        ))
        .arg(WORKER)
        .args(arguments)
        .stdin(Stdio::null())
        // A group of its own: what is sent to ours, a kill that cannot be caught included, leaves somebody to clean up.
        .process_group(0)
        .spawn()?;

    let signal = tokio::select! {
        status = worker.wait() => Err(status),
        _ = interrupts.recv() => Ok(Signal::INT),
        _ = terminations.recv() => Ok(Signal::TERM),
        _ = hangups.recv() => Ok(Signal::HUP),
    };
    let ended = match signal {
        Ok(signal) => end(&mut worker, signal).await,
        Err(ended) => ended,
    };
    // However the worker ended, and whether that is known.
    tree::end_descendants().await;
    Ok(code(ended?))
}

/// Passes the signal on, which asks the worker to end, and kills it when it does not.
async fn end(worker: &mut Child, signal: Signal) -> io::Result<ExitStatus> {
    if let Some(pid) = worker.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)) {
        // An error means that it has just ended.
        let _gone = kill_process(pid, signal);
    }
    tokio::select! {
        status = worker.wait() => return status,
        () = sleep(GRACE_PERIOD) => {}
    }
    worker.kill().await?;
    worker.wait().await
}

/// The worker's exit code, or the shells' 128 + signal.
fn code(status: ExitStatus) -> ExitCode {
    let number = status.code().or_else(|| Some(128 + status.signal()?)).unwrap_or(1);
    ExitCode::from(u8::try_from(number).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: i32, expected: u8) {
        assert_eq!(
            format!("{:?}", code(ExitStatus::from_raw(raw))),
            format!("{:?}", ExitCode::from(expected))
        );
    }

    #[test]
    fn exit_codes_pass_and_signals_become_128_and_more() {
        check(0, 0);
        check(13 << 8, 13);
        check(9, 137);
        check(15, 143);
    }
}
