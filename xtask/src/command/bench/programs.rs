//! Running a program to its end: its time, its memory, or the JSON that it prints.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use platform::{error_report::ErrorReport, exit_code, progress::Progress};
use serde::de::DeserializeOwned;
use wait4::Wait4 as _;

use super::table::percentile;
use crate::{cargo::not_started, repository};

/// The CDK with the same stack, from `xtask/peers/cdk`, with the version that its `package.json` pins.
pub(super) const CDK: &str = "cdk synth 2.1148.1";

/// What the CDK is installed from: nothing is changed in the repository.
const CDK_FILES: [(&str, &str); 2] = [
    ("package.json", include_str!("../../../peers/cdk/package.json")),
    ("app.mjs", include_str!("../../../peers/cdk/app.mjs")),
];

/// The times of runs of a program in ms, and the largest resident set of each run in bytes.
pub(super) type Runs = (Vec<f64>, Vec<f64>);

pub(super) fn no_samples(program: &str) -> ErrorReport {
    ErrorReport::message(exit_code::FINDINGS, format!("nothing was measured: {program} failed"))
}

pub(super) fn run(
    program: &'static str,
    runs: usize,
    command: impl Fn() -> Command,
) -> Result<Runs, ErrorReport> {
    let (mut times_ms, mut peaks_bytes) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let start = Instant::now();
        let child = command().stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let ended =
            child.and_then(|mut child| child.wait4()).map_err(|error| not_started(program, &error))?;
        times_ms.push(start.elapsed().as_secs_f64() * 1_000.0);
        if !ended.status.success() {
            return Err(no_samples(program));
        }
        // The kernel says it of the program and of every process that it waited for.
        peaks_bytes.push(f64::from(u32::try_from(ended.rusage.maxrss).unwrap_or(u32::MAX)));
    }
    Ok((times_ms, peaks_bytes))
}

/// Runs a program and reads what it prints.
pub(super) fn printed<T: DeserializeOwned>(
    program: &'static str,
    path: &Path,
    args: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>,
) -> Result<T, ErrorReport> {
    let mut command = Command::new(path);
    let output = command.args(args).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| not_started(program, &error))?;
    if !output.status.success() {
        return Err(no_samples(program));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| ErrorReport::bug(format!("cannot read what {program} printed")).caused_by(&error))
}

/// `cargo xtask synth` as a person runs it, without cargo's own part.
pub(super) fn synth() -> Result<Runs, ErrorReport> {
    let program = repository::this_program()?;
    let out = repository::target_folder()?.join("bench").join("synth");
    run("cargo xtask synth", 20, || {
        let mut command = Command::new(&program);
        command.arg("synth").arg("--out").arg(&out);
        command
    })
}

/// The medians of the CDK's time in ms and memory in bytes. Installs it first.
pub(super) fn cdk_synth(progress: &mut Progress) -> Result<[f64; 2], ErrorReport> {
    let folder = repository::target_folder()?.join("bench").join("cdk");
    for (name, text) in CDK_FILES {
        let path = folder.join(name);
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text));
        written.map_err(|error| ErrorReport::file("write", &path, &error))?;
    }
    progress.doing("installing and measuring the CDK");
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error"]);
    succeed(npm.current_dir(&folder))?;
    let command = || {
        let mut node = Command::new("node");
        node.current_dir(&folder)
            .arg("node_modules/aws-cdk/bin/cdk")
            .args(["synth", "--quiet", "--app", "node app.mjs", "--output", "out"])
            // `cargo xtask synth` checks nothing either: that is `check`'s part.
            .args(["--no-validation", "--no-version-reporting", "--no-notices"])
            .stderr(Stdio::null());
        node
    };
    // The first run reads every file from the disk, and says why if it cannot be done.
    succeed(command().stderr(Stdio::piped()))?;
    let (times, peaks) = run(CDK, 5, command)?;
    let median = |mut samples: Vec<f64>| {
        samples.sort_by(f64::total_cmp);
        percentile(&samples, 50).ok_or_else(|| no_samples(CDK))
    };
    Ok([median(times)?, median(peaks)?])
}

fn succeed(command: &mut Command) -> Result<(), ErrorReport> {
    let said = match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    let report = ErrorReport::message(exit_code::FINDINGS, format!("the peer cannot be measured: {said}"));
    Err(report.with_hint("Node.js 20 or newer and npm must be there, and npm must reach its registry"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(line: &str) -> impl Fn() -> Command {
        move || {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]);
            shell
        }
    }

    #[test]
    fn a_failed_run_is_no_sample() {
        for line in ["exit 1", "kill -9 $$"] {
            assert!(run("sh", 1, shell(line)).is_err(), "{line}");
        }
        assert!(run("nothing", 1, || Command::new("/no/such/program")).is_err());
    }

    /// `tail` holds the end of what it gets until it knows that this was the end.
    #[test]
    fn the_largest_process_counts_also_below_the_program() {
        let peak = |line| run("sh", 1, shell(line)).unwrap().1[0];
        assert!(peak("exit 0") < 20e6);
        assert!(peak("head -c 40000000 /dev/zero | tail -c 40000000 > /dev/null") > 40e6);
    }

    #[test]
    fn the_peer_is_pinned() {
        let package: serde_json::Value = serde_json::from_str(CDK_FILES[0].1).unwrap();
        let version = package["dependencies"]["aws-cdk"].as_str().unwrap();
        assert_eq!(CDK, format!("cdk synth {version}"));
    }
}
