//! The rule's lists of words. `words.txt` has them, each with what it is for.

#[cfg(test)]
use std::collections::BTreeSet;
use std::sync::LazyLock;

const TEXT: &str = include_str!("words.txt");

type Words = LazyLock<Vec<&'static str>>;
type Groups = LazyLock<Vec<Vec<&'static str>>>;
type Aliases = LazyLock<Vec<(&'static str, Vec<&'static str>)>>;

/// The lines of a section, without comments.
fn section(name: &str) -> impl Iterator<Item = &'static str> {
    let lines = TEXT.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let is_head =
        move |line: &&str| line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) == Some(name);
    let lines = lines.skip_while(move |line| !is_head(line)).skip(1);
    lines.take_while(|line| !line.starts_with('['))
}

/// The words of a section.
fn words(name: &str) -> Vec<&'static str> {
    section(name).flat_map(str::split_whitespace).collect()
}

/// The words of a section by line.
fn groups(name: &str) -> Vec<Vec<&'static str>> {
    section(name).map(|line| line.split_whitespace().collect()).collect()
}

/// The text before the colon of each line, with the words behind it.
fn aliases(name: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let lines = section(name).filter_map(|line| line.split_once(':'));
    lines.map(|(name, words)| (name, words.split_whitespace().collect())).collect()
}

/// A static for each section of that name, read by that function.
macro_rules! lists {
    ($($read:ident: $type:ty = $($name:ident)+;)+) => {
        $($(pub(super) static $name: $type = LazyLock::new(|| $read(stringify!($name)));)+)+
        #[cfg(test)]
        const NAMES: &[&str] = &[$($(stringify!($name)),+),+];
    };
}

lists! {
    words: Words = PREPARATIONS SUFFIX_WORDS QUALIFIERS STANDALONE_QUALIFIERS BRANDS SNACK_MAKERS DAIRY SPECIAL MAKERS
        TRAILING CUTS MEATS DISH_WORDS DISTINCT_PRODUCTS COMPOSED_FOODS FRESH FOODS SHORT_HEADS SHORT_FOODS;
    groups: Groups = SYNONYMS OPPOSITES;
    aliases: Aliases = ALIASES;
}

#[test]
fn every_list_of_the_file_is_read() {
    let heads = TEXT.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    assert_eq!(heads.collect::<BTreeSet<_>>(), NAMES.iter().copied().collect());
    for name in NAMES {
        assert!(section(name).next().is_some(), "{name}");
    }
}
