//! Days in Korea, and as its services write them.

use contract::AsOf;
use jiff::{Timestamp, civil::Date, tz};

const COMPACT: &str = "%Y%m%d";

/// UTC+9, without summer time.
pub(crate) fn day(now: Timestamp) -> Date {
    tz::offset(9).to_datetime(now).date()
}

/// `20260925`.
pub(crate) fn compact(day: Date) -> String {
    day.strftime(COMPACT).to_string()
}

/// The day of eight digits.
pub(crate) fn from_compact(text: &str) -> Option<Date> {
    let is_compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_compact.then(|| Date::strptime(COMPACT, text).ok())?
}

/// `2026-09-25`.
pub(crate) fn as_of(day: Date) -> AsOf {
    AsOf(day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_in_korea_begins_nine_hours_early() {
        let at = |text: &str| day(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-09-24T14:59:59Z"), "2026-09-24");
        assert_eq!(at("2026-09-24T15:00:00Z"), "2026-09-25");
    }

    #[test]
    fn days_are_eight_digits() {
        let day = from_compact("20260925").unwrap();
        assert_eq!((compact(day).as_str(), as_of(day).0.as_str()), ("20260925", "2026-09-25"));
        for none in ["", "2026925", "20260931", "2026092５", "+2026092", "202609251", "2026-9-5", "이공이육"]
        {
            assert_eq!(from_compact(none), None, "{none}");
        }
    }
}
