//! What the catalogue says of one metric.

use std::fmt;

use super::{ALIKE, Completeness, Precondition, Sets, likeness, lookup};
use crate::{Statistic, Unit};

/// A metric that an AWS service publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricSpec {
    /// Such as `AWS/States`.
    pub namespace: &'static str,
    /// Such as `ExecutionsFailed`.
    pub name: &'static str,
    /// The unit of its values; [`Unit::None`] where AWS documents none or one that CloudWatch does not have.
    pub unit: Unit,
    /// The sets of dimension names that are published, each sorted, the usual one first. The empty set is the total of
    /// the account in the region.
    pub dimension_sets: Sets,
    /// The statistics that say something of its values.
    pub statistics: Sensible,
    /// When there are points.
    pub presence: Presence,
    /// Seconds from the end of an event until a point can be seen: a cautious figure, since AWS promises none.
    pub delay_s: u32,
    /// The time that a point carries.
    pub stamp: Stamp,
    /// What has to be true for the metric to exist at all.
    pub precondition: Option<Precondition>,
}

/// When a metric has points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Continuously, whether anything happens or not.
    Always,
    /// Continuously while the queue or topic is active: up to six hours after the last call or message.
    WhileActive,
    /// When something happens, including points of value zero beside the points of other outcomes.
    OnEvents,
    /// Only when an error happens: there is no point of value zero.
    OnErrors,
}

/// The time that a point carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stamp {
    /// The start of the event, even though the point is sent after its end: a long event writes into the past.
    Start,
    /// The end of the event.
    End,
    /// The period in which the service sampled or aggregated.
    Sampled,
}

/// Whether a metric is published with a set of dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Published {
    /// AWS documents this set.
    Yes,
    /// No such set is published.
    Never,
    /// The service publishes sets that the catalogue does not list: the set cannot be judged.
    NotKnown,
}

/// A set of statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sensible(u8);

impl Sensible {
    /// The sum.
    pub const SUM: Self = Self(1);
    /// The mean.
    pub const AVERAGE: Self = Self(1 << 1);
    /// The least.
    pub const MINIMUM: Self = Self(1 << 2);
    /// The greatest.
    pub const MAXIMUM: Self = Self(1 << 3);
    /// The number of values.
    pub const SAMPLE_COUNT: Self = Self(1 << 4);
    /// Percentiles.
    pub const PERCENTILES: Self = Self(1 << 5);

    /// Things that happened, documented with both statistics.
    pub const COUNT: Self = Self::SUM.and(Self::SAMPLE_COUNT);
    /// Outcomes of events with a value of 0 or 1 for each event: the mean is their rate.
    pub const OUTCOME: Self = Self::SUM.and(Self::AVERAGE);
    /// A level at a time: its sum depends on how often it was sampled.
    pub const GAUGE: Self = Self::AVERAGE.and(Self::MINIMUM).and(Self::MAXIMUM);
    /// A duration or size of each event.
    pub const DURATION: Self = Self::GAUGE.and(Self::PERCENTILES);
    /// An amount of each event: both its total and its distribution matter.
    pub const AMOUNT: Self = Self::DURATION.and(Self::SUM).and(Self::SAMPLE_COUNT);

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// `Sum, SampleCount`.
impl fmt::Display for Sensible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::SUM, "Sum"),
            (Self::AVERAGE, "Average"),
            (Self::MINIMUM, "Minimum"),
            (Self::MAXIMUM, "Maximum"),
            (Self::SAMPLE_COUNT, "SampleCount"),
            (Self::PERCENTILES, "a percentile"),
        ];
        let mut separator = "";
        for (statistic, name) in names {
            if self.has(statistic) {
                write!(f, "{separator}{name}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

impl MetricSpec {
    pub(super) const fn new(
        namespace: &'static str,
        name: &'static str,
        unit: Unit,
        dimension_sets: Sets,
        delay_s: u32,
    ) -> Self {
        Self {
            namespace,
            name,
            unit,
            dimension_sets,
            statistics: Sensible::SUM,
            presence: Presence::OnEvents,
            delay_s,
            stamp: Stamp::End,
            precondition: None,
        }
    }

    pub(super) const fn statistics(self, statistics: Sensible) -> Self {
        Self { statistics, ..self }
    }

    pub(super) const fn delayed(self, delay_s: u32) -> Self {
        Self { delay_s, ..self }
    }

    pub(super) const fn stamped(self, stamp: Stamp) -> Self {
        Self { stamp, ..self }
    }

    pub(super) const fn needs(self, precondition: Precondition) -> Self {
        Self { precondition: Some(precondition), ..self }
    }

    pub(super) const fn uses(self, feature: &'static str) -> Self {
        self.needs(Precondition::Uses(feature))
    }

    pub(super) const fn present(self, presence: Presence) -> Self {
        Self { presence, ..self }
    }

    pub(super) const fn on_errors(self) -> Self {
        self.present(Presence::OnErrors)
    }

    /// A level that is sampled.
    pub(super) const fn gauge(self) -> Self {
        self.statistics(Sensible::GAUGE).stamped(Stamp::Sampled)
    }

    /// Whether this statistic says something of the metric's values.
    pub fn judges(&self, statistic: Statistic) -> bool {
        self.statistics.has(match statistic {
            Statistic::Sum => Sensible::SUM,
            Statistic::Average => Sensible::AVERAGE,
            Statistic::Minimum => Sensible::MINIMUM,
            Statistic::Maximum => Sensible::MAXIMUM,
            Statistic::SampleCount => Sensible::SAMPLE_COUNT,
            Statistic::Percentile(_) => Sensible::PERCENTILES,
        })
    }

    /// Whether AWS documents the metric with exactly these dimension names, in any order.
    pub fn publishes<'a>(&self, dimensions: impl IntoIterator<Item = &'a str>) -> bool {
        self.published(dimensions) == Published::Yes
    }

    /// Whether the metric is published with exactly these dimension names, in any order.
    pub fn published<'a>(&self, dimensions: impl IntoIterator<Item = &'a str>) -> Published {
        let given = sorted(dimensions);
        if self.dimension_sets.contains(&given.as_slice()) {
            return Published::Yes;
        }
        let Some(namespace) = lookup(self.namespace) else { return Published::NotKnown };
        match namespace.completeness {
            Completeness::FurtherSets(_) if given.iter().all(|name| namespace.has_dimension(name)) => {
                Published::NotKnown
            }
            _ => Published::Never,
        }
    }

    /// The published set that is most like these names: the fewest names to add, drop or correct.
    pub fn nearest_set<'a>(
        &self,
        dimensions: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'static [&'static str]> {
        let given = sorted(dimensions);
        let edits = self.dimension_sets.iter().map(|set| (edits(set, &given), *set));
        // The first of equals: the usual set comes first.
        edits.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, set)| set)
    }

    /// What has to be true for the metric to have data with these dimension names: its own precondition and that of the
    /// set.
    pub fn preconditions<'a>(&self, dimensions: impl IntoIterator<Item = &'a str>) -> Vec<Precondition> {
        let given = sorted(dimensions);
        let of_sets = lookup(self.namespace).map_or(&[][..], |namespace| namespace.set_preconditions);
        let of_set = of_sets.iter().find(|(set, _)| **set == *given).map(|(_, precondition)| *precondition);
        self.precondition.into_iter().chain(of_set).collect()
    }
}

fn sorted<'a>(dimensions: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = dimensions.into_iter().collect();
    names.sort_unstable();
    names
}

/// Each name to add or to drop counts 1, a name to correct the less the more it is alike. Dropping all counts twice:
/// whoever names a dimension rarely means the total of the account.
fn edits(set: &[&str], given: &[&str]) -> f64 {
    let missing: Vec<_> = set.iter().filter(|name| !given.contains(name)).collect();
    let extra: Vec<_> = given.iter().filter(|name| !set.contains(name)).collect();
    let one_each = [missing.len(), extra.len()].map(|names| u32::try_from(names).map_or(f64::MAX, f64::from));
    let corrected = missing.iter().map(|name| {
        let likeness = extra.iter().map(|other| likeness(name, other)).fold(0.0, f64::max);
        if likeness >= ALIKE { 2.0 * likeness } else { 0.0 }
    });
    let each = if set.is_empty() { 2.0 } else { 1.0 };
    each * one_each.iter().sum::<f64>() - corrected.sum::<f64>()
}
