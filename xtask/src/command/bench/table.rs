//! Measured figures as a person reads them: a table on the terminal, and the one of the README.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use super::measured::Measured;

/// Columns whose numbers stand below each other.
const RIGHT: std::ops::Range<usize> = 2..7;

/// On the terminal, with a verdict on each.
pub(super) fn text(figures: &[Measured]) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_header([
        "figure",
        "profile",
        "samples",
        "measured",
        "p10 – p90",
        "limit",
        "peer",
        "",
    ]);
    for figure in figures {
        let verdict = if figure.passed() {
            "ok"
        } else if figure.counts.is_some_and(|counts| counts.failed > 0) {
            "failed"
        } else {
            "broken"
        };
        table.add_row([
            figure.figure.name.to_owned(),
            figure.figure.profile.name().to_owned(),
            figure.summary.samples.to_string(),
            value(figure),
            spread(figure),
            limit(figure),
            peer(figure),
            verdict.to_owned(),
        ]);
    }
    for column in RIGHT {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let counted = figures.iter().filter_map(|figure| {
        let counts = figure.counts?;
        Some(format!(
            "{} ({}): {} executions completed, {} failed",
            figure.figure.name,
            figure.figure.profile.name(),
            counts.completed,
            counts.failed
        ))
    });
    // A line without anything between the table and what it has no room for.
    let counted: Vec<_> = counted.collect();
    let blank = (!counted.is_empty()).then(String::new);
    lines
        .into_iter()
        .chain(blank)
        .chain(counted)
        .map(|line| line + "\n")
        .collect()
}

/// In the README, each with what it is.
pub(super) fn markdown(figures: &[Measured]) -> String {
    let mut lines = vec![
        "| figure | what | profile | measured | p10 – p90 | limit | peer |".to_owned(),
        "| --- | --- | --- | ---: | ---: | ---: | --- |".to_owned(),
    ];
    for figure in figures {
        let peer = figure.peer.as_ref().map_or_else(String::new, |of| {
            format!("{}: {}", of.name, figure.figure.unit.round_text(of.value))
        });
        let cells = [
            format!("`{}`", figure.figure.name),
            what(figure),
            figure.figure.profile.name().to_owned(),
            if figure.passed() {
                value(figure)
            } else {
                format!("**{}, broken**", value(figure))
            },
            spread(figure),
            limit(figure),
            peer,
        ];
        // A cell without anything is no two blanks.
        let row = cells.map(|cell| {
            if cell.is_empty() {
                " ".to_owned()
            } else {
                format!(" {cell} ")
            }
        });
        lines.push(format!("|{}|", row.join("|")));
    }
    lines.join("\n") + "\n"
}

/// The sentence, with the counts of what was executed.
fn what(figure: &Measured) -> String {
    let what = figure.figure.what;
    figure.counts.map_or_else(
        || what.to_owned(),
        |counts| format!("{what}: {} completed, {} failed", counts.completed, counts.failed),
    )
}

fn value(figure: &Measured) -> String {
    figure.figure.unit.text(figure.summary.value)
}

fn spread(figure: &Measured) -> String {
    let unit = figure.figure.unit;
    figure.summary.spread.map_or_else(String::new, |(low, high)| {
        // The unit is said once, at the end.
        let low = unit.text(low);
        let bare = low.split_once([' ', '/']).map_or(low.as_str(), |(bare, _)| bare);
        format!("{bare} – {}", unit.text(high))
    })
}

fn limit(figure: &Measured) -> String {
    let limit = figure.figure.limit;
    format!(
        "{} {}",
        limit.sign(),
        figure.figure.unit.round_text(limit.value())
    )
}

fn peer(figure: &Measured) -> String {
    let peer = figure.peer.as_ref();
    peer.map_or_else(String::new, |peer| figure.figure.unit.round_text(peer.value))
}

#[cfg(test)]
mod tests {
    use super::{super::fixture::measured, *};

    #[test]
    fn a_person_reads_a_table() {
        insta::assert_snapshot!(text(&measured()));
    }

    #[test]
    fn the_readme_has_the_sentences() {
        insta::assert_snapshot!(markdown(&measured()));
    }
}
