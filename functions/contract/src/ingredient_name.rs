//! When two names mean the same ingredient. Price decides by it what an order and a recipe have in common, combine what
//! nobody priced; both must agree, so it stands here. Which good of a shop a name means does not live here (`matching` in
//! `price`).

/// Words in front that say how an ingredient is cut or washed: what is bought stays the same. Longer ones first.
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
/// The same behind the name.
const PREPARED_BEHIND: [&str; 3] = ["다진것", "채썬것", "썬것"];
/// What opens a remark, and what closes it.
const BRACKETS: [(char, char); 6] = [
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('（', '）'),
    ('［', '］'),
    ('【', '】'),
];

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
        check(
            &["돼지고기", "돼지 고기", " 돼지\u{3000}고기 ", "돼지\t고기"],
            "돼지고기",
        );
        check(&["Olive  oil", "olive OIL", "OliveOil"], "oliveoil");
    }

    #[test]
    fn a_remark_in_brackets_does_not_count() {
        check(
            &[
                "대파",
                "대파(흰 부분)",
                "대파 [국산]",
                "(국산) 대파",
                "대파(흰(속) 부분",
            ],
            "대파",
        );
        check(&["(대파)"], "(대파)");
        check(&["대파)"], "대파)");
    }

    #[test]
    fn how_it_is_cut_does_not_count() {
        check(
            &[
                "마늘",
                "다진 마늘",
                "다진마늘",
                "깐 마늘",
                "잘게 다진 마늘",
                "마늘 다진 것",
            ],
            "마늘",
        );
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
