//! Step 6 of the rule: whether most products of a class have the target, so that an unknown word in a product's name makes it no
//! other product.

use std::collections::BTreeSet;

use super::{
    classify::Listed,
    title::Title,
    title_match::{TitleMatch, match_title},
};

/// Digits of a class that is fine enough to describe its products.
const FINE_CLASS_DIGITS: usize = 9;

/// Whether at least half of a product's class has a target.
pub(super) fn category_is_mostly(targets: &[String], listed: &Listed<'_>, list: &[Listed<'_>]) -> bool {
    let class = listed.product.class.as_str();
    if class.len() < FINE_CLASS_DIGITS {
        return false;
    }
    let of_class: Vec<_> = list.iter().filter(|other| other.product.class == class).collect();
    let found: Vec<(&Title, TitleMatch<'_>)> = of_class
        .iter()
        .filter_map(|Listed { title, class, .. }| {
            let matches = targets.iter().filter_map(|target| match_title(target, title, *class).ok());
            // A target that is the last word of the name comes first.
            matches
                .min_by_key(|found| match found {
                    found if !found.place().last => 2,
                    TitleMatch::Loose(_) => 1,
                    _ => 0,
                })
                .map(|found| (title, found))
        })
        .collect();
    if found.len() * 2 < of_class.len() {
        return false;
    }
    let is_sure = |found: &TitleMatch<'_>| found.place().last && !matches!(found, TitleMatch::Loose(_));
    found.iter().any(|(_, found)| is_sure(found)) || has_varieties(&found) || is_first_of_names(&found)
}

/// Whether a class of vegetables and fruit has the plain target (`배추`), which makes a longer name another variety
/// (`알배기배추`).
pub(super) fn has_plain_product(targets: &[String], listed: &Listed<'_>, list: &[Listed<'_>]) -> bool {
    let class = listed.product.class.as_str();
    let is_plain = |title: &Title| matches!(&title.words[..], [word] if targets.contains(word));
    class.starts_with("030102")
        && list.iter().any(|other| other.product.class == class && is_plain(&other.title))
}

/// Several products end in the target, after different words.
fn has_varieties(found: &[(&Title, TitleMatch<'_>)]) -> bool {
    let last = found.iter().filter(|(_, found)| found.place().last);
    last.map(|(_, found)| found.place().attached).collect::<BTreeSet<_>>().len() > 1
}

/// Several products have the target before a name of their own (`부산어묵 마당놀이`), and these names end differently. A common end
/// would be the product (`쌀 국물떡볶이`).
fn is_first_of_names(found: &[(&Title, TitleMatch<'_>)]) -> bool {
    let inner: Vec<_> = found.iter().filter(|(_, found)| !found.place().last).collect();
    let ends: BTreeSet<_> =
        inner.iter().filter_map(|(title, _)| title.words.last()?.chars().last()).collect();
    inner.len() > 1 && ends.len() > 1 && inner.iter().any(|(_, found)| found.place().end > 0)
}
