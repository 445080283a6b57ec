//! Which products of 참가격 an ingredient's name means. The survey has no search: a list of some six hundred products is all
//! there is, named as a shelf label names them (`알라 무염버터(400g)`), and a wrong one costs more than none.
//!
//! The rule, in steps:
//!
//! 1. Both names are composed (NFC), in lower case, without what stands in brackets.
//! 2. From the ingredient's name go amounts and units (`양파 1/2개`), an alternative (`버터 또는 ..`), and the words that
//!    say how it is prepared (`다진 마늘`). Words that only describe (`무염`, `찌개용`) are put aside.
//! 3. What is left is what is meant, with all names of the same thing (달걀 = 계란) and what a short name means (파 → 대파).
//! 4. A product is named by its last word, behind which stand at most words that only describe (`슬로우버터 무염`). It
//!    matches when it *ends* in what is meant: Korean compounds end in what they are. So `버터롤` is no butter and `새우깡`
//!    no shrimp.
//! 5. A whole word matches. What ends a longer word matches when what stands in front only describes (`무염버터`); it
//!    does not when the whole is a distinct product (`땅콩버터`, `양파`, `순두부`), or another food stands in front.
//! 6. A word in front that no list knows (`슬로우버터`) is decided by the product's class: it matches where at least half of
//!    the class is this thing. Nothing of one syllable is found so: too many words end like it.
//! 7. A brand match is not a product match (`서울우유 버터`) nor is a taste (`불가리스 사과`), and what is sold fresh is not found among
//!    snacks and drinks; in any processed class only where at least half of the class is it. What a dish is made with is none
//!    (`왕교자 새우`, `국시장국 멸치`), and no taste of milk is (`서울우유 커피`).
//! 8. Fresh products (class 0301) come before processed ones (0302), which do not match when there is a fresh one; household
//!    products (0303) never match. Of what is left, the products that say the words put aside in step 2 stay, if any does.
//!
//! The lists of words are in `words`, the reading of the two names in `name` and `title`, steps 4 to 7 in `title_match`, `category` and `classify`. How product
//! the rule is, is measured over a table of names in `score`. What a source does with the products does not live here.

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
    classify::{Hit, classify_product},
    name::Query,
    product::SurveyProduct,
    title::Title,
    title_match::Class,
    verdict::Verdict,
    words::OPPOSITES,
};

/// Most characters of a name that are looked at: as many as an order's ingredient may have.
pub const MAX_NAME_CHARS: usize = 100;

/// How a name was understood and what became of every product that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The name as the cache knows it.
    pub normalised: String,
    /// What was done to the name, in order.
    pub steps: Vec<Step>,
    /// The names that were looked for.
    pub meant: Vec<String>,
    /// The products that match, best first, and then those that hold the name and fell out.
    pub candidates: Vec<Candidate>,
}

/// A product that holds one of the names that were looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Its place in the list of products.
    pub index: usize,
    /// What became of it.
    pub verdict: Verdict,
}

/// The products that the ingredient's name means, as places in the list, best first; empty when there is none.
pub fn matches(name: &str, products: &[SurveyProduct]) -> Vec<usize> {
    let candidates = explain(name, products).candidates;
    let chosen = candidates.iter().filter(|candidate| candidate.verdict.is_match());
    chosen.map(|candidate| candidate.index).collect()
}

/// The same with the way there.
pub fn explain(name: &str, products: &[SurveyProduct]) -> Explanation {
    let titles: Vec<_> = products.iter().map(|product| Title::of(&product.name, &product.detail)).collect();
    let query = Query::of(&composed(name));
    let mut found = search(&query, products, &titles);
    let mut query = query;
    // `통마늘` is no word of its own: what is not found is tried without the syllable in front.
    if !found.iter().any(|(candidate, _)| candidate.verdict.is_match())
        && let Some(shorter) = query.without_syllable_in_front()
    {
        let again = search(&shorter, products, &titles);
        if again.iter().any(|(candidate, _)| candidate.verdict.is_match()) {
            (query, found) = (shorter, again);
        }
    }
    found.sort_by_key(|(candidate, hit)| {
        let class = Class::of(products.get(candidate.index).map_or("", |product| &product.class));
        (!candidate.verdict.is_match(), class, hit.clone(), candidate.index)
    });
    Explanation {
        normalised: normalised(name),
        steps: query.steps,
        meant: query.targets,
        candidates: found.into_iter().map(|(candidate, _)| candidate).collect(),
    }
}

/// Every product that holds a name that was looked for, judged one by one and then among each other.
fn search(query: &Query, products: &[SurveyProduct], titles: &[Title]) -> Vec<(Candidate, Option<Hit>)> {
    let mut found: Vec<(Candidate, Option<Hit>)> = Vec::new();
    for (index, title) in titles.iter().enumerate() {
        if !query.targets.iter().any(|target| title.holds(target)) {
            continue;
        }
        let judged = query.targets.iter().enumerate().map(|(rank, target)| {
            let (verdict, hit) = classify_product(target, index, products, titles, query);
            (verdict, hit.map(|hit| Hit { target: rank, ..hit }))
        });
        let best = judged
            .filter(|(verdict, _)| *verdict != Verdict::NotThere)
            .min_by_key(|(verdict, hit)| (!verdict.is_match(), hit.clone()));
        if let Some((verdict, hit)) = best {
            found.push((Candidate { index, verdict }, hit));
        }
    }
    not_the_opposite(&mut found, query, products, titles);
    only_fresh(&mut found, products);
    only_telling(&mut found, query, titles);
    found
}

/// Goods fall out that say another thing than the name does (`무염` for `가염`), and fresh ones for a preserved food.
fn not_the_opposite(
    found: &mut [(Candidate, Option<Hit>)],
    query: &Query,
    products: &[SurveyProduct],
    titles: &[Title],
) {
    for (candidate, _) in found.iter_mut() {
        let (Some(product), Some(title)) = (products.get(candidate.index), titles.get(candidate.index))
        else {
            continue;
        };
        let other = query.qualifiers.iter().find(|word| {
            let opposites = OPPOSITES.iter().find(|words| words.contains(&word.as_str()));
            let mut opposites = opposites.into_iter().flatten().filter(|other| *other != word);
            let fresh = name::is_preserved(word) && Class::of(&product.class) == Class::Fresh;
            fresh || (!title.says(word) && opposites.any(|other| title.says(other)))
        });
        if let Some(word) = other
            && candidate.verdict.is_match()
        {
            candidate.verdict = Verdict::SaysLess { word: word.clone() };
        }
    }
}

/// Processed products do not match when there is a fresh one.
fn only_fresh(found: &mut [(Candidate, Option<Hit>)], products: &[SurveyProduct]) {
    let is_fresh = |candidate: &Candidate| {
        products.get(candidate.index).is_some_and(|product| Class::of(&product.class) == Class::Fresh)
    };
    let chosen = |candidate: &Candidate| candidate.verdict.is_match();
    if found.iter().any(|(candidate, _)| chosen(candidate) && is_fresh(candidate)) {
        for (candidate, _) in found.iter_mut() {
            if chosen(candidate) && !is_fresh(candidate) {
                candidate.verdict = Verdict::FreshIsThere;
            }
        }
    }
}

/// The products that say what the name says stay, if any does.
fn only_telling(found: &mut [(Candidate, Option<Hit>)], query: &Query, titles: &[Title]) {
    for word in &query.qualifiers {
        let says = |candidate: &Candidate| titles.get(candidate.index).is_some_and(|title| title.says(word));
        let chosen = |candidate: &Candidate| candidate.verdict.is_match();
        if found.iter().any(|(candidate, _)| chosen(candidate) && says(candidate)) {
            for (candidate, _) in found.iter_mut() {
                if chosen(candidate) && !says(candidate) {
                    candidate.verdict = Verdict::SaysLess { word: word.clone() };
                }
            }
        }
    }
}

/// The name as the cache knows it: composed, in lower case, without brackets, blanks and the words that say how it is
/// prepared. At most [`MAX_NAME_CHARS`] characters; never empty for a name that is not.
pub fn normalised(name: &str) -> String {
    let key = ingredient_name::key(&composed(name));
    key.nfc().take(MAX_NAME_CHARS).collect()
}

/// Composed, in one line, and not longer than a name may be.
fn composed(name: &str) -> String {
    name.nfc().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_NAME_CHARS).collect()
}
