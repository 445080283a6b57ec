//! cargo xtask bench
//!
//! Here lives the command: which figures are measured, shown and kept. The figures and their limits are in `figure`,
//! each way of measuring has a file, `record` keeps what was measured and writes the README's table.

mod environment;
mod figure;
#[cfg(test)]
mod fixture;
mod fuzzed;
mod interpreter;
mod matching;
mod measured;
mod peer;
mod program;
pub(crate) mod record;
mod sample;
mod synth;
mod table;
mod tool;

use clap::Args;
use target::{exit_code, handover::Output, package, progress::Progress};

use self::{
    environment::measure_of,
    figure::{FIGURES, Family, Figure},
    measured::Measured,
    record::{Machine, Record},
};
use super::{print_json, print_text};
use crate::{
    cargo::{self, Profile},
    failure::Failure,
    repository,
};

/// Measures the figures of the README.
///
/// Each with its profile, the median of its samples, their spread and its limit. Exits with 1 if one of them breaks its
/// limit. All of them take about ten minutes after the first build in the release profile, and mean something on a
/// machine that does nothing else.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench synth --peers        one of them, beside the program that does the same
  cargo xtask bench throughput ready     two of them
  cargo xtask bench --peers --write      all of them, kept in figures.json and in the README
  cargo xtask bench --output json        for a program")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line, and clap refuses those that contradict each other"
)]
pub(crate) struct BenchArgs {
    /// What to measure [default: everything]
    #[arg(value_enum, value_name = "NAME")]
    names: Vec<Family>,
    /// Only what is measured in this profile
    #[arg(long, value_enum)]
    profile: Option<Profile>,
    /// How many samples of what is measured again and again, from 1 to 1000 [default: 10]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    samples: Option<u32>,
    /// How long the load of `memory-growth` lasts, from 6 to 86400 [default: 180]
    #[arg(long, value_parser = clap::value_parser!(u32).range(6..=86_400))]
    seconds: Option<u32>,
    /// Measures the programs that do the same, too: `cdk synth`. It needs Node.js and npm's registry
    #[arg(long)]
    peers: bool,
    /// Keeps what was measured in figures.json, and writes the README's table from it
    #[arg(long, conflicts_with_all = ["check", "render"])]
    write: bool,
    /// Measures nothing: writes the README's table from figures.json
    #[arg(long, conflicts_with_all = MEASURING)]
    render: bool,
    /// Measures nothing: exits with 12 if the README's table is not the one of figures.json
    #[arg(long, conflicts_with_all = MEASURING, conflicts_with = "render")]
    check: bool,
    /// What stdout is to hold
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// How long the load of `memory-growth` lasts, in seconds, where nothing else is said: the figure is one of 3 minutes.
const LOAD_S: u32 = 180;

/// How many samples are taken where nothing else is said.
const SAMPLES: u32 = 10;

/// What only means something when something is measured.
const MEASURING: [&str; 5] = ["names", "profile", "samples", "seconds", "peers"];

pub(crate) fn run(args: &BenchArgs, progress: &mut Progress) -> Result<u8, Failure> {
    if args.check || args.render {
        return kept(args, progress);
    }
    heeded(args)?;
    let figures = measure(args, progress)?;
    let all_passed = figures.iter().all(Measured::passed);
    let record = Record::new(Machine::this(), figures);
    match args.output {
        Output::Text => print_text(&table::text(&record.figures))?,
        Output::Json => print_json(&record.to_json())?,
    }
    if args.write && !keep(record, progress)? {
        return Ok(exit_code::USAGE);
    }
    Ok(if all_passed {
        exit_code::OK
    } else {
        exit_code::FINDINGS
    })
}

/// Refuses an option that nothing heeds of what is measured, and figures that are not what they are called.
fn heeded(args: &BenchArgs) -> Result<(), Failure> {
    const REPEATED: [Family; 7] = [
        Family::Synth,
        Family::Ready,
        Family::WarmMemory,
        Family::Execution,
        Family::PriceTask,
        Family::Init,
        Family::Interpreter,
    ];
    let figures = asked(&args.names, args.profile);
    let heeds = |families: &[Family]| figures.iter().any(|figure| families.contains(&figure.family));
    let idle = |option, of: &[Family]| Failure::Idle {
        option,
        of: format!(
            "it is for {}",
            of.iter()
                .map(|family| family.name())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    if args.peers && !heeds(&[Family::Synth]) {
        return Err(idle("--peers", &[Family::Synth]));
    }
    if args.seconds.is_some() && !heeds(&[Family::MemoryGrowth]) {
        return Err(idle("--seconds", &[Family::MemoryGrowth]));
    }
    if args.samples.is_some() && !heeds(&REPEATED) {
        return Err(idle("--samples", &REPEATED));
    }
    match args.seconds {
        Some(seconds) if args.write && seconds < LOAD_S => Err(Failure::ShortLoad { seconds }),
        Some(_) | None => Ok(()),
    }
}

/// What is done with measurements of before.
fn kept(args: &BenchArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let Some(record) = Record::read()? else {
        progress.error("nothing was measured yet: figures.json");
        progress.hint("`cargo xtask bench --write` measures and keeps it");
        return Ok(exit_code::STALE);
    };
    if args.render {
        record.write()?;
    } else if let Some(missing) = record.missing() {
        progress.error(&format!("never measured, and so not in figures.json: {missing}"));
        progress.hint("`cargo xtask bench --write` measures everything");
        return Ok(exit_code::STALE);
    } else if !record.is_fresh()? {
        progress.error("stale: the figures of README.md");
        progress.hint("`cargo xtask bench --render` writes them from figures.json");
        return Ok(exit_code::STALE);
    }
    match args.output {
        Output::Text => print_text(&table::text(&record.figures))?,
        Output::Json => print_json(&record.to_json())?,
    }
    Ok(exit_code::OK)
}

/// Keeps what was measured, beside what was measured before on the same machine; false if that was another one.
fn keep(measured: Record, progress: &mut Progress) -> Result<bool, Failure> {
    let mut record = measured;
    let complete = record.figures.len() == FIGURES.len();
    if !complete && let Some(mut before) = Record::read()? {
        if before.machine != record.machine {
            progress.error("the figures that are kept are of another machine: figures.json");
            progress.hint("measure all of them here: `cargo xtask bench --write`");
            return Ok(false);
        }
        before.merge(&record.figures);
        record = before;
    }
    record.write()?;
    progress.done("Kept", "figures.json and the table of README.md");
    Ok(true)
}

/// The figures that are asked for.
fn asked(names: &[Family], profile: Option<Profile>) -> Vec<&'static Figure> {
    FIGURES
        .iter()
        .filter(|figure| names.is_empty() || names.contains(&figure.family))
        .filter(|figure| profile.is_none_or(|profile| figure.profile == profile))
        .collect()
}

fn measure(args: &BenchArgs, progress: &mut Progress) -> Result<Vec<Measured>, Failure> {
    let figures = asked(&args.names, args.profile);
    let mut measured = Vec::new();
    for family in [Family::Synth, Family::Crates] {
        let of_family: Vec<_> = of(&figures, |figure| figure.family == family);
        if !of_family.is_empty() {
            measured.extend(light(family, &of_family, args, progress)?);
        }
    }
    for profile in [Profile::Dev, Profile::Release] {
        let of_profile = of(&figures, |figure| {
            figure.profile == profile && measure_of(figure.family).is_some()
        });
        if !of_profile.is_empty() {
            let samples = environment::measure(
                &of_profile,
                profile,
                args.samples.unwrap_or(SAMPLES),
                args.seconds.unwrap_or(LOAD_S),
                progress,
            )?;
            measured.extend(
                of_profile
                    .iter()
                    .filter_map(|figure| environment::measured(figure, &samples)),
            );
        }
        for figure in of(&figures, |figure| {
            figure.profile == profile && figure.family == Family::Interpreter
        }) {
            let samples = interpreter::measure(profile, args.samples.unwrap_or(SAMPLES), progress)?;
            measured.extend(Measured::of(figure, &samples));
        }
        for figure in of(&figures, |figure| {
            figure.profile == profile && figure.family == Family::Fuzz
        }) {
            measured.extend(Measured::of(figure, &[fuzzed::findings(progress)?]));
        }
        measured.extend(matching::measure(&figures, profile, progress)?);
        let zips = of(&figures, |figure| {
            figure.profile == profile && figure.family == Family::Zip
        });
        if !zips.is_empty() {
            measured.extend(zipped(&zips, profile, progress)?);
        }
    }
    // As they are shown everywhere, whatever was measured first.
    measured.sort_by_key(|measured| FIGURES.iter().position(|figure| figure == measured.figure));
    Ok(measured)
}

fn of(figures: &[&'static Figure], wanted: impl Fn(&Figure) -> bool) -> Vec<&'static Figure> {
    figures.iter().copied().filter(|figure| wanted(figure)).collect()
}

/// What this very program tells.
fn light(
    family: Family,
    figures: &[&'static Figure],
    args: &BenchArgs,
    progress: &mut Progress,
) -> Result<Vec<Measured>, Failure> {
    if family == Family::Crates {
        let count = synth::crates()?;
        return Ok(figures
            .iter()
            .filter_map(|figure| Measured::of(figure, &[count]))
            .collect());
    }
    if synth::profile() != Profile::Dev {
        progress.warning(
            "not measured: `synth` is a figure of the dev profile, and this program has another one",
        );
        return Ok(Vec::new());
    }
    progress.doing("synthesising");
    let samples = synth::measure(args.samples.unwrap_or(SAMPLES))?;
    let peer = args
        .peers
        .then(|| peer::CdkSynth::install(progress)?.measure(progress))
        .transpose()?;
    progress.pause();
    let measured = figures.iter().filter_map(|figure| {
        let in_time = figure.unit == figure::Unit::Ms;
        let own = if in_time {
            &samples.wall_ms
        } else {
            &samples.peak_bytes
        };
        let measured = Measured::of(figure, own)?;
        let Some(peer) = &peer else {
            return Some(measured);
        };
        let value = if in_time { peer.wall_ms } else { peer.peak_bytes };
        Some(measured.beside(peer::NAME, value))
    });
    Ok(measured.collect())
}

fn zipped(
    figures: &[&'static Figure],
    profile: Profile,
    progress: &mut Progress,
) -> Result<Vec<Measured>, Failure> {
    let programs = cargo::build_functions(profile)?;
    progress.doing("packaging the functions");
    let folder = repository::target_folder()?.join("bench").join(profile.name());
    let artifacts = package::artifacts(&programs, &folder)?;
    progress.pause();
    let measured = figures.iter().filter_map(|figure| {
        let of_function = artifacts
            .iter()
            .find(|artifact| Some(artifact.function) == figure.function)?;
        // A zip is far below 2^32 bytes.
        let bytes = u32::try_from(of_function.bytes).ok()?;
        Measured::of(figure, &[bytes.into()])
    });
    Ok(measured.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[Family], profile: Option<Profile>, expected: &[&str]) {
        let found: Vec<_> = asked(names, profile).iter().map(|figure| figure.name).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_asked_for() {
        assert_eq!(asked(&[], None).len(), FIGURES.len());
        check(&[Family::Synth], None, &["synth", "synth-memory"]);
        check(&[Family::Throughput], None, &["throughput", "throughput"]);
        check(
            &[Family::Throughput, Family::Ready],
            Some(Profile::Dev),
            &["ready", "throughput"],
        );
        check(&[Family::Ready], Some(Profile::Release), &[]);
    }
}
