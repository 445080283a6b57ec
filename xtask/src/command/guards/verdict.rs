//! What came of breaking guards: a table for a person, one object for a machine.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use serde::Serialize;

use super::table::Guard;

/// How the tests of a broken guard ended, when one of them saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Killed {
    /// A test failed.
    Failed,
    /// The test program died.
    Died,
    /// The tests hung.
    TimedOut,
}

/// What is thought of a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Judgement {
    /// A test saw its break.
    Killed(Killed),
    /// No test saw it.
    Survived,
    /// It could not be judged: what is wrong with its line in the table.
    Defect(String),
}

/// A guard that was judged.
pub(super) struct Judged {
    pub(super) guard: Guard,
    pub(super) judgement: Judgement,
    pub(super) ms: u64,
}

/// All of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verdict {
    killed: usize,
    total: usize,
    /// Survivors whose line says why.
    explained: Vec<String>,
    survivors: Vec<String>,
    defects: Vec<String>,
    guards: Vec<Line>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    name: String,
    protects: String,
    verdict: String,
    duration_ms: u64,
}

impl Verdict {
    pub(super) fn new(judged: Vec<Judged>) -> Self {
        let mut verdict = Self {
            killed: 0,
            total: judged.len(),
            explained: Vec::new(),
            survivors: Vec::new(),
            defects: Vec::new(),
            guards: Vec::new(),
        };
        for Judged { guard, judgement, ms } in judged {
            let name = guard.name.clone();
            let word = match (&judgement, &guard.survives) {
                (Judgement::Killed(how), _) => {
                    verdict.killed += 1;
                    match how {
                        Killed::Failed => "killed".to_owned(),
                        Killed::Died => "killed: the test program died".to_owned(),
                        Killed::TimedOut => "killed: timed out".to_owned(),
                    }
                }
                (Judgement::Survived, Some(why)) => {
                    verdict.explained.push(name);
                    format!("explained: {why}")
                }
                (Judgement::Survived, None) => {
                    verdict.survivors.push(name);
                    "SURVIVED".to_owned()
                }
                (Judgement::Defect(why), _) => {
                    verdict.defects.push(format!("{name}: {why}"));
                    format!("DEFECT: {why}")
                }
            };
            verdict.guards.push(Line {
                name: guard.name,
                protects: guard.protects,
                verdict: word,
                duration_ms: ms,
            });
        }
        verdict
    }

    /// Whether every break was seen or explained.
    pub(super) fn holds(&self) -> bool {
        self.survivors.is_empty() && self.defects.is_empty()
    }

    /// For a person.
    pub(super) fn text(&self) -> String {
        let mut table = Table::new();
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
        table.set_header(["guard", "protects", "verdict", "seconds"]);
        for line in &self.guards {
            let tenths = line.duration_ms / 100;
            table.add_row([
                line.name.clone(),
                line.protects.clone(),
                line.verdict.clone(),
                format!("{}.{}", tenths / 10, tenths % 10),
            ]);
        }
        if let Some(column) = table.column_mut(3) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        format!(
            "{table}\n{} of {} killed, {} explained, {} survived, {} defects\n",
            self.killed,
            self.total,
            self.explained.len(),
            self.survivors.len(),
            self.defects.len()
        )
    }
}

/// The table of guards in Markdown, area by area.
pub(super) fn markdown(guards: &[Guard]) -> String {
    let mut guards: Vec<&Guard> = guards.iter().collect();
    guards.sort_by_key(|guard| &guard.area);
    let mut text = String::new();
    for area in guards.chunk_by(|a, b| a.area == b.area) {
        let name = area.first().map_or("", |guard| &guard.area);
        // Writing into a string cannot fail.
        let _ = write!(
            text,
            "## {name}\n\n| guard | protects | stands in | seen by |\n| --- | --- | --- | --- |\n"
        );
        for guard in area {
            let seen_by = match &guard.survives {
                Some(why) => format!("nobody: {why}"),
                None => format!("`{}` of {}", guard.test, guard.package),
            };
            let _ = writeln!(
                text,
                "| {} | {} | `{}` | {seen_by} |",
                guard.name,
                guard.protects.replace('|', "\\|"),
                guard.file.display()
            );
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::guards::table::fixture::guard;

    fn judged(name: &str, judgement: Judgement, survives: Option<&str>) -> Judged {
        let mut guard = guard(name);
        guard.survives = survives.map(str::to_owned);
        Judged {
            guard,
            judgement,
            ms: 1_250,
        }
    }

    fn verdict() -> Verdict {
        Verdict::new(vec![
            judged("a", Judgement::Killed(Killed::Failed), None),
            judged("b", Judgement::Killed(Killed::TimedOut), None),
            judged(
                "c",
                Judgement::Survived,
                Some("two guards stand behind each other"),
            ),
            judged("d", Judgement::Survived, None),
            judged("e", Judgement::Defect("no test ran".into()), None),
        ])
    }

    #[test]
    fn for_a_person() {
        insta::assert_snapshot!(verdict().text());
    }

    #[test]
    fn for_a_machine() {
        insta::assert_json_snapshot!(verdict());
    }

    #[test]
    fn as_markdown() {
        insta::assert_snapshot!(markdown(&[guard("a"), guard("b")]));
    }

    #[test]
    fn only_what_nobody_explained_breaks_it() {
        let holds = |judgement, survives| Verdict::new(vec![judged("a", judgement, survives)]).holds();
        assert!(holds(Judgement::Killed(Killed::Died), None));
        assert!(holds(Judgement::Survived, Some("why")));
        assert!(!holds(Judgement::Survived, None));
        assert!(!holds(Judgement::Defect("x".into()), Some("why")));
    }
}
