//! `figures.json`, the measurements that are kept, and the table of the README that is generated from it.

use std::{fs, io, path::PathBuf, thread};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    figure::{FIGURES, Figure},
    measured::{Measured, Unfit},
    table,
};
use crate::{failure::Failure, repository};

/// Where the measurements are kept, below the repository's root.
pub(crate) const FIGURES_FILE: &str = "figures.json";

/// Where their table stands.
pub(crate) const README_FILE: &str = "README.md";

const BEGIN: &str = "<!-- bench:begin -->\n";
const END: &str = "<!-- bench:end -->";

/// Where something was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Machine {
    cores: usize,
    architecture: String,
}

/// What was measured there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) machine: Machine,
    /// In the order of [`FIGURES`].
    pub(super) figures: Vec<Measured>,
}

/// Why a text is no record.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("not JSON of a record")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Figure(#[from] Unfit),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    machine: Machine,
    figures: Vec<Value>,
}

impl Machine {
    pub(super) fn this() -> Self {
        Self {
            cores: thread::available_parallelism().map_or(1, Into::into),
            architecture: std::env::consts::ARCH.to_owned(),
        }
    }
}

impl Record {
    pub(super) const fn new(machine: Machine, figures: Vec<Measured>) -> Self {
        Self { machine, figures }
    }

    /// What is kept; nothing when nothing is.
    pub(super) fn read() -> Result<Option<Self>, Failure> {
        let path = figures_path();
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|source| Failure::Read {
                path: path.clone(),
                source,
            })?,
        };
        let record = Self::parse(&text).map_err(|error| Failure::Read {
            path,
            source: io::Error::other(error),
        })?;
        Ok(Some(record))
    }

    fn parse(text: &str) -> Result<Self, Unreadable> {
        let wire: Wire = serde_json::from_str(text)?;
        let figures = wire.figures.iter().map(Measured::from_json);
        Ok(Self {
            machine: wire.machine,
            figures: figures.collect::<Result<_, _>>()?,
        })
    }

    /// The newer measurements in the place of the older ones. A peer that was not asked again keeps its value.
    pub(super) fn merge(&mut self, newer: &[Measured]) {
        let mut older = std::mem::take(&mut self.figures);
        self.figures = FIGURES
            .iter()
            .filter_map(|figure| {
                let of = |measured: &&Measured| measured.figure == figure;
                let before = older.iter().position(|measured| of(&measured));
                let before = before.map(|at| older.swap_remove(at));
                let Some(now) = newer.iter().find(of) else {
                    return before;
                };
                let mut now = now.clone();
                now.peer = now.peer.or_else(|| before.and_then(|before| before.peer));
                Some(now)
            })
            .collect();
    }

    pub(super) fn to_json(&self) -> Value {
        let figures: Vec<_> = self.figures.iter().map(Measured::to_json).collect();
        json!({ "machine": self.machine, "figures": figures })
    }

    /// Writes `figures.json` and the README's table.
    pub(super) fn write(&self) -> Result<(), Failure> {
        let readme = readme()?;
        let path = readme_path();
        let text = self.placed_in(&readme).ok_or_else(|| Failure::Read {
            path: path.clone(),
            source: io::Error::other(format!("no lines {} and {END}", BEGIN.trim_end())),
        })?;
        let record = format!("{:#}\n", self.to_json());
        for (path, text) in [(figures_path(), record), (path, text)] {
            fs::write(&path, text).map_err(|source| Failure::Write { path, source })?;
        }
        Ok(())
    }

    /// The figures that are not in it.
    pub(super) fn missing(&self) -> Option<String> {
        let is_here = |figure: &&Figure| self.figures.iter().any(|measured| measured.figure == *figure);
        let missing = FIGURES.iter().filter(|figure| !is_here(figure));
        let names: Vec<_> = missing
            .map(|figure| format!("{} ({})", figure.name, figure.profile.name()))
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// Whether `figures.json` and the README are what would be written.
    pub(super) fn is_fresh(&self) -> Result<bool, Failure> {
        let readme = readme()?;
        let path = figures_path();
        let kept = fs::read_to_string(&path).map_err(|source| Failure::Read { path, source })?;
        Ok(self.is_in(&kept, &readme))
    }

    fn is_in(&self, kept: &str, readme: &str) -> bool {
        // By content: in which order the fields are written is a feature of a dependency.
        let same = serde_json::from_str(kept).is_ok_and(|kept: Value| kept == self.to_json());
        same && self.placed_in(readme).is_some_and(|text| text == readme)
    }

    /// The README with this table between its marks; nothing when they are not there.
    fn placed_in(&self, readme: &str) -> Option<String> {
        let (before, rest) = readme.split_once(BEGIN)?;
        let (_, after) = rest.split_once(END)?;
        let Machine { cores, architecture } = &self.machine;
        let table = table::markdown(&self.figures);
        Some(format!(
            "{before}{BEGIN}On {cores} cores ({architecture}), medians where nothing else is said:\n\n{table}{END}{after}"
        ))
    }
}

/// Whether a README has the table of these measurements.
pub(crate) fn is_fresh(figures: &str, readme: &str) -> bool {
    Record::parse(figures).is_ok_and(|record| record.missing().is_none() && record.is_in(figures, readme))
}

fn figures_path() -> PathBuf {
    repository::root().join(FIGURES_FILE)
}

fn readme_path() -> PathBuf {
    repository::root().join(README_FILE)
}

fn readme() -> Result<String, Failure> {
    let path = readme_path();
    fs::read_to_string(&path).map_err(|source| Failure::Read { path, source })
}

#[cfg(test)]
mod tests {
    use super::{super::fixture::measured, *};

    fn record() -> Record {
        let machine = Machine {
            cores: 2,
            architecture: "x86_64".to_owned(),
        };
        Record::new(machine, measured())
    }

    #[test]
    fn the_readme_is_generated() {
        let record = Record::read()
            .unwrap()
            .expect("`cargo xtask bench --write` writes it");
        assert!(record.is_fresh().unwrap(), "run `cargo xtask bench --render`");
    }

    #[test]
    fn a_stale_table_is_seen() {
        let record = record();
        let kept = record.to_json().to_string();
        let readme = record.placed_in(&format!("{BEGIN}{END}")).unwrap();
        assert!(record.is_in(&kept, &readme));
        assert!(!record.is_in(&kept, &readme.replace("6.0 ms", "5.0 ms")));
        assert!(!record.is_in(&kept, "no marks"));
        // As after a change of a limit: what is kept says the older one.
        assert!(!record.is_in(&kept.replace("\"atMostMs\":30", "\"atMostMs\":50"), &readme));
        assert!(!record.is_in("{", &readme));
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let text = record().to_json().to_string();
        assert_eq!(Record::parse(&text).unwrap(), record());
        for broken in [
            "",
            "{}",
            r#"{"machine":{"cores":2,"architecture":"x"},"figures":[{}]}"#,
        ] {
            assert!(Record::parse(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let readme = format!("# before\n{BEGIN}old\n{END}\nafter {END}\n");
        let written = record().placed_in(&readme).unwrap();
        assert!(written.starts_with(&format!("# before\n{BEGIN}On 2 cores")));
        assert!(written.ends_with(&format!("|\n{END}\nafter {END}\n")));
        assert_eq!(record().placed_in(&written), Some(written));
        assert_eq!(record().placed_in("# no marks\n"), None);
    }

    #[test]
    fn newer_measurements_take_the_place_of_older_ones() {
        let mut kept = record();
        let again = Measured::of(kept.figures[0].figure, &[9.0]).unwrap();
        let another = Measured::of(FIGURES.last().unwrap(), &[4e6]).unwrap();
        kept.merge(&[another.clone(), again]);
        assert_eq!(kept.figures.len(), measured().len());
        assert_eq!(kept.figures[0].summary.samples, 1);
        assert_eq!(kept.figures[0].peer, measured()[0].peer);
        assert_eq!(kept.figures[1], measured()[1]);
        assert_eq!(kept.figures.last(), Some(&another));
    }
}
