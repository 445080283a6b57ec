//! What of a template says whether its alarms work: topics, metric filters, functions, state machines, web ACLs.

use std::collections::BTreeSet;

use cfn::foreign::{ForeignResource, Kind};
use cloudwatch::lint::{Filter, Function, Machine, Scope, Topic, WebAcl};
use serde_json::Value as Json;

use super::{is_unknown, items, text, texts};

/// Lambda's default.
const DEFAULT_TIMEOUT_S: u32 = 3;

/// Longest resource of a task whose placeholders are filled in: an ARN is shorter.
const MAX_RESOURCE: usize = 2_048;

pub(super) fn topic(own: &ForeignResource, subscribed: &BTreeSet<String>) -> Topic {
    let inline = !items(&own.properties, "Subscription").is_empty();
    Topic {
        id: own.id.clone(),
        arn: own.reference.clone(),
        key: text(&own.properties, "KmsMasterKeyId"),
        subscribed: Some(inline || subscribed.contains(&own.reference)),
    }
}

/// The topics whose messages a resource gets.
pub(super) fn subscribes(own: &ForeignResource) -> Vec<String> {
    match own.kind {
        Kind::Subscription => texts(&own.properties, "TopicArn"),
        Kind::ChatChannel => texts(&own.properties, "SnsTopicArns"),
        Kind::Function => {
            let events = own.properties.get("Events").and_then(Json::as_object);
            let events = events.into_iter().flat_map(|events| events.values());
            events.filter_map(|event| text(event.get("Properties")?, "Topic")).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn filters(own: &ForeignResource) -> Vec<Filter> {
    let log_group = text(&own.properties, "LogGroupName").unwrap_or_default();
    let transformations = items(&own.properties, "MetricTransformations").iter();
    transformations
        .filter_map(|made| {
            let dimensions = items(made, "Dimensions").iter().filter_map(|pair| text(pair, "Key"));
            Some(Filter {
                id: own.id.clone(),
                namespace: text(made, "MetricNamespace")?,
                name: text(made, "MetricName")?,
                dimensions: dimensions.collect(),
                log_group: log_group.clone(),
            })
        })
        .collect()
}

pub(super) fn function(own: &ForeignResource) -> Function {
    let timeout_s = match text(&own.properties, "Timeout") {
        Some(timeout) => timeout.parse().ok(),
        None => Some(DEFAULT_TIMEOUT_S),
    };
    let logging = own
        .properties
        .get("LoggingConfig")
        .filter(|logging| text(logging, "LogFormat").is_some_and(|format| format == "JSON"));
    Function {
        id: own.id.clone(),
        name: own.name.clone(),
        timeout_s,
        log_level: logging.and_then(|logging| text(logging, "ApplicationLogLevel")),
    }
}

pub(super) fn machine(own: &ForeignResource) -> Machine {
    let kind = ["StateMachineType", "Type"].iter().find_map(|key| text(&own.properties, key));
    let express = match kind.as_deref() {
        Some(kind) if is_unknown(kind) => None,
        kind => Some(kind == Some("EXPRESS")),
    };
    Machine {
        id: own.id.clone(),
        arn: own.reference.clone(),
        express,
        tasks: definition(own).map(|definition| {
            let mut tasks = Vec::new();
            add_tasks(&definition, own.properties.get("DefinitionSubstitutions"), &mut tasks);
            tasks
        }),
    }
}

/// The definition, if it is in the template.
fn definition(own: &ForeignResource) -> Option<Json> {
    match (own.properties.get("DefinitionString"), own.properties.get("Definition")) {
        (Some(Json::String(text)), _) => serde_json::from_str(text).ok(),
        (None, Some(definition)) if definition.is_object() => Some(definition.clone()),
        _ => None,
    }
}

/// What tasks call, those of branches and iterations included.
fn add_tasks(node: &Json, substitutions: Option<&Json>, tasks: &mut Vec<String>) {
    match node {
        Json::Array(items) => items.iter().for_each(|item| add_tasks(item, substitutions, tasks)),
        Json::Object(object) => {
            if object.get("Type").and_then(Json::as_str) == Some("Task")
                && let Some(Json::String(resource)) = object.get("Resource")
            {
                tasks.push(substituted(resource, substitutions));
            }
            object.values().for_each(|value| add_tasks(value, substitutions, tasks));
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The resource with its placeholders filled in; as it is where it would grow too long.
fn substituted(resource: &str, substitutions: Option<&Json>) -> String {
    let mut all = String::new();
    let mut rest = resource;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, end) = after.split_once('}').unwrap_or((after, ""));
        let value = substitutions.and_then(|values| text(values, name));
        all += before;
        all += &value.unwrap_or_else(|| format!("${{{name}}}"));
        if all.len() > MAX_RESOURCE {
            return resource.to_owned();
        }
        rest = end;
    }
    all + rest
}

pub(super) fn web_acl(own: &ForeignResource) -> WebAcl {
    let visibility = own.properties.get("VisibilityConfig");
    let metric_name = visibility.and_then(|visibility| text(visibility, "MetricName"));
    WebAcl {
        id: own.id.clone(),
        metric_name: metric_name.unwrap_or_else(|| own.name.clone()),
        scope: match text(&own.properties, "Scope").as_deref() {
            Some("REGIONAL") => Some(Scope::Regional),
            Some("CLOUDFRONT") => Some(Scope::CloudFront),
            _ => None,
        },
    }
}

/// Whether a rule gets the events of alarms.
pub(super) fn reacts_to_alarms(own: &ForeignResource) -> bool {
    let pattern = own.properties.get("EventPattern");
    pattern.is_some_and(|pattern| texts(pattern, "source").iter().any(|source| source == "aws.cloudwatch"))
}

/// The regions of the models that policies below a node allow to call.
pub(super) fn add_model_regions(node: &Json, regions: &mut BTreeSet<String>) {
    match node {
        Json::Array(items) => items.iter().for_each(|item| add_model_regions(item, regions)),
        Json::Object(object) => {
            let calls_models = texts(node, "Action").iter().any(|action| action.starts_with("bedrock:"));
            let any = texts(node, "Resource").iter().any(|resource| resource == "*" || is_unknown(resource));
            if calls_models && any {
                regions.insert("*".to_owned());
            }
            object.values().for_each(|value| add_model_regions(value, regions));
        }
        Json::String(arn) => {
            let mut parts = arn.split(':');
            if parts.next() == Some("arn") && parts.nth(1) == Some("bedrock") {
                let region = parts.next().filter(|region| !region.is_empty()).unwrap_or("*");
                regions.insert(region.to_owned());
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
