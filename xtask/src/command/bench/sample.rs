//! Statistics: from samples to a value and its spread.

/// Which of the samples is the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    /// The one in the middle.
    Median,
    /// The one that 99 of 100 do not exceed.
    P99,
}

/// What is said of samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Summary {
    pub(super) samples: usize,
    pub(super) value: f64,
    /// What 10 and 90 of 100 do not exceed; nothing of a single sample.
    pub(super) spread: Option<(f64, f64)>,
}

impl Statistic {
    /// The beginning of a field's name in JSON.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::P99 => "p99",
        }
    }

    fn of(self, sorted: &[f64]) -> Option<f64> {
        match self {
            Self::Median => middle(sorted),
            Self::P99 => percentile(sorted, 99),
        }
    }
}

impl Summary {
    /// Nothing without samples, or with one that is no number.
    pub(super) fn of(samples: &[f64], statistic: Statistic) -> Option<Self> {
        if samples.iter().any(|sample| !sample.is_finite()) {
            return None;
        }
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let spread = percentile(&sorted, 10).zip(percentile(&sorted, 90));
        Some(Self {
            samples: samples.len(),
            value: statistic.of(&sorted)?,
            spread: spread.filter(|_| samples.len() > 1),
        })
    }
}

/// The median of samples in any order.
pub(super) fn median(samples: &[f64]) -> Option<f64> {
    Summary::of(samples, Statistic::Median).map(|summary| summary.value)
}

/// The middle sample, or the mean of the two in the middle.
fn middle(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some(f64::midpoint(lower, upper))
}

/// The smallest sample that `percent` of 100 do not exceed (nearest rank).
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

/// How much the last sixth of a row of samples is over its second sixth: the first one is spent on filling what is
/// bounded. Nothing when a sixth has no sample.
pub(super) fn growth(samples: &[f64]) -> Option<f64> {
    let sixth = samples.len() / 6;
    let early = median(samples.get(sixth..2 * sixth)?)?;
    let late = median(samples.get(samples.len() - sixth..)?)?;
    (early > 0.0).then_some(late / early)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(samples: &[f64], statistic: Statistic, expected: Option<(f64, Option<(f64, f64)>)>) {
        let summary = Summary::of(samples, statistic);
        assert_eq!(
            summary.map(|summary| (summary.value, summary.spread)),
            expected,
            "{samples:?}"
        );
    }

    #[test]
    fn the_median_is_in_the_middle() {
        check(&[], Statistic::Median, None);
        check(&[3.0], Statistic::Median, Some((3.0, None)));
        check(&[9.0, 1.0, 2.0], Statistic::Median, Some((2.0, Some((1.0, 9.0)))));
        check(
            &[1.0, 2.0, 3.5, 9.0],
            Statistic::Median,
            Some((2.75, Some((1.0, 9.0)))),
        );
        check(&[1.0, f64::NAN], Statistic::Median, None);
    }

    #[test]
    fn percentiles_are_samples() {
        let hundred: Vec<_> = (1..=100).rev().map(f64::from).collect();
        check(&hundred, Statistic::Median, Some((50.5, Some((10.0, 90.0)))));
        check(&hundred, Statistic::P99, Some((99.0, Some((10.0, 90.0)))));
        let thousand: Vec<_> = (1..=1_000).map(f64::from).collect();
        check(&thousand, Statistic::P99, Some((990.0, Some((100.0, 900.0)))));
        check(&[1.0, 2.0], Statistic::P99, Some((2.0, Some((1.0, 2.0)))));
    }

    #[test]
    fn growth_is_late_over_early() {
        let flat = [5.0, 100.0, 100.0, 100.0, 100.0, 100.0];
        assert_eq!(growth(&flat), Some(1.0));
        let grown: Vec<_> = (0..60).map(|second| 100.0 + f64::from(second)).collect();
        assert_eq!(growth(&grown), Some(154.5 / 114.5));
        for none in [&[][..], &[1.0; 5], &[0.0; 6]] {
            assert_eq!(growth(none), None, "{none:?}");
        }
    }
}
