//! The parts of an alarm, and how definitions are written.

use cloudwatch::{
    Statistic,
    alarm::{self, Comparison, LowSamples, MetricStat, MissingData, Query, Source, Watched, Window},
    composite::Composite,
};

use crate::{Inputs, Metric, Runbook};

/// Price of one metric of an alarm, a month, in US dollars. Source: CloudWatch's prices, 2026-11; the free tier is left out.
const USD_PER_METRIC: f64 = 0.10;
/// Price of a composite alarm, a month, in US dollars.
const USD_PER_COMPOSITE: f64 = 0.50;

/// How soon somebody has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Now.
    Page,
    /// In working hours.
    Ticket,
}

impl Severity {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Page, Self::Ticket];

    /// The value of the tag `severity`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
        }
    }
}

/// What an alarm tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Why orders fail: it keeps symptoms quiet.
    RootCause,
    /// That orders fail.
    Symptom,
    /// Something that will fail later, or that costs.
    Forecast,
    /// That alarms themselves do not arrive.
    Notification,
    /// A part of another alarm.
    Part,
}

/// What goes wrong when an alarm fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A share of what it counts fails.
    Failures,
    /// A share of the executions does not end.
    Hangs,
    /// Something else, which no share of failures says.
    Other,
}

/// What CloudWatch is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// A metric alarm.
    Metric(alarm::Alarm),
    /// A composite alarm.
    Composite(Composite),
}

/// An alarm of this application.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// Its logical id, which is the same in every environment.
    pub id: String,
    /// What it tells.
    pub role: Role,
    /// The topic that is notified when it fires and when it recovers; a part of another alarm notifies nobody.
    pub notifies: Option<Severity>,
    /// What CloudWatch is given.
    pub definition: Definition,
    /// What makes it fire.
    pub fault: Fault,
    /// Why missing data is treated as it is.
    pub missing_because: &'static str,
    /// What to do.
    pub runbook: Runbook,
}

impl Alarm {
    /// The physical name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.definition {
            Definition::Metric(alarm) => &alarm.name,
            Definition::Composite(composite) => &composite.name,
        }
    }

    /// Price a month in US dollars.
    #[must_use]
    pub fn cost_usd(&self) -> f64 {
        match &self.definition {
            Definition::Metric(alarm) => {
                let metrics = u32::try_from(alarm.watched.metrics().count()).unwrap_or(u32::MAX);
                USD_PER_METRIC * f64::from(metrics)
            }
            Definition::Composite(_) => USD_PER_COMPOSITE,
        }
    }
}

/// One statistic of a metric, under the id that expressions name.
pub(crate) fn query(inputs: &Inputs, id: &str, metric: impl Into<Metric>, statistic: Statistic) -> Query {
    let metric = metric.into().in_cloudwatch(inputs);
    Query { id: id.to_owned(), source: Source::Metric(MetricStat { metric, statistic }) }
}

/// The sum of a metric.
pub(crate) fn sum(inputs: &Inputs, id: &str, metric: impl Into<Metric>) -> Query {
    query(inputs, id, metric, Statistic::Sum)
}

/// One statistic of one metric.
pub(crate) fn single(inputs: &Inputs, metric: impl Into<Metric>, statistic: Statistic) -> Watched {
    Watched::Metric(MetricStat { metric: metric.into().in_cloudwatch(inputs), statistic })
}

/// An expression over metrics, which the alarm compares.
///
/// # Panics
/// The text does not parse: a test lists every alarm.
#[expect(clippy::expect_used, reason = "the texts are literals of this crate, and a test parses each")]
pub(crate) fn math(metrics: Vec<Query>, expression: &str) -> Watched {
    const RETURNED: &str = "value";
    let expression = expression.parse().expect("an expression of this crate");
    let returned = Query { id: RETURNED.to_owned(), source: Source::Expression(expression) };
    Watched::Math { queries: metrics.into_iter().chain([returned]).collect(), returned: RETURNED.to_owned() }
}

/// A metric alarm: `m` of `n` periods at or above a threshold, missing data as good. Definitions change what differs.
pub(crate) fn at_least(
    name: String,
    watched: Watched,
    threshold: f64,
    period_s: u32,
    m: u32,
    n: u32,
) -> alarm::Alarm {
    alarm::Alarm {
        name,
        watched,
        comparison: Comparison::GreaterThanOrEqualToThreshold,
        threshold,
        period_s,
        evaluation_periods: n,
        datapoints_to_alarm: m,
        missing: MissingData::NotBreaching,
        low_samples: LowSamples::Evaluate,
        window: Window::Sliding,
        warm_up: None,
        evaluation_range: None,
    }
}
