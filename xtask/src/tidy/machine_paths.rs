//! `machine-path`: no file names a place that only one machine has.
//!
//! Such a path works for whoever wrote it, and tells who that was.

use stack::Finding;

use super::{Tree, finding};

const RULE: &str = "machine-path";

/// How such a path begins: homes of people and the folders that machines for building are given. In pieces, because this
/// file is judged too.
const HOMES: [&str; 6] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wor", "k/"),
    concat!("/work", "space/"),
    concat!("C:\\Us", "ers\\"),
];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for (path, text) in tree.files() {
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(home) = HOMES.into_iter().find(|home| stands_alone(line, home)) {
                let hint = "name it relative to the repository, or let the caller say where it is";
                findings.push(finding(
                    RULE,
                    format!("{path}:{number}"),
                    format!("a path of one machine: {home}.."),
                    hint,
                ));
            }
        }
    }
}

/// Whether the text stands in the line as the beginning of a path: not behind a letter, a dot or another folder.
fn stands_alone(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before
            .is_some_and(|before| before.is_alphanumeric() || matches!(before, '.' | '_' | '-' | '}' | '/'))
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    #[test]
    fn homes_are_found_and_folders_of_that_name_are_not() {
        let [home, .., windows] = HOMES;
        let text = format!("fine\nsee {home}me/x\nand target{home}x and ../x{home}y\n\"{windows}me\"\n");
        found(
            check,
            &[("a.md", &text)],
            &[
                &format!("a.md:2: a path of one machine: {home}.."),
                &format!("a.md:4: a path of one machine: {windows}.."),
            ],
        );
    }
}
