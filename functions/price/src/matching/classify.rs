//! What the rule says of one product: steps 4 to 7, with what its class says of it (`category`).

use super::{
    category::{category_is_mostly, is_other_sort},
    name::{Query, is_preserved},
    product::SurveyProduct,
    title::Title,
    title_match::{Class, TitleMatch, is_food, match_title},
    verdict::Verdict,
    words::{CUTS, FRESH, MEATS, SNACK_MAKERS, SPECIAL},
};

/// How well a product fits: less is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Whether it is a sort that a plain name means last.
    pub(super) special: bool,
    /// Which of the names that are searched for it was.
    pub(super) target: usize,
    /// Whether a whole word, a compound, or one by its class.
    pub(super) kind: u8,
    /// How much else its name says, in words.
    pub(super) around: usize,
}

/// Classifies the product at that place of the list.
pub(super) fn classify_product(
    target: &str,
    index: usize,
    products: &[SurveyProduct],
    titles: &[Title],
    query: &Query,
) -> (Verdict, Option<Hit>) {
    let (Some(product), Some(title)) = (products.get(index), titles.get(index)) else {
        return (Verdict::NotThere, None);
    };
    if !title.holds(target) {
        return (Verdict::NotThere, None);
    }
    let class = Class::of(&product.class);
    if class == Class::Household {
        return (Verdict::Household, None);
    }
    if says_in_brackets(title, target) {
        return (Verdict::Word, Some(hit(0, title, query)));
    }
    let own = match match_title(target, title, class) {
        Ok(own) => own,
        Err(verdict) => return (verdict, None),
    };
    if is_taste(target, product, title, class, &query.qualifiers) {
        return (Verdict::Taste, None);
    }
    let place = own.place();
    let by_class = || category_is_mostly(&query.targets, &product.class, products, titles);
    let asked = query.qualifiers.iter().any(|word| is_preserved(word));
    if class == Class::Processed && FRESH.contains(&target) && !asked && !by_class() {
        return (Verdict::Taste, None);
    }
    match &own {
        TitleMatch::Word(_) if place.last => (Verdict::Word, Some(hit(0, title, query))),
        TitleMatch::Compound(_) if place.last => (Verdict::Compound, Some(hit(1, title, query))),
        TitleMatch::Loose(_) if is_other_sort(&query.targets, &product.class, products, titles) => {
            (Verdict::Unknown { word: place.attached.to_owned() }, None)
        }
        _ if by_class() => (Verdict::ByClass, Some(hit(2, title, query))),
        TitleMatch::Loose(_) if place.last => (Verdict::Unknown { word: place.attached.to_owned() }, None),
        _ => (Verdict::Behind, None),
    }
}

fn hit(kind: u8, title: &Title, query: &Query) -> Hit {
    let asked = |word: &str| {
        let names = query.qualifiers.iter().chain(&query.targets);
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
    !thing.is_empty() && title.inside.iter().any(|word| word == target && (is_sort(word) || is_cut(word)))
}

/// Whether a processed product only has the taste of a fresh food (`델몬트 오렌지`), or is preserved and the name does not say so.
fn is_taste(
    target: &str,
    product: &SurveyProduct,
    title: &Title,
    class: Class,
    qualifiers: &[String],
) -> bool {
    const RICE: &str = "030205015";
    let snack_or_drink = ["030205", "030206"].iter().any(|group| product.class.starts_with(group));
    let fresh = FRESH.contains(&target);
    if fresh && title.words.iter().any(|word| SNACK_MAKERS.contains(&word.as_str())) {
        return class == Class::Processed;
    }
    if class != Class::Processed || !is_food(target) {
        return false;
    }
    if snack_or_drink {
        return product.class != RICE;
    }
    let preserved = title.says("통조림");
    let asked = qualifiers.iter().any(|word| is_preserved(word));
    fresh && (product.class.starts_with("030203") || (preserved && !asked))
}
