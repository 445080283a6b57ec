//! The port to a model, and the errors of a call. `bedrock` is the adapter; `generate` retries.

use std::{fmt, time::Duration};

/// A model that answers requests in Anthropic's Messages form.
pub trait Model: Send + Sync + 'static {
    /// Makes one call with the body of a request, and returns the body of the reply.
    ///
    /// # Errors
    /// The model did not answer. Dropping the future cancels the call.
    fn ask(&self, request: &[u8]) -> impl Future<Output = Result<Vec<u8>, ModelError>> + Send;
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many calls or tokens at the moment.
    #[error("throttled: {0}")]
    Throttled(Said),
    /// The account's daily quota is used up.
    #[error("the day's quota is used up: {0}")]
    DayQuota(Said),
    /// The provider cannot serve the call at the moment.
    #[error("unavailable: {0}")]
    Unavailable(Said),
    /// The provider refuses the call, and would refuse it again.
    #[error("rejected: {said}")]
    Rejected {
        /// The provider's message.
        said: Said,
        /// What to do about it.
        hint: Option<&'static str>,
    },
    /// No connection, or one that ended before the answer did.
    #[error("connection failed: {0}")]
    Unreachable(String),
    /// The call cannot be made with this configuration: no credentials, no endpoint, or another server behind it.
    #[error("call could not be made: {0}")]
    Unsent(String),
    /// The reply is larger than any valid one.
    #[error("answer is too large: more than {limit_bytes} bytes")]
    TooLarge {
        /// Most bytes that are read.
        limit_bytes: usize,
    },
    /// The function's time ended before the answer.
    #[error("no answer in time: {} ms", .0.as_millis())]
    TimedOut(Duration),
}

impl ModelError {
    /// Whether the same call may succeed a little later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Throttled(_) | Self::Unavailable(_) | Self::Unreachable(_) | Self::TimedOut(_) => true,
            Self::DayQuota(_) | Self::Rejected { .. } | Self::Unsent(_) | Self::TooLarge { .. } => false,
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Throttled(_) => {
                Some("the account's quota for this model is used up: spread the orders or raise it")
            }
            Self::DayQuota(_) => Some(
                "the account's quota of a day for this model is used up: order again when the day is over, or raise it",
            ),
            Self::Rejected { hint, .. } => *hint,
            Self::Unavailable(_)
            | Self::Unreachable(_)
            | Self::Unsent(_)
            | Self::TooLarge { .. }
            | Self::TimedOut(_) => None,
        }
    }

    /// The same error, without the provider's text if that is private.
    #[must_use]
    pub fn withholding(self, is_private: impl Fn(&str) -> bool) -> Self {
        let check = |said: Said| {
            if is_private(&said.message) { said.withheld() } else { said }
        };
        match self {
            Self::Throttled(said) => Self::Throttled(check(said)),
            Self::DayQuota(said) => Self::DayQuota(check(said)),
            Self::Unavailable(said) => Self::Unavailable(check(said)),
            Self::Rejected { said, hint } => Self::Rejected { said: check(said), hint },
            Self::Unreachable(_) | Self::Unsent(_) | Self::TooLarge { .. } | Self::TimedOut(_) => self,
        }
    }
}

/// A provider's own error: its code and its message, cleaned. They are stored whole, so that [`ModelError::withholding`]
/// can check them, and displayed with a bounded length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    code: String,
    message: String,
}

impl Said {
    /// Most characters of a code or a message that are shown.
    const MAX_CHARS: usize = 300;

    /// Either may be empty.
    #[must_use]
    pub fn new(code: &str, message: &str) -> Self {
        let clean = |text: &str| -> String {
            let visible = text.chars().map(|c| if contract::text::is_hidden(c) { ' ' } else { c });
            visible.collect::<String>().trim().to_owned()
        };
        Self { code: clean(code), message: clean(message) }
    }

    /// The provider's name of the error.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether it names a daily quota: `Too many tokens per day`.
    #[must_use]
    pub fn is_about_a_day(&self) -> bool {
        let message = self.message.to_lowercase();
        let words: Vec<&str> =
            message.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let says = |sought: &[&str]| words.iter().any(|word| sought.contains(word));
        let is_hours = |word: &str| ["h", "hr", "hrs", "hour", "hours", "시간"].contains(&word);
        let says_24_hours = words.iter().any(|word| word.strip_prefix("24").is_some_and(is_hours))
            || words.windows(2).any(|pair| matches!(pair, ["24", word] if is_hours(word)));
        let says_day = says(&["day", "daily", "today", "tomorrow", "tpd", "rpd", "일일", "하루"]);
        (says_day || says_24_hours) && !says(&["minute", "second", "tpm", "rpm"])
    }

    fn withheld(self) -> Self {
        Self { message: "its text repeats the order and is withheld".to_owned(), ..self }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code.is_empty(), self.message.is_empty()) {
            (true, true) => f.write_str("the provider gave no reason"),
            (true, false) => write!(f, "{:.1$}", self.message, Self::MAX_CHARS),
            (false, true) => write!(f, "{:.1$}", self.code, Self::MAX_CHARS),
            (false, false) => write!(f, "{:.2$}: {:.2$}", self.code, self.message, Self::MAX_CHARS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_bounded_line() {
        let check = |code, message, expect: &str| assert_eq!(Said::new(code, message).to_string(), expect);
        check("ThrottlingException", "Too many\nrequests\u{202E}", "ThrottlingException: Too many requests");
        check("", "teapot", "teapot");
        check("Teapot", "", "Teapot");
        check("", "", "the provider gave no reason");
        assert_eq!(Said::new("", &"가".repeat(10_000)).to_string().chars().count(), Said::MAX_CHARS);
    }

    #[test]
    fn daily_quotas_are_distinguished_from_shorter_ones() {
        for (message, expect) in [
            ("Too many tokens per day, please wait before trying again.", true),
            ("Daily token quota exceeded", true),
            ("You have exceeded your tokens-per-day limit (TPD)", true),
            ("Too many tokens, please wait before trying again.", false),
            ("Too many tokens per minute", false),
            ("Requests per minute exceeded; see your daily usage", false),
            ("You have used up your tokens for today", true),
            ("Too many requests on holidays", false),
            ("Too many tokens within 24 hours", true),
            ("Token limit per 24h exceeded", true),
            ("Your 24-hour token quota is used up", true),
            ("24시간 한도를 넘었습니다", true),
            ("Too many tokens within 24 seconds of an hour", false),
            ("Too many tokens within 124 hours", false),
        ] {
            assert_eq!(Said::new("ThrottlingException", message).is_about_a_day(), expect, "{message}");
        }
    }

    #[test]
    fn a_private_message_is_withheld_but_not_its_code() {
        let error = ModelError::Throttled(Said::new("Busy", "you said 페니실린"));
        let private = |text: &str| text.contains("페니실린");
        assert_eq!(
            error.withholding(private).to_string(),
            "throttled: Busy: its text repeats the order and is withheld"
        );
        for filler in [296, 400] {
            let message = format!("{}페니실린", "x".repeat(filler));
            let error = ModelError::Throttled(Said::new("Busy", &message)).withholding(private);
            assert!(error.to_string().ends_with("is withheld"), "{filler}: {error}");
        }
        let harmless = ModelError::Throttled(Said::new("Busy", "later"));
        assert_eq!(harmless.clone().withholding(private), harmless);
    }
}
