//! Plain text of what providers write: without HTML and hidden characters, of bounded length. It knows no provider.

use contract::visible::visible;

/// Longest name of a product, in characters: a state carries a hundred of them.
pub const MAX_PRODUCT_NAME_CHARS: usize = 120;
/// Longest name of a vendor, in characters: a state carries baskets of 50 vendors.
pub const MAX_VENDOR_CHARS: usize = 100;

/// Plain text of a piece of HTML. Tags are removed before entities are decoded, so that an escaped `&lt;` stays as text. Each
/// entity is decoded once.
pub fn from_html(html: &str, max_chars: usize) -> String {
    clean(&html_escape::decode_html_entities(&without_tags(html)), max_chars)
}

/// The [`visible`] text in one line, at most `max_chars` characters of it.
pub fn clean(text: &str, max_chars: usize) -> String {
    let line: String = visible(text).chars().take(max_chars).collect();
    line.trim_end().to_owned()
}

/// The unit of a price in one bounded line, or that it is not stated.
pub(crate) fn unit(text: &str) -> String {
    const MAX_CHARS: usize = 30;
    let unit = clean(text, MAX_CHARS);
    if unit.is_empty() { "단위 미표시".to_owned() } else { unit }
}

/// A tag is `<` before a letter, `/`, `!` or `?`, up to the next `>` (the rule of HTML's own tokenizer): `<b>` is one, the `<` of
/// `<특가>` and of `3 < 5` is text. A tag that is not closed is text too.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, from_bracket)) = rest.find('<').map(|at| rest.split_at(at)) {
        text.push_str(before);
        let opens = from_bracket
            .chars()
            .nth(1)
            .is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        match from_bracket.split_once('>') {
            Some((_, behind)) if opens => rest = behind,
            Some(_) => {
                text.push('<');
                rest = from_bracket.strip_prefix('<').unwrap_or_default();
            }
            // No `>` is left at all: nothing behind can be a tag.
            None => {
                text.push_str(from_bracket);
                return text;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use contract::{text::is_hidden, visible::is_ignorable};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_go_before_entities_and_each_entity_is_decoded_once() {
        for (html, expect) in [
            ("국산 <b>대파</b> 1단", "국산 대파 1단"),
            ("<b>새우</b><br/>200g", "새우200g"),
            ("<font color=\"red\">두부</font>", "두부"),
            ("<!-- 광고 -->두부", "두부"),
            ("소금&amp;후추", "소금&후추"),
            ("&quot;한우&quot; &#39;1++&#39; &#xAC00;", "\"한우\" '1++' 가"),
            ("두부&nbsp;한모", "두부 한모"),
            ("&lt;b&gt;새우&lt;/b&gt;", "<b>새우</b>"),
            ("아이폰삼각대 / ios&amp;<b>Android</b> 호환", "아이폰삼각대 / ios&Android 호환"),
            ("&amp;lt;", "&lt;"),
            ("&amp;amp;", "&amp;"),
            // Neither tags nor entities.
            ("<특가> 두부", "<특가> 두부"),
            ("3 < 5 <b>모</b>", "3 < 5 모"),
            ("a<b", "a<b"),
            ("1 > 0", "1 > 0"),
            ("R&D", "R&D"),
            ("&unknown; &", "&unknown; &"),
            ("<", "<"),
            // Hidden characters, even as entities.
            ("두\u{202E}부\n한\t모\u{0}", "두 부 한 모"),
            ("두&#x202E;부&#10;한모", "두 부 한모"),
            ("  두부\r\n  ", "두부"),
            ("두\u{200B}부&#x3164;&ZeroWidthSpace; 한&shy;모\u{FEFF}", "두부 한모"),
        ] {
            assert_eq!(from_html(html, MAX_PRODUCT_NAME_CHARS), expect, "{html:?}");
        }
    }

    #[test]
    fn length_is_bounded_in_characters() {
        assert_eq!(clean(&"가".repeat(1_000), 3), "가가가");
        assert_eq!(clean("가나 다라", 3), "가나");
        assert_eq!(clean("가나 다라", 4), "가나 다");
        assert_eq!(clean("가", 0), "");
    }

    #[test]
    fn many_open_brackets_are_read_in_linear_time() {
        let hostile = "<".repeat(1_000_000);
        assert_eq!(without_tags(&hostile), hostile);
    }

    proptest! {
        #[test]
        fn any_text_comes_out_clean(html in any::<String>(), max in 0_usize..50) {
            let text = from_html(&html, max);
            prop_assert!(!text.chars().any(|c| is_hidden(c) || is_ignorable(c)));
            prop_assert!(text.chars().count() <= max);
            prop_assert_eq!(text.trim(), &text);
            prop_assert_eq!(clean(&text, max), text);
        }

        #[test]
        fn text_without_markup_is_kept(text in "[가-힣a-z0-9]{1,20}( [가-힣a-z0-9]{1,20}){0,3}") {
            prop_assert_eq!(from_html(&text, MAX_PRODUCT_NAME_CHARS), text);
        }
    }
}
