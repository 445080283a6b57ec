//! `AWS::CloudWatch::Alarm` and `AWS::CloudWatch::CompositeAlarm`.

use serde::{Deserialize, Serialize};

use super::{Schema, Tags};
use crate::{Attribute, Intrinsic, List, Prop, Text, Value, Whole, name::AlarmName};

/// The length of a period in seconds: a multiple of 60, or 10, 20 or 30.
pub type PeriodS = Whole<10, 604_800>;
/// Periods of an evaluation, and breaching ones among them. Period times number is bounded further.
pub type Datapoints = Whole<1, 10_080>;
/// How long a composite alarm waits for its suppressor, or after it, in seconds.
pub type SuppressorS = Whole<0, 86_400>;

/// A metric alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm<I = Intrinsic> {
    /// The physical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_name: Option<Prop<AlarmName, I>>,
    /// Markdown of at most 1,024 characters.
    #[serde(rename = "AlarmDescription", skip_serializing_if = "Option::is_none")]
    pub description: Option<Value<I>>,
    /// What is watched: metrics and expressions over them. A single metric is a list of one here.
    pub metrics: List<MetricDataQuery<I>, 1, 20>,
    /// How the value is compared with the threshold: `GreaterThanThreshold` and others.
    pub comparison_operator: String,
    /// The threshold.
    pub threshold: f64,
    /// Periods of an evaluation.
    pub evaluation_periods: Datapoints,
    /// Breaching periods from which the alarm is in `ALARM`.
    pub datapoints_to_alarm: Datapoints,
    /// What a period without a value counts as.
    pub treat_missing_data: String,
    /// Who is notified in `ALARM`: ARNs of topics.
    #[serde(skip_serializing_if = "Vec::is_empty", default = "Vec::new")]
    pub alarm_actions: Vec<Value<I>>,
    /// Who is notified in `OK`.
    #[serde(rename = "OKActions", skip_serializing_if = "Vec::is_empty", default = "Vec::new")]
    pub ok_actions: Vec<Value<I>>,
    /// The time after its creation in which it does not act.
    #[serde(rename = "WarmUpConfiguration", skip_serializing_if = "Option::is_none")]
    pub warm_up: Option<WarmUp>,
    /// Which tags its notifications carry.
    #[serde(rename = "ActionConfiguration", skip_serializing_if = "Option::is_none")]
    pub actions: Option<ActionConfiguration>,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

/// One entry of `Metrics`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDataQuery<I = Intrinsic> {
    /// The name that expressions use: a lowercase letter, then letters, digits and `_`.
    pub id: String,
    /// A metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<MetricStat<I>>,
    /// An expression over other entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<Text<2_048>>,
    /// Whether the alarm compares it: true for exactly one.
    pub return_data: bool,
}

/// One statistic of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat<I = Intrinsic> {
    /// Which metric.
    pub metric: Metric<I>,
    /// The period in seconds.
    #[serde(rename = "Period")]
    pub period_s: PeriodS,
    /// `Sum`, `p90` ..
    pub stat: String,
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric<I = Intrinsic> {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub metric_name: String,
    /// The dimensions.
    #[serde(skip_serializing_if = "Vec::is_empty", default = "Vec::new")]
    pub dimensions: Vec<Dimension<I>>,
}

/// A dimension of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension<I = Intrinsic> {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value<I>,
}

/// The time after its creation in which an alarm does not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmUp {
    /// Its length.
    #[serde(rename = "WarmUpPeriodDurationInMinutes")]
    pub minutes: Whole<1, 2_880>,
    /// Whether the alarm is evaluated only after that time.
    #[serde(rename = "OnlyStartEvaluatingAfterWarmUpPeriodEnds")]
    pub only_after: bool,
}

/// What notifications carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ActionConfiguration {
    /// Which tags.
    pub alarm_tags_propagation: TagsPropagation,
}

/// Which tags of an alarm its notifications carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagsPropagation {
    /// Whether they do.
    pub enabled: bool,
}

impl Schema for Alarm {
    const TYPE: &'static str = "AWS::CloudWatch::Alarm";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn];
    const NAME: Option<(&'static str, usize)> = Some(("AlarmName", 255));
    const ARN: Option<&'static str> = Some("arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}");
}

/// An alarm over the states of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompositeAlarm<I = Intrinsic> {
    /// The physical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_name: Option<Prop<AlarmName, I>>,
    /// Markdown of at most 1,024 characters.
    #[serde(rename = "AlarmDescription", skip_serializing_if = "Option::is_none")]
    pub description: Option<Value<I>>,
    /// The rule over other alarms.
    pub alarm_rule: Text<10_240>,
    /// The alarm that keeps it from acting, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_suppressor: Option<Value<I>>,
    /// How long it waits for the suppressor.
    #[serde(rename = "ActionsSuppressorWaitPeriod", skip_serializing_if = "Option::is_none")]
    pub suppressor_wait_s: Option<SuppressorS>,
    /// How long it waits after the suppressor.
    #[serde(rename = "ActionsSuppressorExtensionPeriod", skip_serializing_if = "Option::is_none")]
    pub suppressor_extension_s: Option<SuppressorS>,
    /// Who is notified in `ALARM`: ARNs of topics.
    #[serde(skip_serializing_if = "Vec::is_empty", default = "Vec::new")]
    pub alarm_actions: Vec<Value<I>>,
    /// Who is notified in `OK`.
    #[serde(rename = "OKActions", skip_serializing_if = "Vec::is_empty", default = "Vec::new")]
    pub ok_actions: Vec<Value<I>>,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

impl Schema for CompositeAlarm {
    const TYPE: &'static str = "AWS::CloudWatch::CompositeAlarm";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn];
    const NAME: Option<(&'static str, usize)> = Some(("AlarmName", 255));
    const ARN: Option<&'static str> = Some("arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}");
}
