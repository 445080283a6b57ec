//! What the rules read: alarms and what belongs to them, as plain values.

use std::collections::{BTreeMap, BTreeSet};

use super::{NotJudged, is_unknown};
use crate::{Metric, Statistic, alarm::Alarm, catalogue, composite::Rule};

/// The alarms of one template, and what of the template says whether they work.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Subject {
    /// Where the template is deployed, if that is known.
    pub region: Option<String>,
    /// The metric alarms.
    pub alarms: Vec<LintAlarm>,
    /// The composite alarms.
    pub composites: Vec<LintComposite>,
    /// The names of alarms of other kinds.
    pub other_alarms: Vec<String>,
    /// The topics.
    pub topics: Vec<Topic>,
    /// The metric filters.
    pub filters: Vec<Filter>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The state machines.
    pub machines: Vec<Machine>,
    /// The web ACLs.
    pub web_acls: Vec<WebAcl>,
    /// The ids of resources, each with its physical name where the template says one.
    pub ids: BTreeMap<String, Option<String>>,
    /// The regions in which the template's roles may call models of Bedrock; a text that is not known stands for any.
    pub model_regions: BTreeSet<String>,
    /// Whether a rule of the template reacts to the events that CloudWatch sends when alarms change.
    pub reacts_to_alarm_events: bool,
    /// What the reader of the template could not read.
    pub not_judged: Vec<NotJudged>,
}

/// A metric alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct LintAlarm {
    /// Its id in the template.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it reads, whether or not its definition can be judged.
    pub metrics: Vec<LintMetric>,
    /// The definition, or why there is none.
    pub definition: Result<Alarm, Unjudged>,
    /// Properties of the definition whose values are only known once the template is deployed: those of the definition are
    /// placeholders.
    pub unknown: BTreeSet<&'static str>,
    /// What happens in `ALARM`.
    pub actions: Actions,
}

/// Why an alarm has no definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unjudged {
    /// CloudWatch would refuse it.
    Invalid {
        /// The property.
        property: String,
        /// What is wrong with it.
        message: String,
    },
    /// It is an alarm, and not one that can be judged here.
    NotSupported(String),
}

/// A metric that an alarm reads.
#[derive(Debug, Clone, PartialEq)]
pub struct LintMetric {
    /// Where it stands in the alarm: empty, or `Metrics/0/MetricStat/`.
    pub property: String,
    /// The metric.
    pub metric: Metric,
    /// Its statistic, if it is one of the common ones.
    pub statistic: Option<Statistic>,
}

/// What an alarm does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actions {
    /// Whether its actions are switched off.
    pub disabled: bool,
    /// Whom it calls in `ALARM`, as ARNs.
    pub targets: Vec<String>,
    /// Whether another resource of the template acts on it, such as a deployment.
    pub used_elsewhere: bool,
}

/// A composite alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintComposite {
    /// Its id in the template.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its rule, or why there is none.
    pub rule: Result<Rule, Unjudged>,
    /// The name of the alarm that suppresses its actions.
    pub suppressor: Option<String>,
    /// What happens in `ALARM`.
    pub actions: Actions,
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its id in the template.
    pub id: String,
    /// Its ARN, as alarms name it.
    pub arn: String,
    /// The key that encrypts it, by id, ARN or alias.
    pub key: Option<String>,
    /// Whether somebody is subscribed; nothing if that is judged elsewhere.
    pub subscribed: Option<bool>,
}

/// A metric that a metric filter makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Its id in the template.
    pub id: String,
    /// The metric's namespace.
    pub namespace: String,
    /// The metric's name.
    pub name: String,
    /// The names of its dimensions.
    pub dimensions: BTreeSet<String>,
    /// The log group that is filtered.
    pub log_group: String,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its id in the template.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its timeout in seconds, if it is known.
    pub timeout_s: Option<u32>,
    /// The level from which its own lines are logged, where it logs JSON and says one.
    pub log_level: Option<String>,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its id in the template.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Whether it is an Express Workflow, if that is known.
    pub express: Option<bool>,
    /// What its tasks call; nothing if the definition is not in the template.
    pub tasks: Option<Vec<String>>,
}

/// A web ACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAcl {
    /// Its id in the template.
    pub id: String,
    /// The name that its metrics carry.
    pub metric_name: String,
    /// What it protects, if it is known.
    pub scope: Option<Scope>,
}

/// What a web ACL protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Load balancers, APIs and the like: its metrics have a dimension `Region`.
    Regional,
    /// Distributions of `CloudFront`.
    CloudFront,
}

impl LintMetric {
    /// What the catalogue says of it, with its dimension names: only if all of them are known.
    pub(super) fn spec(&self) -> Option<(&'static catalogue::MetricSpec, Vec<&str>)> {
        let spec = catalogue::find(&self.metric.namespace, &self.metric.name)?;
        let names: Vec<_> = self.metric.dimensions.keys().map(String::as_str).collect();
        (!names.iter().any(|name| is_unknown(name))).then_some((spec, names))
    }

    /// A property of it, for a finding.
    pub(super) fn at(&self, property: &str) -> String {
        match (self.property.as_str(), property) {
            ("", property) => property.to_owned(),
            (stat, "Statistic") => format!("{stat}Stat"),
            (stat, property) => format!("{stat}Metric/{property}"),
        }
    }

    /// Whether it is of no service of AWS: a metric filter makes it, or a program sends it.
    pub(super) fn is_custom(&self) -> bool {
        let namespace = &self.metric.namespace;
        !is_unknown(namespace) && !namespace.starts_with("AWS/")
    }
}

impl Subject {
    /// The alarms with their metrics.
    pub(super) fn metrics(&self) -> impl Iterator<Item = (&LintAlarm, &LintMetric)> {
        self.alarms.iter().flat_map(|alarm| alarm.metrics.iter().map(move |metric| (alarm, metric)))
    }

    /// Ids and actions of all alarms, with their names.
    pub(super) fn all_alarms(&self) -> impl Iterator<Item = (&str, &str, &Actions)> {
        let metric = self.alarms.iter().map(|own| (own.id.as_str(), own.name.as_str(), &own.actions));
        metric.chain(self.composites.iter().map(|own| (own.id.as_str(), own.name.as_str(), &own.actions)))
    }

    /// The names of alarms that composite alarms depend on.
    pub(super) fn part_names(&self) -> BTreeSet<&str> {
        self.parts().map(|(_, _, name)| name).collect()
    }

    /// The names of alarms that composite alarms depend on, each with the composite alarm and the property.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&LintComposite, &'static str, &str)> {
        self.composites.iter().flat_map(|composite| {
            let rule = composite.rule.iter().flat_map(Rule::alarms).map(|name| ("AlarmRule", name));
            let suppressor = composite.suppressor.as_deref().map(|name| ("ActionsSuppressor", name));
            rule.chain(suppressor).map(move |(property, name)| (composite, property, name))
        })
    }

    /// The metrics of alarms that no filter of the template makes and no service of AWS publishes.
    pub(super) fn emitted(&self) -> impl Iterator<Item = (&LintAlarm, &LintMetric)> {
        self.metrics().filter(|(_, own)| {
            let metric = &own.metric;
            let is_filtered =
                |filter: &Filter| (&filter.namespace, &filter.name) == (&metric.namespace, &metric.name);
            own.is_custom() && !is_unknown(&metric.name) && !self.filters.iter().any(is_filtered)
        })
    }
}
