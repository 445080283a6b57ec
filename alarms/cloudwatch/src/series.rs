//! Values over time, kept by the minute as CloudWatch keeps metrics of standard resolution.

use std::collections::BTreeMap;

use crate::{Metric, Statistic};

/// The resolution of a series in seconds.
pub const RESOLUTION_S: i64 = 60;

/// Largest absolute value. Source: `PutMetricData` takes -2^360 to 2^360, and neither NaN nor infinity.
const MAX_VALUE: f64 = 2.348_542_582_773_833_4e108;

/// Different values of one minute that are kept exactly, for percentiles. Beyond that they are rounded to 1 part in 128.
const MAX_EXACT_VALUES: usize = 1_000;

/// A value that CloudWatch does not take.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("not a value of a metric: {0}; hint: a number from -2^360 to 2^360")]
pub struct ValueError(pub f64);

/// All values of one minute.
#[derive(Debug, Clone, PartialEq)]
struct Minute {
    /// Its start, in seconds since the epoch.
    start_s: i64,
    sum: f64,
    count: u64,
    min: f64,
    max: f64,
    /// How often each value occurred.
    values: BTreeMap<Ordered, u64>,
}

/// Statistics of a span of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// The sum of the values.
    pub sum: f64,
    /// The number of values: at least 1.
    pub count: u64,
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
}

/// A finite number in numeric order.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The values of one metric. Values may arrive in any order; those of one minute are added up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    minutes: Vec<Minute>,
}

impl Series {
    /// Adds `count` occurrences of a value.
    ///
    /// # Errors
    /// CloudWatch does not take the value.
    pub fn record(&mut self, at_s: i64, value: f64, count: u64) -> Result<(), ValueError> {
        if !value.is_finite() || value.abs() > MAX_VALUE {
            return Err(ValueError(value));
        }
        if count == 0 {
            return Ok(());
        }
        let start_s = at_s.div_euclid(RESOLUTION_S).saturating_mul(RESOLUTION_S);
        // Values arrive mostly in order, so the place is at or near the end.
        let place = match self.minutes.last() {
            Some(last) if last.start_s < start_s => Err(self.minutes.len()),
            _ => self.minutes.binary_search_by_key(&start_s, |minute| minute.start_s),
        };
        let place = place.unwrap_or_else(|place| {
            let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
            self.minutes
                .insert(place, Minute { start_s, sum: 0.0, count: 0, min, max, values: BTreeMap::new() });
            place
        });
        if let Some(minute) = self.minutes.get_mut(place) {
            minute.add(value, count);
        }
        Ok(())
    }

    /// The statistics of `from_s <= t < to_s`, which are whole minutes; `None` without a value.
    #[must_use]
    pub fn statistics(&self, from_s: i64, to_s: i64) -> Option<Statistics> {
        let mut minutes = self.between(from_s, to_s).iter();
        let first = minutes.next()?;
        let (mut sum, mut count, mut min, mut max) = (first.sum, first.count, first.min, first.max);
        for minute in minutes {
            sum += minute.sum;
            count = count.saturating_add(minute.count);
            min = min.min(minute.min);
            max = max.max(minute.max);
        }
        Some(Statistics { sum, count, min, max })
    }

    /// One statistic of `from_s <= t < to_s`; `None` without a value.
    #[must_use]
    pub fn statistic(&self, statistic: Statistic, from_s: i64, to_s: i64) -> Option<f64> {
        let all = self.statistics(from_s, to_s)?;
        #[expect(clippy::cast_precision_loss, reason = "CloudWatch's counts are doubles")]
        let count = all.count as f64;
        Some(match statistic {
            Statistic::Sum => all.sum,
            Statistic::Average => all.sum / count,
            Statistic::Minimum => all.min,
            Statistic::Maximum => all.max,
            Statistic::SampleCount => count,
            Statistic::Percentile(percentage) => {
                self.percentile(percentage.get() / 100.0 * count, from_s, to_s).unwrap_or(all.max)
            }
        })
    }

    /// The stamp of the newest minute with a value.
    #[must_use]
    pub fn newest_s(&self) -> Option<i64> {
        self.minutes.last().map(|minute| minute.start_s)
    }

    /// Forgets what is older than `from_s`.
    pub fn forget_before(&mut self, from_s: i64) {
        let first = self.minutes.partition_point(|minute| minute.start_s < from_s);
        self.minutes.drain(..first);
    }

    /// The least value that at least `rank` values do not exceed.
    fn percentile(&self, rank: f64, from_s: i64, to_s: i64) -> Option<f64> {
        let mut merged: BTreeMap<Ordered, u64> = BTreeMap::new();
        for minute in self.between(from_s, to_s) {
            for (&value, &count) in &minute.values {
                *merged.entry(value).or_default() += count;
            }
        }
        let mut below = 0_u64;
        merged.into_iter().find_map(|(value, count)| {
            below = below.saturating_add(count);
            #[expect(clippy::cast_precision_loss, reason = "CloudWatch's counts are doubles")]
            let reached = below as f64 >= rank;
            reached.then_some(value.0)
        })
    }

    fn between(&self, from_s: i64, to_s: i64) -> &[Minute] {
        let first = self.minutes.partition_point(|minute| minute.start_s < from_s);
        let end = self.minutes.partition_point(|minute| minute.start_s < to_s);
        self.minutes.get(first..end).unwrap_or_default()
    }
}

impl Minute {
    #[expect(clippy::cast_precision_loss, reason = "CloudWatch's counts are doubles")]
    fn add(&mut self, value: f64, count: u64) {
        self.sum += value * count as f64;
        self.count = self.count.saturating_add(count);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        let exact = self.values.len() < MAX_EXACT_VALUES || self.values.contains_key(&Ordered(value));
        let kept = self.values.entry(Ordered(if exact { value } else { rounded(value) })).or_default();
        *kept = kept.saturating_add(count);
    }
}

/// To 8 significant bits: 1 part in 128, so that a minute keeps a bounded number of values.
fn rounded(value: f64) -> f64 {
    f64::from_bits(value.to_bits() & !((1 << 45) - 1))
}

/// Where an evaluation finds the values of a metric.
pub trait Store {
    /// The values of exactly this metric, if there ever were any.
    fn series(&self, metric: &Metric) -> Option<&Series>;
}

impl Store for BTreeMap<Metric, Series> {
    fn series(&self, metric: &Metric) -> Option<&Series> {
        self.get(metric)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn series(values: &[(i64, f64)]) -> Series {
        let mut series = Series::default();
        for &(at_s, value) in values {
            series.record(at_s, value, 1).unwrap();
        }
        series
    }

    #[test]
    fn statistics_of_a_span() {
        let series = series(&[(0, 4.0), (59, 1.0), (60, 10.0), (120, 7.0)]);
        let of = |statistic: &str| series.statistic(statistic.parse().unwrap(), 0, 120);
        for (statistic, expected) in [
            ("Sum", 15.0),
            ("Average", 5.0),
            ("Minimum", 1.0),
            ("Maximum", 10.0),
            ("SampleCount", 3.0),
            ("p50", 4.0),
            ("p67", 10.0),
            ("p100", 10.0),
        ] {
            assert_eq!(of(statistic), Some(expected), "{statistic}");
        }
        assert_eq!(series.statistic(Statistic::Sum, 180, 240), None);
        assert_eq!(series.newest_s(), Some(120));
    }

    #[test]
    fn a_value_that_cloudwatch_refuses_changes_nothing() {
        let mut refused = Series::default();
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e109, -1e109] {
            assert!(refused.record(0, value, 1).is_err());
        }
        refused.record(0, 1.0, 0).unwrap();
        assert_eq!(refused, Series::default());
    }

    #[test]
    fn old_minutes_are_forgotten() {
        let mut series = series(&[(0, 1.0), (60, 2.0), (120, 3.0)]);
        series.forget_before(61);
        assert_eq!(series.statistic(Statistic::Sum, i64::MIN, i64::MAX), Some(3.0));
    }

    #[test]
    fn many_values_of_one_minute_need_bounded_memory() {
        let mut series = Series::default();
        for n in 0..200_000 {
            series.record(0, 1.0 + f64::from(n) / 200_000.0, 1).unwrap();
        }
        assert!(series.minutes[0].values.len() < 2 * MAX_EXACT_VALUES);
        let p90 = series.statistic("p90".parse().unwrap(), 0, 60).unwrap();
        assert!((p90 - 1.9).abs() < 0.02, "{p90}");
    }

    proptest! {
        /// A clock that goes back changes nothing: the order of arrival does not matter.
        #[test]
        fn the_order_of_arrival_does_not_matter(
            (values, shuffled) in proptest::collection::vec((-600_i64..600, -8_i32..8), 1..40)
                .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
        ) {
            let [one, other] = [values, shuffled].map(|values| {
                series(&values.into_iter().map(|(at_s, value)| (at_s, f64::from(value))).collect::<Vec<_>>())
            });
            prop_assert_eq!(one, other);
        }
    }
}
