//! What 11번가's stand-in offers for a name: the same for the same name, in every shape that products are known in.

use platform::show::thousands;

use super::super::{
    offers::{escaped, usual_price_krw},
    seeded::SeededRng,
    xml::{cdata, element},
};

const SELLERS: [&str; 8] = [
    "싱싱마켓",
    "농부의아침",
    "하루식자재",
    "온집밥상",
    "바른먹거리몰",
    "산들직송",
    "새벽장터",
    "한그릇상회",
];
const TITLE_PREFIXES: [&str; 6] = ["[무료배송]", "국내산", "산지직송", "당일출고", "알뜰", "[오늘출발]"];
const TITLE_SUFFIXES: [&str; 6] =
    ["500g", "1kg", "2팩 &amp; 사은품", "300g (냉장)", "실속형 1봉", "대용량 3kg"];

/// What the cheapest product costs, which is none: the window for an extra charge.
pub(super) const DECOY_KRW: u64 = 10;
/// Where it stands among the recommended ones.
const DECOY_AT: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SortOrder {
    /// As the shop wishes: neither price nor date.
    Recommended,
    /// The lowest price first, whatever it is of.
    Cheapest,
    Dearest,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    number: usize,
    code: u64,
    /// HTML.
    name: String,
    list_krw: u64,
    sale_krw: u64,
    seller: &'static str,
}

/// All products for a name: 12 to 40, and the decoy.
pub(super) fn products(name: &str, order: SortOrder) -> Vec<Product> {
    let mut seeded = SeededRng::new(&format!("elevenst {name}"));
    let usual = usual_price_krw(name, &mut seeded);
    let marked = format!("<b>{}</b>", escaped(name));
    let count = usize::try_from(seeded.between(12, 40)).unwrap_or(12);
    let mut found: Vec<_> = (0..count)
        .map(|number| {
            let sale_krw = usual * seeded.between(80, 190) / 1_000 * 10;
            Product {
                number,
                code: seeded.between(1_000_000_000, 8_999_999_999),
                name: format!(
                    "{} {marked} {}",
                    seeded.choose(&TITLE_PREFIXES),
                    seeded.choose(&TITLE_SUFFIXES)
                ),
                list_krw: sale_krw * seeded.between(100, 140) / 1_000 * 10,
                sale_krw,
                seller: seeded.choose(&SELLERS),
            }
        })
        .collect();
    let decoy = Product {
        number: 0,
        code: seeded.between(1_000_000_000, 8_999_999_999),
        name: format!("[추가금 결제창] {marked} 옵션"),
        list_krw: DECOY_KRW,
        sale_krw: DECOY_KRW,
        seller: seeded.choose(&SELLERS),
    };
    found.insert(DECOY_AT, decoy);
    match order {
        SortOrder::Recommended => {}
        SortOrder::Cheapest => found.sort_by_key(Product::price_krw),
        SortOrder::Dearest => found.sort_by_key(|product| std::cmp::Reverse(product.price_krw())),
    }
    found
}

impl Product {
    /// Whether it has a price of its own for the sale: many have none.
    const fn is_on_sale(&self) -> bool {
        matches!(self.number % 5, 0 | 4)
    }

    pub(super) const fn price_krw(&self) -> u64 {
        if self.is_on_sale() { self.sale_krw } else { self.list_krw }
    }

    /// Its element. A price for the sale is there, missing, zero, empty or with commas; a seller has a nick, a name or
    /// neither.
    pub(super) fn xml(&self) -> String {
        let Self { number, code, .. } = self;
        let list = if number % 2 == 1 { thousands(self.list_krw) } else { self.list_krw.to_string() };
        let sale = match number % 5 {
            0 => element("SalePrice", &self.sale_krw.to_string()),
            1 => String::new(),
            2 => element("SalePrice", "0"),
            3 => element("SalePrice", ""),
            _ => element("SalePrice", &thousands(self.sale_krw)),
        };
        let seller = match number % 7 {
            3 => cdata("Seller", self.seller),
            5 => String::new(),
            _ => cdata("SellerNick", self.seller) + &cdata("Seller", &format!("{} (주)", self.seller)),
        };
        let scheme = if number % 2 == 0 { "http" } else { "https" };
        let parts = [
            element("ProductCode", &code.to_string()),
            cdata("ProductName", &self.name),
            element("ProductPrice", &list),
            cdata("ProductImage", &format!("https://cdn.011st.com/{code}.jpg")),
            cdata("ProductImage300", &format!("https://cdn.011st.com/300/{code}.jpg")),
            cdata("Text1", ""),
            seller,
            element("SellerGrd", "1"),
            element("Rating", ""),
            cdata(
                "DetailPageUrl",
                &format!("{scheme}://www.11st.co.kr/products/{code}?trTypeCd=PW00&trCtgrNo=585021"),
            ),
            sale,
            cdata("Delivery", if number % 3 == 0 { "무료" } else { "3,000원" }),
            element("ReviewCount", &(number * 7).to_string()),
            element("BuySatisfy", "95"),
            element("MinorYn", "Y"),
            format!("<Benefit>{}{}</Benefit>", element("Discount", "0"), element("Mileage", "10")),
        ];
        format!("<Product>{}</Product>", parts.concat())
    }
}
