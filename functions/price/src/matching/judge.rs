//! Steps 4, 5, 7 and 8 of the rule for one good: whether its name ends in what is looked for, and what stands around it.
//! What its class says of it is found in `home`.

use serde::Serialize;

use super::{
    Good,
    home::{is_home, is_other_sort},
    name::{Wanted, is_preserved},
    title::{Title, is_adjective},
    words::{
        BRANDS, CUTS, DAIRY, FOODS, FRESH, MADE, MAKERS, MEATS, MIXED, OWN, SHORT_HEADS, SNACK_MAKERS,
        SPECIAL, TELLING,
    },
};

/// What became of a good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Verdict {
    /// It matches: a whole word of its name is what is looked for.
    Word,
    /// It matches: its name ends in it, and what stands in front only tells more.
    Compound,
    /// It matches: a word in front is unknown, and its class is mostly this thing.
    ByClass,
    /// It falls out: nothing of its name is it.
    NotThere,
    /// It falls out: a household good.
    Household,
    /// It falls out: a longer word holds it and is something else.
    PartOfWord,
    /// It falls out: a thing of its own.
    Own {
        /// The thing.
        thing: String,
    },
    /// It falls out: only its maker is named so.
    Maker,
    /// It falls out: made of it or with the taste of it, or of another food.
    Taste,
    /// It falls out: an unknown word stands in front, and its class is of other things.
    Unknown {
        /// The word.
        word: String,
    },
    /// It falls out: other words stand behind it, so that it is something else.
    Behind,
    /// It falls out: a fresh good is there.
    FreshIsThere,
    /// It falls out: others say a word of the name that it does not.
    SaysLess {
        /// The word.
        word: String,
    },
}

impl Verdict {
    /// Whether the good matches.
    #[must_use]
    pub const fn is_match(&self) -> bool {
        matches!(self, Self::Word | Self::Compound | Self::ByClass)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word => f.write_str("a word of its name"),
            Self::Compound => f.write_str("its name ends in it, and what is in front only tells more"),
            Self::ByClass => f.write_str("its name ends in it, and its class is mostly that"),
            Self::NotThere => f.write_str("not in its name"),
            Self::Household => f.write_str("a household good"),
            Self::PartOfWord => f.write_str("part of a longer word, which is something else"),
            Self::Own { thing } => write!(f, "a thing of its own: {thing}"),
            Self::Maker => f.write_str("only its maker is named so"),
            Self::Taste => f.write_str("made of it, or with its taste, or of another food"),
            Self::Unknown { word } => {
                write!(f, "an unknown word in front, and a class of other things: {word}")
            }
            Self::Behind => f.write_str("other words behind it make it something else"),
            Self::FreshIsThere => f.write_str("processed, and a fresh one is there"),
            Self::SaysLess { word } => write!(f, "others say what it does not: {word}"),
        }
    }
}

/// How well a good fits: less is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Whether it is a sort that a plain name means last.
    pub(super) special: bool,
    /// Which of the names that are looked for it was.
    pub(super) target: usize,
    /// Whether a whole word, a compound, or one by its class.
    pub(super) kind: u8,
    /// How much else its name says, in words.
    pub(super) around: usize,
}

/// The three kinds of goods, and those of a class that nobody knows.
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

/// Where a name ends in what is looked for.
pub(super) struct Place<'a> {
    /// The word in which it ends.
    pub(super) end: usize,
    /// The words in front of it.
    pub(super) before: &'a [String],
    /// What is attached in front of it; empty for a whole word.
    pub(super) attached: &'a str,
    /// Whether only telling words stand behind it.
    pub(super) last: bool,
}

/// A place that may be the thing, as far as its own name tells.
pub(super) enum Own<'a> {
    Word(Place<'a>),
    Compound(Place<'a>),
    Loose(Place<'a>),
}

impl<'a> Own<'a> {
    /// Where it is.
    pub(super) const fn place(&self) -> &Place<'a> {
        match self {
            Self::Word(place) | Self::Compound(place) | Self::Loose(place) => place,
        }
    }
}

/// Judges the good at that place of the list.
pub(super) fn judge(
    target: &str,
    index: usize,
    goods: &[Good],
    titles: &[Title],
    wanted: &Wanted,
) -> (Verdict, Option<Hit>) {
    let (Some(good), Some(title)) = (goods.get(index), titles.get(index)) else {
        return (Verdict::NotThere, None);
    };
    if !title.holds(target) {
        return (Verdict::NotThere, None);
    }
    let class = Class::of(&good.class);
    if class == Class::Household {
        return (Verdict::Household, None);
    }
    if says_in_brackets(title, target) {
        return (Verdict::Word, Some(hit(0, title, wanted)));
    }
    let own = match alone(target, title, class) {
        Ok(own) => own,
        Err(verdict) => return (verdict, None),
    };
    if is_taste(target, good, title, class, &wanted.telling) {
        return (Verdict::Taste, None);
    }
    let place = own.place();
    let by_class = || is_home(&wanted.targets, &good.class, goods, titles);
    let asked = wanted.telling.iter().any(|word| is_preserved(word));
    if class == Class::Processed && FRESH.contains(&target) && !asked && !by_class() {
        return (Verdict::Taste, None);
    }
    match &own {
        Own::Word(_) if place.last => (Verdict::Word, Some(hit(0, title, wanted))),
        Own::Compound(_) if place.last => (Verdict::Compound, Some(hit(1, title, wanted))),
        Own::Loose(_) if is_other_sort(&wanted.targets, &good.class, goods, titles) => (
            Verdict::Unknown {
                word: place.attached.to_owned(),
            },
            None,
        ),
        _ if by_class() => (Verdict::ByClass, Some(hit(2, title, wanted))),
        Own::Loose(_) if place.last => (
            Verdict::Unknown {
                word: place.attached.to_owned(),
            },
            None,
        ),
        _ => (Verdict::Behind, None),
    }
}

fn hit(kind: u8, title: &Title, wanted: &Wanted) -> Hit {
    let asked = |word: &str| {
        let names = wanted.telling.iter().chain(&wanted.targets);
        names.into_iter().any(|name| name.contains(word))
    };
    Hit {
        special: SPECIAL.iter().any(|word| title.says(word) && !asked(word)),
        target: 0,
        kind,
        around: title.words.len(),
    }
}

/// `고구마(껍질 있는 호박고구마, 100g)`: the sort stands in the brackets, a cut of meat as well.
fn says_in_brackets(title: &Title, target: &str) -> bool {
    let thing = title.words.last().map_or("", String::as_str);
    let is_sort = |word: &str| word.len() > thing.len() && word.ends_with(thing);
    let is_cut = |word: &str| MEATS.contains(&thing) && CUTS.contains(&word);
    !thing.is_empty()
        && title
            .inside
            .iter()
            .any(|word| word == target && (is_sort(word) || is_cut(word)))
}

/// What the good's own name tells.
pub(super) fn alone<'a>(target: &str, title: &'a Title, class: Class) -> Result<Own<'a>, Verdict> {
    let Some(place) = place(target, title, class) else {
        return Err(Verdict::PartOfWord);
    };
    let text: String = title
        .words
        .iter()
        .take(place.end + 1)
        .map(String::as_str)
        .collect();
    if let Some(thing) = own_thing(&text, target) {
        return Err(Verdict::Own {
            thing: thing.to_owned(),
        });
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
        if behind.clone().any(|word| is_food(word) || is_made(word)) {
            return Err(Verdict::Taste);
        }
        if target.chars().count() == 1 && place.attached.is_empty() {
            return Err(Verdict::Behind);
        }
    }
    let mixed = MIXED.iter().any(|end| target.ends_with(end));
    let before = place.before.last().map_or("", String::as_str);
    let its_animal = CUTS.contains(&target) && MEATS.contains(&before);
    let dairy_before = MAKERS.contains(&before) && before.ends_with("우유");
    if dairy_before && is_food(target) && !DAIRY.contains(&target) {
        return Err(Verdict::Taste);
    }
    let food_before = is_food(before) && !mixed && !its_animal && before != target;
    if food_before || place.before.iter().any(|word| is_made(word)) || is_made(place.attached) {
        return Err(Verdict::Taste);
    }
    if place.attached.is_empty() {
        return Ok(Own::Word(place));
    }
    if target.chars().count() == 1 {
        let long = place.attached.chars().count() > 1;
        return if SHORT_HEADS.contains(&target) && long && !place.attached.ends_with('튀') {
            Ok(Own::Compound(place))
        } else {
            Err(Verdict::PartOfWord)
        };
    }
    let a_food_attached = FRESH
        .iter()
        .chain(&*FOODS)
        .any(|food| place.attached.ends_with(food));
    if place.attached.contains('&') || (a_food_attached && !mixed && !is_telling(place.attached)) {
        return Err(Verdict::Taste);
    }
    if is_telling(place.attached) || (mixed && is_food(place.attached)) {
        return Ok(Own::Compound(place));
    }
    Ok(Own::Loose(place))
}

/// The last place at which the words end in what is looked for.
fn place<'a>(target: &str, title: &'a Title, class: Class) -> Option<Place<'a>> {
    (0..title.words.len()).rev().find_map(|end| {
        let words = title.words.get(..=end)?;
        let text: String = words.iter().map(String::as_str).collect();
        let front = text
            .strip_suffix(target)
            .or_else(|| without_cut(&text, target, class))?;
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
        Some(Place {
            end,
            before: words.get(..at)?,
            attached,
            last: title.only_tells_behind(end),
        })
    })
}

/// `토종닭백숙` is a fresh chicken: what a cut is sold for may be attached to the animal.
fn without_cut<'a>(text: &'a str, target: &str, class: Class) -> Option<&'a str> {
    if class != Class::Fresh || !MEATS.contains(&target) {
        return None;
    }
    CUTS.iter()
        .find_map(|cut| text.strip_suffix(cut)?.strip_suffix(target))
}

/// The thing of its own that a text ends in, longer than what is looked for.
fn own_thing(text: &str, target: &str) -> Option<&'static str> {
    let longer = |own: &&&str| own.len() > target.len() && own.ends_with(target);
    OWN.iter()
        .filter(longer)
        .find(|own| text.ends_with(**own))
        .copied()
}

/// Whether all of it only tells more: words of the lists in a row, or an adjective.
fn is_telling(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    if is_adjective(text) {
        return true;
    }
    TELLING
        .iter()
        .chain(&*BRANDS)
        .filter_map(|word| text.strip_prefix(word))
        .any(is_telling)
}

fn is_food(word: &str) -> bool {
    FRESH.contains(&word) || FOODS.contains(&word)
}

/// Whether a word says that something is made of a food or tastes of it (`버터구이`, `바나나맛`).
fn is_made(word: &str) -> bool {
    let taste = ['맛', '향'].iter().find_map(|end| word.strip_suffix(*end));
    let of_a_food = taste.is_some_and(|food| FRESH.iter().chain(&*FOODS).any(|known| food.ends_with(known)));
    of_a_food || MADE.iter().any(|made| word.ends_with(made))
}

/// Whether a processed good only has the taste of a fresh food (`델몬트 오렌지`), or is preserved and nobody asked for that.
fn is_taste(target: &str, good: &Good, title: &Title, class: Class, telling: &[String]) -> bool {
    const RICE: &str = "030205015";
    let snack_or_drink = ["030205", "030206"]
        .iter()
        .any(|group| good.class.starts_with(group));
    let fresh = FRESH.contains(&target);
    if fresh
        && title
            .words
            .iter()
            .any(|word| SNACK_MAKERS.contains(&word.as_str()))
    {
        return class == Class::Processed;
    }
    if class != Class::Processed || !is_food(target) {
        return false;
    }
    if snack_or_drink {
        return good.class != RICE;
    }
    let preserved = title.says("통조림");
    let asked = telling.iter().any(|word| is_preserved(word));
    fresh && (good.class.starts_with("030203") || (preserved && !asked))
}
