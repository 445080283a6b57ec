//! Measured figures: their value among the samples, their JSON, and their row in the README's table.

use serde_json::{Value, json};

use super::figure::{self, Figure, Limit};

const BEGIN: &str = "<!-- bench:begin -->\n";
const END: &str = "<!-- bench:end -->";
const HEAD: &str = "| figure | what | profile | measured | p10 – p90 | limit | peer |\n\
                    | --- | --- | --- | ---: | ---: | ---: | --- |\n";

/// Where the peer stands in a row that is split at its bars.
const PEER: usize = 7;

/// One figure, measured.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    pub(super) figure: Figure,
    samples: Vec<f64>,
    value: f64,
    /// A program that does the same, with its version and its median.
    peer: Option<(&'static str, f64)>,
}

impl Measured {
    /// Nothing without samples.
    pub(super) fn new(
        figure: Figure,
        mut samples: Vec<f64>,
        peer: Option<(&'static str, f64)>,
    ) -> Option<Self> {
        samples.sort_by(f64::total_cmp);
        let value = percentile(&samples, figure.percentile)?;
        Some(Self { figure, samples, value, peer })
    }

    pub(super) fn passed(&self) -> bool {
        self.figure.limit.keeps(self.value)
    }

    pub(super) fn to_json(&self) -> Value {
        let Figure { unit, limit, .. } = self.figure;
        let key = |what: &str| format!("{what}{}", unit.suffix());
        let (sign, limit) = match limit {
            Limit::AtMost(limit) => ("atMost", limit),
            Limit::AtLeast(limit) => ("atLeast", limit),
        };
        let statistic = if self.figure.percentile == 50 { "median" } else { "p99" };
        let mut json = json!({
            "name": self.figure.name,
            "profile": self.figure.profile.name(),
            "what": self.figure.what,
            "samples": self.samples.len(),
            key(statistic): self.value,
            key("p10"): percentile(&self.samples, 10),
            key("p90"): percentile(&self.samples, 90),
            key(sign): limit,
            "passed": self.passed(),
        });
        if let (Some((name, value)), Some(fields)) = (self.peer, json.as_object_mut()) {
            fields.insert("peer".to_owned(), json!({ "name": name, key("median"): value }));
        }
        json
    }

    /// The line of the README's table.
    fn row(&self) -> String {
        let unit = self.figure.unit;
        // The spread is that of the median's samples: beside another percentile it would mislead.
        let spread = match self.samples.as_slice() {
            [] | [_] => String::new(),
            _ if self.figure.percentile != 50 => String::new(),
            samples => [10, 90]
                .map(|of| percentile(samples, of).map_or_else(String::new, |value| unit.text(value)))
                .join(" – "),
        };
        let verdict = if self.passed() { "" } else { " **over its limit**" };
        let peer =
            self.peer.map_or_else(String::new, |(name, value)| format!("{name}: {}", unit.text(value)));
        format!(
            "{}{}{verdict} | {spread} | {} | {peer} |\n",
            start(&self.figure),
            unit.text(self.value),
            self.figure.limit.text(unit),
        )
    }
}

fn start(figure: &Figure) -> String {
    format!("| `{}` | {} | {} | ", figure.name, figure.what, figure.profile.name())
}

/// The smallest sample that `percent` of 100 do not exceed (nearest rank).
pub(super) fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

/// For a person.
pub(super) fn text(figures: &[Measured]) -> String {
    let rows: String = figures.iter().map(Measured::row).collect();
    format!("{HEAD}{rows}")
}

/// The README with these rows in the place of their older ones. A peer that was not measured again keeps its value.
/// Nothing when the README has no place for the table.
pub(super) fn written(readme: &str, measured: &[Measured]) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    let rows = figure::all().into_iter().filter_map(|figure| {
        let start = start(&figure);
        let old = table.lines().find(|line| line.starts_with(&start));
        let Some(new) = measured.iter().find(|measured| measured.figure == figure) else {
            return old.map(|line| format!("{line}\n"));
        };
        let peer = old.and_then(|line| line.split('|').nth(PEER)).map(str::trim);
        match (new.peer, peer) {
            (None, Some(peer)) => Some(new.row().replace("|  |\n", &format!("| {peer} |\n"))),
            _ => Some(new.row()),
        }
    });
    let rows: String = rows.collect();
    Some(format!("{before}{BEGIN}{HEAD}{rows}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str) -> Figure {
        figure::all().into_iter().find(|figure| figure.name == name).unwrap()
    }

    fn measured(name: &str, samples: &[f64], peer: Option<(&'static str, f64)>) -> Measured {
        Measured::new(figure(name), samples.to_vec(), peer).unwrap()
    }

    #[test]
    fn the_value_is_the_percentile_and_keeps_to_the_limit() {
        let hundred: Vec<_> = (1..=100).rev().map(f64::from).collect();
        assert!(!measured("overhead", &hundred, None).passed());
        assert!(measured("ready", &hundred, None).passed());
        assert_eq!(measured("ready", &hundred, None).to_json()["medianMs"], 50.0);
        assert_eq!(measured("overhead-p99", &hundred, None).to_json()["p99Ms"], 99.0);
        assert!(measured("throughput", &[60.0], None).passed());
        assert!(!measured("throughput", &[59.9], None).passed());
        assert_eq!(Measured::new(figure("ready"), Vec::new(), None), None);
    }

    #[test]
    fn a_machine_reads_units() {
        insta::assert_json_snapshot!(
            measured("synth", &[6.0, 5.5, 7.5], Some(("cdk synth", 1_300.0))).to_json()
        );
    }

    #[test]
    fn only_measured_rows_of_the_readme_change() {
        let empty = format!("before {BEGIN}{END} after");
        let first = [
            measured("synth", &[6.0, 5.5, 7.5], Some(("cdk synth", 1_300.0))),
            measured("overhead", &[13.0, 12.5], None),
        ];
        let readme = written(&empty, &first).unwrap();
        insta::assert_snapshot!(readme);
        let again =
            written(&readme, &[measured("synth", &[8.0], None), measured("overhead", &[13.0, 12.5], None)]);
        let again = again.unwrap();
        assert_eq!(again, readme.replace("6.0 ms | 5.5 ms – 7.5 ms", "8.0 ms | "));
        assert_eq!(written("no place", &first), None);
    }

    /// Also after a change of a figure's limit or sentence: then it is measured again.
    #[test]
    fn the_readme_has_every_figure() {
        let readme = include_str!("../../../../README.md");
        for figure in figure::all() {
            let row = readme.lines().find(|line| line.starts_with(&start(&figure)));
            let row = row.unwrap_or_else(|| panic!("`cargo xtask bench --write` writes it: {}", figure.name));
            assert_eq!(row.split('|').count(), 9, "not seven cells: {row}");
            let limit = row.split('|').nth(PEER - 1).map(str::trim);
            assert_eq!(limit, Some(figure.limit.text(figure.unit).as_str()), "another limit: {row}");
        }
    }
}
