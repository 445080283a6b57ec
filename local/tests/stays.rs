//! An environment for tests that stays up in processes of its own, as `local deploy --stay` does, without a package and
//! a first order: `stays SPEC`, JSON. It prints one line of JSON that says where it listens, and ends on a signal.
//!
//! Supervisor, worker and launch step are those of `local`.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    ffi::{OsStr, OsString},
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use local::{
    Config, Embedded, UpError,
    control::Control,
    embedded::Limits,
    process::{self, Launcher},
};
use serde::Deserialize;
use serde_json::json;
use stack::Environment;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    functions: BTreeMap<String, PathBuf>,
    folder: PathBuf,
    data: Option<PathBuf>,
    /// Timeout in milliseconds and memory in MB, by task.
    limits: BTreeMap<String, (u64, u32)>,
}

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1).peekable();
    let role = arguments.peek().cloned().unwrap_or_default();
    let ended = if role == process::LAUNCH {
        return process::launch(arguments.skip(1));
    } else if role == process::WORKER {
        work(&arguments.nth(1).unwrap_or_default())
    } else {
        supervise(arguments).map_err(Into::into)
    };
    ended.unwrap_or_else(|error| {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        if let Some(hint) = error.downcast_ref::<UpError>().and_then(UpError::hint) {
            text = format!("{text}\nhint: {hint}");
        }
        let _closed = writeln!(io::stderr(), "{text}");
        ExitCode::from(platform::exit_code::DEPLOY_FAILED)
    })
}

fn supervise(arguments: impl Iterator<Item = OsString>) -> io::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(process::supervise(arguments))
}

fn work(spec: &OsStr) -> Result<ExitCode, Box<dyn Error>> {
    process::spawner::become_subreaper()?;
    let spec: Spec = serde_json::from_str(&spec.to_string_lossy())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(stay(spec));
    runtime.shutdown_background();
    ended.map(|()| ExitCode::SUCCESS)
}

async fn stay(spec: Spec) -> Result<(), Box<dyn Error>> {
    let mut terminations = signal(SignalKind::terminate())?;
    let today = jiff::civil::date(2026, 11, 23);
    let template = stack::checked(stack::app(&Environment::local()?), today)
        .map_err(|_| io::Error::other("the check refuses the built-in environment"))?;
    let mut config = Config::new(spec.functions, Launcher::this_binary());
    config.folder = Some(spec.folder);
    config.data_folder = spec.data;
    let limits = spec.limits.into_iter();
    config.limits = limits
        .map(|(task, (timeout_ms, memory_mb))| {
            let timeout = Duration::from_millis(timeout_ms);
            (task, Limits { timeout, memory_mb })
        })
        .collect();
    let environment = Arc::new(Embedded::up(&template, config).await?);
    let control = Control::start(Arc::clone(&environment)).await?;
    let found = json!({
        "found": control.found(&environment, 0),
        "machine": environment.machine_arn(),
        "dynamodb": environment.urls().dynamodb,
    });
    writeln!(io::stdout(), "{found}")?;
    terminations.recv().await;
    Ok(environment.close().await?)
}
