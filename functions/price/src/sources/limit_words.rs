//! Which limit of calls a provider's words speak of: that of the day, after which asking again is of no use, or that of the
//! second, which is soon over. It knows no provider; codes are told apart beside the adapters.

use crate::search::{Refusal, SearchErrorKind};

/// A limit that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Of a day, or of longer.
    Day,
    /// Of a second, a minute or an hour, or of calls at the same time.
    Second,
}

impl Limit {
    pub(crate) const fn error(self, refusal: Refusal) -> SearchErrorKind {
        match self {
            Self::Day => SearchErrorKind::DailyLimit(refusal),
            Self::Second => SearchErrorKind::RateLimited(refusal),
        }
    }
}

/// Of the second, whatever else a text says: `10 per second (daily quota: 1000)`. Whole words: `secret` and `section` are others.
const PER_SECOND: [&str; 6] = ["second", "sec", "minute", "tps", "초당", "분당"];
/// The same behind `per 10`. Elsewhere they say when to come back: `daily quota exceeded, retry in 30 seconds`.
const SECONDS: [&str; 2] = ["seconds", "minutes"];
/// Of the day, where no shorter time is named.
const DAY: [&str; 11] =
    ["day", "daily", "today", "month", "일일", "하루", "금일", "당일", "오늘", "1일", "24시간"];
/// Not of the day, where the day is not named.
const SHORT: [&str; 9] = ["rate", "concurrent", "burst", "throttl", "hour", "동시", "1초", "1분", "시간당"];
/// That something is used up, and what: a number of rows may be exceeded too.
const EXCEEDED: [&str; 4] = ["exceed", "exhaust", "초과", "소진"];
const CALLS: [&str; 11] =
    ["limit", "rate", "request", "call", "traffic", "throttl", "호출", "요청", "트래픽", "한도", "허용량"];
/// What is used up where it is reached; anything else that is reached, or not, is a machine.
const REACHED: [&str; 2] = ["reached", "도달"];
const LIMITS: [&str; 3] = ["limit", "한도", "허용량"];
/// Used up wherever it is named, and of the day where no time is.
const QUOTA: [&str; 3] = ["quota", "할당량", "쿼터"];

/// The limit that a text names, if it names one. With status 429 every text does: without a word for the day it is taken for
/// the limit of the second.
pub(crate) fn limit_in(status: u16, text: &str) -> Option<Limit> {
    let words = words(text);
    let says = |list: &[&str]| {
        list.iter().any(|&listed| {
            // Words of Korean run together.
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

/// Most characters that are looked at.
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

    fn check(limit: Option<Limit>, texts: &[&str]) {
        for text in texts {
            assert_eq!(limit_in(200, text), limit, "{text}");
            assert_eq!(limit_in(200, &text.to_uppercase().replace(' ', "_")), limit, "{text}");
        }
    }

    #[test]
    fn a_limit_of_the_day_is_told_from_one_of_the_second() {
        check(
            Some(Limit::Day),
            &[
                "Daily quota exceeded, retry in 30 seconds",
                "API token quota exceeded",
                "Quota Exceeded",
                "Daily rate limit exceeded.",
                "requests per day exceeded",
                "API 서비스의 일일 호출 허용량을 초과하였습니다.",
                "하루 트래픽 초과",
                "API token quota exceeded for this secret key",
                "quota exceeded (see section 4.2)",
                "API 토큰 할당량을 초과했습니다",
                "Daily limit reached",
                "You have reached your limit of 24 hours",
                "Daily quota exceeded, it resets in 3 hours",
            ],
        );
        check(
            Some(Limit::Second),
            &[
                "API rate limit exceeded",
                "Too Many Requests",
                "quota of 10 calls per second exceeded",
                "서버의 최대 동시 요청 수를 초과하였습니다.",
                "초당 호출 한도 초과",
                "request limit exceeded",
                "API rate limit exceeded: 10 requests per second (daily quota: 10000)",
                "Requests per minute exceeded; see your daily usage",
                "초당 호출 한도를 초과하였습니다. 일일 트래픽은 남아 있습니다.",
                "Rate limit reached",
                "hourly quota exceeded",
                "시간당 할당량을 초과했습니다",
            ],
        );
        check(
            None,
            &[
                "",
                "Unexpected errors",
                "numOfRows exceeds 1000",
                "too few, and many",
                "the day of the survey is wrong",
                "the server could not be reached within the time limit",
                "글자 수 초과",
            ],
        );
        assert_eq!(limit_in(200, "tMall.dailyLimitExceeded"), Some(Limit::Day));
    }

    #[test]
    fn with_429_every_text_names_one() {
        assert_eq!(limit_in(429, ""), Some(Limit::Second));
        assert_eq!(limit_in(429, "slow down"), Some(Limit::Second));
        assert_eq!(limit_in(429, "daily limit reached"), Some(Limit::Day));
        assert_eq!(limit_in(429, "quota of this secret key"), Some(Limit::Day));
        assert_eq!(limit_in(429, "10 calls per second, daily quota 1000"), Some(Limit::Second));
    }
}
