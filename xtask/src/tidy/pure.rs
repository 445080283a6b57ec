//! `pure-crate`: definitions touch nothing and have no clock.
//!
//! Commands, the embedded environment and the functions' adapters touch disk, network, processes and clocks. Everything
//! else takes what it needs as an argument, time included: so it gives the same bytes tomorrow, and a test needs no
//! machine around it. clippy.toml bans the clocks everywhere; this rule bans the rest from the pure crates.

use stack::Finding;

use super::{Tree, code::Code, finding};

const RULE: &str = "pure-crate";

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

/// What pure code does not name.
const BANNED: [&str; 10] = [
    "std::env",
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "tokio::fs",
    "tokio::net",
    "tokio::process",
];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let pure = tree
        .sources()
        .filter(|(path, _)| PURE.iter().any(|pure| path.starts_with(pure)));
    for (path, text) in pure {
        let Some(code) = Code::parse(text) else { continue };
        let mut named: Vec<_> = code.paths().into_iter().filter(|path| is_banned(path)).collect();
        named.sort();
        named.dedup();
        findings.extend(named.into_iter().map(|named| {
            let hint = "take what it gives as an argument; commands and adapters have it";
            finding(RULE, path, format!("pure code names {named}"), hint)
        }));
    }
}

fn is_banned(path: &str) -> bool {
    let under = |banned: &&str| {
        path.strip_prefix(*banned)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    BANNED.iter().any(under)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    #[test]
    fn only_pure_code_is_judged() {
        let source = "use std::{fs, path::Path};\nfn f() { std::process::abort() }\n";
        found(
            check,
            &[
                ("stack/cfn/src/a.rs", source),
                ("local/src/a.rs", source),
                ("stack/src/tests.rs", source),
            ],
            &[
                "stack/cfn/src/a.rs: pure code names std::fs",
                "stack/cfn/src/a.rs: pure code names std::process::abort",
            ],
        );
    }

    #[test]
    fn a_test_may_read_its_files() {
        let source = "#[cfg(test)]\nmod tests { use std::fs; }\n";
        found(check, &[("stack/src/a.rs", source)], &[]);
    }

    #[test]
    fn names_are_compared_whole() {
        found(
            check,
            &[("stack/src/a.rs", "use std::fsx;\nuse std::envelope::X;\n")],
            &[],
        );
    }
}
