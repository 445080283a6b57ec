//! Whether two names mean the same ingredient. `price` compares an order with a recipe by it, and `combine` priced ingredients
//! with a recipe's. (`matching` in `price` finds the products of a name.)

use crate::visible::visible;

/// Preparations in front of a name, which do not change what is bought. Longer ones first.
const PREPARED: [&str; 22] = [
    "먹기좋게썬",
    "껍질벗긴",
    "깨끗이씻은",
    "송송썬",
    "어슷썬",
    "깍둑썬",
    "나박썬",
    "얇게썬",
    "굵게썬",
    "손질한",
    "손질된",
    "잘게썬",
    "곱게",
    "잘게",
    "굵게",
    "채썬",
    "다진",
    "으깬",
    "씻은",
    "편썬",
    "썬",
    "깐",
];
/// What begins like one of these words and is a word of its own: 깐쇼새우, 썬드라이 토마토.
const NOT_PREPARED: [&str; 5] = ["깐쇼", "깐풍", "썬드라이", "썬키스트", "썬칩"];
/// Keys of one thing under several names: what an order calls one way and a recipe another. The first is the one they share.
/// Names that only often mean the same are not here: two ingredients would become one.
const SAME: [&[&str]; 8] = [
    &["소고기", "쇠고기"],
    &["계란", "달걀"],
    &["대파", "파"],
    &["돼지고기", "돈육"],
    &["고춧가루", "고추가루"],
    &["후춧가루", "후추", "후추가루"],
    &["케첩", "케찹", "토마토케첩", "토마토케찹"],
    &["꿀", "벌꿀"],
];
/// The same behind the name.
const PREPARED_BEHIND: [&str; 3] = ["다진것", "채썬것", "썬것"];
/// What opens a remark, and what closes it.
const BRACKETS: [(char, char); 6] =
    [('(', ')'), ('[', ']'), ('{', '}'), ('（', '）'), ('［', '］'), ('【', '】')];

/// What two names of the same ingredient have in common: neither white space nor case counts, nor a remark in brackets
/// (`대파(흰 부분)`), nor how it is cut (`다진 마늘`). Never empty for a name that is not; the key of a key is itself.
#[must_use]
pub fn key(name: &str) -> String {
    let lower = name.to_lowercase();
    let squeezed: String = lower.split_whitespace().collect();
    let Some(mut key) = without_brackets(&squeezed).or(filled(&squeezed)) else {
        return name.to_owned();
    };
    while let Some(shorter) = without_preparation(&key) {
        key = shorter.to_owned();
    }
    key
}

/// What two names of the same ingredient have in common, however they are written: the [`key`] of what a person sees, with one
/// name for what has several (달걀 is 계란).
#[must_use]
pub fn identity(name: &str) -> String {
    let key = key(&visible(name));
    let names = SAME.iter().find(|names| names.contains(&key.as_str()));
    match names.and_then(|names| names.first()) {
        Some(first) => (*first).to_owned(),
        None => key,
    }
}

/// The text outside of brackets; nothing when there is none. A bracket that is not closed reaches to the end.
fn without_brackets(text: &str) -> Option<String> {
    let mut outside = String::new();
    let mut open = Vec::new();
    for c in text.chars() {
        if let Some((_, close)) = BRACKETS.iter().find(|(open, _)| *open == c) {
            open.push(*close);
        } else if open.last() == Some(&c) {
            open.pop();
        } else if open.is_empty() {
            outside.push(c);
        }
    }
    filled(&outside)
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// The name without one word of preparation; nothing when it has none or is nothing else.
fn without_preparation(name: &str) -> Option<&str> {
    if PREPARED_BEHIND.contains(&name) {
        return None;
    }
    if NOT_PREPARED.iter().any(|own| name.starts_with(own)) {
        return None;
    }
    let front = PREPARED.iter().find_map(|word| name.strip_prefix(word));
    let behind = || PREPARED_BEHIND.iter().find_map(|word| name.strip_suffix(word));
    front.filter(|left| !left.is_empty()).or_else(behind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(names: &[&str], expect: &str) {
        for name in names {
            assert_eq!(key(name), expect, "{name}");
        }
    }

    #[test]
    fn white_space_and_case_do_not_count() {
        check(&["돼지고기", "돼지 고기", " 돼지\u{3000}고기 ", "돼지\t고기"], "돼지고기");
        check(&["Olive  oil", "olive OIL", "OliveOil"], "oliveoil");
    }

    #[test]
    fn a_remark_in_brackets_does_not_count() {
        check(&["대파", "대파(흰 부분)", "대파 [국산]", "(국산) 대파", "대파(흰(속) 부분"], "대파");
        check(&["(대파)"], "(대파)");
        check(&["대파)"], "대파)");
    }

    #[test]
    fn how_it_is_cut_does_not_count() {
        check(&["마늘", "다진 마늘", "다진마늘", "깐 마늘", "잘게 다진 마늘", "마늘 다진 것"], "마늘");
        check(&["채 썬 양파", "양파(채 썬 것)", "채썬양파"], "양파");
    }

    #[test]
    fn what_is_another_thing_stays_one() {
        for name in ["훈제연어", "건새우", "무염 버터", "생크림", "볶은 깨", "청양고추"]
        {
            assert_eq!(key(name), name.replace(' ', ""));
        }
    }

    #[test]
    fn what_only_begins_like_a_word_of_preparation_is_whole() {
        for name in ["깐쇼새우", "깐풍기소스", "썬드라이토마토", "썬키스트자몽"] {
            assert_eq!(key(name), name);
        }
    }

    #[test]
    fn one_thing_has_one_identity() {
        for (one, other) in [
            ("쇠고기", "소고기"),
            ("달걀", "계란"),
            ("송송 썬 파", "대파"),
            ("\u{1103}\u{116E}\u{1107}\u{116E}", "두부"),
            ("두\u{200B}부\u{3164}", "두부"),
            ("\u{1100}\u{1161}\u{11B7}\u{110C}\u{1161}", "감자"),
        ] {
            assert_eq!(identity(one), identity(other), "{one}");
        }
        assert_ne!(identity("쪽파"), identity("대파"));
        assert_ne!(identity("돼지고기 목살"), identity("돼지고기"));
    }

    #[test]
    fn a_name_of_nothing_else_stays() {
        check(&["다진"], "다진");
        check(&["다진 것"], "다진것");
        check(&["다진 (고기)"], "다진");
        check(&["  "], "  ");
        check(&[""], "");
    }

    proptest! {
        #[test]
        fn the_key_of_a_key_is_itself_and_never_empty(name in any::<String>()) {
            let once = key(&name);
            prop_assert_eq!(once.is_empty(), name.is_empty());
            prop_assert_eq!(key(&once), once);
        }

        #[test]
        fn names_of_our_words_have_one_key_however_they_are_spaced(
            words in prop::collection::vec(
                prop::sample::select(vec!["다진", "채", "썬", "깐", "마늘", "돼지", "고기", "(", ")", "것", "A"]),
                1..7,
            ),
        ) {
            let once = key(&words.concat());
            prop_assert_eq!(&key(&words.join(" ")), &once);
            prop_assert_eq!(&key(&words.join("\u{3000}").to_lowercase()), &once);
            prop_assert_eq!(key(&once), once);
        }
    }
}
