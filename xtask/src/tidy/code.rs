//! A Rust source as tokens: its string literals and the paths that it names, tests left out. What they mean is the
//! rules' concern.

use std::{iter::Peekable, str::FromStr};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree, token_stream};

/// A source that is made of tokens.
pub(super) struct Code(TokenStream);

/// Tokens on the way.
type Tokens = Peekable<token_stream::IntoIter>;

impl Code {
    /// The tokens of a text; nothing if it is not Rust, which the compiler tells better.
    pub(super) fn parse(text: &str) -> Option<Self> {
        TokenStream::from_str(text).ok().map(Self)
    }

    /// Every string literal outside of tests, as its value if it has no escape, else as it is written.
    pub(super) fn strings(&self) -> Vec<String> {
        let mut strings = Vec::new();
        walk(&self.0, &mut |tree, _| {
            if let TokenTree::Literal(literal) = tree {
                strings.extend(string(&literal.to_string()));
            }
        });
        strings
    }

    /// Every path outside of tests, as `std::fs::File`; a group of a `use` is told one by one.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        let mut tokens = without_tests(&self.0).into_iter().peekable();
        paths_of(&mut tokens, "", &mut paths);
        paths
    }

    /// The names of modules that are declared for tests alone.
    pub(super) fn test_modules(&self) -> Vec<String> {
        let mut names = Vec::new();
        let trees: Vec<_> = self.0.clone().into_iter().collect();
        for (at, tree) in trees.iter().enumerate() {
            if !is_cfg_test(tree) {
                continue;
            }
            // `mod name ;`, perhaps with a visibility in front.
            let mut item = trees.iter().skip(at + 1).take(5);
            if item.any(|tree| is_ident(tree, "mod"))
                && let (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(end))) =
                    (item.next(), item.next())
                && end.as_char() == ';'
            {
                names.push(name.to_string());
            }
        }
        names
    }
}

/// Visits every token outside of tests, groups' contents included.
fn walk(stream: &TokenStream, visit: &mut impl FnMut(&TokenTree, usize)) {
    for (at, tree) in without_tests(stream).into_iter().enumerate() {
        visit(&tree, at);
        if let TokenTree::Group(group) = &tree {
            walk(&group.stream(), visit);
        }
    }
}

/// The tokens without attributes (doc comments are some) and without what `#[cfg(test)]` stands in front of.
fn without_tests(stream: &TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut trees = stream.clone().into_iter().peekable();
    while let Some(tree) = trees.next() {
        if !is_punct(&tree, '#') {
            kept.push(tree);
            continue;
        }
        trees.next_if(|next| is_punct(next, '!'));
        match trees.next_if(|next| matches!(next, TokenTree::Group(_))) {
            Some(attribute) if is_cfg_test(&attribute) => skip_item(&mut trees),
            // An attribute's words are no code, but for what `serde` and the like name in text: nothing that we judge.
            Some(_) | None => {}
        }
    }
    kept.into_iter().collect()
}

/// Passes over one item: to its `;` or its last braces.
fn skip_item(trees: &mut Tokens) {
    for tree in trees {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}

fn paths_of(tokens: &mut Tokens, base: &str, paths: &mut Vec<String>) {
    let mut path = base.to_owned();
    let mut open = !base.is_empty();
    while let Some(tree) = tokens.next() {
        match tree {
            TokenTree::Ident(name) => {
                if !open {
                    flush(&mut path, base, paths);
                }
                if !path.is_empty() {
                    path.push_str("::");
                }
                path.push_str(&name.to_string());
                open = false;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                open = tokens.next_if(|next| is_punct(next, ':')).is_some();
            }
            TokenTree::Group(group) => {
                let inside = if open && group.delimiter() == Delimiter::Brace {
                    path.clone()
                } else {
                    String::new()
                };
                nested(&group, &inside, paths);
                if !inside.is_empty() {
                    base.clone_into(&mut path);
                }
                open = false;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {
                flush(&mut path, base, paths);
                open = !base.is_empty();
            }
        }
    }
    flush(&mut path, base, paths);
}

fn nested(group: &Group, base: &str, paths: &mut Vec<String>) {
    let mut tokens = without_tests(&group.stream()).into_iter().peekable();
    paths_of(&mut tokens, base, paths);
}

fn flush(path: &mut String, base: &str, paths: &mut Vec<String>) {
    if path.as_str() != base {
        paths.push(std::mem::take(path));
    }
    base.clone_into(path);
}

fn is_punct(tree: &TokenTree, expect: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == expect)
}

fn is_ident(tree: &TokenTree, expect: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == expect)
}

/// `[cfg(test)]`.
fn is_cfg_test(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group)
        if group.delimiter() == Delimiter::Bracket && group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// What a literal says, if it is a string.
fn string(literal: &str) -> Option<String> {
    let quoted = literal.trim_start_matches(['b', 'c', 'r']).trim_matches('#');
    let inside = quoted.strip_prefix('"')?.strip_suffix('"')?;
    Some(inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r##"
        //! "a comment"
        use std::{collections::BTreeMap, fs::{self, File}, path::Path};
        /// "a doc"
        #[serde(rename = "an attribute")]
        fn f() { let x = std::net::TcpStream::connect("a:1"); g(r#"raw"#, b"bytes", 'c', 1); }
        #[cfg(test)]
        use std::process::Command;
        #[cfg(test)]
        mod fixture;
        #[cfg(test)]
        pub(crate) mod samples;
        #[cfg(test)]
        mod tests { const T: &str = "in a test"; use std::env; }
        const LAST: &str = "last";
    "##;

    #[test]
    fn strings_of_the_code_alone() {
        let code = Code::parse(SOURCE).unwrap();
        assert_eq!(code.strings(), ["a:1", "raw", "bytes", "last"]);
    }

    #[test]
    fn paths_one_by_one() {
        let paths = Code::parse(SOURCE).unwrap().paths();
        for path in [
            "std::collections::BTreeMap",
            "std::fs::self",
            "std::fs::File",
            "std::path::Path",
            "std::net::TcpStream::connect",
        ] {
            assert!(paths.iter().any(|known| known == path), "{path}: {paths:?}");
        }
        assert!(
            !paths
                .iter()
                .any(|path| path.starts_with("std::process") || path.starts_with("std::env")),
            "{paths:?}"
        );
    }

    #[test]
    fn modules_for_tests_without_those_that_stand_inside() {
        assert_eq!(
            Code::parse(SOURCE).unwrap().test_modules(),
            ["fixture", "samples"]
        );
    }

    #[test]
    fn what_is_no_rust_has_no_tokens() {
        assert!(Code::parse("fn f( {").is_none());
    }
}
