//! Removes a call's keys and the searched name from errors, logs and recorded calls, in every spelling in which a provider may
//! echo them.

use std::cmp::Reverse;

use encoding_rs::EUC_KR;

use super::keys::Keys;
use crate::text::plain_text;

/// Most characters of a quotation of a provider.
const MAX_QUOTED_CHARS: usize = 200;
/// The bytes besides letters and digits that are not percent-encoded: in a form, in a path by RFC 3986, and in two kinds of
/// addresses that encode less.
const UNENCODED: [&[u8]; 4] = [b"*-._", b"-._~", b"-._~/:@!$'()*,;+=?", b"-._~/:@!$'()*,;?"];

/// The private parts of one call.
#[derive(Debug, Clone, Copy)]
pub struct Redactor<'a> {
    pub(crate) keys: &'a Keys,
    /// The ingredient's name, which a person wrote. Empty for a call without one.
    pub(crate) name: &'a str,
}

impl Redactor<'_> {
    pub(crate) fn without_keys(self, text: &str) -> String {
        self.keys.all().fold(text.to_owned(), |text, key| replaced(&text, key, "(key)"))
    }

    /// Without the keys and the name.
    pub(crate) fn redacted(self, text: &str) -> String {
        // Keys first: a name may be a part of a key.
        replaced(&self.without_keys(text), self.name, "(name)")
    }

    /// A provider's words in one bounded line, without markup, keys and name.
    pub(crate) fn quoted(self, text: &str) -> String {
        // Before the text is cut: a part of a key is secret too. Before and after markup is removed: the name or its echo may
        // have some.
        let text = self.redacted(&plain_text::from_html(&self.redacted(text), usize::MAX));
        plain_text::clean(&text, MAX_QUOTED_CHARS)
    }
}

fn replaced(text: &str, word: &str, replacement: &str) -> String {
    let spellings = spellings(word);
    spellings.iter().fold(text.to_owned(), |text, spelling| text.replace(spelling, replacement))
}

/// The word as it is, in HTML, in JSON, and percent-encoded once and twice, in UTF-8 and EUC-KR; the longest first.
fn spellings(word: &str) -> Vec<String> {
    let html = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let quoted = html.replace('"', "&quot;").replace('\'', "&#39;");
    let json = word.replace('\\', "\\\\").replace('"', "\\\"");
    let slashes = json.replace('/', "\\/");
    let mut all = vec![word.to_owned(), html, quoted, json, slashes];
    for bytes in [word.as_bytes(), &*EUC_KR.encode(word).0] {
        for unencoded in UNENCODED {
            let once = percent_encoded(bytes, unencoded);
            let twice = percent_encoded(once.as_bytes(), unencoded);
            for spelling in [once.replace("%20", "+"), once, twice] {
                all.extend([lower_case_digits(&spelling), spelling]);
            }
        }
    }
    all.retain(|spelling| !spelling.is_empty());
    all.sort_unstable_by_key(|spelling| Reverse(spelling.len()));
    all.dedup();
    all
}

fn percent_encoded(bytes: &[u8], unencoded: &[u8]) -> String {
    let encoded = bytes.iter().map(|&byte| {
        if byte.is_ascii_alphanumeric() || unencoded.contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    encoded.collect()
}

/// `%2B` as `%2b`; other letters are not changed.
fn lower_case_digits(spelling: &str) -> String {
    let mut behind = 0_u8;
    let lower = spelling.chars().map(|c| {
        behind = if c == '%' { 3 } else { behind.saturating_sub(1) };
        if behind > 0 { c.to_ascii_lowercase() } else { c }
    });
    lower.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expect: &str) {
        let keys = Keys::of(["an-id", " a-se+cr/et==\n", "other<1>"]);
        let redactor = Redactor { keys: &keys, name };
        assert_eq!(redactor.redacted(text), expect, "{text}");
    }

    #[test]
    fn names_are_redacted_in_every_spelling() {
        check("순 두부", "no 순 두부, 순 두부!", "no (name), (name)!");
        for spelling in [
            "%EC%88%9C+%EB%91%90%EB%B6%80",
            "%EC%88%9C%20%EB%91%90%EB%B6%80",
            "%ec%88%9c%20%eb%91%90%eb%b6%80",
            "%BC%F8+%B5%CE%BA%CE",
            "%bc%f8+%b5%ce%ba%ce",
        ] {
            check("순 두부", &format!("query={spelling}&x"), "query=(name)&x");
        }
        check("", "두부", "두부");
    }

    #[test]
    fn keys_are_redacted_first_and_in_every_spelling() {
        check("id", "an-id and id", "(key) and (name)");
        for spelling in [
            "a-se+cr/et==",
            "a-se%2Bcr%2Fet%3D%3D",
            "a-se%2bcr%2fet%3d%3d",
            "a-se%2Bcr/et%3D%3D",
            "a-se%252Bcr%252Fet%253D%253D",
            "a-se+cr\\/et==",
        ] {
            check("두부", &format!("key={spelling}&x=1"), "key=(key)&x=1");
        }
        check("두부", "other&lt;1&gt; other%3C1%3E", "(key) (key)");
    }

    #[test]
    fn quotes_are_one_bounded_line_without_a_part_of_a_key() {
        let keys = Keys::of(["an-id-of-twenty-chars"]);
        let redactor = Redactor { keys: &keys, name: "순 두부" };
        for padding in 150..220 {
            let quoted = redactor.quoted(&format!("{} an-id-of-twenty-chars\n\u{202E}", "x".repeat(padding)));
            assert!(!quoted.contains("an-") && quoted.chars().count() <= 200, "{quoted}");
        }
        assert_eq!(redactor.quoted("<p>순\n<b>두</b>부</p>"), "(name)");
    }

    #[test]
    fn debug_shows_no_key_and_blank_keys_redact_nothing() {
        let keys = Keys::of(["abc", " xyz\n", ""]);
        assert_eq!(format!("{keys:?}"), "Keys([Secret(..), Secret(..), Secret(..)])");
        assert_eq!((keys.at(0), keys.at(1), keys.at(3)), ("abc", "xyz", ""));
        check("", "nothing", "nothing");
    }
}
