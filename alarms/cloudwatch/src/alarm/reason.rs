//! Why an alarm is in its state, in the words of AWS's notifications.

use jiff::{Timestamp, tz::TimeZone};

use super::{Alarm, MissingData, State};

/// Most values that a reason lists. Source: AWS's notifications list the newest 5.
const MAX_LISTED: usize = 5;

/// The reason for a state, where `points` are the periods of the evaluation range, oldest first.
pub(super) fn text(alarm: &Alarm, state: State, points: &[(i64, Option<f64>)]) -> String {
    let n = usize::try_from(alarm.evaluation_periods).unwrap_or(usize::MAX);
    let newest: Vec<_> =
        points.iter().rev().filter_map(|(at_s, value)| Some((*at_s, (*value)?))).take(n).collect();
    let missing = n.saturating_sub(newest.len());
    if state == State::InsufficientData {
        return format!("Insufficient Data: {} unknown.", was(missing, "datapoint"));
    }
    let matching: Vec<_> = newest
        .iter()
        .filter(|(_, value)| alarm.comparison.breaches(*value, alarm.threshold) == (state == State::Alarm))
        .collect();
    if matching.is_empty() {
        let treated = match alarm.effective_missing() {
            MissingData::Breaching => "[Breaching]",
            MissingData::NotBreaching => "[NonBreaching]",
            MissingData::Ignore => "[Ignore]",
            MissingData::Missing => "[Missing]",
        };
        let none = if newest.is_empty() {
            format!("no datapoints were received for {} and ", number(missing, "period"))
        } else {
            String::new()
        };
        return format!(
            "Threshold Crossed: {none}{} treated as {treated}.",
            was(missing, "missing datapoint")
        );
    }
    let listed: Vec<_> = matching
        .iter()
        .take(MAX_LISTED)
        .map(|(at_s, value)| format!("{} ({})", decimal(*value), clock(*at_s)))
        .collect();
    let verb = if matching.len() == 1 { "was" } else { "were" };
    let (not, least, transition) = match state {
        State::Alarm => ("", alarm.datapoints_to_alarm, "OK -> ALARM"),
        State::Ok | State::InsufficientData => (
            "not ",
            alarm.evaluation_periods - alarm.datapoints_to_alarm.min(alarm.evaluation_periods) + 1,
            "ALARM -> OK",
        ),
    };
    let least = usize::try_from(least).unwrap_or(usize::MAX);
    format!(
        "Threshold Crossed: {} out of the last {} [{}] {verb} {not}{} the threshold ({}) (minimum {} for {transition} transition).",
        matching.len(),
        number(n, "datapoint"),
        listed.join(", "),
        alarm.comparison.words(),
        decimal(alarm.threshold),
        number(least, "datapoint"),
    )
}

fn number(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn was(count: usize, noun: &str) -> String {
    format!("{} {}", number(count, noun), if count == 1 { "was" } else { "were" })
}

/// As Java writes a double: with a decimal point.
fn decimal(value: f64) -> String {
    format!("{value:?}")
}

fn clock(at_s: i64) -> String {
    let at = Timestamp::from_second(at_s).unwrap_or_default().to_zoned(TimeZone::UTC);
    at.strftime("%d/%m/%y %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[track_caller]
    fn check(state: State, values: &[Option<f64>], expected: &str) {
        let mut alarm = fixture::alarm("Sum", 70.0);
        (alarm.evaluation_periods, alarm.datapoints_to_alarm) = (3, 2);
        alarm.missing = MissingData::NotBreaching;
        let points: Vec<_> =
            (0..).map(|minute| 1_534_367_700 + minute * 300).zip(values.iter().copied()).collect();
        assert_eq!(text(&alarm, state, &points), expected);
    }

    /// Source of the words: notifications of AWS in public reports, such as aws-sdk-java issue 1723.
    #[test]
    fn reasons_are_worded_as_aws_words_them() {
        check(
            State::Alarm,
            &[Some(1.0), Some(80.5), Some(90.0)],
            "Threshold Crossed: 2 out of the last 3 datapoints [90.0 (15/08/18 21:25:00), 80.5 (15/08/18 21:20:00)] were \
             greater than or equal to the threshold (70.0) (minimum 2 datapoints for OK -> ALARM transition).",
        );
        check(
            State::Ok,
            &[Some(80.0), Some(90.0), None, Some(6.0)],
            "Threshold Crossed: 1 out of the last 3 datapoints [6.0 (15/08/18 21:30:00)] was not greater than or equal to \
             the threshold (70.0) (minimum 2 datapoints for ALARM -> OK transition).",
        );
        check(
            State::Ok,
            &[None, None, None],
            "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as \
             [NonBreaching].",
        );
        check(
            State::InsufficientData,
            &[None, None, Some(80.0)],
            "Insufficient Data: 2 datapoints were unknown.",
        );
    }
}
