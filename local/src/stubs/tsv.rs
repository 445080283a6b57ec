//! Tables of the stand-ins' data: a line is a row, tabs stand between its fields, and `#` begins a comment.

/// The rows of a table, each of `N` fields.
pub(super) fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}
