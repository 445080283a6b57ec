//! Which days have a survey, and what it found: the same for the same good, store and day.

use jiff::{
    ToSpan as _,
    civil::{Date, date},
};

use super::{
    goods::{self, SurveyProduct, goods},
    stores::{self, stores},
};
use crate::stubs::{seeded::SeededRng, xml::element};

/// A Friday with a survey. The others lie whole fortnights from it; the real ones do mostly.
const ONE_OF_THEM: Date = date(2026, 6, 12);
const FORTNIGHT_DAYS: i32 = 14;

/// A store of which the list of stores knows nothing.
pub(super) const UNKNOWN_STORE: &str = "9041";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) day: String,
    pub(super) store: String,
    pub(super) good: String,
    pub(super) price: String,
}

/// The survey days up to today, the newest first: as many as are asked for.
pub fn survey_days(today: Date, count: usize) -> Vec<Date> {
    let since = (today - ONE_OF_THEM).get_days().rem_euclid(FORTNIGHT_DAYS);
    let newest = today.saturating_sub(since.days());
    let days = std::iter::successors(Some(newest), |day| day.checked_sub(2.weeks()).ok());
    days.take(count).collect()
}

fn has_survey(day: Date, today: Date) -> bool {
    day <= today && (day - ONE_OF_THEM).get_days().rem_euclid(FORTNIGHT_DAYS) == 0
}

/// The prices of a day, of one good or of one store's goods, or of one good in one store. None on a day without a survey.
pub(super) fn rows(good: &str, store: &str, day: Date, today: Date) -> Vec<Row> {
    if !has_survey(day, today) {
        return Vec::new();
    }
    let goods = goods().filter(|known| good.is_empty() || known.id == good);
    let rows = goods.flat_map(|good| of_good(&good, day));
    rows.filter(|row| store.is_empty() || row.store == store).collect()
}

/// Where a good is sold and at which price: fresh food in few stores, the rest in most.
fn of_good(good: &SurveyProduct, day: Date) -> Vec<Row> {
    let (from, to) = if good.class.starts_with(goods::FRESH) { (2, 6) } else { (9, 18) };
    // The stores of a good stay, its prices move a little from survey to survey.
    let mut who = SeededRng::new(&format!("stores {}", good.id));
    let mut what = SeededRng::new(&format!("prices {} {day}", good.id));
    let count = if goods::WITHOUT_ROWS.contains(&good.id) { 0 } else { who.between(from, to) };
    let first = who.between(0, 19);
    let stores: Vec<_> = stores().collect();
    let from = usize::try_from(first).unwrap_or_default();
    let known = stores.iter().cycle().skip(from).zip(0..count).map(|(store, _)| store.id);
    // A store that opened after the list was made.
    let unknown = (count > 0 && good.class.starts_with(goods::PROCESSED)).then_some(UNKNOWN_STORE);
    known
        .chain(unknown)
        .map(|store| Row {
            day: day.strftime("%Y%m%d").to_string(),
            store: store.to_owned(),
            good: good.id.to_owned(),
            price: (good.usual_krw * what.between(88, 118) / 1_000 * 10)
                .max(stores::MIN_PRICE_KRW)
                .to_string(),
        })
        .collect()
}

impl Row {
    pub(super) fn xml(&self) -> String {
        let parts = [
            element("goodInspectDay", &self.day),
            element("entpId", &self.store),
            element("goodId", &self.good),
            element("goodPrice", &self.price),
            element("plusoneYn", "N"),
            element("goodDcYn", "N"),
        ];
        let name = "iros.openapi.service.vo.goodPriceVO";
        format!("<{name}>{}</{name}>", parts.concat())
    }
}
