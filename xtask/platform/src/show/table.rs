//! Tables for people: titles over columns, and no lines around them.

use comfy_table::{CellAlignment, ContentLineStyle, LineStyle, Table, TableStyle};

/// The rows of a table with these titles, of which those of the columns `figures` stand to the right.
pub fn table<const N: usize>(
    titles: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    figures: std::ops::Range<usize>,
) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(
        TableStyle::new()
            .header_lines(ContentLineStyle::none().junction(' '))
            .header_separator(LineStyle::none().fill('─').junction('─'))
            .content_lines(ContentLineStyle::none().junction(' ')),
    );
    table.set_header(titles);
    table.add_rows(rows);
    for column in figures {
        if let Some(figure) = table.column_mut(column) {
            figure.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|row| format!(" {}", row.trim_end())).collect()
}
