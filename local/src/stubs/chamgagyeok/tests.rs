//! The protocol: survey days, the four calls, and what is wrong with the lists on purpose.

use std::collections::BTreeSet;

use jiff::{civil::Weekday, civil::date};

use super::{goods::goods, stores::stores, survey::UNKNOWN_STORE, *};

const TODAY: Date = date(2026, 11, 25);

fn asked(operation: Operation, query: &str) -> String {
    let uri: Uri = format!("http://a/?{query}").parse().unwrap();
    let answer = answer(operation, &Parameters::of(&uri), TODAY);
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.body).unwrap()
}

fn check(operation: Operation, query: &str, code: &str, rows: usize, row: &str) {
    let text = asked(operation, query);
    assert!(text.contains(&format!("<resultCode>{code}</resultCode>")), "{query}: {text}");
    assert_eq!(text.matches(&format!("<{row}>")).count(), rows, "{query}: {text}");
    assert_eq!(text.contains("<result/>"), rows == 0, "{query}");
}

#[test]
fn surveys_are_fridays_a_fortnight_apart_and_none_is_to_come() {
    for day in 1..=28 {
        let today = date(2026, 11, day);
        let days = survey_days(today, 4);
        assert!(days.iter().all(|day| day.weekday() == Weekday::Friday && *day <= today));
        assert!(days.windows(2).all(|two| (two[0] - two[1]).get_days() == 14));
        assert!((today - days[0]).get_days() < 14, "{today}");
    }
    assert_eq!(survey_days(date(2026, 6, 11), 1), [date(2026, 5, 29)]);
}

#[test]
fn prices_need_a_day_and_a_good_or_a_store() {
    let row = "iros.openapi.service.vo.goodPriceVO";
    check(Operation::Prices, "goodId=5202", "01", 0, row);
    check(Operation::Prices, "goodId=5202&goodInspectDay=2026-11-13", "01", 0, row);
    check(Operation::Prices, "goodId=5202&goodInspectDay=20261341", "01", 0, row);
    check(Operation::Prices, "goodInspectDay=20261113", "05", 0, row);
    for (day, survey) in [("20261113", true), ("20261120", false), ("20261030", true), ("20261127", false)] {
        let text = asked(Operation::Prices, &format!("goodId=5202&goodInspectDay={day}"));
        assert_eq!(text.contains(&format!("<goodInspectDay>{day}<")), survey, "{day}");
        assert!(text.contains("<resultCode>00<"));
    }
    check(Operation::Prices, "goodId=1&goodInspectDay=20261113", "00", 0, row);
    check(Operation::Prices, "goodId=5103&goodInspectDay=20261113", "00", 0, row);
}

#[test]
fn fresh_food_is_in_few_stores_and_one_store_is_unknown() {
    let days = survey_days(TODAY, 1);
    let rows = |good: &str, store: &str| survey::rows(good, store, days[0], TODAY);
    assert!((2..=6).contains(&rows("5202", "").len()));
    let butter = rows("6001", "");
    assert!((10..=19).contains(&butter.len()));
    assert_eq!(butter.iter().filter(|row| row.store == UNKNOWN_STORE).count(), 1);
    let known: BTreeSet<_> = stores().map(|store| store.id).collect();
    assert!(butter.iter().all(|row| known.contains(&*row.store) || row.store == UNKNOWN_STORE));
    let of_store = rows("", "5499000001");
    assert!(!of_store.is_empty() && of_store.iter().all(|row| row.store == "5499000001"));
    assert_eq!(rows("6001", &butter[0].store).len(), 1);
    assert_eq!(butter, rows("6001", ""));
}

#[test]
fn the_lists_are_whole_or_one() {
    check(Operation::Goods, "", "00", goods().count(), "item");
    check(Operation::Goods, "goodId=6001", "00", 1, "item");
    check(Operation::Goods, "goodId=1", "00", 0, "item");
    let store = "iros.openapi.service.vo.entpInfoVO";
    check(Operation::Stores, "", "00", stores().count(), store);
    check(Operation::Stores, "entpId=5499000001", "00", 1, store);
    let std = "iros.openapi.service.vo.stdInfoVO";
    check(Operation::Standards, "classCode=UT", "00", 8, std);
    check(Operation::Standards, "classCode=ZZ", "02", 0, std);
    assert_eq!((goods().count(), stores().count()), (62, 20));
    let ids: BTreeSet<_> = goods().map(|good| good.id).collect();
    assert_eq!(ids.len(), goods().count());
}

#[test]
fn the_list_of_stores_has_the_real_one_s_faults() {
    let all = asked(Operation::Stores, "");
    assert!(all.contains("<xMapCoord>129.3358</xMapCoord><yMapCoord>35.5384</yMapCoord>"));
    assert!(all.contains("<xMapCoord>1.0</xMapCoord>"));
    assert!(all.contains("</plmkAddrBasic></iros"));
    assert!(all.contains("온가족마트 &amp; 푸드"));
}
