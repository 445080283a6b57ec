//! The lists of words that the rule knows of. What each one holds, and why, stands in `words.txt`.

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

/// Its words.
fn words(name: &str) -> Vec<&'static str> {
    section(name).flat_map(str::split_whitespace).collect()
}

/// Its words, line by line.
fn groups(name: &str) -> Vec<Vec<&'static str>> {
    section(name).map(|line| line.split_whitespace().collect()).collect()
}

/// What stands in front of the colon of each line, with the words behind it.
fn aliases(name: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let lines = section(name).filter_map(|line| line.split_once(':'));
    lines.map(|(name, words)| (name, words.split_whitespace().collect())).collect()
}

pub(super) static PREPARATIONS: Words = LazyLock::new(|| words("PREPARATIONS"));
pub(super) static SUFFIX_WORDS: Words = LazyLock::new(|| words("SUFFIX_WORDS"));
pub(super) static QUALIFIERS: Words = LazyLock::new(|| words("QUALIFIERS"));
pub(super) static STANDALONE_QUALIFIERS: Words = LazyLock::new(|| words("STANDALONE_QUALIFIERS"));
pub(super) static BRANDS: Words = LazyLock::new(|| words("BRANDS"));
pub(super) static SNACK_MAKERS: Words = LazyLock::new(|| words("SNACK_MAKERS"));
pub(super) static DAIRY: Words = LazyLock::new(|| words("DAIRY"));
pub(super) static SPECIAL: Words = LazyLock::new(|| words("SPECIAL"));
pub(super) static MAKERS: Words = LazyLock::new(|| words("MAKERS"));
pub(super) static TRAILING: Words = LazyLock::new(|| words("TRAILING"));
pub(super) static CUTS: Words = LazyLock::new(|| words("CUTS"));
pub(super) static MEATS: Words = LazyLock::new(|| words("MEATS"));
pub(super) static DISH_WORDS: Words = LazyLock::new(|| words("DISH_WORDS"));
pub(super) static DISTINCT_PRODUCTS: Words = LazyLock::new(|| words("DISTINCT_PRODUCTS"));
pub(super) static COMPOSED_FOODS: Words = LazyLock::new(|| words("COMPOSED_FOODS"));
pub(super) static FRESH: Words = LazyLock::new(|| words("FRESH"));
pub(super) static FOODS: Words = LazyLock::new(|| words("FOODS"));
pub(super) static SYNONYMS: Groups = LazyLock::new(|| groups("SYNONYMS"));
pub(super) static ALIASES: Aliases = LazyLock::new(|| aliases("ALIASES"));
pub(super) static SHORT_HEADS: Words = LazyLock::new(|| words("SHORT_HEADS"));
pub(super) static SHORT_FOODS: Words = LazyLock::new(|| words("SHORT_FOODS"));
pub(super) static OPPOSITES: Groups = LazyLock::new(|| groups("OPPOSITES"));

#[test]
fn every_list_of_the_file_is_read() {
    let heads = TEXT.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    let heads: Vec<_> = heads.collect();
    let lists = include_str!("words.rs").lines().filter(|line| line.starts_with("pub(super) static"));
    assert_eq!(lists.count(), heads.len());
    for head in heads {
        assert!(section(head).next().is_some(), "{head}");
    }
}
