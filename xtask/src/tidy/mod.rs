//! The invariants of ARCHITECTURE.md and the habits of CONTRIBUTING.md that a program can judge: one rule a file, its
//! reason is the file's comment, its tests stand below.
//!
//! A rule reads the tree and adds what it finds; it never stops at the first. What the compiler, clippy or a test of
//! another crate already holds is not judged again here.

mod code;
mod crates;
mod files;
mod formats;
mod generated;
mod grammar;
mod headers;
mod machine_paths;
mod pure;
mod spelled_once;
mod subjects;

use stack::{Finding, Severity};

pub(crate) use files::Tree;
pub(crate) use generated::RULE as GENERATED;

/// Adds what it finds.
type Rule = fn(&Tree, &mut Vec<Finding>);

const RULES: [Rule; 9] = [
    crates::check,
    pure::check,
    formats::check,
    spelled_once::check,
    headers::check,
    grammar::check,
    machine_paths::check,
    generated::check,
    subjects::check,
];

/// Everything that breaks an invariant.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository;

    /// What one rule finds in a tree of these files, as `path: message`.
    #[track_caller]
    pub(super) fn found(rule: Rule, files: &[(&str, &str)], expect: &[&str]) {
        let mut findings = Vec::new();
        rule(&Tree::of(files), &mut findings);
        let said: Vec<_> = findings
            .iter()
            .map(|finding| format!("{}: {}", finding.path, finding.message))
            .collect();
        assert_eq!(said, expect);
    }

    #[test]
    fn this_repository_keeps_its_invariants() {
        let findings = check(&Tree::read(repository::root()).unwrap());
        assert!(findings.is_empty(), "{}", crate::command::check::text(&findings));
    }

    /// A rule that is not in the list finds nothing, however good its own tests are.
    #[test]
    fn every_rule_is_asked() {
        let tree = Tree::of(&[
            ("Cargo.toml", "[workspace]\nmembers = [\"stack\"]\n"),
            (
                "stack/Cargo.toml",
                "[package]\nname = \"stack\"\n[lints]\nworkspace = true\n[dependencies]\nlocal.workspace = true\n",
            ),
            (
                "stack/src/lib.rs",
                "use std::fs;\nconst A: &str = \"Fn::Sub\";\nconst B: &str = \"INVALID_INPUT\";\n#[error(\"No.\")]\nstruct No;\n",
            ),
            ("note.md", concat!("see /ho", "me/somebody/x")),
        ]);
        let mut rules: Vec<_> = check(&tree).iter().map(|finding| finding.rule).collect();
        rules.dedup();
        assert_eq!(
            rules,
            [
                "allowed-dependency",
                "pure-crate",
                "one-knows-the-format",
                "spelled-once",
                "module-header",
                "message-grammar",
                "machine-path",
                "generated-file",
                "stale-subject"
            ]
        );
    }
}
