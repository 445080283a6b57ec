//! Mute rules: times in which alarms do not act.
//!
//! Evaluation goes on; an alarm that is still in its state at the end of the time acts then. Of `Rule.Schedule`, `at(..)` is
//! supported; a cron expression is refused by name.

use jiff::{civil::DateTime, tz::TimeZone};

/// A time in which alarms do not act.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MuteRule {
    /// Its name.
    pub name: String,
    /// The alarms.
    pub alarms: Vec<String>,
    /// The start, in seconds since the epoch.
    pub start_s: i64,
    /// The end, in seconds since the epoch.
    pub end_s: i64,
}

/// A schedule that is none, or not supported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A cron expression.
    #[error("a cron expression is not supported: {0}; hint: at(2026-11-28T09:00)")]
    Cron(String),
    /// Not `at(yyyy-MM-ddThh:mm)`.
    #[error("not a time: {0:?}; hint: at(2026-11-28T09:00)")]
    Time(String),
    /// A time zone.
    #[error("not a time zone: {0:?}")]
    TimeZone(String),
    /// A duration.
    #[error("a mute rule lasts 1 minute to 15 days, not {0} s")]
    Duration(i64),
}

/// Longest duration in seconds. Source: `AWS::CloudWatch::AlarmMuteRule`, PT1M to P15D.
const MAX_DURATION_S: i64 = 15 * 86_400;

impl MuteRule {
    /// A rule that begins at `start_s`.
    ///
    /// # Errors
    /// The duration is shorter than a minute or longer than 15 days.
    pub fn new(
        name: String,
        alarms: Vec<String>,
        start_s: i64,
        duration_s: i64,
    ) -> Result<Self, ScheduleError> {
        if !(60..=MAX_DURATION_S).contains(&duration_s) {
            return Err(ScheduleError::Duration(duration_s));
        }
        Ok(Self { name, alarms, start_s, end_s: start_s.saturating_add(duration_s) })
    }

    /// Whether the alarm does not act at `now_s`.
    #[must_use]
    pub fn mutes(&self, alarm: &str, now_s: i64) -> bool {
        (self.start_s..self.end_s).contains(&now_s) && self.alarms.iter().any(|name| name == alarm)
    }
}

/// The start that `at(yyyy-MM-ddThh:mm)` names, in seconds since the epoch.
///
/// # Errors
/// It is none, or a cron expression.
pub fn start_s(expression: &str, time_zone: &str) -> Result<i64, ScheduleError> {
    let Some(inner) = expression.strip_prefix("at(").and_then(|rest| rest.strip_suffix(')')) else {
        let fields = expression.trim_start_matches("cron(").trim_end_matches(')').split_whitespace().count();
        return Err(match fields {
            5 | 6 => ScheduleError::Cron(expression.to_owned()),
            _ => ScheduleError::Time(expression.to_owned()),
        });
    };
    let time: DateTime = inner.parse().map_err(|_| ScheduleError::Time(expression.to_owned()))?;
    let zone = TimeZone::get(time_zone).map_err(|_| ScheduleError::TimeZone(time_zone.to_owned()))?;
    let at = time.to_zoned(zone).map_err(|_| ScheduleError::Time(expression.to_owned()))?;
    Ok(at.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_names_a_time_of_its_zone() {
        assert_eq!(start_s("at(1970-01-01T09:00)", "Asia/Seoul"), Ok(0));
        for (expression, words) in [
            ("0 2 * * *", "cron"),
            ("cron(0 2 * * ?)", "cron"),
            ("at(now)", "not a time"),
            ("", "not a time"),
            ("tomorrow", "not a time"),
        ] {
            let error = start_s(expression, "UTC").unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        assert!(start_s("at(1970-01-01T09:00)", "Nowhere").is_err());
    }

    #[test]
    fn a_rule_mutes_its_alarms_for_its_time() {
        let rule = MuteRule::new("m".to_owned(), vec!["a".to_owned()], 100, 60).unwrap();
        let muted: Vec<_> = [99, 100, 159, 160].map(|now_s| rule.mutes("a", now_s)).to_vec();
        assert_eq!(muted, [false, true, true, false]);
        assert!(!rule.mutes("b", 100));
        for duration_s in [0, 59, MAX_DURATION_S + 1] {
            assert!(MuteRule::new(String::new(), Vec::new(), 0, duration_s).is_err());
        }
    }
}
