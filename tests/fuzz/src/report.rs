//! What came of a run: a table and its findings for a person, one object for a machine.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use serde::Serialize;

use crate::{Finding, Parser, child::Figures};

/// A whole run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The seed of every parser.
    pub seed: u64,
    /// How long each parser was fed.
    pub seconds: u64,
    /// Inputs over all parsers.
    pub inputs: u64,
    /// Findings over all parsers.
    pub findings: usize,
    /// Each parser.
    pub parsers: Vec<Fuzzed>,
}

/// One parser's campaign.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fuzzed {
    /// Which parser.
    pub parser: &'static str,
    /// What it did.
    #[serde(flatten)]
    pub figures: Figures,
    /// What it may not do and did.
    pub findings: Vec<Finding>,
}

/// A parser, as it is listed for a machine.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Its name.
    pub name: &'static str,
    /// What it reads.
    pub reads: &'static str,
}

impl Listed {
    /// Every parser.
    pub fn all(parsers: impl Iterator<Item = &'static Parser>) -> Vec<Self> {
        parsers
            .map(|parser| Self {
                name: parser.name,
                reads: parser.reads,
            })
            .collect()
    }
}

impl Report {
    /// Adds up.
    #[must_use]
    pub fn new(seed: u64, seconds: u64, parsers: Vec<Fuzzed>) -> Self {
        Self {
            seed,
            seconds,
            inputs: parsers.iter().map(|fuzzed| fuzzed.figures.inputs).sum(),
            findings: parsers.iter().map(|fuzzed| fuzzed.findings.len()).sum(),
            parsers,
        }
    }

    /// For a person.
    #[must_use]
    pub fn text(&self) -> String {
        let mut table = table(["parser", "inputs", "slowest", "memory", "findings"]);
        for fuzzed in &self.parsers {
            let Figures {
                inputs,
                slowest_us,
                peak_bytes,
            } = fuzzed.figures;
            table.add_row([
                fuzzed.parser.to_owned(),
                inputs.to_string(),
                format!("{}.{} ms", slowest_us / 1_000, slowest_us % 1_000 / 100),
                format!("{} MB", peak_bytes / 1_000_000),
                fuzzed.findings.len().to_string(),
            ]);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut text = format!("{table}\n");
        for finding in self.parsers.iter().flat_map(|fuzzed| &fuzzed.findings) {
            text.push('\n');
            text.push_str(&tell(finding));
        }
        text
    }
}

fn tell(finding: &Finding) -> String {
    let Finding {
        parser,
        kind,
        message,
        place,
        seed,
        input,
        shortest,
        file,
    } = finding;
    let place = place
        .as_ref()
        .map(|place| format!(" at {place}"))
        .unwrap_or_default();
    let file = file
        .as_ref()
        .map(|file| format!("  file      {}\n", file.display()))
        .unwrap_or_default();
    let kind = kind.name();
    format!(
        "{parser}: {kind}: {message}{place}\n  shortest  {shortest}\n{file}  repeats   seed {seed}, input {input}\n"
    )
}

/// Every parser and what it reads.
#[must_use]
pub fn list<'p>(parsers: impl IntoIterator<Item = &'p Parser>) -> String {
    let mut table = table(["parser", "reads"]);
    for parser in parsers {
        table.add_row([parser.name, parser.reads]);
    }
    format!("{table}\n")
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_header(header);
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn a_finding_says_what_repeats_it() {
        let finding = Finding {
            parser: "order".into(),
            kind: Kind::Panic,
            message: "index out of bounds".into(),
            place: Some("a.rs:1:2".into()),
            seed: 3,
            input: 4,
            shortest: "{".into(),
            file: Some("target/fuzz/order-4.input".into()),
        };
        let report = Report::new(
            3,
            5,
            vec![Fuzzed {
                parser: "order",
                figures: Figures {
                    inputs: 9,
                    slowest_us: 1_250,
                    peak_bytes: 7_000_000,
                },
                findings: vec![finding],
            }],
        );
        let text = report.text();
        assert!(
            text.contains("order: panic: index out of bounds at a.rs:1:2"),
            "{text}"
        );
        assert!(text.contains("1.2 ms") && text.contains("7 MB"), "{text}");
        assert!(
            text.contains("seed 3, input 4") && text.contains("order-4.input"),
            "{text}"
        );
        assert_eq!((report.inputs, report.findings), (9, 1));
    }
}
