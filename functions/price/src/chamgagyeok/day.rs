//! The latest survey day: a Friday in practice, published some days later, and not every Friday has one.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

use super::reply::Listed;

/// How long the latest survey day is kept, in seconds.
pub(super) const FRESH_S: u32 = 43_200;
/// How long it is kept that there is none, in seconds: looking for one takes two calls a week.
pub(super) const NONE_FRESH_S: u32 = 3_600;
/// How many Fridays are looked at. Surveys are two or three weeks apart; older prices are no use.
const WEEKS: i64 = 8;
/// The class of processed food, which 100 to 420 stores are surveyed for; fresh food is in 2 to 9.
const PROCESSED: &str = "0302";

/// The Fridays to look at, the latest first; today is one of them if it is a Friday.
pub(super) fn fridays(today: Date) -> impl Iterator<Item = Date> {
    let back = i64::from(Weekday::Friday.until(today.weekday()));
    (0..WEEKS).filter_map(move |week| today.checked_sub((back + 7 * week).days()).ok())
}

/// A day on which a survey may have been: not in the future, and not older than those that are looked at.
pub(super) fn is_believed(day: Date, today: Date) -> bool {
    let oldest = today.checked_sub((7 * (WEEKS + 1)).days());
    day <= today && oldest.is_ok_and(|oldest| day > oldest)
}

/// The number of a good by which a survey day is found, beside the good that is searched for: a good may have no price on a
/// survey day.
pub(super) fn probe<'a>(good: &str, goods: &'a [Listed]) -> Option<&'a str> {
    let mut others = goods.iter().filter(|other| other.id != good);
    let first = others.clone().next();
    let processed = others.find(|other| other.class.starts_with(PROCESSED));
    processed.or(first).map(|good| good.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_eight_fridays_are_looked_at() {
        let days = |today| -> Vec<String> { fridays(date(today)).map(|day| day.to_string()).collect() };
        assert_eq!(days("2026-09-25")[..2], ["2026-09-25", "2026-09-18"]);
        assert_eq!(days("2026-09-26")[0], "2026-09-25");
        assert_eq!(days("2026-10-01")[0], "2026-09-25");
        assert_eq!(days("2026-10-02")[0], "2026-10-02");
        assert_eq!(
            (days("2026-10-02").len(), days("2026-10-02")[7].as_str()),
            (8, "2026-08-14")
        );
    }

    #[test]
    fn a_day_in_the_future_or_long_ago_is_not_believed() {
        let today = date("2026-10-01");
        assert!(is_believed(date("2026-09-25"), today) && is_believed(today, today));
        assert!(!is_believed(date("2026-10-02"), today) && !is_believed(date("2026-07-01"), today));
    }

    #[test]
    fn another_good_that_many_stores_sell_finds_the_day() {
        let good = |id: &str, class: &str| Listed {
            id: id.to_owned(),
            class: class.to_owned(),
            ..Listed::default()
        };
        let goods = [
            good("1", "030101004"),
            good("2", "030205014"),
            good("3", "030201001"),
        ];
        assert_eq!(probe("1", &goods), Some("2"));
        assert_eq!(probe("2", &goods), Some("3"));
        assert_eq!(probe("2", &goods[..2]), Some("1"));
        assert_eq!(probe("1", &goods[..1]), None);
    }
}
