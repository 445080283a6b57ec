//! What every source, and every source of the pure crates, keeps to.

use stack::Finding;

use super::{Tree, finding};

/// Most lines of a source: a longer file has a second reason to exist.
const MAX_LINES: usize = 400;

/// Folders of pure code: whole crates, and the functions' cores.
pub(super) const PURE: [&str; 8] = [
    "functions/contract/src/",
    "functions/combine/src/combine.rs",
    "functions/price/src/basket/",
    "functions/price/src/handler/",
    "functions/price/src/search/offer.rs",
    "functions/recipe/src/generate.rs",
    "functions/recipe/src/prompt.rs",
    "stack/",
];

/// What pure code does not name. clippy.toml bans the clocks everywhere; tokio's can be virtual.
const BANNED: [(&str, &[&str]); 2] = [
    ("std::", &["env", "fs", "net", "os", "process", "thread", "time::Instant"]),
    ("tokio::", &["fs", "net", "process"]),
];

/// `module-header`: every source opens with what lives in it, and is short enough to read.
pub(super) fn headers(tree: &Tree, findings: &mut Vec<Finding>) {
    // Cases of the compiler say what they are in the folder's README.
    for (path, text) in tree.rust().filter(|(path, _)| !path.contains("/compile_fail/")) {
        let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!["));
        let header = first.and_then(|line| line.strip_prefix("//!"));
        if header.is_none_or(|header| header.trim().is_empty()) {
            let hint = "open it with `//!`: what lives here, and what does not";
            findings.push(finding("module-header", path, "a source without a header", hint));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            let message = format!("a source of more than {MAX_LINES} lines: {lines}");
            let hint = "find the second reason to exist and give it a file of its own";
            findings.push(finding("module-header", path, message, hint));
        }
    }
}

/// `pure-crate`: definitions touch no disk, network or process and have no clock. They take what they need as arguments, so that
/// they give the same bytes tomorrow and their tests need no machine around them.
pub(super) fn pure(tree: &Tree, findings: &mut Vec<Finding>) {
    let is_pure = |path: &str| PURE.iter().any(|pure| path.starts_with(pure));
    for (path, code) in tree.code().filter(|(path, _)| is_pure(path)) {
        for (root, modules) in BANNED {
            let named = code.match_indices(root).flat_map(|(at, _)| imported(&code[at + root.len()..]));
            let mut banned: Vec<_> =
                named.filter_map(|name| modules.iter().find(|banned| is_in(&name, banned))).collect();
            banned.sort_unstable();
            banned.dedup();
            findings.extend(banned.into_iter().map(|banned| {
                let hint = "take what it gives as an argument; commands and adapters have it";
                finding("pure-crate", path, format!("pure code names {root}{banned}"), hint)
            }));
        }
    }
}

/// What a path goes on with: one path, or each of a group in braces, groups within it included.
fn imported(rest: &str) -> Vec<String> {
    let Some(mut group) = rest.trim_start().strip_prefix('{') else {
        return vec![rest.to_owned()];
    };
    let (mut paths, mut prefixes) = (Vec::new(), vec![String::new()]);
    while let Some(prefix) = prefixes.last().cloned() {
        let Some(end) = group.find([',', '{', '}']) else { break };
        let (name, rest) = group.split_at(end);
        let path = format!("{prefix}{}", name.trim());
        group = rest.get(1..).unwrap_or_default();
        if rest.starts_with('{') {
            prefixes.push(path);
        } else {
            paths.push(path);
            if rest.starts_with('}') {
                prefixes.pop();
            }
        }
    }
    paths
}

/// Whether a path is a module or something in it.
fn is_in(path: &str, module: &str) -> bool {
    let rest = path.strip_prefix(module);
    rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    #[test]
    fn the_first_line_says_what_lives_here() {
        let without = "a source without a header";
        found(
            headers,
            &[
                ("a.rs", "//! Says it.\nfn f() {}\n"),
                ("b.rs", "#![allow(x)]\n//! Says it.\n"),
                ("c.rs", "// no doc\n"),
                ("d.rs", ""),
                ("e.rs", "//!\n"),
                ("x/compile_fail/f.rs", "fn f() {}\n"),
            ],
            &[&format!("c.rs: {without}"), &format!("d.rs: {without}"), &format!("e.rs: {without}")],
        );
    }

    #[test]
    fn four_hundred_lines_are_enough() {
        let fits = format!("//! Long.\n{}", "//\n".repeat(MAX_LINES - 1));
        let long = format!("{fits}//\n");
        found(headers, &[("a.rs", &fits), ("b.rs", &long)], &["b.rs: a source of more than 400 lines: 401"]);
    }

    #[test]
    fn pure_code_names_no_disk_and_no_process() {
        let source = "use std::{collections::BTreeMap, fs, time::{Duration, Instant}};\nfn f() { std::process::abort() }\n";
        found(
            pure,
            &[
                ("stack/cfn/src/a.rs", source),
                ("local/src/a.rs", source),
                ("stack/src/tests.rs", source),
                ("stack/src/b.rs", "use std::fsx;\nuse std::time::Duration;\n"),
            ],
            &[
                "stack/cfn/src/a.rs: pure code names std::fs",
                "stack/cfn/src/a.rs: pure code names std::process",
                "stack/cfn/src/a.rs: pure code names std::time::Instant",
            ],
        );
    }
}
