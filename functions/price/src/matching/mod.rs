//! The products of 참가격 that an ingredient's name means. The survey has no search, only a list of some six hundred products with
//! names like shelf labels (`알라 무염버터(400g)`). A wrong product costs more than none.
//!
//! The rule, in steps:
//!
//! 1. Both names are normalised: NFC, in lower case, without brackets.
//! 2. The ingredient's name loses amounts and units (`양파 1/2개`), an alternative (`버터 또는 ..`), and preparations
//!    (`다진 마늘`). Qualifiers (`무염`, `찌개용`) are set aside.
//! 3. The rest is the target, with its synonyms (달걀 = 계란) and the meaning of a short name (파 → 대파).
//! 4. A product is named by its last word, apart from qualifiers behind it (`슬로우버터 무염`). It matches if that word *ends* in
//!    the target: Korean compounds end in what they are. So `버터롤` is no butter and `새우깡` no shrimp.
//! 5. A whole word matches. The end of a longer word matches after a qualifier (`무염버터`), but not if the whole is a distinct
//!    product (`땅콩버터`, `양파`, `순두부`) or begins with another food.
//! 6. After an unknown word (`슬로우버터`) the product's class decides: it matches if at least half of the class has the target. A
//!    target of one syllable never does: too many words end in it.
//! 7. A brand match is not a product match (`서울우유 버터`), nor is a flavour (`불가리스 사과`, `서울우유 커피`) or an ingredient of a
//!    dish (`왕교자 새우`, `국시장국 멸치`). Fresh food is not found among snacks and drinks, and in other processed classes only
//!    where at least half of the class has it.
//! 8. Processed products (class 0302) do not match if a fresh one (0301) does; household products (0303) never match. If any
//!    product has the qualifiers of step 2, only those with them match.
//!
//! `words` has the lists of words, `name` and `title` read the two names, `title_match`, `category` and `classify` are steps 4 to
//! 7. `score` measures the rule over a table of names.

mod category;
mod classify;
mod name;
pub mod product;
pub mod score;
#[cfg(test)]
mod tests;
mod title;
mod title_match;
pub mod verdict;
mod words;

use contract::ingredient_name;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;

pub use self::name::Step;
use self::{
    classify::{Listed, classify_product},
    name::Query,
    product::{Class, SurveyProduct},
    verdict::Verdict,
    words::{OPPOSITES, SPECIAL},
};

/// Longest name of an ingredient in an order, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// How a name was read, and the verdict on each product with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The name as the cache has it.
    pub normalised: String,
    pub steps: Vec<Step>,
    /// The targets.
    pub meant: Vec<String>,
    /// The matching products, best first, then the others that contain a target.
    pub candidates: Vec<Candidate>,
}

/// A product whose name contains a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Its place in the list of products.
    pub index: usize,
    pub verdict: Verdict,
}

/// The matching products as places in the list, best first.
pub fn matches(name: &str, products: &[SurveyProduct]) -> Vec<usize> {
    let candidates = explain(name, products).candidates;
    let matching = candidates.iter().filter(|candidate| candidate.verdict.is_match());
    matching.map(|candidate| candidate.index).collect()
}

/// The same with every step and verdict.
pub fn explain(name: &str, products: &[SurveyProduct]) -> Explanation {
    let list: Vec<_> = products.iter().enumerate().map(Listed::of).collect();
    let any_match = |found: &[Found<'_>]| found.iter().any(|found| found.verdict.is_match());
    let mut query = Query::of(&composed(name));
    let mut found = search(&query, &list);
    // `통마늘` is not a known name: without a match the name is tried without its first syllable.
    if !any_match(&found)
        && let Some(shorter) = query.without_syllable_in_front()
    {
        let again = search(&shorter, &list);
        if any_match(&again) {
            (query, found) = (shorter, again);
        }
    }
    found.sort_by_key(|Found { listed, verdict, rank }| {
        (!verdict.is_match(), listed.class, *rank, listed.index)
    });
    let candidates =
        found.into_iter().map(|Found { listed, verdict, .. }| Candidate { index: listed.index, verdict });
    Explanation {
        normalised: normalised(name),
        steps: query.steps,
        meant: query.targets,
        candidates: candidates.collect(),
    }
}

/// A product whose name contains a target.
struct Found<'a> {
    listed: &'a Listed<'a>,
    verdict: Verdict,
    /// `None` for a product that does not match by itself.
    rank: Option<Rank>,
}

/// How well a product fits, the least best: whether it is a special variety that the name does not ask for, the place of the
/// target, the kind of match, and the number of words.
type Rank = (bool, usize, u8, usize);

/// Classifies the products with a target one by one, then compares them.
fn search<'a>(query: &Query, list: &'a [Listed<'a>]) -> Vec<Found<'a>> {
    let mut found: Vec<_> = list
        .iter()
        .filter_map(|listed| {
            let targets =
                query.targets.iter().enumerate().filter(|(_, target)| listed.title.contains(target));
            let found = targets.map(|(place, target)| {
                let verdict = classify_product(target, listed, list, query);
                let rank = verdict
                    .kind()
                    .map(|kind| (is_special(listed, query), place, kind, listed.title.words.len()));
                Found { listed, verdict, rank }
            });
            found.min_by_key(|found| (found.rank.is_none(), found.rank))
        })
        .collect();
    exclude_opposites(&mut found, query);
    prefer(&mut found, |listed| listed.class == Class::Fresh, &Verdict::FreshPreferred);
    for word in &query.qualifiers {
        prefer(
            &mut found,
            |listed| listed.title.contains(word),
            &Verdict::LacksQualifier { word: word.clone() },
        );
    }
    found
}

/// Whether a product is a variety that a plain name means last.
fn is_special(listed: &Listed<'_>, query: &Query) -> bool {
    let asked = |word: &str| query.qualifiers.iter().chain(&query.targets).any(|name| name.contains(word));
    SPECIAL.iter().any(|word| listed.title.contains(word) && !asked(word))
}

/// Products with an opposite qualifier do not match (`무염` for `가염`), nor do fresh ones for a preserved food.
fn exclude_opposites(found: &mut [Found<'_>], query: &Query) {
    for Found { listed, verdict, .. } in found.iter_mut().filter(|found| found.verdict.is_match()) {
        let opposite = query.qualifiers.iter().find(|word| {
            let opposites = OPPOSITES.iter().find(|words| words.contains(&word.as_str()));
            let mut opposites = opposites.into_iter().flatten().filter(|other| *other != word);
            let is_fresh = name::is_preserved(word) && listed.class == Class::Fresh;
            is_fresh || (!listed.title.contains(word) && opposites.any(|other| listed.title.contains(other)))
        });
        if let Some(word) = opposite {
            *verdict = Verdict::LacksQualifier { word: word.clone() };
        }
    }
}

/// If a matching product is preferred, the others get this verdict.
fn prefer(found: &mut [Found<'_>], is_preferred: impl Fn(&Listed<'_>) -> bool, verdict: &Verdict) {
    if found.iter().any(|found| found.verdict.is_match() && is_preferred(found.listed)) {
        for other in found.iter_mut().filter(|found| found.verdict.is_match() && !is_preferred(found.listed))
        {
            other.verdict = verdict.clone();
        }
    }
}

/// The name as the cache has it: composed, in lower case, without brackets, blanks and preparations, at most
/// [`MAX_NAME_CHARS`] characters. It is empty only for an empty name.
pub fn normalised(name: &str) -> String {
    let key = ingredient_name::key(&composed(name));
    key.nfc().take(MAX_NAME_CHARS).collect()
}

/// In NFC, in one line, of bounded length.
fn composed(name: &str) -> String {
    name.nfc().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_NAME_CHARS).collect()
}
