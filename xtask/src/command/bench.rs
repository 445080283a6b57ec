//! cargo xtask bench

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::Instant,
};

use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use serde::Serialize;
use target::{
    exit_code,
    handover::{self, BenchSamples, Handover, Output},
    package,
    progress::Progress,
};

use super::{print_json, print_text};
use crate::{
    cargo::{self, Profile},
    failure::Failure,
    repository,
};

/// Measures the figures of the README.
///
/// Each with its profile, the median of its samples and its limit. Exits with 1 if one of them breaks its limit.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench                      all of them
  cargo xtask bench synth --samples 20   one of them, with more samples
  cargo xtask bench --output json        for a program")]
pub(crate) struct BenchArgs {
    /// One figure [default: all of them].
    ///
    /// `zip` builds the functions in the release profile, too.
    #[arg(value_enum, value_name = "NAME")]
    figure: Option<Figure>,
    /// How many samples of each time, from 1 to 1000.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    samples: u32,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Figure {
    /// `xtask synth`, the built program from its start to its end.
    Synth,
    /// The embedded environment, until it takes orders.
    Ready,
    /// One execution with 1,500 ms on both branches, on warm functions.
    Execution,
    /// The zip of each function, stripped.
    Zip,
}

/// One figure, measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    name: String,
    profile: &'static str,
    samples: usize,
    #[serde(flatten)]
    value: Measure,
    passed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", untagged)]
enum Measure {
    Time { median_ms: f64, limit_ms: f64 },
    Size { bytes: u64, limit_bytes: u64 },
}

#[derive(Serialize)]
struct Figures {
    figures: Vec<Measured>,
}

pub(crate) fn run(args: &BenchArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let asked = |figure| args.figure.is_none_or(|only| only == figure);
    let mut figures = Vec::new();
    if asked(Figure::Synth) {
        let samples = synth_ms(args.samples)?;
        figures.extend(Measured::time("synth", own_profile(), &samples, 50.0));
    }
    if asked(Figure::Ready) || asked(Figure::Execution) {
        let samples = local(args.samples, progress)?;
        if asked(Figure::Ready) {
            figures.extend(Measured::time(
                "ready",
                Profile::Dev.name(),
                &samples.ready_ms,
                100.0,
            ));
        }
        if asked(Figure::Execution) {
            figures.extend(Measured::time(
                "execution",
                Profile::Dev.name(),
                &samples.execution_ms,
                1_560.0,
            ));
        }
    }
    if asked(Figure::Zip) {
        figures.extend(zips(Profile::Dev, 7_000_000, progress)?);
        figures.extend(zips(Profile::Release, 5_000_000, progress)?);
    }
    let all_passed = figures.iter().all(|figure| figure.passed);
    match args.output {
        Output::Text => print_text(&table(&figures))?,
        Output::Json => print_json(&Figures { figures })?,
    }
    Ok(if all_passed {
        exit_code::OK
    } else {
        exit_code::FINDINGS
    })
}

/// This program's own profile.
const fn own_profile() -> &'static str {
    if cfg!(debug_assertions) {
        Profile::Dev.name()
    } else {
        Profile::Release.name()
    }
}

fn synth_ms(samples: u32) -> Result<Vec<f64>, Failure> {
    let program = repository::this_program()?;
    let out = repository::target_folder()?.join("bench").join("synth");
    let sample = |_| {
        let start = Instant::now();
        let mut command = Command::new(&program);
        let status = command
            .arg("synth")
            .arg("--out")
            .arg(&out)
            .stdout(Stdio::null())
            .status();
        let status = status.map_err(|source| Failure::Start {
            program: "cargo xtask synth".to_owned(),
            source,
        })?;
        let ms = start.elapsed().as_secs_f64() * 1_000.0;
        if status.success() {
            Ok(ms)
        } else {
            Err(Failure::NoSamples {
                program: "cargo xtask synth",
            })
        }
    };
    (0..samples).map(sample).collect()
}

/// Asks the embedded environment, in a process of its own as always.
fn local(samples: u32, progress: &mut Progress) -> Result<BenchSamples, Failure> {
    let cargo::Programs { local, built } = cargo::build_local(progress)?;
    progress.doing("measuring the embedded environment");
    let bench = Handover::Bench(handover::Bench { built, samples });
    let output = Command::new(&local)
        .args(bench.to_args())
        .stderr(Stdio::inherit())
        .output();
    progress.pause();
    let output = output.map_err(|source| Failure::Start {
        program: local.display().to_string(),
        source,
    })?;
    if !output.status.success() {
        return Err(Failure::NoSamples {
            program: "local bench",
        });
    }
    serde_json::from_slice(&output.stdout).map_err(|source| Failure::Unreadable {
        program: "local bench",
        source,
    })
}

fn zips(profile: Profile, limit_bytes: u64, progress: &mut Progress) -> Result<Vec<Measured>, Failure> {
    let programs = cargo::build_functions(profile)?;
    progress.doing("packaging the functions");
    let folder: PathBuf = repository::target_folder()?.join("bench").join(profile.name());
    let artifacts = package::artifacts(&programs, &folder)?;
    progress.pause();
    let measured = |artifact: package::Artifact| Measured {
        name: format!("zip {}", artifact.function),
        profile: profile.name(),
        samples: 1,
        value: Measure::Size {
            bytes: artifact.bytes,
            limit_bytes,
        },
        passed: artifact.bytes < limit_bytes,
    };
    Ok(artifacts.into_iter().map(measured).collect())
}

impl Measured {
    fn time(name: &str, profile: &'static str, samples_ms: &[f64], limit_ms: f64) -> Option<Self> {
        let median_ms = median(samples_ms)?;
        Some(Self {
            name: name.to_owned(),
            profile,
            samples: samples_ms.len(),
            value: Measure::Time { median_ms, limit_ms },
            passed: median_ms <= limit_ms,
        })
    }
}

/// The middle sample, or the mean of the two in the middle, to a tenth.
fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some((f64::midpoint(lower, upper) * 10.0).round() / 10.0)
}

fn table(figures: &[Measured]) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_header(["figure", "profile", "samples", "measured", "limit", ""]);
    for figure in figures {
        let (measured, limit) = match figure.value {
            Measure::Time { median_ms, limit_ms } => {
                (format!("{median_ms:.1} ms"), format!("{limit_ms:.0} ms"))
            }
            Measure::Size { bytes, limit_bytes } => (megabytes(bytes), megabytes(limit_bytes)),
        };
        let verdict = if figure.passed { "ok" } else { "over" };
        let samples = figure.samples.to_string();
        table.add_row([
            figure.name.as_str(),
            figure.profile,
            &samples,
            &measured,
            &limit,
            verdict,
        ]);
    }
    for column in 2..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join(
        "
",
    ) + "
"
}

fn megabytes(bytes: u64) -> String {
    let hundredths = bytes.div_ceil(10_000);
    format!("{}.{:02} MB", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        for (samples, expect) in [
            (&[][..], None),
            (&[3.0], Some(3.0)),
            (&[9.0, 1.0, 2.0], Some(2.0)),
            (&[1.0, 2.0, 3.5, 9.0], Some(2.8)),
        ] {
            assert_eq!(median(samples), expect, "{samples:?}");
        }
    }

    fn figures() -> Vec<Measured> {
        let size = Measure::Size {
            bytes: 7_000_001,
            limit_bytes: 7_000_000,
        };
        let zip = Measured {
            name: "zip RecipeGenerator".to_owned(),
            profile: "dev",
            samples: 1,
            value: size,
            passed: false,
        };
        Measured::time("synth", "dev", &[12.0, 13.0], 50.0)
            .into_iter()
            .chain([zip])
            .collect()
    }

    #[test]
    fn a_person_reads_a_table() {
        insta::assert_snapshot!(table(&figures()));
    }

    #[test]
    fn a_machine_reads_units() {
        insta::assert_json_snapshot!(figures());
    }
}
