//! Which item of KAMIS a name means.
//!
//! Only codes that a client saw answered are here (August 2026): there is no list of the codes behind the gateway, those of
//! the old service give nothing for livestock (514 for pork, 516 for eggs), and one map that can be found in public is
//! partly wrong. What is not here has no reference.

use contract::ingredient_name;

/// An item, or some varieties of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// The code of its category.
    pub(super) category: &'static str,
    /// Its code.
    pub(super) code: &'static str,
    /// Its name, for rows without one.
    pub(super) name: &'static str,
    /// A part of the name of the variety that is meant; empty for whichever most markets sell.
    pub(super) variety: &'static str,
}

const VEGETABLES: &str = "200";
const GRAIN: &str = "100";
const MUSHROOMS: &str = "300";
const LIVESTOCK: &str = "500";
const PROCESSED: &str = "800";

/// Names without blanks, category, code, the item's name, variety.
const ITEMS: [(&[&str], &str, &str, &str, &str); 30] = [
    (&["양파"], VEGETABLES, "245", "양파", ""),
    (&["파", "대파"], VEGETABLES, "246", "파", "대파"),
    (&["쪽파"], VEGETABLES, "246", "파", "쪽파"),
    (&["배추"], VEGETABLES, "211", "배추", ""),
    (&["무"], VEGETABLES, "231", "무", ""),
    (&["당근"], VEGETABLES, "232", "당근", ""),
    (&["오이"], VEGETABLES, "223", "오이", ""),
    (&["호박"], VEGETABLES, "224", "호박", ""),
    (&["애호박"], VEGETABLES, "224", "호박", "애호박"),
    (&["상추"], VEGETABLES, "214", "상추", ""),
    (&["적상추"], VEGETABLES, "214", "상추", "적"),
    (&["청상추"], VEGETABLES, "214", "상추", "청"),
    (&["풋고추"], VEGETABLES, "242", "풋고추", "풋고추"),
    (&["꽈리고추"], VEGETABLES, "242", "풋고추", "꽈리고추"),
    (&["청양고추"], VEGETABLES, "242", "풋고추", "청양고추"),
    (
        &["마늘", "깐마늘", "다진마늘", "통마늘"],
        VEGETABLES,
        "258",
        "깐마늘",
        "",
    ),
    (&["깻잎"], VEGETABLES, "253", "깻잎", ""),
    (&["감자"], GRAIN, "152", "감자", ""),
    (&["쌀", "백미"], GRAIN, "111", "쌀", ""),
    (&["느타리버섯", "느타리"], MUSHROOMS, "315", "느타리버섯", ""),
    (&["돼지고기"], LIVESTOCK, "4304", "돼지", ""),
    (
        &["삼겹살", "돼지삼겹살", "돼지고기삼겹살"],
        LIVESTOCK,
        "4304",
        "돼지",
        "삼겹살",
    ),
    (
        &["앞다리살", "돼지앞다리살", "돼지고기앞다리살"],
        LIVESTOCK,
        "4304",
        "돼지",
        "앞다리",
    ),
    (
        &["목살", "돼지목살", "돼지고기목살"],
        LIVESTOCK,
        "4304",
        "돼지",
        "목심",
    ),
    (&["돼지갈비"], LIVESTOCK, "4304", "돼지", "갈비"),
    (&["닭", "닭고기", "생닭"], LIVESTOCK, "9901", "닭", ""),
    (&["계란", "달걀"], LIVESTOCK, "9903", "계란", ""),
    (&["고추장"], PROCESSED, "814", "고추장", ""),
    (&["두부"], PROCESSED, "812", "두부", ""),
    (&["찌개두부", "찌개용두부"], PROCESSED, "812", "두부", ""),
];

/// The item of that name: what stands in brackets, blanks and case do not count.
pub(super) fn named(name: &str) -> Option<Item> {
    let bare = name.split(['(', '（', '[']).next().unwrap_or_default();
    let key: String = ingredient_name::key(bare).split_whitespace().collect();
    let found = ITEMS.iter().find(|(names, ..)| names.contains(&key.as_str()));
    found.map(|&(_, category, code, name, variety)| Item {
        category,
        code,
        name,
        variety,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_mean_items_and_varieties() {
        for (name, expect) in [
            ("양파", Some(("245", ""))),
            (" 대파(흰 부분) ", Some(("246", "대파"))),
            ("파", Some(("246", "대파"))),
            ("돼지 고기", Some(("4304", ""))),
            ("돼지고기 목살", Some(("4304", "목심"))),
            ("달걀", Some(("9903", ""))),
            ("파프리카", None),
            ("양파링", None),
            ("새우", None),
            ("", None),
            ("(양파)", None),
        ] {
            let found = named(name).map(|item| (item.code, item.variety));
            assert_eq!(found, expect, "{name}");
        }
    }

    #[test]
    fn no_name_means_two_items() {
        let names: Vec<_> = ITEMS.iter().flat_map(|(names, ..)| *names).collect();
        let different: BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), different.len());
        // Each is found as it stands: none is written in a way that no name comes to.
        assert!(names.iter().all(|name| named(name).is_some()));
    }
}
