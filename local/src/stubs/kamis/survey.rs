//! What KAMIS found on the last working days: the same for the same item, market and day.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};
use serde_json::{Value, json};

use crate::stubs::{seeded::SeededRng, tsv};

/// Days for which there are prices.
const DAYS: i32 = 60;

/// An item in one kind. Category, item and kind are a code and its name each.
struct Item {
    category: [&'static str; 2],
    code: [&'static str; 2],
    kind: [&'static str; 2],
    /// How much a price is of.
    unit: [&'static str; 2],
    usual_krw: u64,
}

fn items() -> impl Iterator<Item = Item> {
    tsv::rows(include_str!("items.tsv")).filter_map(|[a, b, c, d, e, f, g, h, usual_krw]| {
        let usual_krw = usual_krw.parse().ok()?;
        Some(Item { category: [a, b], code: [c, d], kind: [e, f], unit: [g, h], usual_krw })
    })
}

/// Who was asked: kind of trade, market, grade, and how its prices lie, in percent.
type Market = ([&'static str; 2], [&'static str; 2], [&'static str; 2], u64);

const RETAIL: [&str; 2] = ["01", "소매"];
const WHOLESALE: [&str; 2] = ["02", "중도매"];
const HIGH: [&str; 2] = ["04", "상품"];
const MIDDLE: [&str; 2] = ["05", "중품"];

const MARKETS: [Market; 5] = [
    (RETAIL, ["0110402", "A-유통"], HIGH, 100),
    (RETAIL, ["0110406", "B-유통"], HIGH, 108),
    (RETAIL, ["0400006", "A-대형마트"], HIGH, 94),
    (RETAIL, ["0110402", "A-유통"], MIDDLE, 82),
    (WHOLESALE, ["0110211", "가락도매"], HIGH, 61),
];

/// All rows from one day to another, the oldest first: working days, up to yesterday.
pub(super) fn rows(since: Date, until: Date, today: Date) -> Vec<Value> {
    let days = (1..=DAYS).rev().filter_map(|back| today.checked_sub(back.days()).ok());
    let working = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    days.filter(|day| (since..=until).contains(day))
        .filter(working)
        .flat_map(|day| items().flat_map(move |item| MARKETS.map(|market| row(&item, market, day))))
        .collect()
}

fn row(item: &Item, (trade, market, grade, percent): Market, day: Date) -> Value {
    let [category, kind, unit] = [item.category, item.kind, item.unit];
    let mut seeded = SeededRng::new(&format!("{} {} {day}", item.code[0], kind[0]));
    let price = item.usual_krw * seeded.between(96, 104) * percent / 10_000;
    let ymd = day.strftime("%Y%m%d").to_string();
    json!({
        "exmn_ymd": ymd,
        "se_cd": trade[0], "se_nm": trade[1],
        "ctgry_cd": category[0], "ctgry_nm": category[1],
        "item_cd": item.code[0], "item_nm": item.code[1],
        "vrty_cd": kind[0], "vrty_nm": kind[1],
        "grd_cd": grade[0], "grd_nm": grade[1],
        "sgg_cd": "1101", "sgg_nm": "서울",
        "mrkt_cd": market[0], "mrkt_nm": market[1],
        "unit": unit[1], "unit_sz": unit[0],
        "exmn_dd_prc": price.to_string(),
        "exmn_dd_cnvs_prc": price.to_string(),
        "orgnl_reg_dt": format!("{day}T15:16:27Z"),
    })
}
