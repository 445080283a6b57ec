//! Reading a product's name: its words, its brackets, and its qualifiers.

use unicode_normalization::UnicodeNormalization as _;

use super::words::{CUTS, MEATS, TRAILING};

/// Most characters of a product's name that are read; the longest of the survey has some forty.
const MAX_CHARS: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title {
    /// The words outside of brackets, without numbers, in lower case.
    pub(super) words: Vec<String>,
    /// The words inside of brackets.
    pub(super) inside: Vec<String>,
    /// Name and detail without blanks.
    text: String,
}

impl Title {
    pub(super) fn of(name: &str, detail: &str) -> Self {
        let name: String = name.nfc().take(MAX_CHARS).collect::<String>().to_lowercase();
        let detail: String = detail.nfc().take(MAX_CHARS).collect::<String>().to_lowercase();
        let (outside, inside) = split_brackets(&name);
        let all: Vec<_> = outside.split_whitespace().collect();
        let is_korean = |word: &str| word.chars().any(is_hangul);
        let any_korean = all.iter().any(|word| is_korean(word));
        let words = all
            .iter()
            .filter(|word| !any_korean || is_korean(word))
            .filter_map(|word| meaningful(word))
            .collect();
        let inside = inside.split([' ', ',']).map(str::to_owned);
        Self {
            words,
            inside: inside.filter(|word| !word.is_empty()).collect(),
            text: name.split_whitespace().chain(detail.split_whitespace()).collect(),
        }
    }

    /// Whether the name or the detail has this text, blanks ignored.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// Whether only qualifiers follow a word.
    pub(super) fn only_qualifiers_follow(&self, end: usize) -> bool {
        let thing = self.words.get(end).map_or("", String::as_str);
        let is_meat = MEATS.iter().any(|meat| thing.ends_with(meat));
        self.words
            .iter()
            .skip(end + 1)
            .all(|word| is_trailing_qualifier(word) || (is_meat && CUTS.contains(&word.as_str())))
    }
}

/// Whether a word is a qualifier behind a name: one of the list, a use (`찌개용`), a manner (`순한맛`, `맑은`).
fn is_trailing_qualifier(word: &str) -> bool {
    let manner = word.strip_suffix('맛').is_some_and(is_adjective);
    TRAILING.contains(&word)
        || (word.ends_with('용') && word.chars().count() > 1)
        || manner
        || is_adjective(word)
}

/// Whether a word ends as attributive adjectives do (`순한`, `가벼운`, `맛있는`).
pub(super) fn is_adjective(word: &str) -> bool {
    let many = word.chars().count() > 1;
    many && ["한", "운", "은", "는", "된", "있는", "없는", "가득"].iter().any(|end| word.ends_with(end))
}

/// The text outside of brackets, and the text inside.
pub(super) fn split_brackets(text: &str) -> (String, String) {
    let (mut outside, mut inside) = (String::new(), String::new());
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' | '{' | '（' | '【' | '<' => {
                depth += 1;
                outside.push(' ');
                inside.push(' ');
            }
            ')' | ']' | '}' | '）' | '】' | '>' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            c => inside.push(c),
        }
    }
    (outside, inside)
}

/// A word without the code behind it (`우유GT`); `None` for a number or a code (`501`, `1등급`, `금F3`).
fn meaningful(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '&');
    let starts_with_digit = word.starts_with(|c: char| c.is_ascii_digit());
    if starts_with_digit && word != "3분" {
        return None;
    }
    let letters = word.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '%');
    let coded = letters.len() < word.len();
    match letters.chars().count() {
        // Words of Latin letters are words too.
        0 => Some(word).filter(|word| !word.is_empty()).map(str::to_owned),
        1 if coded => None,
        _ => Some(letters.to_owned()),
    }
}

const fn is_hangul(c: char) -> bool {
    matches!(c, '가'..='힣' | 'ㄱ'..='ㆎ')
}
