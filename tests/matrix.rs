//! The bad input matrix: what a person, a provider or a definition may get wrong, as data, one line a case.
//!
//! A file of lines (`matrix/*.jsonl`) has its runner beside it. A runner tries every line and tells of *all* that do not
//! behave as they say. How a line says which bytes are tried is in [`case`].

mod case;
mod commands;
mod definitions;
mod environments;
mod executions;
mod orders;
mod program;
mod replies;
mod reply;

/// What the matrix has at least, all files together.
const LEAST_LINES: usize = 150;

#[test]
fn the_matrix_has_its_lines() {
    let lines = [
        orders::lines().len(),
        environments::lines().len(),
        commands::lines().len(),
        replies::lines().len(),
        definitions::lines().len(),
        executions::lines().len(),
    ];
    let total: usize = lines.iter().sum();
    assert!(total >= LEAST_LINES, "{total} lines: {lines:?}");
    assert!(
        lines.iter().all(|&lines| lines >= 10),
        "a file lost its lines: {lines:?}"
    );
}
