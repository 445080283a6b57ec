//! The alarms of an environment, and the alarms of a template as CloudWatch evaluates them.

use std::collections::BTreeMap;

use alarms::{Inputs, Source};
use cfn::{
    Intrinsic, Prop, Value,
    resource::{Alarm, CompositeAlarm, MetricDataQuery},
};
use cloudwatch::{
    Metric,
    alarm::{self, LowSamples, MetricStat, Query, WarmUp, Watched, Window},
    composite::{Composite, Suppressor},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    environment::{EndOfLife, Environment},
    resources::ids,
};

/// What the alarms of an environment depend on, with placeholders for what CloudFormation makes.
pub fn inputs(environment: &Environment) -> Inputs {
    let monitoring = &environment.monitoring;
    let sources = environment.sources.iter();
    Inputs {
        environment: environment.name.to_string(),
        suffix: environment.names().physical(""),
        machine_arn: format!("${{{}.Arn}}", ids::MACHINE),
        topic_arn_prefix: "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:".to_owned(),
        bedrock_region: environment.bedrock_region.to_string(),
        dead_letters: format!("${{{}.QueueName}}", ids::CLOSER_DEAD_LETTERS),
        sources: sources
            .map(|choice| Source { source: choice.source, per_day: choice.per_day.get() })
            .collect(),
        tokens_per_hour: monitoring.tokens_per_hour.get(),
        model_has_last_day: matches!(environment.model.end_of_life, EndOfLife::On(_)),
        slo: monitoring.slo.clone(),
        runbook_language: monitoring.runbook_language,
    }
}

/// As [`inputs`], for a person: with names in the place of what CloudFormation fills in.
pub fn readable_inputs(environment: &Environment) -> Inputs {
    let account = environment.account.as_ref().map_or("<account>", |account| account.as_str());
    let (region, names) = (&environment.region, environment.names());
    Inputs {
        machine_arn: format!("arn:aws:states:{region}:{account}:stateMachine:{}", names.machine()),
        topic_arn_prefix: format!("arn:aws:sns:{region}:{account}:"),
        dead_letters: format!("{}-dead-letters", names.closer()),
        ..inputs(environment)
    }
}

/// An alarm of a template that CloudWatch would not take, or that cannot be evaluated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {message}")]
pub struct AlarmError {
    /// The property.
    pub property: &'static str,
    /// What is wrong with it.
    pub message: String,
}

/// A property's text; what CloudFormation computes stays as it is written.
pub trait Written {
    /// The text.
    fn written(&self) -> String;
}

impl Written for Value<cfn::Literal> {
    fn written(&self) -> String {
        (**self).clone()
    }
}

impl Written for Value<Intrinsic> {
    fn written(&self) -> String {
        match self {
            Prop::Literal(text) => text.clone(),
            Prop::Intrinsic(Intrinsic::Sub(sub)) => sub.text().to_owned(),
            Prop::Intrinsic(other) => serde_json::to_string(other).unwrap_or_default(),
        }
    }
}

/// A metric alarm of a template in CloudWatch's language. `name` is its physical name.
///
/// # Errors
/// A word or an expression that CloudWatch does not know, or that is not supported here.
pub fn metric_alarm<I>(name: &str, alarm: &Alarm<I>) -> Result<alarm::Alarm, AlarmError>
where
    Value<I>: Written,
{
    let mut period_s = None;
    let mut queries = Vec::new();
    let mut returned = None;
    for query in &*alarm.metrics {
        if query.return_data && returned.replace(query.id.clone()).is_some() {
            return Err(AlarmError {
                property: "Metrics",
                message: "more than one entry returns data".to_owned(),
            });
        }
        if let Some(stat) = &query.metric_stat {
            let own = stat.period_s.get();
            if *period_s.get_or_insert(own) != own {
                let message = "metrics of one alarm have one period".to_owned();
                return Err(AlarmError { property: "Metrics", message });
            }
        }
        queries.push(Query { id: query.id.clone(), source: source(query)? });
    }
    let missing = |message: &str| AlarmError { property: "Metrics", message: message.to_owned() };
    let returned = returned.ok_or_else(|| missing("no entry returns data"))?;
    let watched = match queries.as_slice() {
        [Query { source: alarm::Source::Metric(stat), .. }] => Watched::Metric(stat.clone()),
        _ => Watched::Math { queries, returned },
    };
    Ok(alarm::Alarm {
        name: name.to_owned(),
        watched,
        comparison: parsed("ComparisonOperator", &alarm.comparison_operator)?,
        threshold: alarm.threshold,
        period_s: period_s.ok_or_else(|| missing("no metric"))?,
        evaluation_periods: alarm.evaluation_periods.get(),
        datapoints_to_alarm: alarm.datapoints_to_alarm.get(),
        missing: parsed("TreatMissingData", &alarm.treat_missing_data)?,
        low_samples: LowSamples::Evaluate,
        window: Window::Sliding,
        warm_up: alarm
            .warm_up
            .map(|warm_up| WarmUp { minutes: warm_up.minutes.get(), only_after: warm_up.only_after }),
        evaluation_range: None,
    })
}

fn source<I>(query: &MetricDataQuery<I>) -> Result<alarm::Source, AlarmError>
where
    Value<I>: Written,
{
    match (&query.metric_stat, &query.expression) {
        (Some(stat), None) => {
            let dimensions = stat.metric.dimensions.iter().map(|own| (own.name.clone(), own.value.written()));
            let metric =
                Metric::new(stat.metric.namespace.clone(), stat.metric.metric_name.clone(), dimensions);
            let statistic = stat.stat.parse().map_err(|error: cloudwatch::metric::StatisticError| {
                AlarmError { property: "Stat", message: error.to_string() }
            })?;
            Ok(alarm::Source::Metric(MetricStat { metric, statistic }))
        }
        (None, Some(expression)) => {
            let expression = expression.as_str().parse().map_err(|error: cloudwatch::math::ParseError| {
                AlarmError { property: "Expression", message: format!("{}: {error}", query.id) }
            })?;
            Ok(alarm::Source::Expression(expression))
        }
        _ => Err(AlarmError {
            property: "Metrics",
            message: format!("{} is neither a metric nor an expression", query.id),
        }),
    }
}

/// A composite alarm of a template in CloudWatch's language. `name` is its physical name.
///
/// # Errors
/// The rule does not parse.
pub fn composite_alarm<I>(name: &str, alarm: &CompositeAlarm<I>) -> Result<Composite, AlarmError>
where
    Value<I>: Written,
{
    let rule = alarm.alarm_rule.as_str().parse().map_err(|error: cloudwatch::composite::RuleError| {
        AlarmError { property: "AlarmRule", message: error.to_string() }
    })?;
    let suppressor = alarm.actions_suppressor.as_ref().map(|suppressor| Suppressor {
        alarm: suppressor.written(),
        wait_s: alarm.suppressor_wait_s.map_or(0, cfn::Whole::get),
        extension_s: alarm.suppressor_extension_s.map_or(0, cfn::Whole::get),
    });
    Ok(Composite { name: name.to_owned(), rule, suppressor })
}

/// CloudWatch's word for a value of an enumeration.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn parsed<T: DeserializeOwned>(property: &'static str, word: &str) -> Result<T, AlarmError> {
    serde_json::from_value(word.into())
        .map_err(|_| AlarmError { property, message: format!("not a word of CloudWatch: {word:?}") })
}

/// The alarms of an environment by the metrics that they watch.
pub fn watchers(inputs: &Inputs) -> BTreeMap<Metric, Vec<String>> {
    let mut watchers: BTreeMap<Metric, Vec<String>> = BTreeMap::new();
    for own in alarms::all(inputs) {
        if let alarms::Definition::Metric(definition) = &own.definition {
            for (_, stat) in definition.watched.metrics() {
                watchers.entry(stat.metric.clone()).or_default().push(own.id.clone());
            }
        }
    }
    watchers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::apps;

    /// What the template says is what the alarms' definitions say: the embedded environment and the checks read the template.
    #[test]
    fn alarms_come_back_from_the_template_as_they_were_defined() {
        for app in apps() {
            let template = app.lower();
            let definitions = alarms::all(&inputs(app.environment()));
            let defined =
                |id: &cfn::LogicalId| definitions.iter().find(|own| ids::alarm(&own.id) == *id).unwrap();
            let mut found = 0;
            for (id, alarm) in template.resources_of::<Alarm>() {
                let own = defined(id);
                assert_eq!(
                    own.definition,
                    alarms::Definition::Metric(metric_alarm(own.name(), alarm).unwrap()),
                    "{id}"
                );
                found += 1;
            }
            for (id, alarm) in template.resources_of::<CompositeAlarm>() {
                let own = defined(id);
                let composite = composite_alarm(own.name(), alarm).unwrap();
                assert_eq!(own.definition, alarms::Definition::Composite(composite), "{id}");
                found += 1;
            }
            assert_eq!(found, definitions.len());
        }
    }
}
