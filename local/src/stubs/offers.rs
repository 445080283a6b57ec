//! Plausible offers of Korean shops for any ingredient, the same for the same name.

use super::seeded::SeededRng;

/// One offer, before it is written as an item of the search.
pub(super) struct Offer {
    pub(super) title: String,
    pub(super) mall: &'static str,
    pub(super) price_krw: u64,
    pub(super) product_id: u64,
    pub(super) brand: &'static str,
}

const MALLS: [&str; 8] =
    ["쿠팡", "이마트몰", "마켓컬리", "홈플러스", "11번가", "G마켓", "하나로마트", "오아시스마켓"];
const BRANDS: [&str; 5] = ["", "", "풀무원", "청정원", "곰곰"];
const TITLE_PREFIXES: [&str; 6] = ["국내산", "신선한", "냉장", "산지직송", "유기농", "무농약"];
const TITLE_SUFFIXES: [&str; 6] =
    ["1팩", "500g", "1kg 특가", "대용량 &amp; 실속형", "2개입", "300g (냉장&middot;당일발송)"];

/// What common ingredients cost in KRW; anything else lies between 1,500 and 12,000.
const USUAL_PRICES: [(&str, u64); 20] = [
    ("새우", 9_900),
    ("아보카도", 2_900),
    ("버터", 6_500),
    ("두부", 1_800),
    ("김치", 7_900),
    ("계란", 6_900),
    ("달걀", 6_900),
    ("양파", 2_500),
    ("대파", 2_200),
    ("파", 2_200),
    ("마늘", 4_500),
    ("소고기", 18_900),
    ("돼지고기", 9_800),
    ("닭가슴살", 8_900),
    ("연어", 15_900),
    ("현미", 8_500),
    ("쌀", 12_900),
    ("감자", 3_900),
    ("당근", 2_300),
    ("애호박", 1_900),
];

/// The first `display` offers for a query; three to ten exist.
pub(super) fn offers(query: &str, display: usize) -> Vec<Offer> {
    let name = query.trim();
    let mut seeded = SeededRng::new(name);
    let usual = usual_price_krw(name, &mut seeded);
    let count = usize::try_from(seeded.between(3, 10)).unwrap_or(3);
    let marked = format!("<b>{}</b>", escaped(name));
    (0..count)
        .map(|_| {
            let percent = seeded.between(85, 160);
            Offer {
                title: format!(
                    "{} {marked} {}",
                    seeded.choose(&TITLE_PREFIXES),
                    seeded.choose(&TITLE_SUFFIXES)
                ),
                mall: seeded.choose(&MALLS),
                price_krw: usual * percent / 1_000 * 10,
                product_id: seeded.between(10_000_000_000, 89_999_999_999),
                brand: seeded.choose(&BRANDS),
            }
        })
        .take(display)
        .collect()
}

/// What a package of it usually costs.
pub(super) fn usual_price_krw(name: &str, seeded: &mut SeededRng) -> u64 {
    let known = USUAL_PRICES.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| seeded.between(15, 120) * 100, |(_, price)| *price)
}

/// Titles are HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_has_three_to_ten_offers_and_the_same_every_time() {
        for name in ["새우", "두부", "용과", "x", "", "🍤", "A&B <c>"] {
            let found = offers(name, 100);
            assert!((3..=10).contains(&found.len()), "{name}");
            assert!(found.iter().all(|offer| offer.price_krw >= 1_000), "{name}");
            let prices = |offers: &[Offer]| offers.iter().map(|o| (o.price_krw, o.mall)).collect::<Vec<_>>();
            assert_eq!(prices(&found), prices(&offers(name, 100)), "{name}");
            assert_eq!(offers(name, 2).len(), 2);
        }
    }

    #[test]
    fn titles_are_html_whatever_the_name() {
        let offer = &offers("A&B <c>", 1)[0];
        assert!(offer.title.contains("<b>A&amp;B &lt;c&gt;</b>"), "{}", offer.title);
    }
}
