//! `generated-file`: what a program wrote is what it would write today.
//!
//! A manual or a table that somebody forgot to write again is believed all the same.

use stack::{Finding, manual};

use super::{Tree, finding};
use crate::command::bench::record::{self, FIGURES_FILE, README_FILE};

pub(crate) const RULE: &str = "generated-file";

/// A file that is generated, whole or in part.
struct Generated {
    path: &'static str,
    /// Nothing if a file is missing.
    is_fresh: fn(&Tree) -> Option<bool>,
    cure: &'static str,
}

const GENERATED: [Generated; 2] = [
    Generated {
        path: manual::PATH,
        is_fresh: |tree| Some(tree.text(manual::PATH)? == manual::manual()),
        cure: "`cargo xtask rules --write` writes it from the comments of the rules' files",
    },
    Generated {
        path: README_FILE,
        is_fresh: |tree| {
            Some(record::is_fresh(
                tree.text(FIGURES_FILE)?,
                tree.text(README_FILE)?,
            ))
        },
        cure: "`cargo xtask bench --render` writes its table from figures.json",
    },
];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for generated in &GENERATED {
        let message = match (generated.is_fresh)(tree) {
            Some(true) => continue,
            Some(false) => "a generated file is stale",
            None => "a generated file is missing, or what it is generated from",
        };
        findings.push(finding(RULE, generated.path, message, generated.cure));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../figures.json");

    #[test]
    fn what_was_changed_by_hand_is_found() {
        let (readme, figures) = (
            std::fs::read_to_string(TABLE).unwrap(),
            std::fs::read_to_string(RECORD).unwrap(),
        );
        let manual = manual::manual();
        let tree = |manual, readme| {
            [
                (manual::PATH, manual),
                (README_FILE, readme),
                (FIGURES_FILE, figures.as_str()),
            ]
        };
        found(check, &tree(&manual, &readme), &[]);
        found(
            check,
            &tree(
                &manual.replace("Why", "Because"),
                &readme.replace("≤ 30 ms", "≤ 31 ms"),
            ),
            &[
                "RULES.md: a generated file is stale",
                "README.md: a generated file is stale",
            ],
        );
    }

    #[test]
    fn what_is_not_there_is_told() {
        let missing = "a generated file is missing, or what it is generated from";
        found(
            check,
            &[],
            &[&format!("RULES.md: {missing}"), &format!("README.md: {missing}")],
        );
    }
}
