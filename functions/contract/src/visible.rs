//! The visible form of a text: without invisible characters, with single plain spaces and composed Hangul. So a name equals the
//! same name that was copied from a web page or a file's name. Lengths are bounded in `text`.

use crate::text::is_hidden;

/// Characters that show nothing, in their order: first and last of each run. Source: `Default_Ignorable_Code_Point` of
/// Unicode's `DerivedCoreProperties` (17.0), and two that it lacks: U+FFF9..U+FFFB and U+1D159.
const IGNORABLE: [(char, char); 18] = [
    ('\u{00AD}', '\u{00AD}'),
    ('\u{034F}', '\u{034F}'),
    ('\u{061C}', '\u{061C}'),
    ('\u{115F}', '\u{1160}'),
    ('\u{17B4}', '\u{17B5}'),
    ('\u{180B}', '\u{180F}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFA0}', '\u{FFA0}'),
    ('\u{FFF0}', '\u{FFFB}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D159}', '\u{1D159}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0000}', '\u{E0FFF}'),
];
/// The braille pattern without a dot: as wide as the others, and empty.
const BLANK: char = '\u{2800}';
/// What makes one emoji of two.
const JOINER: char = '\u{200D}';

/// Whether a character is invisible and has no width.
#[must_use]
pub fn is_ignorable(c: char) -> bool {
    !c.is_ascii() && IGNORABLE.iter().any(|&(first, last)| (first..=last).contains(&c))
}

/// The text as a person sees it. Joiners and selectors go as well, those between the parts of an emoji among them.
#[must_use]
pub fn visible(text: &str) -> String {
    seen(text, |_, _| false)
}

/// The same of running text, where joiners and selectors stay as far as they make one emoji of several.
pub(crate) fn visible_prose(text: &str) -> String {
    seen(text, |before, c| {
        let shapes = matches!(c, JOINER | '\u{FE0E}' | '\u{FE0F}');
        shapes && (before == '\u{FE0F}' || is_emoji(before))
    })
}

const fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Control characters and changes of direction are white space here; types that refuse them check before.
fn seen(text: &str, stays: impl Fn(char, char) -> bool) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut apart = false;
    for c in text.chars() {
        if is_hidden(c) || c.is_whitespace() || c == BLANK {
            apart = !clean.is_empty();
            continue;
        }
        let before = clean.chars().next_back().unwrap_or_default();
        if is_ignorable(c) && (apart || !stays(before, c)) {
            continue;
        }
        if before == JOINER && (apart || !is_emoji(c)) {
            clean.pop();
        }
        if apart {
            clean.push(' ');
            apart = false;
        } else if let Some(together) = syllable(before, c) {
            clean.pop();
            clean.push(together);
            continue;
        }
        clean.push(c);
    }
    clean.truncate(clean.trim_end_matches(JOINER).len());
    clean
}

/// The composition of two letters of Hangul, which some systems decompose in file names. Source: the Unicode Standard, 3.12
/// "Conjoining Jamo Behavior". No other part of normalisation is needed here, so a library is not worth a dependency.
fn syllable(before: char, c: char) -> Option<char> {
    const LEAD: u32 = 0x1100;
    const VOWEL: u32 = 0x1161;
    const TAIL: u32 = 0x11A7;
    const SYLLABLE: u32 = 0xAC00;
    let code = u32::from(c);
    match u32::from(before) {
        lead @ 0x1100..=0x1112 if (VOWEL..VOWEL + 21).contains(&code) => {
            char::from_u32(SYLLABLE + ((lead - LEAD) * 21 + (code - VOWEL)) * 28)
        }
        open @ 0xAC00..=0xD7A3
            if (open - SYLLABLE).is_multiple_of(28) && (TAIL + 1..TAIL + 28).contains(&code) =>
        {
            char::from_u32(open + (code - TAIL))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invisible_characters_are_removed() {
        for c in [
            '\u{AD}',
            '\u{34F}',
            '\u{115F}',
            '\u{1160}',
            '\u{180E}',
            '\u{200B}',
            '\u{200C}',
            '\u{200D}',
            '\u{2060}',
            '\u{2064}',
            '\u{3164}',
            '\u{FE0F}',
            '\u{FEFF}',
            '\u{FFA0}',
            '\u{E0041}',
            '\u{E0100}',
        ] {
            assert_eq!(visible(&format!("{c}두{c}{c}부{c}")), "두부", "{c:?}");
            assert_eq!(visible(&format!("{c} {c}")), "", "{c:?}");
        }
        for seen in ["두부", "ㅋ", "1/2 컵", "🥕", "é", "ﾡ", "-"] {
            assert_eq!(visible(seen), seen);
        }
    }

    #[test]
    fn white_space_is_one_plain_space() {
        for blank in ["\u{A0}", "\u{3000}", "\u{2003}\u{200B} ", "\u{2800}", "\u{2028}", "\t\n", "\u{202E}"] {
            assert_eq!(visible(&format!("{blank}순{blank}두부{blank}")), "순 두부", "{blank:?}");
        }
    }

    #[test]
    fn an_emoji_of_several_stays_one_in_running_text() {
        for emoji in ["👩\u{200D}🍳", "❤\u{FE0F}\u{200D}🔥", "⚠\u{FE0F}"] {
            let step = format!("{emoji} 볶는다");
            assert_eq!(visible_prose(&step), step);
        }
        assert_eq!(visible("👩\u{200D}🍳"), "👩🍳");
        assert_eq!(visible_prose("두\u{200D}부🍳\u{200D} 🍳\u{200D}굽기🍳\u{200D}"), "두부🍳 🍳굽기🍳");
    }

    proptest! {
        /// The regular expressions have the property of Unicode's own files.
        #[test]
        fn the_table_is_unicodes(
            nothing in r"[\p{Default_Ignorable_Code_Point}--[\u{E0000}-\u{E0FFF}]]{1,60}",
            tag in r"[\u{E0000}-\u{E0FFF}]",
            something in r"[\P{Default_Ignorable_Code_Point}--[\u{FFF9}-\u{FFFB}\u{1D159}]]{1,60}",
        ) {
            prop_assert!(nothing.chars().chain(tag.chars()).all(is_ignorable));
            prop_assert!(!something.chars().any(is_ignorable));
        }

        #[test]
        fn what_is_visible_stays(text in any::<String>()) {
            for seen in [visible, visible_prose] {
                let once = seen(&text);
                prop_assert_eq!(once.trim(), &once);
                prop_assert!(!once.contains("  "));
                prop_assert_eq!(seen(&once), once);
            }
            prop_assert!(!visible(&text).chars().any(|c| is_ignorable(c) || is_hidden(c)));
        }

        #[test]
        fn syllables_come_together_again(code in 0xAC00_u32..0xD7A4, between in "\u{200B}{0,2}") {
            let index = code - 0xAC00;
            let (lead, vowel, tail) = (index / 588, index % 588 / 28, index % 28);
            let letters = [0x1100 + lead, 0x1161 + vowel, 0x11A7 + tail];
            let letters = letters.iter().filter(|&&letter| letter != 0x11A7);
            let apart: Vec<String> = letters.filter_map(|&letter| Some(char::from_u32(letter)?.to_string())).collect();
            prop_assert_eq!(visible(&apart.join(&between)), char::from_u32(code).unwrap().to_string());
        }
    }
}
