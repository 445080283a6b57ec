//! Where a product's name ends in the name that is looked for, and what the words around it make of it (steps 4 and 5 of the
//! rule).

use super::{
    title::{Title, is_adjective},
    verdict::Verdict,
    words::{
        BRANDS, COMPOSED_FOODS, CUTS, DAIRY, DISH_WORDS, DISTINCT_PRODUCTS, FOODS, FRESH, MAKERS, MEATS,
        QUALIFIERS, SHORT_HEADS,
    },
};

/// The three kinds of products, and those of an unknown class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Fresh,
    Processed,
    Unknown,
    Household,
}

impl Class {
    pub(super) fn of(class: &str) -> Self {
        match class.get(..4) {
            Some("0301") => Self::Fresh,
            Some("0302") => Self::Processed,
            Some("0303") => Self::Household,
            _ => Self::Unknown,
        }
    }
}

/// Where a name ends in the name that is searched for.
pub(super) struct Place<'a> {
    /// The word in which it ends.
    pub(super) end: usize,
    /// The words in front of it.
    pub(super) before: &'a [String],
    /// What is attached in front of it; empty for a whole word.
    pub(super) attached: &'a str,
    /// Whether only qualifiers stand behind it.
    pub(super) last: bool,
}

/// A place that may be the thing, as far as its own name tells.
pub(super) enum TitleMatch<'a> {
    Word(Place<'a>),
    Compound(Place<'a>),
    Loose(Place<'a>),
}

impl<'a> TitleMatch<'a> {
    /// Where it is.
    pub(super) const fn place(&self) -> &Place<'a> {
        match self {
            Self::Word(place) | Self::Compound(place) | Self::Loose(place) => place,
        }
    }
}

/// What the product's own name tells.
pub(super) fn match_title<'a>(
    target: &str,
    title: &'a Title,
    class: Class,
) -> Result<TitleMatch<'a>, Verdict> {
    let Some(place) = place(target, title, class) else {
        return Err(Verdict::PartOfWord);
    };
    let text: String = title.words.iter().take(place.end + 1).map(String::as_str).collect();
    if let Some(thing) = distinct_product(&text, target) {
        return Err(Verdict::Own { thing: thing.to_owned() });
    }
    let behind = title.words.iter().skip(place.end + 1);
    if !place.last {
        let word = title.words.get(place.end).map_or("", String::as_str);
        if MAKERS.contains(&word) {
            return Err(Verdict::Maker);
        }
        // `삼호어묵 정통어묵탕` says itself that it is made of it, `탄산수 레몬` which taste it has.
        if behind.clone().any(|word| word.contains(target)) {
            return Err(Verdict::PartOfWord);
        }
        if behind.clone().any(|word| is_food(word) || is_dish_word(word)) {
            return Err(Verdict::Taste);
        }
        if target.chars().count() == 1 && place.attached.is_empty() {
            return Err(Verdict::Behind);
        }
    }
    let mixed = COMPOSED_FOODS.iter().any(|end| target.ends_with(end));
    let before = place.before.last().map_or("", String::as_str);
    let its_animal = CUTS.contains(&target) && MEATS.contains(&before);
    let dairy_before = MAKERS.contains(&before) && before.ends_with("우유");
    if dairy_before && is_food(target) && !DAIRY.contains(&target) {
        return Err(Verdict::Taste);
    }
    let food_before = is_food(before) && !mixed && !its_animal && before != target;
    if food_before || place.before.iter().any(|word| is_dish_word(word)) || is_dish_word(place.attached) {
        return Err(Verdict::Taste);
    }
    if place.attached.is_empty() {
        return Ok(TitleMatch::Word(place));
    }
    if target.chars().count() == 1 {
        let long = place.attached.chars().count() > 1;
        return if SHORT_HEADS.contains(&target) && long && !place.attached.ends_with('튀') {
            Ok(TitleMatch::Compound(place))
        } else {
            Err(Verdict::PartOfWord)
        };
    }
    let a_food_attached = FRESH.iter().chain(&*FOODS).any(|food| place.attached.ends_with(food));
    if place.attached.contains('&') || (a_food_attached && !mixed && !is_qualifier(place.attached)) {
        return Err(Verdict::Taste);
    }
    if is_qualifier(place.attached) || (mixed && is_food(place.attached)) {
        return Ok(TitleMatch::Compound(place));
    }
    Ok(TitleMatch::Loose(place))
}

/// The last place at which the words end in the name that is searched for.
fn place<'a>(target: &str, title: &'a Title, class: Class) -> Option<Place<'a>> {
    (0..title.words.len()).rev().find_map(|end| {
        let words = title.words.get(..=end)?;
        let text: String = words.iter().map(String::as_str).collect();
        let front = text.strip_suffix(target).or_else(|| without_cut(&text, target, class))?;
        // Where in the words that is.
        let mut length = 0;
        let mut at = 0;
        for word in words {
            if length + word.len() > front.len() {
                break;
            }
            length += word.len();
            at += 1;
        }
        let attached = words.get(at)?.get(..front.len() - length)?;
        Some(Place { end, before: words.get(..at)?, attached, last: title.only_qualifiers_follow(end) })
    })
}

/// `토종닭백숙` is a fresh chicken: what a cut is sold for may be attached to the animal.
fn without_cut<'a>(text: &'a str, target: &str, class: Class) -> Option<&'a str> {
    if class != Class::Fresh || !MEATS.contains(&target) {
        return None;
    }
    CUTS.iter().find_map(|cut| text.strip_suffix(cut)?.strip_suffix(target))
}

/// The distinct product that a text ends in, longer than the name that is searched for.
fn distinct_product(text: &str, target: &str) -> Option<&'static str> {
    let longer = |own: &&&str| own.len() > target.len() && own.ends_with(target);
    DISTINCT_PRODUCTS.iter().filter(longer).find(|own| text.ends_with(**own)).copied()
}

/// Whether all of it only describes: words of the lists in a row, or an adjective.
fn is_qualifier(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    if is_adjective(text) {
        return true;
    }
    QUALIFIERS.iter().chain(&*BRANDS).filter_map(|word| text.strip_prefix(word)).any(is_qualifier)
}

pub(super) fn is_food(word: &str) -> bool {
    FRESH.contains(&word) || FOODS.contains(&word)
}

/// Whether a word says that something is made of a food or tastes of it (`버터구이`, `바나나맛`).
fn is_dish_word(word: &str) -> bool {
    let taste = ['맛', '향'].iter().find_map(|end| word.strip_suffix(*end));
    let of_a_food = taste.is_some_and(|food| FRESH.iter().chain(&*FOODS).any(|known| food.ends_with(known)));
    of_a_food || DISH_WORDS.iter().any(|made| word.ends_with(made))
}
