//! `module-header`: every source opens with what lives in it, and is short enough to read.
//!
//! A file has one reason to exist. Its first line says which; a file that has grown past 400 lines has found a second
//! one.

use stack::Finding;

use super::{Tree, files::is_rust, finding};

const RULE: &str = "module-header";

/// Most lines of a source. Source: CONTRIBUTING.md.
const MAX_LINES: usize = 400;

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    // Cases of the compiler say what they are in the folder's README.
    let sources = tree
        .files()
        .filter(|(path, _)| is_rust(path) && !path.contains("/compile_fail/"));
    for (path, text) in sources {
        let first = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with("#!["));
        if !first.is_some_and(|line| {
            line.strip_prefix("//!")
                .is_some_and(|said| !said.trim().is_empty())
        }) {
            let hint = "open it with `//!`: what lives here, and what does not";
            findings.push(finding(
                RULE,
                path,
                "a source that does not say what lives in it",
                hint,
            ));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            let hint = "find the second reason to exist and give it a file of its own";
            findings.push(finding(
                RULE,
                path,
                format!("a source of more than {MAX_LINES} lines: {lines}"),
                hint,
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    #[test]
    fn the_first_line_says_what_lives_here() {
        let silent = "a source that does not say what lives in it";
        found(
            check,
            &[
                ("a.rs", "//! Says it.\nfn f() {}\n"),
                ("b.rs", "#![allow(x)]\n//! Says it.\n"),
                ("c.rs", "// no doc\n"),
                ("d.rs", ""),
                ("e.rs", "//!\n"),
                ("x/compile_fail/f.rs", "fn f() {}\n"),
                ("g.md", "text"),
            ],
            &[
                &format!("c.rs: {silent}"),
                &format!("d.rs: {silent}"),
                &format!("e.rs: {silent}"),
            ],
        );
    }

    #[test]
    fn four_hundred_lines_are_enough() {
        let fits = format!("//! Long.\n{}", "//\n".repeat(MAX_LINES - 1));
        let long = format!("{fits}//\n");
        found(
            check,
            &[("a.rs", &fits), ("b.rs", &long)],
            &["b.rs: a source of more than 400 lines: 401"],
        );
    }
}
