//! The usual price among an item's rows.
//!
//! The rule, in its order: rows of the item and variety, with a price, not in the future; retail before wholesale; of the newest
//! day; of one variety, grade and unit, since 100 g and ten kilograms have no average: grade 상품 before others, then the one
//! of most markets, then by name; of its markets the median.

use std::{collections::BTreeMap, num::NonZeroU32};

use contract::{PriceSource, pricing::Reference};
use jiff::{ToSpan as _, civil::Date};

use super::{DAYS, items::Item, reply::Row};
use crate::{
    korea,
    text::plain_text::{self, MAX_PRODUCT_NAME_CHARS},
};

/// Variety, grade and unit.
type Kind<'a> = (&'a str, &'a str, &'a str);

pub(super) fn usual(rows: &[Row], item: &Item, today: Date) -> Option<Reference> {
    let oldest = today.checked_sub(DAYS.days()).ok()?;
    let priced = rows.iter().filter_map(|row| Some((row.day?, row.price?, row)));
    let valid: Vec<(Date, NonZeroU32, &Row)> =
        priced.filter(|&(day, _, row)| (oldest..=today).contains(&day) && is_of(row, item)).collect();
    let wholesale = valid.iter().all(|(_, _, row)| row.wholesale);
    let of_trade = || valid.iter().filter(|(_, _, row)| row.wholesale == wholesale);
    let newest = of_trade().map(|&(day, _, _)| day).max()?;
    let newest_rows = || of_trade().filter(|&&(day, _, _)| day == newest);

    let mut groups: BTreeMap<Kind<'_>, Vec<(NonZeroU32, &Row)>> = BTreeMap::new();
    for &(_, price, row) in newest_rows() {
        let kind = (row.variety.as_str(), row.grade.as_str(), row.per.as_str());
        groups.entry(kind).or_default().push((price, row));
    }
    // Of equal ones the first by name.
    let best = groups.values_mut().rev().max_by_key(|group| {
        let is_standard = group.first().is_some_and(|(_, row)| row.is_standard_grade);
        (is_standard, group.len())
    })?;
    best.sort_unstable_by_key(|&(price, _)| price);
    let &(price, row) = best.get(best.len().saturating_sub(1) / 2)?;
    Some(reference(price, newest, row, item))
}

fn is_of(row: &Row, item: &Item) -> bool {
    row.code == item.code && row.variety.contains(item.variety)
}

fn reference(price: NonZeroU32, day: Date, row: &Row, item: &Item) -> Reference {
    let name = if row.item.is_empty() { item.name } else { &row.item };
    let variety = Some(row.variety.as_str()).filter(|&variety| variety != name);
    let trade = row.wholesale.then_some("(중도매)");
    let parts: Vec<&str> = [Some(name), variety, Some(&row.grade), trade].into_iter().flatten().collect();
    Reference {
        price_krw: price.get().into(),
        per: plain_text::unit(&row.per),
        product_name: plain_text::clean(&parts.join(" "), MAX_PRODUCT_NAME_CHARS),
        source: PriceSource::Kamis,
        as_of: korea::as_of(day),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::items, *};

    fn row(day: &str, variety: &str, grade: &str, per: &str, price: u32) -> Row {
        Row {
            day: Some(day.parse().unwrap()),
            code: "246".to_owned(),
            item: "파".to_owned(),
            variety: variety.to_owned(),
            grade: grade.to_owned(),
            is_standard_grade: grade == "상품",
            per: per.to_owned(),
            price: NonZeroU32::new(price),
            ..Row::default()
        }
    }

    fn check(rows: &[Row], expect: Option<(u64, &str, &str, &str)>) {
        let item = items::named("대파").unwrap();
        let found = usual(rows, &item, "2026-10-01".parse().unwrap());
        let found = found.map(|it| (it.price_krw, it.per, it.product_name, it.as_of.0));
        let expect =
            expect.map(|(price, per, name, day)| (price, per.to_owned(), name.to_owned(), day.to_owned()));
        assert_eq!(found, expect);
    }

    const DAY: &str = "2026-10-01";

    #[test]
    fn the_median_of_the_newest_days_markets() {
        let mut rows = vec![
            row(DAY, "대파", "상품", "1kg", 9_000),
            row(DAY, "대파", "상품", "1kg", 2_900),
            row(DAY, "대파", "상품", "1kg", 2_700),
            row("2026-09-30", "대파", "상품", "1kg", 10),
        ];
        check(&rows, Some((2_900, "1kg", "파 대파 상품", DAY)));
        rows.reverse();
        rows.push(row(DAY, "대파", "상품", "1kg", 2_700));
        check(&rows, Some((2_700, "1kg", "파 대파 상품", DAY)));
    }

    #[test]
    fn one_kind_and_the_standard_grade() {
        let rows = [
            row(DAY, "쪽파", "상품", "1kg", 11_874),
            row(DAY, "대파", "중품", "1kg", 1_900),
            row(DAY, "대파", "중품", "1kg", 1_900),
            row(DAY, "대파", "중품", "1kg", 1_900),
            row(DAY, "대파", "상품", "10kg", 21_200),
            row(DAY, "대파", "상품", "1kg", 2_700),
            row(DAY, "대파", "상품", "1kg", 2_800),
        ];
        check(&rows, Some((2_700, "1kg", "파 대파 상품", DAY)));
        check(&rows[..3], Some((1_900, "1kg", "파 대파 중품", DAY)));
        check(&rows[..1], None);
    }

    #[test]
    fn retail_before_wholesale_which_says_so() {
        let mut wholesale = row(DAY, "대파", "상품", "10kg", 21_200);
        wholesale.wholesale = true;
        let retail = row("2026-09-29", "대파", "상품", "1kg", 2_700);
        check(&[wholesale.clone(), retail], Some((2_700, "1kg", "파 대파 상품", "2026-09-29")));
        check(&[wholesale], Some((21_200, "10kg", "파 대파 상품 (중도매)", DAY)));
    }

    #[test]
    fn other_days_and_items_are_ignored() {
        check(&[row("2026-10-02", "대파", "상품", "1kg", 1)], None);
        check(&[row("2026-09-01", "대파", "상품", "1kg", 1)], None);
        check(&[row(DAY, "대파", "상품", "1kg", 0)], None);
        let mut other = row(DAY, "대파", "상품", "1kg", 1);
        other.code = "245".to_owned();
        check(&[other], None);
        let mut timeless = row(DAY, "대파", "상품", "1kg", 1);
        timeless.day = None;
        check(&[timeless], None);
        check(&[], None);
    }
}
