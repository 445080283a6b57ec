//! cargo xtask timings

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Args;
use serde::{Deserialize, Serialize};
use target::{
    exit_code,
    handover::Output,
    progress::{Progress, duration, elapsed_ms},
};

use super::{print_json, print_text};
use crate::{cargo, failure::Failure, repository};

/// Where `--write` puts the table, below the repository's root.
const FILE: &str = "COMPILE_TIMES.md";

/// How many crates the table names.
const NAMED: usize = 20;

/// Builds the workspace from nothing and tells how long each crate took.
///
/// `cargo build --timings` measures, in a folder of its own; this reads what it wrote and adds up each crate's units. It
/// takes as long as a first build does.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask timings            the slowest crates, and the sum
  cargo xtask timings --write    the same, also to COMPILE_TIMES.md")]
pub(crate) struct TimingsArgs {
    /// Writes the table to `COMPILE_TIMES.md`, too.
    #[arg(long)]
    write: bool,
    /// Builds nothing: reads the page that `cargo build --timings` wrote, target/cargo-timings/cargo-timing.html.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// One unit that cargo built, as its report has it.
#[derive(Deserialize)]
struct Unit {
    name: String,
    version: String,
    start: f64,
    duration: f64,
}

/// What a build took.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Timings {
    /// From the first unit's start to the last one's end.
    wall_ms: u64,
    /// The sum of all units, which is about the time on all cores.
    units_ms: u64,
    /// The slowest first.
    crates: Vec<Crate>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Crate {
    name: String,
    version: String,
    duration_ms: u64,
}

pub(crate) fn run(args: &TimingsArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let page = match &args.report {
        Some(page) => read(page)?,
        None => build(progress)?,
    };
    let timings = Timings::of(units(&page)?);
    if args.write {
        let path = repository::root().join(FILE);
        let notes = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, markdown(&timings) + notes_of(&notes))
            .map_err(|source| Failure::Write { path, source })?;
    }
    match args.output {
        Output::Text => print_text(&table(&timings))?,
        Output::Json => print_json(&timings)?,
    }
    Ok(exit_code::OK)
}

/// Builds everything and gives cargo's page about it.
fn build(progress: &mut Progress) -> Result<String, Failure> {
    let folder = repository::target_folder()?.join("timings");
    remove(&folder)?;
    let start = Instant::now();
    let path = folder.display().to_string();
    let asked = [
        "--workspace",
        "--all-targets",
        "--locked",
        "--timings",
        "--target-dir",
        &path,
    ];
    if !cargo::succeeds(&[&["build"], &asked[..]].concat())? {
        return Err(Failure::Build);
    }
    progress.done(
        "Built",
        &format!("the workspace from nothing in {}", duration(elapsed_ms(start))),
    );
    let page = read(&folder.join("cargo-timings").join("cargo-timing.html"))?;
    // Some gigabytes that nobody asks for again.
    remove(&folder)?;
    Ok(page)
}

fn read(page: &Path) -> Result<String, Failure> {
    fs::read_to_string(page).map_err(|source| Failure::Read {
        path: page.to_path_buf(),
        source,
    })
}

fn remove(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::Write {
            path: PathBuf::from(folder),
            source: error,
        }),
        _ => Ok(()),
    }
}

/// The units in cargo's page: the JSON that its script begins with.
fn units(html: &str) -> Result<Vec<Unit>, Failure> {
    let (_, json) = html.split_once("const UNIT_DATA =").unwrap_or_default();
    let mut values = serde_json::Deserializer::from_str(json).into_iter();
    let unreadable = |source| Failure::Unreadable {
        program: "cargo build --timings",
        source,
    };
    values
        .next()
        .unwrap_or_else(|| Err(serde::de::Error::custom("it has no UNIT_DATA")))
        .map_err(unreadable)
}

impl Timings {
    fn of(units: Vec<Unit>) -> Self {
        let ends = units.iter().map(|unit| unit.start + unit.duration);
        let wall_ms = milliseconds(ends.fold(0.0, f64::max));
        let mut crates: BTreeMap<(String, String), f64> = BTreeMap::new();
        for unit in units {
            *crates.entry((unit.name, unit.version)).or_default() += unit.duration;
        }
        let mut crates: Vec<_> = crates
            .into_iter()
            .map(|((name, version), seconds)| Crate {
                name,
                version,
                duration_ms: milliseconds(seconds),
            })
            .collect();
        crates.sort_by_key(|one| std::cmp::Reverse(one.duration_ms));
        Self {
            wall_ms,
            units_ms: crates.iter().map(|one| one.duration_ms).sum(),
            crates,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cargo's durations are not negative, and a cast that does not fit saturates"
)]
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1_000.0).round() as u64
}

/// The rows of both tables: what, and how long in seconds.
fn rows(timings: &Timings) -> Vec<(String, String)> {
    let seconds = |ms: u64| format!("{}.{}", ms / 1_000, ms % 1_000 / 100);
    let named = timings.crates.iter().take(NAMED);
    let mut rows: Vec<_> = named
        .map(|one| (format!("{} {}", one.name, one.version), seconds(one.duration_ms)))
        .collect();
    let rest = timings.crates.get(NAMED..).unwrap_or_default();
    if !rest.is_empty() {
        let sum = rest.iter().map(|one| one.duration_ms).sum();
        rows.push((format!("{} more", rest.len()), seconds(sum)));
    }
    rows.push((
        format!("all {} crates", timings.crates.len()),
        seconds(timings.units_ms),
    ));
    rows.push(("from the first to the last".to_owned(), seconds(timings.wall_ms)));
    rows
}

fn table(timings: &Timings) -> String {
    let mut text = String::new();
    for (what, seconds) in rows(timings) {
        let _never_fails = writeln!(text, "{what:<40} {seconds:>8} s");
    }
    text
}

/// What people wrote below the table: from the first heading of the second level on.
fn notes_of(text: &str) -> &str {
    text.find("\n## ")
        .and_then(|at| text.get(at..))
        .unwrap_or_default()
}

fn markdown(timings: &Timings) -> String {
    let mut text = "\
# Compile times

A first build of the workspace and its tests in the dev profile, by crate: `cargo xtask timings --write` measured it. A crate's time is
the sum of its units, waiting for a core included.

| crate | seconds |
| --- | ---: |
"
    .to_owned();
    for (what, seconds) in rows(timings) {
        let _never_fails = writeln!(text, "| {what} | {seconds} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<script>
const UNIT_DATA = [
  { "i": 0, "name": "serde", "version": "1.0.0", "mode": "todo", "target": "", "features": ["std"], "start": 0.1,
    "duration": 1.26, "unblocked_units": [1], "unblocked_rmeta_units": [], "sections": null },
  { "i": 1, "name": "serde", "version": "1.0.0", "mode": "run", "target": " build script", "features": [],
    "start": 0.2, "duration": 0.5, "unblocked_units": [], "unblocked_rmeta_units": [], "sections": null },
  { "i": 2, "name": "asl", "version": "0.1.0", "mode": "todo", "target": "", "features": [], "start": 2,
    "duration": 2, "unblocked_units": [], "unblocked_rmeta_units": [], "sections": null }
];
const CONCURRENCY_DATA = [];
</script>"#;

    #[test]
    fn a_crate_s_units_are_added_up() {
        let timings = Timings::of(units(PAGE).unwrap());
        insta::assert_snapshot!(table(&timings), @r"
        asl 0.1.0                                     2.0 s
        serde 1.0.0                                   1.7 s
        all 2 crates                                  3.7 s
        from the first to the last                    4.0 s
        ");
        assert!(markdown(&timings).ends_with("| asl 0.1.0 | 2.0 |\n| serde 1.0.0 | 1.7 |\n| all 2 crates | 3.7 |\n| from the first to the last | 4.0 |\n"));
    }

    #[test]
    fn what_people_wrote_below_the_table_stays() {
        assert_eq!(
            notes_of("# Compile times\n\n| a | 1 |\n\n## Choices\n\ntext\n"),
            "\n## Choices\n\ntext\n"
        );
        assert_eq!(notes_of("# Compile times\n"), "");
    }

    #[test]
    fn many_crates_are_cut_and_their_rest_is_told() {
        let unit = |number: u32| Unit {
            name: format!("c{number}"),
            version: "1.0.0".to_owned(),
            start: f64::from(number),
            duration: 1.0,
        };
        let timings = Timings::of((0..23).map(unit).collect());
        let rows = rows(&timings);
        assert_eq!(rows.len(), NAMED + 3);
        assert_eq!(rows[NAMED], ("3 more".to_owned(), "3.0".to_owned()));
    }

    #[test]
    fn a_page_without_units_is_told() {
        for page in ["", "const UNIT_DATA = nonsense", "const UNIT_DATA = [{}];"] {
            assert!(matches!(units(page), Err(Failure::Unreadable { .. })), "{page}");
        }
    }
}
