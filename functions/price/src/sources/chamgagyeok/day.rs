//! The latest survey day: a Friday in practice, published some days later, and not every Friday has one.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

use crate::{korea, matching::product::SurveyProduct};

/// How long the latest survey day is fresh, in seconds.
pub(super) const FRESH_S: u32 = 43_200;
/// How long it is fresh that there is none, in seconds: a search for one takes three calls a week.
pub(super) const NONE_FRESH_S: u32 = 3_600;
/// How many Fridays are searched. Surveys are two or three weeks apart, and older prices useless.
const WEEKS: i64 = 8;
/// Oldest valid survey day, in days: a little before these Fridays.
const OLDEST_DAYS: i64 = 60;
/// The class of processed food, which 100 to 420 stores are surveyed for; fresh food is in 2 to 9.
const PROCESSED: &str = "0302";

/// The Fridays to search, the latest first, today included.
pub(super) fn fridays(today: Date) -> impl Iterator<Item = Date> {
    let back = i64::from(Weekday::Friday.until(today.weekday()));
    (0..WEEKS).filter_map(move |week| today.checked_sub((back + 7 * week).days()).ok())
}

pub(super) fn is_valid(day: Date, today: Date) -> bool {
    let oldest = today.checked_sub(OLDEST_DAYS.days());
    day <= today && oldest.is_ok_and(|oldest| day > oldest)
}

/// The day in a document, unless it is too old or in the future.
pub(super) fn valid(text: Option<&str>, today: Date) -> Option<Date> {
    text.and_then(korea::from_compact).filter(|&day| is_valid(day, today))
}

/// The numbers of the products whose prices show a survey day: the searched one, and two processed ones, a third and two thirds
/// down the list, since one product or one kind of products may have no prices on a survey day.
pub(super) fn probes<'a>(product: &'a str, products: &'a [SurveyProduct]) -> Vec<&'a str> {
    let others = || products.iter().filter(|other| other.id != product);
    let processed: Vec<&SurveyProduct> =
        others().filter(|other| other.class.starts_with(PROCESSED)).collect();
    let mut probes = vec![product];
    for third in 1..=2 {
        let at = processed.len() * third / 3;
        let probe = processed.get(at).copied().or_else(|| others().next());
        probes.extend(probe.map(|probe| probe.id.as_str()));
    }
    probes.dedup();
    probes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_eight_fridays_are_searched() {
        let days = |today| -> Vec<String> { fridays(date(today)).map(|day| day.to_string()).collect() };
        assert_eq!(days("2026-09-25")[..2], ["2026-09-25", "2026-09-18"]);
        assert_eq!(days("2026-09-26")[0], "2026-09-25");
        assert_eq!(days("2026-10-01")[0], "2026-09-25");
        assert_eq!(days("2026-10-02")[0], "2026-10-02");
        assert_eq!((days("2026-10-02").len(), days("2026-10-02")[7].as_str()), (8, "2026-08-14"));
    }

    #[test]
    fn a_day_in_the_future_or_long_ago_is_invalid() {
        let today = date("2026-10-01");
        assert!(is_valid(date("2026-09-25"), today) && is_valid(today, today));
        assert!(!is_valid(date("2026-10-02"), today) && !is_valid(date("2026-07-01"), today));
    }

    #[test]
    fn two_processed_products_are_asked_for_too() {
        let good = |id: &str, class: &str| SurveyProduct {
            id: id.to_owned(),
            class: class.to_owned(),
            ..SurveyProduct::default()
        };
        let goods = [good("1", "030101004"), good("2", "030205014"), good("3", "030201001")];
        assert_eq!(probes("1", &goods), ["1", "2", "3"]);
        assert_eq!(probes("2", &goods), ["2", "3"]);
        assert_eq!(probes("2", &goods[..2]), ["2", "1"]);
        assert_eq!(probes("1", &goods[..1]), ["1"]);
        let many: Vec<SurveyProduct> = (10..40).map(|id| good(&id.to_string(), "030201001")).collect();
        assert_eq!(probes("1", &many), ["1", "20", "30"]);
    }
}
