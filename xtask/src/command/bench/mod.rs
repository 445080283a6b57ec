//! cargo xtask bench

mod figure;
mod programs;
mod table;

use std::fs;

use clap::{Args, ValueEnum as _};
use contract::task::TaskKind;
use platform::{
    bench::{Bench, Benchmark, Samples},
    error_report::ErrorReport,
    exit_code,
    launch::{LaunchRequest, Output},
    package,
    progress::Progress,
};
use serde::Deserialize;
use serde_json::json;

use self::{figure::Figure, table::Measured};
use super::{print_json, print_text};
use crate::{
    cargo::{self, Profile},
    repository,
};

/// Measures the figures of the README.
///
/// Each with its profile, the median of its samples, their spread and its limit. Exits with 1 if one of them is over its
/// limit. All of them take a few minutes after the first build in the release profile, and mean something on a machine
/// that does nothing else.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench synth --peers        one of them, beside the program that does the same
  cargo xtask bench throughput ready     two of them
  cargo xtask bench --peers --write      all of them, kept in the README
  cargo xtask bench --output json        for a program")]
pub(crate) struct BenchArgs {
    /// What to measure [default: everything]
    #[arg(value_enum, value_name = "NAME")]
    names: Vec<Benchmark>,
    /// Only what is measured in this profile
    #[arg(long, value_enum)]
    profile: Option<Profile>,
    /// Measures `cdk synth` beside `synth`, too. It needs Node.js and npm's registry
    #[arg(long)]
    peers: bool,
    /// Writes what was measured into the README's table
    #[arg(long)]
    write: bool,
    /// What stdout is to hold
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) fn run(args: &BenchArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let figures = asked(&args.names, args.profile);
    if figures.is_empty() {
        return Err(no_effect("--profile", "it is for benchmarks that are measured in that profile"));
    }
    if args.peers && !figures.iter().any(|figure| figure.benchmark == Benchmark::Synth) {
        return Err(no_effect("--peers", "it is for `synth`"));
    }
    let mut measured = Vec::new();
    for profile in [Profile::Dev, Profile::Release] {
        let mut of_profile = figures.clone();
        of_profile.retain(|figure| figure.profile == profile);
        measured.extend(measure(of_profile, profile, args.peers, progress)?);
    }
    progress.pause();
    match args.output {
        Output::Text => print_text(&table::text(&measured))?,
        Output::Json => {
            let figures: Vec<_> = measured.iter().map(Measured::to_json).collect();
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let machine = json!({ "cores": cores, "architecture": std::env::consts::ARCH });
            print_json(&json!({ "machine": machine, "figures": figures }))?;
        }
    }
    if args.write {
        write(&measured)?;
        progress.done("Wrote", "the table of README.md");
    }
    Ok(if measured.iter().all(Measured::passed) { exit_code::OK } else { exit_code::FINDINGS })
}

fn no_effect(option: &str, hint: &str) -> ErrorReport {
    let message = format!("option has no effect on these benchmarks: {option}");
    ErrorReport::message(exit_code::USAGE, message).with_hint(hint)
}

fn asked(names: &[Benchmark], profile: Option<Profile>) -> Vec<Figure> {
    let mut figures = figure::all();
    figures.retain(|figure| names.is_empty() || names.contains(&figure.benchmark));
    figures.retain(|figure| profile.is_none_or(|profile| figure.profile == profile));
    figures
}

fn measure(
    figures: Vec<Figure>,
    profile: Profile,
    peers: bool,
    progress: &mut Progress,
) -> Result<Vec<Measured>, ErrorReport> {
    let mut benchmarks = Benchmark::value_variants().to_vec();
    benchmarks.retain(|benchmark| figures.iter().any(|figure| figure.benchmark == *benchmark));
    let mut samples = Samples::new();
    let mut peer = None;
    let mut of_environment = Vec::new();
    for benchmark in benchmarks {
        match benchmark {
            Benchmark::Synth => {
                let (times, peaks) = programs::synth()?;
                samples.insert("synth".to_owned(), times);
                samples.insert("synth-memory".to_owned(), peaks);
                peer = peers.then(|| programs::cdk_synth(progress)).transpose()?;
            }
            Benchmark::Matching => samples.extend(matching(profile)?),
            Benchmark::Zip => samples.extend(zips(profile)?),
            other => of_environment.push(other),
        }
    }
    if !of_environment.is_empty() {
        samples.extend(environment(of_environment, profile, progress)?);
    }
    let measured = figures.into_iter().map(|figure| {
        let samples = samples.remove(&figure.name).unwrap_or_default();
        let peer = peer.and_then(|[time, memory]| match figure.name.as_str() {
            "synth" => Some((programs::CDK, time)),
            "synth-memory" => Some((programs::CDK, memory)),
            _ => None,
        });
        Measured::new(figure, samples, peer).ok_or_else(|| programs::no_samples("a benchmark"))
    });
    measured.collect()
}

/// What the program `local` measures, each benchmark in a process of its own: what one leaves in memory is no part of the next.
fn environment(
    benchmarks: Vec<Benchmark>,
    profile: Profile,
    progress: &mut Progress,
) -> Result<Samples, ErrorReport> {
    let cargo::Programs { local, built } = cargo::build_local_in(profile, progress)?;
    progress.pause();
    let mut samples = Samples::new();
    for benchmark in benchmarks {
        let bench = LaunchRequest::Bench(Bench { built: built.clone(), benchmarks: vec![benchmark] });
        samples.extend(programs::printed::<Samples>("local", &local, bench.to_args())?);
    }
    Ok(samples)
}

fn matching(profile: Profile) -> Result<Samples, ErrorReport> {
    #[derive(Deserialize)]
    struct Scores {
        all: Score,
    }
    #[derive(Deserialize)]
    struct Score {
        precision: f64,
        recall: f64,
    }
    let program = cargo::build_tool("prices", profile)?;
    let Scores { all } = programs::printed("prices", &program, ["score", "--output", "json"])?;
    Ok(Samples::from([
        ("matching-precision".to_owned(), vec![all.precision * 100.0]),
        ("matching-recall".to_owned(), vec![all.recall * 100.0]),
    ]))
}

/// The functions' zips in bytes.
fn zips(profile: Profile) -> Result<Samples, ErrorReport> {
    let folder = repository::target_folder()?.join("bench").join(profile.name());
    let artifacts = package::artifacts(&cargo::build_functions(profile)?, &folder)?;
    let zips = TaskKind::ALL.iter().filter_map(|task| {
        let artifact = artifacts.iter().find(|artifact| artifact.function == task.name())?;
        // A zip is far below 2^32 bytes.
        let bytes = u32::try_from(artifact.bytes).ok()?;
        Some((format!("zip-{}", task.program()), vec![f64::from(bytes)]))
    });
    Ok(zips.collect())
}

fn write(measured: &[Measured]) -> Result<(), ErrorReport> {
    let path = repository::root().join("README.md");
    let readme = fs::read_to_string(&path).map_err(|error| ErrorReport::file("read", &path, &error))?;
    let Some(text) = table::written(&readme, measured) else {
        return Err(ErrorReport::bug("README.md has no place for the figures"));
    };
    fs::write(&path, text).map_err(|error| ErrorReport::file("write", &path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for() {
        let names = |names: &[Benchmark], profile| {
            let figures = asked(names, profile).into_iter();
            figures.map(|figure| figure.name).collect::<Vec<_>>()
        };
        assert_eq!(asked(&[], None), figure::all());
        assert_eq!(names(&[Benchmark::Synth], None), ["synth", "synth-memory"]);
        assert_eq!(names(&[Benchmark::Throughput], None), ["throughput", "throughput"]);
        assert_eq!(
            names(&[Benchmark::Throughput, Benchmark::Ready], Some(Profile::Dev)),
            ["ready", "throughput"]
        );
        assert!(names(&[Benchmark::Ready], Some(Profile::Release)).is_empty());
    }
}
