//! The rules for alarms on anyone's template, and on ours.
//!
//! `cfn` reads the template, this module hands `cloudwatch` plain values: `alarms` the alarms, `parts` what belongs to them.

mod alarms;
mod parts;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use cfn::foreign::{Foreign, ForeignError, Kind, Resolved};
use cloudwatch::lint::{NotJudged, Subject, lint};
use serde_json::Value as Json;

pub use cloudwatch::lint::{Finding, Report, Severity};

/// A file that is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {error}")]
pub struct LintError {
    /// The file's name.
    pub file: String,
    /// Why.
    pub error: ForeignError,
}

/// What is wrong with the alarms of a template, JSON or YAML. `region` is where it is deployed, if that is known.
///
/// # Errors
/// The file is no template.
pub fn lint_text(file_name: &str, text: &str, region: Option<&str>) -> Result<Report, LintError> {
    let resolved = Foreign::read(text).and_then(|template| template.resolve(region));
    let resolved = resolved.map_err(|error| LintError { file: file_name.to_owned(), error })?;
    Ok(lint(&subject(&resolved, region)))
}

/// As [`lint_text`], for a template of ours. Who is subscribed is for the rule `topic-without-subscriber`, which knows the
/// environment.
///
/// # Errors
/// As [`lint_text`].
pub fn lint_template(template: &cfn::Template, region: &str) -> Result<Report, LintError> {
    let resolved = Foreign::from_json(template.to_json()).and_then(|own| own.resolve(Some(region)));
    let resolved = resolved.map_err(|error| LintError { file: "template.json".to_owned(), error })?;
    let mut subject = subject(&resolved, Some(region));
    for topic in &mut subject.topics {
        topic.subscribed = None;
    }
    Ok(lint(&subject))
}

fn subject(resolved: &Resolved, region: Option<&str>) -> Subject {
    let used = used_ids(resolved);
    let subscribed: BTreeSet<String> = resolved.resources.iter().flat_map(parts::subscribes).collect();
    let mut subject = Subject { region: region.map(str::to_owned), ..Subject::default() };
    for (id, reason) in &resolved.skipped {
        subject.not_judged.push(NotJudged { resource: id.clone(), reason: reason.clone() });
    }
    for own in &resolved.resources {
        subject.ids.insert(own.id.clone(), own.is_named.then(|| own.name.clone()));
        match own.kind {
            Kind::Alarm => subject.alarms.push(alarms::metric_alarm(own, &used)),
            Kind::CompositeAlarm => subject.composites.push(alarms::composite_alarm(own, &used)),
            Kind::LogAlarm | Kind::Alert => {
                subject.other_alarms.push(own.name.clone());
                let reason = format!("not judged: {}", own.type_name);
                subject.not_judged.push(NotJudged { resource: own.id.clone(), reason });
            }
            Kind::Topic => subject.topics.push(parts::topic(own, &subscribed)),
            Kind::MetricFilter => subject.filters.extend(parts::filters(own)),
            Kind::Function => subject.functions.push(parts::function(own)),
            Kind::StateMachine => subject.machines.push(parts::machine(own)),
            Kind::WebAcl => subject.web_acls.push(parts::web_acl(own)),
            Kind::EventRule => subject.reacts_to_alarm_events |= parts::reacts_to_alarms(own),
            _ => {}
        }
        if matches!(own.kind, Kind::Iam | Kind::Function | Kind::StateMachine) {
            parts::add_model_regions(&own.properties, &mut subject.model_regions);
        }
    }
    subject
}

/// The ids that resources refer to which act on alarms, such as deployments; a picture of an alarm is none.
fn used_ids(resolved: &Resolved) -> BTreeSet<&str> {
    let is_picture = |kind| matches!(kind, Kind::Alarm | Kind::Dashboard | Kind::MuteRule);
    let acting = resolved.resources.iter().filter(|own| !is_picture(own.kind));
    acting.flat_map(|own| own.refers_to.iter().map(String::as_str)).collect()
}

/// A property as text: CloudFormation takes numbers and truth values as texts, too.
fn text(own: &Json, key: &str) -> Option<String> {
    as_text(own.get(key)?)
}

fn as_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// A list of texts; a text that stands for a list is one entry.
fn texts(own: &Json, key: &str) -> Vec<String> {
    match own.get(key) {
        Some(Json::Array(items)) => items.iter().filter_map(as_text).collect(),
        Some(value) => as_text(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A list's entries.
fn items<'a>(own: &'a Json, key: &str) -> &'a [Json] {
    own.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether a text is only known once the template is deployed.
fn is_unknown(text: &str) -> bool {
    text.contains("${")
}
