//! Step 6 of the rule: whether a class of products is mostly the name that is searched for, so that an unknown word in a product's name makes
//! no other thing of it.

use std::collections::BTreeSet;

use super::{
    product::SurveyProduct,
    title::Title,
    title_match::{Class, TitleMatch, match_title},
};

/// Digits of a class that is fine enough to say what most of its products are.
const FINE_CLASS_DIGITS: usize = 9;

/// Whether at least half of a class is this thing (step 6).
pub(super) fn category_is_mostly(
    targets: &[String],
    class: &str,
    products: &[SurveyProduct],
    titles: &[Title],
) -> bool {
    if class.len() < FINE_CLASS_DIGITS {
        return false;
    }
    let kind = Class::of(class);
    let of_class: Vec<_> = products
        .iter()
        .zip(titles)
        .filter(|(product, _)| product.class == class)
        .map(|(_, title)| title)
        .collect();
    let found: Vec<(&Title, TitleMatch<'_>)> = of_class
        .iter()
        .filter_map(|title| {
            let own = |target: &String| match_title(target, title, kind).ok();
            // As the last word of the name, if it is one.
            let all: Vec<_> = targets.iter().filter_map(own).collect();
            let last = all.iter().position(|own| own.place().last && !matches!(own, TitleMatch::Loose(_)));
            let last = last.or_else(|| all.iter().position(|own| own.place().last));
            Some((*title, all.into_iter().nth(last.unwrap_or(0))?))
        })
        .collect();
    if found.len() * 2 < of_class.len() {
        return false;
    }
    let surely = found.iter().any(|(_, own)| own.place().last && !matches!(own, TitleMatch::Loose(_)));
    surely || many_sorts(&found) || named_in_front(&found)
}

/// Whether an unknown word makes another sort of it: so it is with vegetables and fruit where the plain one is surveyed, too
/// (`알배기배추` beside `배추`).
pub(super) fn is_other_sort(
    targets: &[String],
    class: &str,
    products: &[SurveyProduct],
    titles: &[Title],
) -> bool {
    class.starts_with("030102")
        && products.iter().zip(titles).any(|(product, title)| {
            let plain =
                title.words.len() == 1 && title.words.first().is_some_and(|word| targets.contains(word));
            product.class == class && plain
        })
}

/// Several products end in it, each with another word in front.
fn many_sorts(found: &[(&Title, TitleMatch<'_>)]) -> bool {
    let sorts: BTreeSet<_> =
        found.iter().filter(|(_, own)| own.place().last).map(|(_, own)| own.place().attached).collect();
    sorts.len() > 1
}

/// Several products have it in front of a name of their own (`부산어묵 마당놀이`), and these names do not end alike: if they
/// did, what they end in would be the thing (`쌀 국물떡볶이`).
fn named_in_front(found: &[(&Title, TitleMatch<'_>)]) -> bool {
    let inner: Vec<_> = found.iter().filter(|(_, own)| !own.place().last).collect();
    let ends: BTreeSet<_> =
        inner.iter().filter_map(|(title, _)| title.words.last()?.chars().last()).collect();
    inner.len() > 1 && ends.len() > 1 && inner.iter().any(|(_, own)| own.place().end > 0)
}
