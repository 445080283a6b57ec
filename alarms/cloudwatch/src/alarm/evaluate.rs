//! One evaluation of an alarm at a point in time.

use std::{cell::RefCell, collections::BTreeMap};

use jiff::{Timestamp, ToSpan, Zoned, civil::Weekday, tz::TimeZone};

use super::{Alarm, Datapoint, LowSamples, Source, State, Watched, Window, decide};
use crate::{
    math::{Expression, Scope, Value, evaluate as evaluate_math},
    series::{RESOLUTION_S, Store},
};

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The state.
    pub state: State,
    /// Why, in CloudWatch's words.
    pub reason: String,
    /// The evaluated periods, oldest first: start in seconds, and value.
    pub points: Vec<(i64, Option<f64>)>,
    /// Whether the alarm is in its warm-up and therefore does not act.
    pub in_warm_up: bool,
}

/// Evaluates an alarm at `now_s`, in seconds since the epoch. `created_s` is when it was created, for its warm-up; `before` is its
/// state until now.
#[must_use]
pub fn evaluate(alarm: &Alarm, store: &impl Store, now_s: i64, created_s: i64, before: State) -> Evaluation {
    let periods = periods(alarm, now_s);
    let values = values(&alarm.watched, store, &periods, alarm.period_s);
    let points: Vec<_> = periods.iter().zip(values).map(|(&(start_s, _), value)| (start_s, value)).collect();
    let datapoints: Vec<_> = points
        .iter()
        .map(|(_, value)| match value {
            None => Datapoint::Missing,
            Some(value) if alarm.comparison.breaches(*value, alarm.threshold) => Datapoint::Breaching,
            Some(_) => Datapoint::Good,
        })
        .collect();
    let present = datapoints.iter().filter(|point| **point != Datapoint::Missing).count();
    let n = usize::try_from(alarm.evaluation_periods).unwrap_or(usize::MAX);
    let in_warm_up = alarm.warm_up.is_some_and(|warm_up| {
        now_s < created_s.saturating_add(i64::from(warm_up.minutes) * 60)
            && (warm_up.only_after || present < n)
    });
    let state = if in_warm_up {
        State::InsufficientData
    } else if alarm.low_samples == LowSamples::Ignore && has_low_samples(alarm, store, &periods) {
        before
    } else {
        let (m, n) = (alarm.datapoints_to_alarm, alarm.evaluation_periods);
        decide(&datapoints, m, n, alarm.effective_missing(), before)
    };
    let reason = if in_warm_up {
        "The alarm is in its warm-up period".to_owned()
    } else {
        super::reason::text(alarm, state, &points)
    };
    Evaluation { state, reason, points, in_warm_up }
}

/// Start and end of the periods of the evaluation range, oldest first.
fn periods(alarm: &Alarm, now_s: i64) -> Vec<(i64, i64)> {
    let count = i64::from(alarm.range());
    let period_s = i64::from(alarm.period_s.max(1));
    match &alarm.window {
        Window::Sliding => {
            let end_s = now_s.div_euclid(RESOLUTION_S) * RESOLUTION_S;
            (0..count).rev().map(|back| (end_s - (back + 1) * period_s, end_s - back * period_s)).collect()
        }
        Window::WallClock { time_zone } => {
            wall_clock(time_zone, alarm.period_s, now_s, count).unwrap_or_default()
        }
    }
}

/// The last completed periods of a clock. A day has 23 or 25 hours where the clock changes.
fn wall_clock(time_zone: &str, period_s: u32, now_s: i64, count: i64) -> Option<Vec<(i64, i64)>> {
    let zone = TimeZone::get(time_zone).ok()?;
    let now = Timestamp::from_second(now_s).ok()?.to_zoned(zone);
    let day = now.start_of_day().ok()?;
    let back = |start: &Zoned, count: i64| match period_s {
        604_800 => start.checked_sub(count.weeks()).ok(),
        86_400 => start.checked_sub(count.days()).ok(),
        _ => start.checked_sub((count * i64::from(period_s)).seconds()).ok(),
    };
    let end = match period_s {
        604_800 => day.checked_sub(i64::from(day.weekday().since(Weekday::Monday)).days()).ok()?,
        86_400 => day,
        _ => {
            let since_hour = i64::from(now.minute()) * 60 + i64::from(now.second());
            now.checked_sub((since_hour % i64::from(period_s)).seconds()).ok()?
        }
    };
    let mut bounds = (0..=count).rev().map(|number| Some(back(&end, number)?.timestamp().as_second()));
    let mut from = bounds.next()??;
    bounds.map(|to| Some((std::mem::replace(&mut from, to?), to?))).collect()
}

/// The compared values.
fn values(watched: &Watched, store: &impl Store, spans: &[(i64, i64)], period_s: u32) -> Vec<Option<f64>> {
    let metrics: Vec<(&str, Vec<Option<f64>>)> = watched
        .metrics()
        .map(|(id, stat)| {
            let series = store.series(&stat.metric);
            let value = |&(from_s, to_s): &(i64, i64)| series?.statistic(stat.statistic, from_s, to_s);
            (id, spans.iter().map(value).collect())
        })
        .collect();
    let Watched::Math { queries, returned } = watched else {
        return metrics.into_iter().next().map(|(_, values)| values).unwrap_or_default();
    };
    let expressions: BTreeMap<_, _> = queries
        .iter()
        .filter_map(|query| match &query.source {
            Source::Expression(expression) => Some((query.id.as_str(), expression)),
            Source::Metric(_) => None,
        })
        .collect();
    let listed: Vec<_> = metrics.iter().map(|(id, values)| (*id, values.as_slice())).collect();
    let queries =
        Queries { metrics: &listed, expressions, count: spans.len(), period_s, known: RefCell::default() };
    queries.value_of(returned).map_or_else(|| vec![None; spans.len()], |value| value.into_series(spans.len()))
}

/// The queries of an alarm, each of which is evaluated once.
struct Queries<'a> {
    metrics: &'a [(&'a str, &'a [Option<f64>])],
    expressions: BTreeMap<&'a str, &'a Expression>,
    count: usize,
    period_s: u32,
    /// What was evaluated. An expression that is being evaluated is there without a value, so that a circle ends.
    known: RefCell<BTreeMap<String, Option<Value>>>,
}

impl Queries<'_> {
    fn value_of(&self, id: &str) -> Option<Value> {
        if let Some((_, values)) = self.metrics.iter().find(|(other, _)| *other == id) {
            return Some(Value::Series(values.to_vec()));
        }
        if let Some(known) = self.known.borrow().get(id) {
            return known.clone();
        }
        let expression = self.expressions.get(id)?;
        self.known.borrow_mut().insert(id.to_owned(), None);
        let value_of = |id: &str| self.value_of(id);
        let scope = Scope {
            value_of: &value_of,
            metrics: self.metrics,
            periods: self.count,
            period_s: self.period_s,
        };
        let value = evaluate_math(expression, &scope);
        self.known.borrow_mut().insert(id.to_owned(), Some(value.clone()));
        Some(value)
    }
}

fn has_low_samples(alarm: &Alarm, store: &impl Store, periods: &[(i64, i64)]) -> bool {
    let Some(least) = alarm.min_samples() else { return false };
    let n = usize::try_from(alarm.evaluation_periods).unwrap_or(usize::MAX);
    let newest = periods.get(periods.len().saturating_sub(n)..).unwrap_or_default();
    let (Some(&(from_s, _)), Some(&(_, to_s))) = (newest.first(), newest.last()) else { return false };
    let samples = alarm
        .watched
        .metrics()
        .filter_map(|(_, stat)| Some(store.series(&stat.metric)?.statistics(from_s, to_s)?.count));
    #[expect(clippy::cast_precision_loss, reason = "CloudWatch's counts are doubles")]
    let samples = samples.min().unwrap_or(0) as f64;
    samples > 0.0 && samples < least
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        alarm::{MissingData, WarmUp},
        fixture::{self, store},
    };

    const MINUTE: i64 = 60;

    #[track_caller]
    fn state(alarm: &Alarm, values: &[(i64, f64)], now_s: i64) -> State {
        evaluate(alarm, &store("m", values), now_s, 0, State::InsufficientData).state
    }

    /// A window of 5 minutes moves by the minute.
    #[test]
    fn a_sliding_window_moves_by_the_minute() {
        let mut alarm = fixture::alarm("Sum", 3.0);
        (alarm.evaluation_periods, alarm.datapoints_to_alarm) = (1, 1);
        let value = |minute| if [10, 12, 14].contains(&minute) { 1.0 } else { 0.0 };
        let values: Vec<_> = (0..30).map(|minute| (minute * MINUTE, value(minute))).collect();
        let ends: Vec<_> =
            (10..=20).map(|minute| state(&alarm, &values, minute * MINUTE + 30) == State::Alarm).collect();
        // All three values lie in the 5 minutes that end at minute 15, and in no other 5.
        let expected: Vec<_> = (10..=20).map(|minute| minute == 15).collect();
        assert_eq!(ends, expected);
    }

    /// Where the newest periods have no value, older ones decide: CloudWatch evaluates the last values again.
    #[test]
    fn the_newest_values_decide_not_the_newest_periods() {
        let mut alarm = fixture::alarm("Sum", 1.0);
        (alarm.evaluation_periods, alarm.datapoints_to_alarm, alarm.period_s) = (1, 1, 60);
        alarm.missing = MissingData::NotBreaching;
        let states: Vec<_> = (1..=4).map(|minute| state(&alarm, &[(0, 1.0)], minute * MINUTE)).collect();
        assert_eq!(states, [State::Alarm, State::Alarm, State::Alarm, State::Ok]);
    }

    #[test]
    fn windows_above_a_day_are_evaluated_once_an_hour() {
        let mut alarm = fixture::alarm("Sum", 1.0);
        assert_eq!(alarm.interval_s(), 60);
        (alarm.period_s, alarm.evaluation_periods) = (86_400, 3);
        assert_eq!(alarm.interval_s(), 3_600);
    }

    #[test]
    fn a_wall_clock_window_judges_completed_periods_only() {
        let mut alarm = fixture::alarm("Sum", 1.0);
        (alarm.evaluation_periods, alarm.datapoints_to_alarm, alarm.period_s) = (1, 1, 86_400);
        alarm.missing = MissingData::NotBreaching;
        alarm.window = Window::WallClock { time_zone: "Asia/Seoul".to_owned() };
        // 2026-11-28T12:00 in Seoul; the day ends at 15:00 UTC.
        let noon: i64 = "2026-11-28T03:00:00Z".parse::<Timestamp>().unwrap().as_second();
        let values = [(noon, 5.0)];
        assert_eq!(state(&alarm, &values, noon + 11 * 3_600), State::Ok);
        assert_eq!(state(&alarm, &values, noon + 12 * 3_600), State::Alarm);
        assert_eq!(state(&alarm, &values, noon + 35 * 3_600), State::Alarm);

        // The night in which New York's clock goes back has an hour more.
        alarm.window = Window::WallClock { time_zone: "America/New_York".to_owned() };
        alarm.evaluation_range = Some(1);
        let after: i64 = "2026-11-02T06:00:00Z".parse::<Timestamp>().unwrap().as_second();
        let day = periods(&alarm, after);
        assert_eq!(day[0].1 - day[0].0, 25 * 3_600);
        alarm.period_s = 604_800;
        let week = periods(&alarm, after)[0];
        let start = Timestamp::from_second(week.1).unwrap().to_string();
        assert_eq!(start, "2026-11-02T05:00:00Z");
        alarm.period_s = 300;
        let five = periods(&alarm, after + 299)[0];
        assert_eq!(five, (after - 300, after));
    }

    #[test]
    fn a_warm_up_keeps_quiet() {
        let mut alarm = fixture::alarm("Sum", 1.0);
        (alarm.evaluation_periods, alarm.datapoints_to_alarm, alarm.period_s) = (2, 1, 60);
        alarm.warm_up = Some(WarmUp { minutes: 10, only_after: true });
        let values = [(0, 5.0), (60, 5.0), (120, 5.0)];
        let at = |alarm: &Alarm, now_s| {
            let found = evaluate(alarm, &store("m", &values), now_s, 0, State::InsufficientData);
            (found.state, found.in_warm_up)
        };
        assert_eq!(at(&alarm, 180), (State::InsufficientData, true));
        alarm.warm_up = Some(WarmUp { minutes: 10, only_after: false });
        assert_eq!(at(&alarm, 60), (State::InsufficientData, true));
        assert_eq!(at(&alarm, 180), (State::Alarm, false));
    }

    #[test]
    fn a_percentile_of_few_values_keeps_the_state() {
        let mut alarm = fixture::alarm("p90", 1.0);
        (alarm.evaluation_periods, alarm.datapoints_to_alarm, alarm.period_s) = (1, 1, 60);
        alarm.low_samples = LowSamples::Ignore;
        let few = vec![(0, 5.0); 99];
        let enough = vec![(0, 5.0); 100];
        for before in [State::Ok, State::Alarm] {
            let at = |values: &[(i64, f64)]| evaluate(&alarm, &store("m", values), 60, 0, before).state;
            assert_eq!(at(&few), before);
            assert_eq!(at(&enough), State::Alarm);
        }
    }

    #[test]
    fn dynamodb_ignores_missing_data_whatever_is_said() {
        let mut alarm = fixture::alarm("Sum", 1.0);
        alarm.missing = MissingData::NotBreaching;
        if let Watched::Metric(stat) = &mut alarm.watched {
            stat.metric.namespace = "AWS/DynamoDB".to_owned();
        }
        let after = |before| evaluate(&alarm, &store("m", &[]), 6_000, 0, before).state;
        assert_eq!(after(State::Alarm), State::Alarm);
        // Metric math is the way around it.
        alarm.watched = fixture::math(&["m"], &[("e", "m*1")], "e");
        assert_eq!(evaluate(&alarm, &store("m", &[]), 6_000, 0, State::Alarm).state, State::Ok);
    }

    #[test]
    fn metric_math_is_evaluated_over_the_periods() {
        let mut alarm = fixture::alarm("Sum", 5.0);
        (alarm.evaluation_periods, alarm.datapoints_to_alarm, alarm.period_s) = (1, 1, 60);
        alarm.watched = fixture::math(&["f", "c"], &[("share", "100*f/c"), ("e", "IF(c>=10,share,0)")], "e");
        let mut both = store("f", &[(0, 1.0), (60, 1.0)]);
        both.extend(store("c", &[(0, 10.0), (60, 9.0)]));
        let at = |now_s| evaluate(&alarm, &both, now_s, 0, State::Ok);
        assert_eq!(at(60).state, State::Alarm);
        assert_eq!(at(60).points.last(), Some(&(0, Some(10.0))));
        assert_eq!(at(120).state, State::Ok);
    }
}
