//! The limit of calls that a provider's words name: per day, when a retry is useless, or per second, which passes soon. It knows
//! no provider; adapters classify codes.

use crate::search::{ErrorReply, SearchErrorKind};

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Of a day or longer.
    Day,
    /// Of a second, a minute or an hour, or of concurrent calls.
    Second,
}

impl Limit {
    pub(crate) const fn error(self, refusal: ErrorReply) -> SearchErrorKind {
        match self {
            Self::Day => SearchErrorKind::DailyLimit(refusal),
            Self::Second => SearchErrorKind::RateLimited(refusal),
        }
    }
}

/// Per second, whatever else a text says: `10 per second (daily quota: 1000)`. Whole words: `secret` and `section` differ.
const PER_SECOND: [&str; 6] = ["second", "sec", "minute", "tps", "초당", "분당"];
/// The same after `per 10`. Elsewhere they are a time to wait: `daily quota exceeded, retry in 30 seconds`.
const SECONDS: [&str; 2] = ["seconds", "minutes"];
/// Per day, unless a shorter time is named.
const DAY: [&str; 11] =
    ["day", "daily", "today", "month", "일일", "하루", "금일", "당일", "오늘", "1일", "24시간"];
/// Not per day, unless the day is named.
const SHORT: [&str; 9] = ["rate", "concurrent", "burst", "throttl", "hour", "동시", "1초", "1분", "시간당"];
/// Something is exceeded, and what: it may be a number of rows.
const EXCEEDED: [&str; 4] = ["exceed", "exhaust", "초과", "소진"];
const CALLS: [&str; 11] =
    ["limit", "rate", "request", "call", "traffic", "throttl", "호출", "요청", "트래픽", "한도", "허용량"];
/// A limit is reached; anything else that is reached is a machine.
const REACHED: [&str; 2] = ["reached", "도달"];
const LIMITS: [&str; 3] = ["limit", "한도", "허용량"];
/// A limit wherever it is named, per day unless a time is named.
const QUOTA: [&str; 3] = ["quota", "할당량", "쿼터"];

/// The limit that a text names, if any. With status 429 there is always one: per second without a word for the day.
pub(crate) fn limit_in(status: u16, text: &str) -> Option<Limit> {
    let words = words(text);
    let says = |list: &[&str]| {
        list.iter().any(|&listed| {
            // Korean compounds have no blanks.
            let is = |word: &String| word.starts_with(listed) || !listed.is_ascii() && word.contains(listed);
            words.iter().any(is)
        })
    };
    let quota = says(&QUOTA);
    let two = |first, second| words.windows(2).any(|two| two == [first, second]);
    let reached = says(&REACHED) && says(&LIMITS) && !says(&["not", "cannot"]);
    let named = quota || two("too", "many") || status == 429 || reached || says(&EXCEEDED) && says(&CALLS);
    let per_second = words.iter().any(|word| {
        PER_SECOND.iter().any(|listed| word == listed || !listed.is_ascii() && word.contains(listed))
    });
    let per_seconds = words
        .windows(3)
        .any(|three| matches!(three, [per, .., last] if per == "per" && SECONDS.contains(&last.as_str())));
    let per_second = per_second || per_seconds;
    let day = says(&DAY) || two("24", "hours") || quota && !says(&SHORT);
    named.then_some(if day && !per_second { Limit::Day } else { Limit::Second })
}

/// Most characters that are searched.
const MAX_CHARS: usize = 4_096;

/// The words in lower case. `dailyLimitExceeded` and `PER_SECOND` are three and two.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in text.chars().take(MAX_CHARS) {
        if !c.is_alphanumeric() || small && c.is_uppercase() {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_per_day_and_per_second_are_distinguished() {
        let lines = include_str!("limit_words.txt").lines().filter(|line| !line.starts_with('#'));
        for (limit, text) in lines.map(|line| line.split_once(" | ").unwrap()) {
            let limit = match limit {
                "day" => Some(Limit::Day),
                "second" => Some(Limit::Second),
                _ => None,
            };
            assert_eq!(limit_in(200, text), limit, "{text}");
            assert_eq!(limit_in(200, &text.to_uppercase().replace(' ', "_")), limit, "{text}");
        }
        assert_eq!(limit_in(200, "tMall.dailyLimitExceeded"), Some(Limit::Day));
        assert_eq!(limit_in(200, ""), None);
    }

    #[test]
    fn with_status_429_every_text_names_a_limit() {
        for (text, limit) in [
            ("", Limit::Second),
            ("slow down", Limit::Second),
            ("daily limit reached", Limit::Day),
            ("quota of this secret key", Limit::Day),
            ("10 calls per second, daily quota 1000", Limit::Second),
        ] {
            assert_eq!(limit_in(429, text), Some(limit), "{text}");
        }
    }
}
