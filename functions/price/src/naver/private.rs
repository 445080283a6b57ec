//! What a call carries and nobody may read back from an error: the keys and the name that is searched for. A
//! provider may echo either.

use std::iter;

use reqwest::Url;

use super::keys::Keys;

/// The private part of one call.
#[derive(Clone, Copy)]
pub(super) struct Private<'a> {
    /// The client id and secret.
    pub(super) keys: &'a Keys,
    /// The ingredient's name: a person's words.
    pub(super) name: &'a str,
}

impl Private<'_> {
    /// The text without the keys and the name, the name as it is and as an address spells it.
    pub(super) fn redacted(self, text: &str) -> String {
        // The keys go first: a name that is a part of a key must not break it up.
        let text = self.keys.redacted(text);
        let in_address = in_address(self.name);
        let spellings = in_address.iter().flatten().map(String::as_str);
        iter::once(self.name)
            .chain(spellings)
            .filter(|name| !name.is_empty())
            .fold(text, |text, name| text.replace(name, "(name)"))
    }
}

/// The name as the query of an address holds it: blanks are written in two ways.
fn in_address(name: &str) -> Option<[String; 2]> {
    let mut address = Url::parse("http://localhost").ok()?;
    address.query_pairs_mut().append_pair("", name);
    let plus = address.query()?.strip_prefix('=')?;
    Some([plus.to_owned(), plus.replace('+', "%20")])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expect: &str) {
        let keys = Keys::of("an-id", "a-secret");
        let private = Private { keys: &keys, name };
        assert_eq!(private.redacted(text), expect);
    }

    #[test]
    fn the_name_is_redacted_in_every_spelling() {
        check("순 두부", "no 순 두부, 순 두부!", "no (name), (name)!");
        check(
            "순 두부",
            "query=%EC%88%9C+%EB%91%90%EB%B6%80&x",
            "query=(name)&x",
        );
        check(
            "순 두부",
            "query=%EC%88%9C%20%EB%91%90%EB%B6%80&x",
            "query=(name)&x",
        );
    }

    #[test]
    fn the_keys_are_redacted_too_and_first() {
        check("id", "an-id and id", "(key) and (name)");
    }

    #[test]
    fn no_name_redacts_nothing() {
        check("", "두부", "두부");
    }
}
