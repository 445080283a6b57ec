//! A metric alarm: what it watches, when it is in `ALARM`, and what is wrong with such a definition.

mod decide;
mod definition;
mod evaluate;
mod reason;

pub use decide::{Datapoint, decide};
pub use definition::DefinitionError;
pub use evaluate::{Evaluation, evaluate};

use crate::{Metric, Statistic, math::Expression};

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum State {
    /// Not breaching.
    #[serde(rename = "OK")]
    Ok,
    /// Breaching.
    #[serde(rename = "ALARM")]
    Alarm,
    /// Not known.
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl State {
    /// CloudWatch's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One statistic of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricStat {
    /// Which metric.
    pub metric: Metric,
    /// What is taken of the values of a period.
    pub statistic: Statistic,
}

/// One entry of an alarm's `Metrics`.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Begins with a lowercase letter.
    pub id: String,
    /// What it gives.
    pub source: Source,
}

/// What a query gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A metric.
    Metric(MetricStat),
    /// An expression over other queries.
    Expression(Expression),
}

/// What an alarm watches.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched {
    /// One metric.
    Metric(MetricStat),
    /// The series of one of several queries.
    Math {
        /// All of them.
        queries: Vec<Query>,
        /// The id of the one that is compared: the query with `ReturnData`.
        returned: String,
    },
}

impl Watched {
    /// The metrics, each with its id; a single metric's is empty.
    pub fn metrics(&self) -> impl Iterator<Item = (&str, &MetricStat)> {
        let (single, queries) = match self {
            Self::Metric(stat) => (Some(("", stat)), [].as_slice()),
            Self::Math { queries, .. } => (None, queries.as_slice()),
        };
        single.into_iter().chain(queries.iter().filter_map(|query| match &query.source {
            Source::Metric(stat) => Some((query.id.as_str(), stat)),
            Source::Expression(_) => None,
        }))
    }

    /// The expressions, each with its id.
    pub fn expressions(&self) -> impl Iterator<Item = (&str, &Expression)> {
        let queries = match self {
            Self::Metric(_) => [].as_slice(),
            Self::Math { queries, .. } => queries.as_slice(),
        };
        queries.iter().filter_map(|query| match &query.source {
            Source::Metric(_) => None,
            Source::Expression(expression) => Some((query.id.as_str(), expression)),
        })
    }
}

/// How a value is compared with the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Comparison {
    /// `>=`.
    GreaterThanOrEqualToThreshold,
    /// `>`.
    GreaterThanThreshold,
    /// `<`.
    LessThanThreshold,
    /// `<=`.
    LessThanOrEqualToThreshold,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::GreaterThanOrEqualToThreshold,
        Self::GreaterThanThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
    ];

    /// Whether a value breaches the threshold.
    #[must_use]
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// As CloudWatch says it in a reason.
    const fn words(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "greater than or equal to",
            Self::GreaterThanThreshold => "greater than",
            Self::LessThanThreshold => "less than",
            Self::LessThanOrEqualToThreshold => "less than or equal to",
        }
    }
}

/// `TreatMissingData`: what a period without a value counts as, where the alarm needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MissingData {
    /// Unknown: without any value the alarm is `INSUFFICIENT_DATA`.
    #[default]
    Missing,
    /// The alarm stays in its state.
    Ignore,
    /// As a value beyond the threshold.
    Breaching,
    /// As a value within the threshold.
    NotBreaching,
}

/// `EvaluateLowSampleCountPercentile`: what a percentile of too few values does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LowSamples {
    /// It is compared as any other value.
    #[default]
    Evaluate,
    /// The alarm stays in its state.
    Ignore,
}

/// `EvaluationWindow`: which periods are evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Window {
    /// Periods that end with the last full minute.
    #[default]
    Sliding,
    /// Periods of the clock in a time zone: the last completed one is the newest.
    WallClock {
        /// A name of the IANA database, such as `Asia/Seoul`.
        time_zone: String,
    },
}

/// `WarmUpConfiguration`: a time after its creation in which an alarm does not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarmUp {
    /// 1 to 2,880.
    pub minutes: u32,
    /// Whether the alarm is evaluated only after that time. If not, it is evaluated as soon as there are values for all its
    /// evaluation periods.
    pub only_after: bool,
}

/// A metric alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// What it watches.
    pub watched: Watched,
    /// How values are compared with the threshold.
    pub comparison: Comparison,
    /// The threshold.
    pub threshold: f64,
    /// The length of a period in seconds: a multiple of 60.
    pub period_s: u32,
    /// `EvaluationPeriods`: N.
    pub evaluation_periods: u32,
    /// `DatapointsToAlarm`: M.
    pub datapoints_to_alarm: u32,
    /// What a period without a value counts as.
    pub missing: MissingData,
    /// What a percentile of too few values does.
    pub low_samples: LowSamples,
    /// Which periods are evaluated.
    pub window: Window,
    /// The time after its creation in which it does not act.
    pub warm_up: Option<WarmUp>,
    /// Periods that are retrieved. AWS does not publish how many it takes; [`Alarm::range`] says the assumption.
    pub evaluation_range: Option<u32>,
}

impl Alarm {
    /// The number of periods that an evaluation retrieves, at least N. Source: the user guide's examples retrieve 5 for N = 3;
    /// other figures are not published, so N + 2 is assumed.
    #[must_use]
    pub fn range(&self) -> u32 {
        self.evaluation_range
            .unwrap_or(self.evaluation_periods.saturating_add(2))
            .max(self.evaluation_periods)
    }

    /// How often the alarm is evaluated, in seconds. Source: each minute, and once an hour where the periods are more than one
    /// day.
    #[must_use]
    pub fn interval_s(&self) -> i64 {
        if self.span_s() > 86_400 { 3_600 } else { 60 }
    }

    /// Period times N, in seconds.
    #[must_use]
    pub fn span_s(&self) -> u64 {
        u64::from(self.period_s) * u64::from(self.evaluation_periods)
    }

    /// How missing data is treated in truth.
    #[must_use]
    pub fn effective_missing(&self) -> MissingData {
        let dynamodb = self.watched.metrics().any(|(_, stat)| stat.metric.namespace == "AWS/DynamoDB");
        match (DYNAMODB_IGNORES_MISSING_DATA, &self.watched) {
            (true, Watched::Metric(_)) if dynamodb => MissingData::Ignore,
            _ => self.missing,
        }
    }
}

/// Whether alarms on `AWS/DynamoDB` metrics ignore missing data whatever they say. AWS has two texts. The API reference of
/// `PutMetricAlarm`: "Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data even if you choose a
/// different option for `TreatMissingData`." The user guide, "Configuring how CloudWatch alarms treat missing data": such alarms
/// ignore it by default, "you can override this". The first is taken, since an alarm that works under it works under the second.
pub const DYNAMODB_IGNORES_MISSING_DATA: bool = true;
