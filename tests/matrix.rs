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
mod public_bugs;
mod replies;
mod reply;

/// What each file has at least: a line that is lost is a case that nobody tries any more.
const LEAST_LINES: [(&str, usize); 6] = [
    ("orders", 210),
    ("environments", 145),
    ("commands", 91),
    ("replies", 289),
    ("definitions", 115),
    ("executions", 25),
];

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
    for ((file, least), lines) in LEAST_LINES.into_iter().zip(lines) {
        assert!(lines >= least, "{file} lost lines: {lines} of {least}");
    }
}
