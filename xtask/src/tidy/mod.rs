//! The invariants of ARCHITECTURE.md that no tool of the field can judge. Each rule reads the tree and adds what it finds.

mod crates;
mod files;
mod sources;
mod words;

use alarms::page;
use stack::{Finding, Severity, manual};

pub(crate) use files::Tree;

/// The rule about files that a program writes.
pub(crate) const GENERATED: &str = "generated-file";

/// Adds what it finds.
type Rule = fn(&Tree, &mut Vec<Finding>);

const RULES: [Rule; 7] = [
    crates::check,
    words::formats,
    words::spelled_once,
    sources::headers,
    sources::pure,
    generated,
    subjects,
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        rule(tree, &mut findings);
    }
    findings
}

fn finding(rule: &'static str, path: impl Into<String>, message: impl Into<String>, hint: &str) -> Finding {
    Finding {
        rule,
        severity: Severity::Error,
        path: path.into(),
        message: message.into(),
        hint: Some(hint.to_owned()),
    }
}

/// `generated-file`: what its generator writes today.
fn generated(tree: &Tree, findings: &mut Vec<Finding>) {
    for (path, text, hint) in [
        (
            manual::PATH,
            manual::manual(),
            "`cargo xtask rules --write` writes it from the comments of the rules' files",
        ),
        (page::PATH, page::page(), "`cargo xtask alarms metrics --write` writes it"),
    ] {
        if tree.text(path) != Some(&text) {
            findings.push(finding(GENERATED, path, "a generated file is stale or missing", hint));
        }
    }
}

/// `stale-subject`: every file, folder and crate that a rule names exists. A rule about a file that has moved holds nothing.
fn subjects(tree: &Tree, findings: &mut Vec<Finding>) {
    let folders = words::folders().chain(sources::PURE);
    let folders = folders.filter(|subject| !tree.files().any(|(path, _)| path.starts_with(subject)));
    let packages = crates::packages().filter(|package| {
        let line = format!("\nname = \"{package}\"\n");
        let mut manifests = tree.files().filter(|(path, _)| path.ends_with("Cargo.toml"));
        !manifests.any(|(_, text)| text.contains(&line))
    });
    findings.extend(folders.chain(packages).map(|subject| {
        let message = format!("the subject of a rule does not exist: {subject}");
        let hint = "name its new place in `xtask/src/tidy`, or remove it there";
        finding("stale-subject", "xtask/src/tidy", message, hint)
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository;

    /// What one rule finds in a tree of these files, as `path: message`.
    #[track_caller]
    pub(super) fn found(rule: Rule, files: &[(&str, &str)], expected: &[&str]) {
        let mut findings = Vec::new();
        rule(&Tree::of(files), &mut findings);
        let messages = findings.iter().map(|finding| format!("{}: {}", finding.path, finding.message));
        assert_eq!(messages.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn this_repository_keeps_its_invariants() {
        let findings = check(&Tree::read(repository::root()).unwrap());
        assert!(findings.is_empty(), "{}", crate::command::check::text(&findings));
    }

    /// One break of each rule. A rule that is not in the list finds nothing, however good its own tests are.
    #[test]
    fn every_rule_is_in_the_list() {
        let tree = Tree::of(&[
            ("Cargo.toml", "[workspace]\nmembers = [\"stack\"]\n"),
            (
                "stack/Cargo.toml",
                "[package]\nname = \"stack\"\n[lints]\nworkspace = true\n[dependencies]\nlocal.workspace = true\n",
            ),
            ("stack/src/lib.rs", "use std::fs;\nconst A: [&str; 2] = [\"Fn::Sub\", \"INVALID_INPUT\"];\n"),
        ]);
        let mut rules: Vec<_> = check(&tree).iter().map(|finding| finding.rule).collect();
        rules.dedup();
        assert_eq!(
            rules,
            [
                "allowed-dependency",
                "one-knows-the-format",
                "spelled-once",
                "module-header",
                "pure-crate",
                "generated-file",
                "stale-subject"
            ]
        );
    }

    #[test]
    fn a_changed_manual_is_stale() {
        let (manual, page) = (manual::manual(), page::page());
        found(generated, &[(manual::PATH, &manual), (page::PATH, &page)], &[]);
        let stale =
            ["RULES.md", "METRICS.md"].map(|path| format!("{path}: a generated file is stale or missing"));
        let [rules, metrics] = &stale;
        let changed = manual.replace("Why", "Because");
        found(generated, &[(manual::PATH, &changed), (page::PATH, &page)], &[rules]);
        found(generated, &[], &[rules, metrics]);
    }

    #[test]
    fn a_subject_that_moved_is_found() {
        let mut findings = Vec::new();
        subjects(&Tree::of(&[("stack/asl/src/lib.rs", "")]), &mut findings);
        let is_gone = |subject: &str| {
            let end = format!(": {subject}");
            findings.iter().any(|finding| finding.message.ends_with(&end))
        };
        assert!(
            is_gone("functions/contract/") && is_gone("contract") && !is_gone("stack/asl/"),
            "{findings:?}"
        );
    }
}
