//! The items of KAMIS, by ingredients' names.
//!
//! Source: codes for which a caller got answers (August 2026). There is no list of the codes behind the gateway, those of the
//! old service find nothing for livestock (514 for pork, 516 for eggs), and one public table is partly wrong. Any other
//! ingredient has no reference.

use contract::ingredient_name;

/// An item, or some varieties of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// The code of its category.
    pub(super) category: &'static str,
    pub(super) code: &'static str,
    /// Its name, for rows without one.
    pub(super) name: &'static str,
    /// A part of the variety's name; empty for the variety that most markets sell.
    pub(super) variety: &'static str,
}

/// Category (100 grain, 200 vegetables, 300 mushrooms, 500 livestock, 800 processed), code, the item's name, the variety or
/// `-`, and the ingredients' names without blanks.
const ITEMS: &str = "
200  245 양파       -         양파
200  246 파         대파      파 대파
200  246 파         쪽파      쪽파
200  211 배추       -         배추
200  231 무         -         무
200  232 당근       -         당근
200  223 오이       -         오이
200  224 호박       -         호박
200  224 호박       애호박    애호박
200  214 상추       -         상추
200  214 상추       적        적상추
200  214 상추       청        청상추
200  242 풋고추     풋고추    풋고추
200  242 풋고추     꽈리고추  꽈리고추
200  242 풋고추     청양고추  청양고추
200  258 깐마늘     -         마늘 깐마늘 다진마늘 통마늘
200  253 깻잎       -         깻잎
100  152 감자       -         감자
100  111 쌀         -         쌀 백미
300  315 느타리버섯 -         느타리버섯 느타리
500 4304 돼지       -         돼지고기
500 4304 돼지       삼겹살    삼겹살 돼지삼겹살 돼지고기삼겹살
500 4304 돼지       앞다리    앞다리살 돼지앞다리살 돼지고기앞다리살
500 4304 돼지       목심      목살 돼지목살 돼지고기목살
500 4304 돼지       갈비      돼지갈비
500 9901 닭         -         닭 닭고기 생닭
500 9903 계란       -         계란 달걀
800  814 고추장     -         고추장
800  812 두부       -         두부 찌개두부 찌개용두부
";

/// The item of that name. Brackets with their content, blanks and case are ignored.
pub(super) fn named(name: &str) -> Option<Item> {
    let bare = name.split(['(', '（', '[']).next().unwrap_or_default();
    let key: String = ingredient_name::key(bare).split_whitespace().collect();
    ITEMS.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let mut next = || words.next();
        let (category, code, name, variety) = (next()?, next()?, next()?, next()?);
        words.any(|name| name == key).then_some(Item {
            category,
            code,
            name,
            variety: variety.trim_matches('-'),
        })
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
        let names = ITEMS.lines().flat_map(|line| line.split_whitespace().skip(4));
        let names: Vec<_> = names.collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        // Each is written as names are normalised.
        assert!(names.len() == 46 && names.iter().all(|name| named(name).is_some()));
    }
}
