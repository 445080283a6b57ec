//! The verdict on one product: steps 4 to 7 of the rule, with the shares of its class (`category`).

use super::{
    category::{category_is_mostly, has_plain_product},
    name::{Query, is_preserved},
    product::{Class, SurveyProduct},
    title::Title,
    title_match::{TitleMatch, is_food, match_title},
    verdict::Verdict,
    words::{CUTS, FRESH, MEATS, SNACK_MAKERS},
};

/// A product of the list with its name read.
pub(super) struct Listed<'a> {
    /// Its place in the list.
    pub(super) index: usize,
    pub(super) product: &'a SurveyProduct,
    pub(super) class: Class,
    pub(super) title: Title,
}

impl<'a> Listed<'a> {
    pub(super) fn of((index, product): (usize, &'a SurveyProduct)) -> Self {
        let title = Title::of(&product.name, &product.detail);
        Self { index, product, class: Class::of(&product.class), title }
    }
}

/// Classifies a product whose name contains the target.
pub(super) fn classify_product(
    target: &str,
    listed: &Listed<'_>,
    list: &[Listed<'_>],
    query: &Query,
) -> Verdict {
    let Listed { title, class, .. } = listed;
    if *class == Class::Household {
        return Verdict::Household;
    }
    if is_in_brackets(title, target) {
        return Verdict::Word;
    }
    let title_match = match match_title(target, title, *class) {
        Ok(title_match) => title_match,
        Err(verdict) => return verdict,
    };
    let asks_preserved = query.qualifiers.iter().any(|word| is_preserved(word));
    if is_flavour(target, listed, asks_preserved) {
        return Verdict::Flavour;
    }
    let by_class = || category_is_mostly(&query.targets, listed, list);
    if *class == Class::Processed && FRESH.contains(&target) && !asks_preserved && !by_class() {
        return Verdict::Flavour;
    }
    let place = title_match.place();
    let unknown = || Verdict::Unknown { word: place.attached.to_owned() };
    match &title_match {
        TitleMatch::Word(_) if place.last => Verdict::Word,
        TitleMatch::Compound(_) if place.last => Verdict::Compound,
        TitleMatch::Loose(_) if has_plain_product(&query.targets, listed, list) => unknown(),
        _ if by_class() => Verdict::ByClass,
        TitleMatch::Loose(_) if place.last => unknown(),
        _ => Verdict::Behind,
    }
}

/// `고구마(껍질 있는 호박고구마, 100g)`: brackets may have the variety, or the cut of a meat.
fn is_in_brackets(title: &Title, target: &str) -> bool {
    let thing = title.words.last().map_or("", String::as_str);
    let is_variety = |word: &str| word.len() > thing.len() && word.ends_with(thing);
    let is_cut = |word: &str| MEATS.contains(&thing) && CUTS.contains(&word);
    !thing.is_empty() && title.inside.iter().any(|word| word == target && (is_variety(word) || is_cut(word)))
}

/// Whether a processed product only has the flavour of a fresh food (`델몬트 오렌지`), or is preserved and the name does not ask for
/// that.
fn is_flavour(target: &str, listed: &Listed<'_>, asks_preserved: bool) -> bool {
    const RICE: &str = "030205015";
    let class = listed.product.class.as_str();
    let is_processed = listed.class == Class::Processed;
    let is_fresh_food = FRESH.contains(&target);
    if is_fresh_food && listed.title.words.iter().any(|word| SNACK_MAKERS.contains(&word.as_str())) {
        return is_processed;
    }
    if !is_processed || !is_food(target) {
        return false;
    }
    let is_snack_or_drink = ["030205", "030206"].iter().any(|group| class.starts_with(group));
    if is_snack_or_drink {
        return class != RICE;
    }
    let is_preserved = listed.title.contains("통조림");
    is_fresh_food && (class.starts_with("030203") || (is_preserved && !asks_preserved))
}
