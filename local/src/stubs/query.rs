//! The query of a request as bytes: a name may come in UTF-8 or in CP949, and which of them a provider takes is its own.

use std::borrow::Cow;

use axum::http::Uri;
use encoding_rs::EUC_KR;

/// Most parameters that are read: no call of ours has as many.
const MAX_PARAMETERS: usize = 50;

/// Names with their values, decoded once.
#[derive(Debug, Default)]
pub(crate) struct Parameters<'a>(Vec<[Cow<'a, [u8]>; 2]>);

impl<'a> Parameters<'a> {
    /// Those of an address.
    pub(crate) fn of(uri: &'a Uri) -> Self {
        let pairs = uri.query().unwrap_or_default().split('&').take(MAX_PARAMETERS);
        Self(
            pairs
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    [decoded(name), decoded(value)]
                })
                .collect(),
        )
    }

    /// The bytes of the first parameter of exactly that name.
    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|[known, _]| &**known == name.as_bytes());
        found.map(|[_, value]| &**value)
    }

    /// Its text; empty when there is none, or when it is no UTF-8.
    pub(super) fn text(&self, name: &str) -> &str {
        let bytes = self.bytes(name).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Its text in UTF-8 or else in CP949; nothing for bytes of neither.
    pub(super) fn korean(&self, name: &str) -> Option<Cow<'_, str>> {
        let bytes = self.bytes(name).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(Cow::Borrowed(text)),
            Err(_) => EUC_KR.decode_without_bom_handling_and_without_replacement(bytes),
        }
    }

    /// The text of the one parameter whose name is this, whatever its case: providers write it in more than one.
    pub(super) fn text_in_any_case(&self, name: &str) -> &str {
        let found = self.0.iter().find(|[known, _]| known.eq_ignore_ascii_case(name.as_bytes()));
        found.map_or("", |[_, value]| std::str::from_utf8(value).unwrap_or_default())
    }

    /// A number from `from` to `to`; `default` when it is left out.
    pub(super) fn number(&self, name: &str, default: usize, from: usize, to: usize) -> Option<usize> {
        if self.bytes(name).is_none() {
            return Some(default);
        }
        let number = self.text(name).parse().ok();
        number.filter(|number| (from..=to).contains(number))
    }
}

/// Percent-encoding undone, and a plus read as the blank that it is in a query.
fn decoded(text: &str) -> Cow<'_, [u8]> {
    if text.contains('+') {
        let blanks = text.replace('+', " ");
        return Cow::Owned(percent_encoding::percent_decode_str(&blanks).collect());
    }
    percent_encoding::percent_decode_str(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expect: Option<&str>) {
        let uri: Uri = format!("http://a/?{query}").parse().unwrap();
        assert_eq!(Parameters::of(&uri).korean("q").as_deref(), expect, "{query}");
    }

    #[test]
    fn a_name_is_read_in_both_charsets() {
        check("q=%EB%91%90%EB%B6%80", Some("두부"));
        check("q=%B5%CE%BA%CE", Some("두부"));
        check("q=a+b%2Bc", Some("a b+c"));
        check("a=1&&q=x&q=y", Some("x"));
        check("Q=x", Some(""));
        check("q=%FF%FF", None);
        check("q=%2", Some("%2"));
    }

    #[test]
    fn a_number_has_bounds() {
        let uri: Uri = "http://a/?n=20&z=0&w=many&e=".parse().unwrap();
        let parameters = Parameters::of(&uri);
        let number = |name| parameters.number(name, 7, 1, 200);
        assert_eq!(
            [number("n"), number("m"), number("z"), number("w"), number("e")],
            [Some(20), Some(7), None, None, None]
        );
    }

    #[test]
    fn the_case_of_a_key_s_name_is_free() {
        let uri: Uri = "http://a/?ServiceKey=k%2Bk".parse().unwrap();
        assert_eq!(Parameters::of(&uri).text_in_any_case("serviceKey"), "k+k");
    }
}
