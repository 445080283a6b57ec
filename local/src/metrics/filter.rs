//! Metric filters: values that are made of log lines.

use std::collections::BTreeMap;

use cfn::{Literal, resource::MetricFilter};
use cloudwatch::{Metric, series::RESOLUTION_S};

use super::pattern::{Pattern, PatternError};

/// A filter that this environment does not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error(transparent)]
    Pattern(#[from] PatternError),
    #[error("a value that is not a number: {0}")]
    Value(String),
}

/// The filters of each function's log.
#[derive(Debug, Default)]
pub struct Filters(BTreeMap<String, Vec<Filter>>);

#[derive(Debug)]
struct Filter {
    pattern: Pattern,
    metric: Metric,
    value: f64,
    /// The value of a minute in which lines came and none matched.
    default: Option<f64>,
    /// The newest minute with lines, and whether one of them matched.
    minute: Option<(i64, bool)>,
}

/// A value that a filter made, and its stamp.
pub(super) type Found = (Metric, i64, f64);

impl Filters {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a filter to the log of a function.
    pub fn add(&mut self, function: &str, filter: &MetricFilter<Literal>) -> Result<(), FilterError> {
        let pattern: Pattern = filter.filter_pattern.as_str().parse()?;
        for made in &*filter.transformations {
            let text = &made.metric_value;
            let value: f64 = text.parse().map_err(|_| FilterError::Value(text.clone()))?;
            let metric =
                Metric::new(made.metric_namespace.as_str(), made.metric_name.as_str(), [("", ""); 0]);
            self.0.entry(function.to_owned()).or_default().push(Filter {
                pattern: pattern.clone(),
                metric,
                value,
                default: made.default_value,
                minute: None,
            });
        }
        Ok(())
    }

    /// What the filters of a function make of a line at `at_s`.
    pub(super) fn line(&mut self, function: &str, at_s: i64, text: &str) -> Vec<Found> {
        let filters = self.0.get_mut(function).into_iter().flatten();
        let mut found = Vec::new();
        for filter in filters {
            found.extend(filter.end_minutes_before(at_s));
            let is_match = filter.pattern.matches(text);
            match &mut filter.minute {
                Some((_, matched)) => *matched |= is_match,
                none @ None => *none = Some((minute(at_s), is_match)),
            }
            if is_match {
                found.push((filter.metric.clone(), at_s, filter.value));
            }
        }
        found
    }

    /// The values of minutes that are over and had no match.
    pub(super) fn end_minutes_before(&mut self, at_s: i64) -> Vec<Found> {
        self.0.values_mut().flatten().filter_map(|filter| filter.end_minutes_before(at_s)).collect()
    }
}

impl Filter {
    fn end_minutes_before(&mut self, at_s: i64) -> Option<Found> {
        let (ended, matched) = self.minute.take_if(|(start_s, _)| *start_s < minute(at_s))?;
        let default = self.default.filter(|_| !matched)?;
        Some((self.metric.clone(), ended, default))
    }
}

const fn minute(at_s: i64) -> i64 {
    at_s.div_euclid(RESOLUTION_S).saturating_mul(RESOLUTION_S)
}

#[cfg(test)]
mod tests {
    use cfn::{List, Prop, Text, resource::MetricTransformation};

    use super::*;

    fn filter(value: &str) -> MetricFilter<Literal> {
        MetricFilter {
            filter_name: None,
            log_group_name: Prop::Literal("/aws/lambda/f".to_owned()),
            filter_pattern: Text::from_const("\"slow\""),
            transformations: List::of([MetricTransformation {
                metric_namespace: Text::from_const("N"),
                metric_name: Text::from_const("Slow"),
                metric_value: value.to_owned(),
                default_value: Some(0.0),
                unit: None,
            }]),
        }
    }

    #[test]
    fn a_match_counts_and_a_minute_without_one_is_the_default() {
        let mut filters = Filters::default();
        filters.add("f", &filter("1")).unwrap();
        let mut values = Vec::new();
        let lines =
            [(5, "a"), (59, "b"), (60, "slow"), (119, "a"), (180, "slow"), (181, "slow"), (130, "late")];
        for (at_s, line) in lines {
            assert!(filters.line("g", at_s, line).is_empty());
            values.extend(filters.line("f", at_s, line).into_iter().map(|(_, at_s, value)| (at_s, value)));
        }
        // Minute 0 had lines and no match; minute 2 had none until it was over.
        assert_eq!(values, [(0, 0.0), (60, 1.0), (180, 1.0), (181, 1.0)]);
        filters.line("f", 300, "a");
        assert!(filters.end_minutes_before(300).is_empty());
        assert_eq!(filters.end_minutes_before(360).len(), 1);
        assert!(filters.end_minutes_before(420).is_empty());
    }

    #[test]
    fn a_field_as_the_value_is_refused() {
        let error = Filters::default().add("f", &filter("$.count")).unwrap_err();
        assert_eq!(error, FilterError::Value("$.count".to_owned()));
    }
}
