//! Topics with their subscribers, metric filters and alarms.

use std::collections::BTreeMap;

use ::alarms::{Alarm as Definition, Filtered, Role, Severity};
use cfn::{
    List, Prop, Pseudo, Resource, Sub, Template, Text, Value, checked,
    name::{AlarmName, FilterName, ServicePrincipal, TagKey, TopicName},
    policy::{Effect, Operator, PolicyDocument, Principal, ResourceStatement},
    resource::{
        ActionConfiguration, Alarm, CompositeAlarm, Datapoints, Dimension, Metric, MetricDataQuery,
        MetricFilter, MetricStat, MetricTransformation, PeriodS, RemovalPolicy, Subscription, SuppressorS,
        Tags, TagsPropagation, Topic, TopicPolicy, WarmUp,
    },
};
use cloudwatch::alarm::{self, Source, Watched};
use contract::metric::NAMESPACE;

use super::{add, ids, permissions::allow};
use crate::{environment::Environment, expect_valid::expect_valid, monitoring};

/// Longest value of a tag. Source: CloudWatch's tags.
const MAX_TAG_CHARS: usize = 256;

pub(super) fn add_alarms(template: &mut Template, environment: &Environment) {
    let inputs = monitoring::inputs(environment);
    for severity in Severity::ALL {
        let topic = Topic {
            topic_name: Some(expect_valid(TopicName::new(inputs.topic(severity))).into()),
            display_name: None,
            kms_master_key_id: Some(Prop::reference(ids::KEY_ARN)),
            tags: Tags::default(),
        };
        add(template, ids::topic(severity), Resource::new(topic).on_removal(RemovalPolicy::Delete));
    }
    add(template, ids::TOPICS_POLICY, topics_policy());
    for (at, subscriber) in environment.monitoring.subscribers.iter().enumerate() {
        let subscription = Subscription {
            topic_arn: Prop::reference(ids::topic(subscriber.topic)),
            protocol: subscriber.protocol,
            endpoint: subscriber.endpoint.clone().into(),
        };
        add(template, ids::subscription(at), subscription);
    }
    for filtered in Filtered::all() {
        add_filters(template, environment, filtered);
    }
    let definitions = ::alarms::all(&inputs);
    for definition in &definitions {
        let resource = match &definition.definition {
            ::alarms::Definition::Metric(own) => metric_alarm(definition, own, &inputs),
            ::alarms::Definition::Composite(own) => composite_alarm(definition, own, &definitions, &inputs),
        };
        add(template, ids::alarm(&definition.id), resource);
    }
}

/// CloudWatch may publish for this account, and nobody without TLS.
fn topics_policy() -> TopicPolicy {
    let topics = || Severity::ALL.map(|severity| Prop::reference(ids::topic(severity)));
    let publish = allow("PublishAlarms", &["sns:Publish"], topics()).when(
        Operator::StringEquals,
        "aws:SourceAccount",
        [Prop::pseudo(Pseudo::AccountId)],
    );
    let mut tls = allow("RefuseWithoutTls", &["sns:Publish"], topics()).when(
        Operator::Bool,
        "aws:SecureTransport",
        ["false".into()],
    );
    tls.effect = Effect::Deny;
    TopicPolicy {
        topics: List::of(topics()),
        document: PolicyDocument::new([
            ResourceStatement {
                principal: Principal::Service(checked!(ServicePrincipal, "cloudwatch.amazonaws.com")),
                statement: publish,
            },
            ResourceStatement { principal: Principal::Aws("*".into()), statement: tls },
        ]),
    }
}

/// A filter for each pattern; both make the same metric.
fn add_filters(template: &mut Template, environment: &Environment, filtered: Filtered) {
    for (format, pattern) in ["Json", "Text"].into_iter().zip(filtered.patterns()) {
        let transformation = MetricTransformation {
            metric_namespace: expect_valid(Text::new(format!("{NAMESPACE}/{}", environment.name))),
            metric_name: expect_valid(Text::new(filtered.name())),
            metric_value: "1".to_owned(),
            // A minute with events and none that matches is a 0, so that the alarm sees it.
            default_value: Some(0.0),
            unit: Some("Count".to_owned()),
        };
        let filter = MetricFilter {
            filter_name: Some(expect_valid(FilterName::new(format!("{}{format}", filtered.name()))).into()),
            log_group_name: Prop::reference(ids::function_logs(filtered.task())),
            filter_pattern: Text::from_const(pattern),
            transformations: List::of([transformation]),
        };
        add(template, ids::filter(&filtered.name(), format), filter);
    }
}

fn metric_alarm(definition: &Definition, own: &alarm::Alarm, inputs: &::alarms::Inputs) -> Resource {
    let period_s = expect_valid(PeriodS::new(own.period_s));
    let stat = |stat: &alarm::MetricStat| MetricStat {
        metric: Metric {
            namespace: stat.metric.namespace.clone(),
            metric_name: stat.metric.name.clone(),
            dimensions: dimensions(&stat.metric.dimensions),
        },
        period_s,
        stat: stat.statistic.to_string(),
    };
    let query = |id: &str, metric_stat, expression, return_data| MetricDataQuery {
        id: id.to_owned(),
        metric_stat,
        expression,
        return_data,
    };
    let metrics = match &own.watched {
        Watched::Metric(single) => vec![query("value", Some(stat(single)), None, true)],
        Watched::Math { queries, returned } => queries
            .iter()
            .map(|entry| {
                let is_returned = entry.id == *returned;
                match &entry.source {
                    Source::Metric(metric) => query(&entry.id, Some(stat(metric)), None, is_returned),
                    Source::Expression(expression) => {
                        let text = expect_valid(Text::new(expression.to_string()));
                        query(&entry.id, None, Some(text), is_returned)
                    }
                }
            })
            .collect(),
    };
    let actions: Vec<Value> = actions(definition);
    let alarm = Alarm {
        alarm_name: Some(expect_valid(AlarmName::new(own.name.clone())).into()),
        description: Some(description(definition, inputs)),
        metrics: expect_valid(List::new(metrics)),
        comparison_operator: monitoring::word(&own.comparison),
        threshold: own.threshold,
        evaluation_periods: expect_valid(Datapoints::new(own.evaluation_periods)),
        datapoints_to_alarm: expect_valid(Datapoints::new(own.datapoints_to_alarm)),
        treat_missing_data: monitoring::word(&own.missing),
        alarm_actions: actions.clone(),
        ok_actions: actions,
        warm_up: own.warm_up.map(|warm_up| WarmUp {
            minutes: expect_valid(cfn::Whole::new(warm_up.minutes)),
            only_after: warm_up.only_after,
        }),
        actions: Some(ActionConfiguration { alarm_tags_propagation: TagsPropagation { enabled: true } }),
        tags: tags(definition, inputs),
    };
    let newer = "the linter's schemas do not have WarmUpConfiguration and ActionConfiguration of 2026 yet";
    Resource::new(alarm).ignore_lint("E3002", newer)
}

fn composite_alarm(
    definition: &Definition,
    own: &cloudwatch::composite::Composite,
    all: &[Definition],
    inputs: &::alarms::Inputs,
) -> Resource {
    let actions: Vec<Value> = actions(definition);
    let suppressor = own.suppressor.as_ref();
    let seconds = |s: u32| expect_valid(SuppressorS::new(s));
    let alarm = CompositeAlarm {
        alarm_name: Some(expect_valid(AlarmName::new(own.name.clone())).into()),
        description: Some(description(definition, inputs)),
        alarm_rule: expect_valid(Text::new(own.rule.to_string())),
        actions_suppressor: suppressor.map(|suppressor| suppressor.alarm.clone().into()),
        suppressor_wait_s: suppressor.map(|suppressor| seconds(suppressor.wait_s)),
        suppressor_extension_s: suppressor.map(|suppressor| seconds(suppressor.extension_s)),
        alarm_actions: actions.clone(),
        ok_actions: actions,
        tags: tags(definition, inputs),
    };
    // A rule names alarms by their physical names, so nothing else says that they have to be there.
    let parts = own.rule.alarms().into_iter().chain(suppressor.map(|suppressor| suppressor.alarm.as_str()));
    parts.fold(Resource::new(alarm), |resource, name| match all.iter().find(|other| other.name() == name) {
        Some(other) => resource.depends_on(ids::alarm(&other.id)),
        None => resource,
    })
}

fn actions(definition: &Definition) -> Vec<Value> {
    definition.notifies.map(|severity| Prop::reference(ids::topic(severity))).into_iter().collect()
}

fn dimensions(dimensions: &BTreeMap<String, String>) -> Vec<Dimension> {
    let pairs = dimensions.iter();
    pairs.map(|(name, value)| Dimension { name: name.clone(), value: with_placeholders(value) }).collect()
}

fn description(definition: &Definition, inputs: &::alarms::Inputs) -> Value {
    with_placeholders(&definition.runbook.description(inputs.runbook_language))
}

/// A text whose `${..}` CloudFormation fills in.
fn with_placeholders(text: &str) -> Value {
    if text.contains("${") { expect_valid(Sub::parse(text.to_owned())).into() } else { text.into() }
}

/// What notifications carry: how soon somebody has to look, what the alarm tells, and where the whole runbook is.
fn tags(definition: &Definition, inputs: &::alarms::Inputs) -> Tags {
    let role = match definition.role {
        Role::RootCause => "root-cause",
        Role::Symptom => "symptom",
        Role::Forecast => "forecast",
        Role::Notification => "notification",
        Role::Part => "part",
    };
    let severity = definition.notifies.map_or("none", Severity::as_str);
    // A tag's value takes few characters beside letters and digits.
    let runbook: String = format!("cargo xtask alarms show {} --env {}", definition.id, inputs.environment)
        .chars()
        .take(MAX_TAG_CHARS)
        .collect();
    Tags::from_iter([
        (checked!(TagKey, "severity"), severity.into()),
        (checked!(TagKey, "role"), role.into()),
        (checked!(TagKey, "runbook"), runbook.into()),
    ])
}
