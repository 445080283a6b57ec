//! `AWS::Events::Rule` on the default bus.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EventPattern, Schema};
use crate::{
    Attribute, Intrinsic, List, Prop, Text, Value, Whole,
    name::{RuleName, TargetId},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule<I = Intrinsic> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Prop<RuleName, I>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<512>>,
    pub event_pattern: EventPattern<I>,
    /// To whom. Source: at most five targets a rule.
    pub targets: List<RuleTarget<I>, 1, 5>,
}

impl Schema for Rule {
    const TYPE: &'static str = "AWS::Events::Rule";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn];
    const NAME: Option<(&'static str, usize)> = Some(("Name", 64));
    const ARN: Option<&'static str> = Some("arn:{partition}:events:{region}:{account}:rule/{name}");
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleTarget<I = Intrinsic> {
    pub id: TargetId,
    /// The target's ARN.
    pub arn: Value<I>,
    /// The ARN of the role that the rule assumes; state machines need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<Value<I>>,
    /// Makes the input of the target from the event; the event itself by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_transformer: Option<InputTransformer<I>>,
    /// How long it is tried; 185 times in 24 hours by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<RetryPolicy>,
    /// The dead-letter queue for events that could not be delivered; they are dropped by default.
    #[serde(rename = "DeadLetterConfig", skip_serializing_if = "Option::is_none")]
    pub dead_letter: Option<DeadLetter<I>>,
}

/// Makes an input from parts of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InputTransformer<I = Intrinsic> {
    /// Name and path of each part.
    #[serde(rename = "InputPathsMap", skip_serializing_if = "BTreeMap::is_empty", default)]
    pub input_paths: BTreeMap<String, String>,
    /// The input with `<name>` where a part goes.
    pub input_template: Value<I>,
}

/// How long a target is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryPolicy {
    #[serde(rename = "MaximumRetryAttempts")]
    pub attempts: Whole<0, 185>,
    /// For how long, in seconds.
    #[serde(rename = "MaximumEventAgeInSeconds")]
    pub event_age_s: Whole<60, 86_400>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeadLetter<I = Intrinsic> {
    /// The queue's ARN.
    pub arn: Value<I>,
}
