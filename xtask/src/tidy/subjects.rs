//! `stale-subject`: every file, folder and crate that a rule names is there.
//!
//! A rule about a file that has moved holds nothing from then on, and says so to nobody.

use stack::Finding;

use super::{Tree, crates, finding, formats, grammar, pure, spelled_once};

const RULE: &str = "stale-subject";

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let paths = pure::PURE
        .iter()
        .copied()
        .chain(formats::FORMATS.iter().map(|format| format.folder))
        .chain(grammar::VERBATIM.iter().map(|(path, _)| *path))
        .chain([spelled_once::OWNER])
        .filter(|subject| !tree.files().any(|(path, _)| path.starts_with(subject)));
    let packages = crates::packages().filter(|package| {
        let line = format!("name = \"{package}\"");
        let mut manifests = tree.files().filter(|(path, _)| path.ends_with("Cargo.toml"));
        !manifests.any(|(_, text)| text.lines().any(|found| found == line))
    });
    findings.extend(paths.chain(packages).map(|subject| {
        let hint = "name its new place in `xtask/src/tidy`, or take it out there";
        finding(
            RULE,
            "xtask/src/tidy",
            format!("a rule's subject is gone: {subject}"),
            hint,
        )
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_became_a_folder_is_gone() {
        let mut findings = Vec::new();
        check(
            &Tree::of(&[
                ("functions/price/src/search/offer/mod.rs", ""),
                ("stack/src/lib.rs", ""),
            ]),
            &mut findings,
        );
        let gone = |subject: &str| {
            findings
                .iter()
                .any(|finding| finding.message.ends_with(&format!(": {subject}")))
        };
        assert!(
            gone("functions/price/src/search/offer.rs") && gone("contract"),
            "{findings:?}"
        );
        assert!(!gone("stack/"), "{findings:?}");
    }
}
