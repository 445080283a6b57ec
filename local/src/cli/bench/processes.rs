//! Start and memory of an environment's processes.

use std::{fs, path::Path};

use contract::task::TaskKind;
use platform::{bench::Samples, error_report::ErrorReport};
use serde_json::Value;

use super::{TestBed, broken, execute, ingredients, ms, order, shut_down};
use crate::{embedded::Embedded, process::tree};

/// Environments of each kind.
const ENVIRONMENTS: usize = 10;

/// Orders after which a function's memory is what it stays at.
const ORDERS_UNTIL_STEADY: usize = 50;

pub(super) async fn ready(bed: &TestBed<'_>) -> Result<Samples, ErrorReport> {
    let mut samples = Samples::new();
    for _ in 0..ENVIRONMENTS {
        let (target, took) = bed.deploy(&bed.usual, true).await?;
        samples.entry("ready".to_owned()).or_default().push(ms(took));
        shut_down(target).await?;
    }
    Ok(samples)
}

/// Of the whole environment after one order, and of every function after [`ORDERS_UNTIL_STEADY`].
pub(super) async fn memory(bed: &TestBed<'_>) -> Result<Samples, ErrorReport> {
    let mut samples = Samples::new();
    for sample in 0..ENVIRONMENTS {
        let (target, _) = bed.deploy(&bed.usual, true).await?;
        execute(&target, &order(format!("memory-{sample}"), &ingredients(0, 3))?).await?;
        let bytes = environment_bytes().ok_or_else(|| broken("the kernel tells no proportional set size"))?;
        samples.entry("warm-memory".to_owned()).or_default().push(bytes);
        shut_down(target).await?;
    }
    let (target, _) = bed.deploy(&bed.unpaced, true).await?;
    for number in 0..ORDERS_UNTIL_STEADY {
        execute(&target, &order(format!("steady-{number}"), &ingredients(number, 3))?).await?;
    }
    for task in TaskKind::ALL {
        let artifacts = bed.unpaced.artifacts.iter();
        let found: Vec<_> = artifacts
            .filter(|artifact| artifact.function == task.name())
            .flat_map(|artifact| high_water_bytes(&artifact.program))
            .collect();
        if found.is_empty() {
            return Err(broken(format!("no process of function: {}", task.name())));
        }
        samples.insert(format!("memory-{}", task.program()), found);
    }
    shut_down(target).await?;
    Ok(samples)
}

/// Each function in an environment where nothing else runs. The empty order that it gets is refused after the init.
pub(super) async fn init(bed: &TestBed<'_>) -> Result<Samples, ErrorReport> {
    let mut samples = Samples::new();
    for _ in 0..ENVIRONMENTS {
        let (target, _) = bed.deploy(&bed.usual, false).await?;
        for task in TaskKind::ALL {
            let name = physical(bed, *task);
            let _refused = target.functions().invoke(&name, "{}".into(), "Root=1-0-0").await;
            let reported = last_report(&target, &name, "initDurationMs")?;
            samples.entry(format!("init-{}", task.program())).or_default().push(reported);
        }
        shut_down(target).await?;
    }
    Ok(samples)
}

/// The name of a task's function in the environment that is measured.
pub(super) fn physical(bed: &TestBed<'_>, task: TaskKind) -> String {
    bed.usual.template.environment().names().physical(task.name())
}

/// A number of a function's newest `platform.report`.
pub(super) fn last_report(target: &Embedded, function: &str, metric: &str) -> Result<f64, ErrorReport> {
    let lines = target.logs().lines().remove(function).unwrap_or_default();
    let newest = lines.iter().rev().find_map(|line| {
        let line: Value = serde_json::from_str(&line.text).ok()?;
        let is_report = line.get("type")? == "platform.report";
        is_report.then(|| line.pointer("/record/metrics")?.get(metric)?.as_f64())?
    });
    newest.ok_or_else(|| broken(format!("not reported by {function}: {metric}")))
}

/// The proportional set size of the supervisor, this process and every function, each shared page counted once.
fn environment_bytes() -> Option<f64> {
    let own = std::process::id();
    let supervisor = rustix::process::getppid().and_then(|pid| u32::try_from(pid.as_raw_pid()).ok());
    let all = supervisor.into_iter().chain([own]).chain(tree::descendants(own));
    // A process that ends meanwhile has no memory.
    let bytes: Vec<_> = all.filter_map(|pid| bytes_of(pid, "smaps_rollup", "Pss:")).collect();
    (!bytes.is_empty()).then(|| bytes.iter().sum())
}

/// The highest resident set so far of every process below this one that runs a program.
fn high_water_bytes(program: &Path) -> Vec<f64> {
    let program = fs::canonicalize(program).unwrap_or_else(|_| program.to_owned());
    let runs_it = |pid: &u32| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|of| of == program);
    let below = tree::descendants(std::process::id()).into_iter().filter(runs_it);
    below.filter_map(|pid| bytes_of(pid, "status", "VmHWM:")).collect()
}

#[expect(clippy::cast_precision_loss, reason = "the memory of a process is far below 2^52 bytes")]
fn bytes_of(pid: u32, file: &str, name: &str) -> Option<f64> {
    tree::proc_bytes(pid, file, name).map(|bytes| bytes as f64)
}
