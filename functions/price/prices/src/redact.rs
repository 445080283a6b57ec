//! Keeping keys out of what is shown: of addresses, headers, bodies and errors, in every spelling in which a provider may
//! echo them.

use std::fmt::Write as _;

use shell::Secret;

/// What stands for a key.
const INSTEAD: &str = "(key)";

/// Takes keys out of texts.
#[derive(Debug, Clone)]
pub(crate) struct Redactor(Vec<Secret>);

impl Redactor {
    /// Takes out these, longest spelling first.
    pub(crate) fn of(keys: &[Secret]) -> Self {
        let mut spellings: Vec<String> = keys.iter().flat_map(|key| spellings(key.expose())).collect();
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        spellings.dedup();
        Self(spellings.into_iter().map(Secret::new).collect())
    }

    /// The text without the keys.
    pub(crate) fn text(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, key| text.replace(key.expose(), INSTEAD))
    }
}

/// As it is; as an address spells it, once and twice; as HTML and as JSON write it.
fn spellings(key: &str) -> Vec<String> {
    let form = percent(key, |byte| {
        byte.is_ascii_alphanumeric() || b"*-._".contains(&byte)
    });
    let strict = percent(key, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
    });
    let loose = percent(key, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~/:@!$'()*,;+=?".contains(&byte)
    });
    let query = percent(key, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~/:@!$'()*,;?".contains(&byte)
    });
    let twice = percent(&strict, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
    });
    let html = key
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let quoted = html.replace('"', "&quot;").replace('\'', "&#39;");
    let json = key.replace('\\', "\\\\").replace('"', "\\\"");
    let slashes = json.replace('/', "\\/");
    let mut all = vec![key.to_owned(), html, quoted, json, slashes];
    for address in [form, strict, loose, query, twice] {
        all.push(small_digits(&address));
        all.push(address);
    }
    all.retain(|spelling| !spelling.is_empty());
    all
}

fn percent(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let mut spelled = String::new();
    for byte in text.bytes() {
        if plain(byte) {
            spelled.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(spelled, "%{byte:02X}");
        }
    }
    spelled
}

fn small_digits(spelling: &str) -> String {
    let mut behind = 0_u8;
    let small = spelling.chars().map(|c| {
        behind = if c == '%' { 3 } else { behind.saturating_sub(1) };
        if behind > 0 { c.to_ascii_lowercase() } else { c }
    });
    small.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let redactor = Redactor::of(&[Secret::new("Ab+c/d=="), Secret::new("other<1>")]);
        assert_eq!(redactor.text(text), expect, "{text}");
    }

    #[test]
    fn every_spelling_is_taken_out() {
        check("a Ab+c/d== b other<1>", "a (key) b (key)");
        for spelled in [
            "Ab%2Bc%2Fd%3D%3D",
            "Ab%2bc%2fd%3d%3d",
            "Ab%2Bc/d%3D%3D",
            "Ab%252Bc%252Fd%253D%253D",
            "Ab+c\\/d==",
        ] {
            check(&format!("key={spelled}&x=1"), "key=(key)&x=1");
        }
        check("other&lt;1&gt; other%3C1%3E", "(key) (key)");
        check("nothing", "nothing");
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", Redactor::of(&[Secret::new("hunter2")]));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
