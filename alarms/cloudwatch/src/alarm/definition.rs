//! What CloudWatch refuses of an alarm's definition.

use std::collections::BTreeMap;

use super::{Alarm, Source, Watched, Window};
use crate::{
    Statistic,
    math::{Kind, KindError, Unsafe},
};

/// Most metrics of one alarm. Source: `PutMetricAlarm`.
const MAX_METRICS: usize = 10;

/// Periods of a wall clock window, in seconds. Source: `EvaluationWindow`.
const WALL_CLOCK_PERIODS_S: [u32; 5] = [60, 300, 3_600, 86_400, 604_800];

/// A definition that CloudWatch refuses, or that no alarm can rely on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DefinitionError {
    /// The period.
    #[error("a period is a multiple of 60 s, not {0} s")]
    Period(u32),
    /// M and N.
    #[error("{m} datapoints of {n} evaluation periods; hint: at least 1, and not more than the periods")]
    Datapoints {
        /// M.
        m: u32,
        /// N.
        n: u32,
    },
    /// The span.
    #[error(
        "the evaluation periods are {0} s; hint: at most a day, and 7 days where a period is at least 1 h"
    )]
    Span(u64),
    /// The threshold.
    #[error("the threshold is no number: {0}")]
    Threshold(f64),
    /// Too many metrics.
    #[error("{0} metrics; hint: an alarm lists at most 10")]
    TooManyMetrics(usize),
    /// No metric.
    #[error("no metric")]
    NoMetric,
    /// An id.
    #[error("not an id, or used twice: {0:?}; hint: a lowercase letter, then letters, digits and _")]
    Id(String),
    /// Expressions that refer to each other in a circle.
    #[error("the expression {0} refers to itself")]
    Circle(String),
    /// An expression whose parts do not fit.
    #[error("expression {id}: {error}")]
    Expression {
        /// Its id.
        id: String,
        /// Why.
        error: KindError,
    },
    /// An alarm compares one series.
    #[error("the alarm compares {0}, which gives {1}; hint: an alarm needs one series")]
    Returned(String, Kind),
    /// A function that gives other results when more points are retrieved.
    #[error(
        "expression {id}: {function} of one series depends on how many points CloudWatch retrieves; hint: set the period, or list several series"
    )]
    Unsafe {
        /// Its id.
        id: String,
        /// The function.
        function: &'static str,
    },
    /// A time zone.
    #[error("not a time zone: {0:?}")]
    TimeZone(String),
    /// A period that no clock has.
    #[error("a wall clock window has periods of 60, 300, 3600, 86400 or 604800 s, not {0} s")]
    WallClockPeriod(u32),
    /// A warm-up.
    #[error("a warm-up takes 1 to 2880 minutes, not {0}")]
    WarmUp(u32),
}

impl Alarm {
    /// What is wrong with the definition; everything, not the first.
    #[must_use]
    pub fn errors(&self) -> Vec<DefinitionError> {
        let mut errors = Vec::new();
        if self.period_s == 0 || !self.period_s.is_multiple_of(60) {
            errors.push(DefinitionError::Period(self.period_s));
        }
        let (m, n) = (self.datapoints_to_alarm, self.evaluation_periods);
        if m == 0 || m > n {
            errors.push(DefinitionError::Datapoints { m, n });
        }
        let most = if self.period_s >= 3_600 { 604_800 } else { 86_400 };
        if self.span_s() > most {
            errors.push(DefinitionError::Span(self.span_s()));
        }
        if !self.threshold.is_finite() {
            errors.push(DefinitionError::Threshold(self.threshold));
        }
        if let Window::WallClock { time_zone } = &self.window {
            if jiff::tz::TimeZone::get(time_zone).is_err() {
                errors.push(DefinitionError::TimeZone(time_zone.clone()));
            }
            if !WALL_CLOCK_PERIODS_S.contains(&self.period_s) {
                errors.push(DefinitionError::WallClockPeriod(self.period_s));
            }
        }
        if let Some(warm_up) = self.warm_up
            && !(1..=2_880).contains(&warm_up.minutes)
        {
            errors.push(DefinitionError::WarmUp(warm_up.minutes));
        }
        self.watched.check(&mut errors);
        errors
    }

    /// Fewest values of the evaluation periods from which a percentile means something. Source: "Percentile-based alarms and
    /// low data samples".
    #[must_use]
    pub fn min_samples(&self) -> Option<f64> {
        let mut percentiles = self.watched.metrics().filter_map(|(_, stat)| match stat.statistic {
            Statistic::Percentile(percentage) => Some(percentage.get()),
            _ => None,
        });
        let percent = percentiles.next()?;
        Some(1_000.0 / if percent >= 50.0 { 100.0 - percent } else { percent })
    }
}

impl Watched {
    fn check(&self, errors: &mut Vec<DefinitionError>) {
        let Self::Math { queries, returned } = self else { return };
        let metrics = self.metrics().count();
        if metrics == 0 {
            errors.push(DefinitionError::NoMetric);
        }
        if metrics > MAX_METRICS {
            errors.push(DefinitionError::TooManyMetrics(metrics));
        }
        let mut sources = BTreeMap::new();
        for query in queries {
            let mut chars = query.id.chars();
            let begins = chars.next().is_some_and(|first| first.is_ascii_lowercase());
            let valid = begins && chars.all(|other| other.is_ascii_alphanumeric() || other == '_');
            if sources.insert(query.id.as_str(), &query.source).is_some() || !valid {
                errors.push(DefinitionError::Id(query.id.clone()));
            }
        }
        let mut kinds = Kinds { sources, known: BTreeMap::new(), errors };
        for query in queries {
            kinds.of(&query.id, &mut Vec::new());
        }
        match kinds.known.get(returned.as_str()) {
            Some(Some(kind)) if *kind != Kind::Series => {
                errors.push(DefinitionError::Returned(returned.clone(), *kind));
            }
            // One that is refused is an error of its own already.
            Some(_) => {}
            None => errors.push(DefinitionError::Id(returned.clone())),
        }
    }
}

/// The kinds of queries, each found once.
struct Kinds<'a, 'b> {
    sources: BTreeMap<&'a str, &'a Source>,
    known: BTreeMap<&'a str, Option<Kind>>,
    errors: &'b mut Vec<DefinitionError>,
}

impl<'a> Kinds<'a, '_> {
    fn of(&mut self, id: &'a str, path: &mut Vec<&'a str>) -> Option<Kind> {
        if let Some(known) = self.known.get(id) {
            return *known;
        }
        let (&id, &source) = self.sources.get_key_value(id)?;
        let kind = match source {
            Source::Metric(_) => Some(Kind::Series),
            Source::Expression(_) if path.contains(&id) => {
                self.errors.push(DefinitionError::Circle(id.to_owned()));
                None
            }
            Source::Expression(expression) => {
                path.push(id);
                let mut kinds = BTreeMap::new();
                let mut refused = false;
                for other in expression.ids() {
                    match (self.sources.contains_key(other), self.of(other, path)) {
                        (_, Some(kind)) => {
                            kinds.insert(other, kind);
                        }
                        (true, None) => refused = true,
                        (false, None) => {}
                    }
                }
                path.pop();
                // What an expression that is refused gives is not known, and its own error is enough.
                if refused { None } else { self.kind_of(id, expression, &kinds) }
            }
        };
        self.known.insert(id, kind);
        kind
    }

    fn kind_of(
        &mut self,
        id: &str,
        expression: &crate::math::Expression,
        kinds: &BTreeMap<&str, Kind>,
    ) -> Option<Kind> {
        let mut unsafe_uses = Vec::new();
        let kind = expression.kind(&|id| kinds.get(id).copied(), &mut unsafe_uses);
        self.errors.extend(
            unsafe_uses
                .into_iter()
                .map(|Unsafe { function }| DefinitionError::Unsafe { id: id.to_owned(), function }),
        );
        match kind {
            Ok(kind) => Some(kind),
            Err(error) => {
                self.errors.push(DefinitionError::Expression { id: id.to_owned(), error });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{alarm::WarmUp, fixture};

    #[track_caller]
    fn check(change: impl FnOnce(&mut Alarm), expected: &[&str]) {
        let mut alarm = fixture::alarm("Sum", 300.0);
        change(&mut alarm);
        let errors: Vec<_> = alarm.errors().iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), expected.len(), "{errors:?}");
        for (error, words) in errors.iter().zip(expected) {
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_definition_is_checked_whole() {
        check(|_| {}, &[]);
        check(|alarm| alarm.period_s = 90, &["multiple of 60"]);
        check(|alarm| alarm.period_s = 0, &["multiple of 60"]);
        check(|alarm| alarm.datapoints_to_alarm = 0, &["0 datapoints"]);
        check(|alarm| alarm.datapoints_to_alarm = 9, &["9 datapoints"]);
        check(|alarm| alarm.threshold = f64::NAN, &["no number"]);
        let long = |alarm: &mut Alarm| {
            (alarm.period_s, alarm.evaluation_periods, alarm.datapoints_to_alarm) = (60, 1_441, 1);
        };
        check(long, &["at most a day"]);
        let week = |alarm: &mut Alarm| {
            (alarm.period_s, alarm.evaluation_periods, alarm.datapoints_to_alarm) = (3_600, 168, 1);
        };
        check(week, &[]);
        check(|alarm| alarm.window = Window::WallClock { time_zone: "Asia/Seol".to_owned() }, &["time zone"]);
        let odd = |alarm: &mut Alarm| {
            alarm.period_s = 120;
            alarm.window = Window::WallClock { time_zone: "UTC".to_owned() };
        };
        check(odd, &["not 120 s"]);
        check(|alarm| alarm.warm_up = Some(WarmUp { minutes: 2_881, only_after: true }), &["not 2881"]);
    }

    #[test]
    fn queries_are_checked() {
        let math = |returned: &'static str, expressions: &'static [(&str, &str)]| {
            move |alarm: &mut Alarm| alarm.watched = fixture::math(&["m1", "m2"], expressions, returned)
        };
        check(math("e1", &[("e1", "100*m1/m2")]), &[]);
        check(math("e1", &[("e1", "e2*100"), ("e2", "m1/m2")]), &[]);
        check(math("m1", &[]), &[]);
        check(math("e1", &[]), &["not an id"]);
        check(math("e1", &[("e1", "m3+1")]), &["no metric or expression has the id m3"]);
        check(math("e1", &[("e1", "SUM(m1)*m2")]), &["SUM of one series"]);
        check(math("e1", &[("e1", "[m1,m2]")]), &["a list of series"]);
        check(math("e1", &[("e1", "1+1")]), &["a number"]);
        check(math("e1", &[("e1", "e2"), ("e2", "e1")]), &["refers to itself"]);
        check(math("E1", &[("E1", "m1")]), &["not an id"]);
        check(math("m1", &[("m2", "m1")]), &["used twice"]);
        let ids: Vec<_> = (0..11).map(|number| format!("a{number}")).collect();
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        check(|alarm| alarm.watched = fixture::math(&ids, &[], "a0"), &["11 metrics"]);
    }

    #[test]
    fn a_percentile_needs_samples() {
        let needed = |statistic: &str| fixture::alarm(statistic, 1.0).min_samples().map(f64::round);
        assert_eq!(needed("p99"), Some(1_000.0));
        assert_eq!(needed("p90"), Some(100.0));
        assert_eq!(needed("p10"), Some(100.0));
        assert_eq!(needed("Maximum"), None);
    }
}
