//! Where a product's name ends in the target, and what the other words make of it: steps 4 and 5 of the rule.

use super::{
    product::Class,
    title::{Title, is_adjective},
    verdict::Verdict,
    words::{
        BRANDS, COMPOSED_FOODS, CUTS, DAIRY, DISH_WORDS, DISTINCT_PRODUCTS, FOODS, FRESH, MAKERS, MEATS,
        QUALIFIERS, SHORT_HEADS,
    },
};

/// Where a name ends in the target.
pub(super) struct Place<'a> {
    /// The word that ends in it.
    pub(super) end: usize,
    pub(super) before: &'a [String],
    /// The rest of that word, in front; empty for a whole word.
    pub(super) attached: &'a str,
    /// Whether only qualifiers follow.
    pub(super) last: bool,
}

/// A place that may be a match, as far as the product's own name shows.
pub(super) enum TitleMatch<'a> {
    /// A whole word.
    Word(Place<'a>),
    /// The end of a longer word, after qualifiers.
    Compound(Place<'a>),
    /// The end of a longer word, after an unknown one.
    Loose(Place<'a>),
}

impl<'a> TitleMatch<'a> {
    pub(super) const fn place(&self) -> &Place<'a> {
        match self {
            Self::Word(place) | Self::Compound(place) | Self::Loose(place) => place,
        }
    }
}

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
        return Err(Verdict::Distinct { thing: thing.to_owned() });
    }
    let behind = title.words.iter().skip(place.end + 1);
    if !place.last {
        let word = title.words.get(place.end).map_or("", String::as_str);
        if MAKERS.contains(&word) {
            return Err(Verdict::Maker);
        }
        // `삼호어묵 정통어묵탕` is made of it, `탄산수 레몬` has its flavour.
        if behind.clone().any(|word| word.contains(target)) {
            return Err(Verdict::PartOfWord);
        }
        if behind.clone().any(|word| is_food(word) || is_dish_word(word)) {
            return Err(Verdict::Flavour);
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
        return Err(Verdict::Flavour);
    }
    let food_before = is_food(before) && !mixed && !its_animal && before != target;
    if food_before || place.before.iter().any(|word| is_dish_word(word)) || is_dish_word(place.attached) {
        return Err(Verdict::Flavour);
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
        return Err(Verdict::Flavour);
    }
    if is_qualifier(place.attached) || (mixed && is_food(place.attached)) {
        return Ok(TitleMatch::Compound(place));
    }
    Ok(TitleMatch::Loose(place))
}

/// The last place at which the words end in the target.
fn place<'a>(target: &str, title: &'a Title, class: Class) -> Option<Place<'a>> {
    (0..title.words.len()).rev().find_map(|end| {
        let words = title.words.get(..=end)?;
        let text: String = words.iter().map(String::as_str).collect();
        let front = text.strip_suffix(target).or_else(|| without_cut(&text, target, class))?;
        let mut rest = front;
        let in_front = words.iter().take_while(|word| {
            let behind = rest.strip_prefix(word.as_str());
            rest = behind.unwrap_or(rest);
            behind.is_some()
        });
        let before = words.get(..in_front.count())?;
        let attached = words.get(before.len())?.get(..rest.len())?;
        Some(Place { end, before, attached, last: title.only_qualifiers_follow(end) })
    })
}

/// `토종닭백숙` is a fresh chicken: a cut or a use may be attached to the animal.
fn without_cut<'a>(text: &'a str, target: &str, class: Class) -> Option<&'a str> {
    if class != Class::Fresh || !MEATS.contains(&target) {
        return None;
    }
    CUTS.iter().find_map(|cut| text.strip_suffix(cut)?.strip_suffix(target))
}

/// The distinct product, longer than the target, in which a text ends.
fn distinct_product(text: &str, target: &str) -> Option<&'static str> {
    let longer = |product: &&&str| product.len() > target.len() && product.ends_with(target);
    DISTINCT_PRODUCTS.iter().filter(longer).find(|product| text.ends_with(**product)).copied()
}

/// Whether a text is a sequence of qualifiers and brands, or an adjective.
fn is_qualifier(text: &str) -> bool {
    let mut words = QUALIFIERS.iter().chain(&*BRANDS);
    text.is_empty()
        || is_adjective(text)
        || words.any(|word| text.strip_prefix(word).is_some_and(is_qualifier))
}

pub(super) fn is_food(word: &str) -> bool {
    FRESH.contains(&word) || FOODS.contains(&word)
}

/// Whether a word names a dish or a flavour (`버터구이`, `바나나맛`).
fn is_dish_word(word: &str) -> bool {
    let taste = ['맛', '향'].iter().find_map(|end| word.strip_suffix(*end));
    let of_a_food = taste.is_some_and(|food| FRESH.iter().chain(&*FOODS).any(|known| food.ends_with(known)));
    of_a_food || DISH_WORDS.iter().any(|made| word.ends_with(made))
}
