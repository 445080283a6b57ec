//! `AWS::Logs::MetricFilter`.

use serde::{Deserialize, Serialize};

use super::Schema;
use crate::{Intrinsic, List, Prop, Text, Value, name::FilterName};

/// A filter that makes values of a metric from the events of a log group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricFilter<I = Intrinsic> {
    /// The name inside of its log group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_name: Option<Prop<FilterName, I>>,
    /// The log group's name.
    pub log_group_name: Value<I>,
    /// Which events match.
    pub filter_pattern: Text<1_024>,
    /// What a match makes.
    #[serde(rename = "MetricTransformations")]
    pub transformations: List<MetricTransformation, 1, 1>,
}

/// What a match makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricTransformation {
    /// The metric's namespace.
    pub metric_namespace: Text<255>,
    /// The metric's name.
    pub metric_name: Text<255>,
    /// The value of a match: a number, or a field of the event.
    pub metric_value: String,
    /// The value of a minute with events of which none matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value: Option<f64>,
    /// The metric's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

impl Schema for MetricFilter {
    const TYPE: &'static str = "AWS::Logs::MetricFilter";
    const NAME: Option<(&'static str, usize)> = Some(("FilterName", 512));
}
