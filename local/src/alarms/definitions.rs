//! The alarms of a resolved template: what is evaluated, and what a notification says of them.

use std::collections::{BTreeMap, BTreeSet};

use cfn::{
    Literal, Value,
    resolve::Resolved,
    resource::{Alarm, CompositeAlarm},
};
use cloudwatch::{Metric, alarm, catalogue, composite::Composite};
use stack::monitoring::{AlarmError, composite_alarm, metric_alarm};

/// An alarm that cannot be evaluated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("alarm {logical_id}")]
pub struct DefinitionError {
    logical_id: String,
    #[source]
    source: AlarmError,
}

/// What is known of an alarm beside its evaluation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// The name in the template.
    pub logical_id: String,
    pub arn: String,
    /// Its runbook, as Markdown.
    pub description: String,
    /// Topics that are notified in `ALARM`, by ARN.
    pub alarm_actions: Vec<String>,
    /// Topics that are notified in `OK`.
    pub ok_actions: Vec<String>,
    pub rule: Rule,
}

/// What an alarm compares, as a notification says it.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Rule {
    /// Boxed, since it is much larger.
    Metric(Box<alarm::Alarm>),
    Composite(String),
    #[default]
    Unknown,
}

/// All alarms of a template.
#[derive(Debug, Default)]
pub struct Definitions {
    pub alarms: Vec<alarm::Alarm>,
    pub composites: Vec<Composite>,
    /// By the alarm's name.
    pub details: BTreeMap<String, Details>,
}

impl Definitions {
    pub fn of(resolved: &Resolved) -> Result<Self, DefinitionError> {
        let mut all = Self::default();
        for own in resolved.of::<Alarm<Literal>>() {
            let properties = own.properties;
            let refused = |source| DefinitionError { logical_id: own.logical_id.to_string(), source };
            let alarm = metric_alarm(own.name, properties).map_err(refused)?;
            let details = Details {
                logical_id: own.logical_id.to_string(),
                arn: own.arn.to_owned(),
                description: text(properties.description.as_ref()),
                alarm_actions: texts(&properties.alarm_actions),
                ok_actions: texts(&properties.ok_actions),
                rule: Rule::Metric(Box::new(alarm.clone())),
            };
            all.details.insert(own.name.to_owned(), details);
            all.alarms.push(alarm);
        }
        for own in resolved.of::<CompositeAlarm<Literal>>() {
            let properties = own.properties;
            let refused = |source| DefinitionError { logical_id: own.logical_id.to_string(), source };
            let composite = composite_alarm(own.name, properties).map_err(refused)?;
            let details = Details {
                logical_id: own.logical_id.to_string(),
                arn: own.arn.to_owned(),
                description: text(properties.description.as_ref()),
                alarm_actions: texts(&properties.alarm_actions),
                ok_actions: texts(&properties.ok_actions),
                rule: Rule::Composite(composite.rule.to_string()),
            };
            all.details.insert(own.name.to_owned(), details);
            all.composites.push(composite);
        }
        Ok(all)
    }

    /// The metrics that alarms watch.
    #[must_use]
    pub fn watched(&self) -> BTreeSet<Metric> {
        let stats = self.alarms.iter().flat_map(|alarm| alarm.watched.metrics());
        stats.map(|(_, stat)| stat.metric.clone()).collect()
    }

    /// How far back the evaluations look, in seconds.
    #[must_use]
    pub fn looks_back_s(&self) -> i64 {
        let spans = self.alarms.iter().map(|alarm| i64::from(alarm.range()) * i64::from(alarm.period_s));
        spans.max().unwrap_or_default()
    }
}

/// How long an alarm needs before it can fire: its breaching periods, and the delay of its slowest metric, in seconds.
pub(super) fn min_time_s(alarm: &alarm::Alarm) -> i64 {
    let delays = alarm.watched.metrics().filter_map(|(_, stat)| {
        Some(i64::from(catalogue::find(&stat.metric.namespace, &stat.metric.name)?.delay_s))
    });
    let warm_up_s = alarm.warm_up.map_or(0, |warm_up| i64::from(warm_up.minutes) * 60);
    let periods_s = i64::from(alarm.period_s) * i64::from(alarm.datapoints_to_alarm);
    warm_up_s.max(periods_s + delays.max().unwrap_or_default())
}

fn text(value: Option<&Value<Literal>>) -> String {
    value.map(|text| String::clone(text)).unwrap_or_default()
}

fn texts(values: &[Value<Literal>]) -> Vec<String> {
    values.iter().map(|text| String::clone(text)).collect()
}
