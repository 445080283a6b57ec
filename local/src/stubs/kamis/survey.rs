//! What KAMIS found on the last working days: the same for the same item, market and day.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};
use serde_json::{Value, json};

use crate::stubs::seeded::SeededRng;

/// Days for which there are prices.
const DAYS: i32 = 60;

/// An item in one kind: category with its name, item with its name, kind with its code, how much a price is of.
struct Item {
    category: [&'static str; 2],
    code: [&'static str; 2],
    kind: [&'static str; 2],
    unit: [&'static str; 2],
    usual_krw: u64,
}

const fn item(
    category: [&'static str; 2],
    code: [&'static str; 2],
    kind: [&'static str; 2],
    unit: [&'static str; 2],
    usual_krw: u64,
) -> Item {
    Item { category, code, kind, unit, usual_krw }
}

const GRAIN: [&str; 2] = ["100", "식량작물"];
const VEGETABLES: [&str; 2] = ["200", "채소류"];
const SPECIAL: [&str; 2] = ["300", "특용작물"];
const LIVESTOCK: [&str; 2] = ["500", "축산물"];
const PROCESSED: [&str; 2] = ["800", "가공식품"];

const ITEMS: [Item; 21] = [
    item(GRAIN, ["111", "쌀"], ["01", "일반계"], ["20", "kg"], 62_400),
    item(GRAIN, ["152", "감자"], ["01", "수미"], ["100", "g"], 398),
    item(VEGETABLES, ["211", "배추"], ["02", "여름(고랭지)"], ["1", "포기"], 5_240),
    item(VEGETABLES, ["214", "상추"], ["01", "적"], ["100", "g"], 1_210),
    item(VEGETABLES, ["223", "오이"], ["02", "다다기계통"], ["10", "개"], 10_180),
    item(VEGETABLES, ["224", "호박"], ["01", "애호박"], ["1", "개"], 1_650),
    item(VEGETABLES, ["231", "무"], ["02", "여름(고랭지)"], ["1", "개"], 2_380),
    item(VEGETABLES, ["232", "당근"], ["01", "무세척"], ["1", "kg"], 4_120),
    item(VEGETABLES, ["242", "풋고추"], ["00", "풋고추"], ["100", "g"], 1_540),
    item(VEGETABLES, ["245", "양파"], ["00", "양파"], ["1", "kg"], 2_350),
    item(VEGETABLES, ["246", "파"], ["00", "대파"], ["1", "kg"], 3_020),
    item(VEGETABLES, ["246", "파"], ["02", "쪽파"], ["1", "kg"], 8_940),
    item(VEGETABLES, ["253", "깻잎"], ["00", "깻잎"], ["100", "g"], 2_480),
    item(VEGETABLES, ["258", "깐마늘(국산)"], ["01", "깐마늘(국산)"], ["1", "kg"], 10_490),
    item(SPECIAL, ["315", "느타리버섯"], ["00", "느타리버섯"], ["100", "g"], 1_020),
    item(LIVESTOCK, ["4304", "돼지"], ["27", "삼겹살"], ["100", "g"], 2_640),
    item(LIVESTOCK, ["4304", "돼지"], ["68", "목심"], ["100", "g"], 2_490),
    item(LIVESTOCK, ["9901", "닭"], ["99", "육계(kg)"], ["1", "kg"], 5_980),
    item(LIVESTOCK, ["9903", "계란"], ["23", "특란30구"], ["30", "구"], 7_080),
    item(PROCESSED, ["812", "두부"], ["01", "두부"], ["300", "g"], 1_720),
    item(PROCESSED, ["814", "고추장"], ["01", "고추장"], ["500", "g"], 6_890),
];

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
        .flat_map(|day| {
            ITEMS.iter().flat_map(move |item| MARKETS.iter().map(move |market| row(item, market, day)))
        })
        .collect()
}

fn row(item: &Item, (trade, market, grade, percent): &Market, day: Date) -> Value {
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
