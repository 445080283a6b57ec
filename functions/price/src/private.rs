//! What a call carries and nobody may read back from an error: the keys and the name that is searched for. A
//! provider may echo either. Knows no provider.

use std::iter;

use encoding_rs::EUC_KR;
use reqwest::Url;
use shell::{Secret, SecretError, Secrets};

use crate::plain_text;

/// Most characters that are quoted of what a provider said.
const MAX_SAID_CHARS: usize = 200;

/// One reading of a source's keys, in the order of their names.
#[derive(Debug, Clone)]
pub(crate) struct Keys(Vec<Secret>);

impl Keys {
    /// The cached ones.
    pub(crate) fn cached(secrets: &Secrets, names: &[String]) -> Result<Self, SecretError> {
        names
            .iter()
            .map(|name| secrets.get(name))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Newer ones than these, which were refused. Searches that are refused together share one reading.
    pub(crate) async fn newer(&self, secrets: &Secrets, names: &[String]) -> Result<Self, SecretError> {
        let readings = names
            .iter()
            .zip(&self.0)
            .map(|(name, stale)| secrets.refresh(name, stale));
        futures::future::try_join_all(readings).await.map(Self)
    }

    /// The key at that place. Blanks around it are dropped: a parameter written from a file ends in a line break.
    pub(crate) fn at(&self, place: usize) -> &str {
        self.0.get(place).map_or("", |key| key.expose().trim())
    }

    /// These, which no parameter holds.
    pub(crate) fn of<const N: usize>(keys: [&str; N]) -> Self {
        Self(keys.into_iter().map(Secret::new).collect())
    }

    /// The text without the keys, should somebody echo them, as they are or as an address spells them.
    fn redacted(&self, text: &str) -> String {
        self.0
            .iter()
            .map(|key| key.expose().trim())
            .filter(|key| !key.is_empty())
            .fold(text.to_owned(), |text, key| without(&text, key, "(key)"))
    }
}

/// The private part of one call.
#[derive(Clone, Copy)]
pub(crate) struct Private<'a> {
    /// What opens the source.
    pub(crate) keys: &'a Keys,
    /// The ingredient's name: a person's words. Empty for a call without one.
    pub(crate) name: &'a str,
}

impl Private<'_> {
    /// The text without the keys and the name, each as it is and as an address spells it.
    pub(crate) fn redacted(self, text: &str) -> String {
        // The keys go first: a name that is a part of a key must not break it up.
        let text = self.keys.redacted(text);
        if self.name.is_empty() {
            text
        } else {
            without(&text, self.name, "(name)")
        }
    }

    /// What may be quoted of what a provider said: one line of bounded length, without markup and without these.
    pub(crate) fn quoted(self, said: &str) -> String {
        // Before the text is cut: half a key is key material too. Before and after the markup goes: it may stand in the
        // name or in the echo of it.
        let said = self.redacted(&plain_text::from_html(&self.redacted(said), usize::MAX));
        plain_text::clean(&said, MAX_SAID_CHARS)
    }
}

fn without(text: &str, word: &str, instead: &str) -> String {
    let spellings = in_address(word);
    iter::once(word)
        .chain(spellings.iter().map(String::as_str))
        .filter(|word| !word.is_empty())
        .fold(text.to_owned(), |text, word| text.replace(word, instead))
}

/// The word as the query of an address may hold it: blanks are written in two ways, hexadecimal digits too, and some
/// services read EUC-KR.
fn in_address(word: &str) -> Vec<String> {
    let Ok(mut address) = Url::parse("http://localhost") else {
        return Vec::new();
    };
    let mut spellings = Vec::new();
    for korean in [false, true] {
        if korean {
            address
                .query_pairs_mut()
                .clear()
                .encoding_override(Some(&|text| EUC_KR.encode(text).0))
                .append_pair("", word);
        } else {
            address.query_pairs_mut().clear().append_pair("", word);
        }
        let plus = address
            .query()
            .and_then(|query| query.strip_prefix('='))
            .unwrap_or_default();
        let blank = plus.replace('+', "%20");
        for spelling in [plus.to_owned(), blank] {
            let small = small_digits(&spelling);
            spellings.extend([spelling, small]);
        }
    }
    spellings
}

/// `%2B` as `%2b`, and the letters beside it as they are.
fn small_digits(spelling: &str) -> String {
    let mut behind = 0_u8;
    spelling
        .chars()
        .map(|c| {
            behind = if c == '%' { 3 } else { behind.saturating_sub(1) };
            if behind > 0 { c.to_ascii_lowercase() } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expect: &str) {
        let keys = Keys::of(["an-id", "a-se+cr/et=="]);
        let private = Private { keys: &keys, name };
        assert_eq!(private.redacted(text), expect);
    }

    #[test]
    fn the_name_is_redacted_in_every_spelling() {
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
    }

    #[test]
    fn the_keys_are_redacted_too_and_first() {
        check("id", "an-id and id", "(key) and (name)");
        check(
            "두부",
            "a-se+cr/et== or a-se%2Bcr%2Fet%3D%3D or a-se%2bcr%2fet%3d%3d",
            "(key) or (key) or (key)",
        );
    }

    #[test]
    fn no_name_redacts_nothing() {
        check("", "두부", "두부");
        assert_eq!(Keys::of(["", " \n"]).redacted("abc"), "abc");
    }

    #[test]
    fn debug_hides_the_keys_and_blanks_around_them_are_dropped() {
        let keys = Keys::of(["abc", " xyz\n"]);
        assert_eq!(format!("{keys:?}"), "Keys([Secret(..), Secret(..)])");
        assert_eq!((keys.at(0), keys.at(1), keys.at(2)), ("abc", "xyz", ""));
        assert_eq!(keys.redacted("abc, xyz and abc"), "(key), (key) and (key)");
    }
}
