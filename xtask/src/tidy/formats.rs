//! `one-knows-the-format`: only `cfn` writes CloudFormation's words, only `asl` the States Language's.
//!
//! Everybody else speaks in our own types. So a typo in a property is a compile error, and a change of a format has one
//! place.

use stack::Finding;

use super::{Tree, code::Code, finding};

const RULE: &str = "one-knows-the-format";

/// One format.
pub(super) struct Format {
    name: &'static str,
    /// Whose it is.
    pub(super) folder: &'static str,
    /// How its words begin, or what they are.
    words: &'static [&'static str],
}

pub(super) const FORMATS: [Format; 2] = [
    Format {
        name: "CloudFormation",
        folder: "stack/cfn/",
        words: &[
            "AWS::",
            "Fn::",
            "DeletionPolicy",
            "UpdateReplacePolicy",
            "DependsOn",
        ],
    },
    Format {
        name: "the States Language",
        folder: "stack/asl/",
        words: &[
            "StartAt",
            "ErrorEquals",
            "MaxDelaySeconds",
            "JitterStrategy",
            "TimeoutSecondsPath",
            "ResultSelector",
        ],
    },
];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for (path, text) in tree
        .sources()
        .filter(|(path, _)| !path.starts_with("xtask/src/tidy/"))
    {
        let Some(code) = Code::parse(text) else { continue };
        let strings = code.strings();
        for format in FORMATS.iter().filter(|format| !path.starts_with(format.folder)) {
            let words = strings.iter().filter(|string| format.has(string));
            findings.extend(words.map(|word| {
                let hint = format!("say it with a type of `{}`", format.folder.trim_end_matches('/'));
                finding(RULE, path, format!("a word of {}: {word}", format.name), &hint)
            }));
        }
    }
}

impl Format {
    fn has(&self, string: &str) -> bool {
        let is = |word: &&str| {
            if word.ends_with("::") {
                string.starts_with(*word)
            } else {
                string == *word
            }
        };
        self.words.iter().any(is)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::found, *};

    #[test]
    fn a_format_has_one_owner() {
        let source = "const A: [&str; 3] = [\"Fn::Sub\", \"StartAt\", \"Start\"];\n";
        found(
            check,
            &[
                ("stack/cfn/src/a.rs", source),
                ("stack/asl/src/a.rs", source),
                ("local/src/a.rs", source),
            ],
            &[
                "local/src/a.rs: a word of CloudFormation: Fn::Sub",
                "local/src/a.rs: a word of the States Language: StartAt",
                "stack/asl/src/a.rs: a word of CloudFormation: Fn::Sub",
                "stack/cfn/src/a.rs: a word of the States Language: StartAt",
            ],
        );
    }
}
