//! `metric-of-another-region`: an alarm watches a metric that is published in another region.
//!
//! **Why.** An alarm reads the metrics of its own region alone. A model that is called in another region, a distribution, a bill:
//! their metrics are elsewhere, and CloudWatch says nothing about it.
//!
//! **What it wants.** Where the template's region is known: ARNs in dimensions are of that region, an inference profile is one of
//! its part of the world, models of Bedrock are called there; and metrics that exist in us-east-1 alone are watched there.
//!
//! **What to do.** Put the alarm into a stack of the metric's region, or count on the caller's side with a metric of your own.
//!
//! Source: CloudWatch User Guide, "Using Amazon CloudWatch alarms": alarms exist only in the region in which they are created;
//! Bedrock User Guide, "Supported Regions and models for inference profiles"; AWS WAF, `CloudFront` and Billing, their pages of
//! metrics.

use super::{Found, LintMetric, Subject, is_unknown};
use crate::catalogue::Precondition;

pub(super) const RULE: &str = "metric-of-another-region";

/// The only region of what is global.
const GLOBAL: &str = "us-east-1";
const GLOBAL_NAMESPACES: [&str; 2] = ["AWS/Billing", "AWS/CloudFront"];

/// What an inference profile begins with, and what the regions begin with that have it.
const PROFILES: [(&str, &str); 7] = [
    ("us.", "us-"),
    ("us-gov.", "us-gov-"),
    ("eu.", "eu-"),
    ("apac.", "ap-"),
    ("jp.", "ap-northeast-"),
    ("au.", "ap-southeast-"),
    ("ca.", "ca-"),
];

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    let Some(region) = &subject.region else { return };
    for (alarm, own) in subject.metrics() {
        if let Some((part, other)) = other_region(subject, own, region) {
            let name = &own.metric.name;
            let message = format!("the alarm is in {region}, {name} is published in {other}");
            let hint = "an alarm reads its own region's metrics: move it, or count where you call";
            found.error((&alarm.id, &own.at(&part)), message, hint);
        }
    }
}

/// The property that says so, and the region.
fn other_region(subject: &Subject, own: &LintMetric, region: &str) -> Option<(String, String)> {
    let metric = &own.metric;
    let namespace = || "Namespace".to_owned();
    if GLOBAL_NAMESPACES.contains(&metric.namespace.as_str()) {
        return (region != GLOBAL).then(|| (namespace(), GLOBAL.to_owned()));
    }
    for (name, value) in metric.dimensions.iter().filter(|(_, value)| !is_unknown(value)) {
        let other = match name.as_str() {
            "ModelId" if !value.starts_with("arn:") => profile_region(value, region),
            "Region" if metric.namespace == "AWS/WAFV2" => Some(value.clone()),
            _ => value.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2)).map(str::to_owned),
        };
        if let Some(other) = other.filter(|other| !other.is_empty() && other != region) {
            return Some((format!("Dimensions/{name}"), other));
        }
    }
    let (spec, names) = own.spec()?;
    if spec.preconditions(names).contains(&Precondition::CloudFrontWebAcl) {
        // Whether the web ACL is of this scope is for `unmet-precondition`.
        let is_regional = subject.web_acls.iter().any(|acl| acl.scope != Some(super::Scope::CloudFront));
        return (region != GLOBAL && !is_regional).then(|| ("Dimensions".to_owned(), GLOBAL.to_owned()));
    }
    let regions = &subject.model_regions;
    let elsewhere = !regions.is_empty()
        && !regions.contains(region)
        && !regions.iter().any(|other| is_unknown(other) || other.contains('*'));
    (metric.namespace == "AWS/Bedrock" && elsewhere).then(|| {
        let regions: Vec<_> = regions.iter().map(String::as_str).collect();
        (namespace(), regions.join(", "))
    })
}

/// The regions of a profile of another part of the world.
fn profile_region(id: &str, region: &str) -> Option<String> {
    let (_, begin) = PROFILES.iter().find(|(profile, _)| id.starts_with(profile))?;
    let is_there = region.starts_with(begin) && (*begin != "us-" || !region.starts_with("us-gov-"));
    (!is_there).then(|| format!("{begin}*"))
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, metric},
        *,
    };

    const SEOUL: &str = "ap-northeast-2";

    #[track_caller]
    fn found(region: &str, metric: LintMetric, model_regions: &[&str], expected: &[&str]) {
        let model_regions = model_regions.iter().map(|region| (*region).to_owned()).collect();
        let subject = Subject {
            region: Some(region.to_owned()),
            alarms: vec![alarm(metric)],
            model_regions,
            ..Subject::default()
        };
        let expected: Vec<_> =
            expected.iter().map(|text| format!("error metric-of-another-region Alarm/{text}")).collect();
        check(&subject, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }

    fn model(id: &str) -> LintMetric {
        metric("AWS/Bedrock", "InvocationThrottles", &[("ModelId", id)], "Sum")
    }

    #[test]
    fn a_model_that_is_called_elsewhere() {
        let id = "anthropic.claude-v2";
        found(
            SEOUL,
            model(id),
            &["us-east-1"],
            &["Namespace: the alarm is in ap-northeast-2, InvocationThrottles is published in us-east-1"],
        );
        found(SEOUL, model(id), &["us-east-1", SEOUL], &[]);
        found(SEOUL, model(id), &["us-east-1", "*"], &[]);
        found(SEOUL, model(id), &[], &[]);
        let message = "the alarm is in ap-northeast-2, InvocationThrottles is published in";
        found(SEOUL, model("us.anthropic.x"), &[], &[&format!("Dimensions/ModelId: {message} us-*")]);
        found(SEOUL, model("apac.anthropic.x"), &[], &[]);
        found(SEOUL, model("global.anthropic.x"), &[], &[]);
        let arn = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/a";
        found(SEOUL, model(arn), &[], &[&format!("Dimensions/ModelId: {message} us-west-2")]);
    }

    #[test]
    fn what_exists_in_one_region_alone() {
        found(
            SEOUL,
            metric("AWS/CloudFront", "5xxErrorRate", &[], "Average"),
            &[],
            &["Namespace: the alarm is in ap-northeast-2, 5xxErrorRate is published in us-east-1"],
        );
        let acl = || metric("AWS/WAFV2", "BlockedRequests", &[("Rule", "ALL"), ("WebACL", "a")], "Sum");
        found(
            SEOUL,
            acl(),
            &[],
            &["Dimensions: the alarm is in ap-northeast-2, BlockedRequests is published in us-east-1"],
        );
        found("us-east-1", acl(), &[], &[]);
    }

    #[test]
    fn arns_of_another_region() {
        let machine = |region| {
            let arn = format!("arn:aws:states:{region}:123456789012:stateMachine:m");
            metric("AWS/States", "ExecutionsFailed", &[("StateMachineArn", &arn)], "Sum")
        };
        found(SEOUL, machine(SEOUL), &[], &[]);
        let message = "the alarm is in ap-northeast-2, ExecutionsFailed is published in eu-west-1";
        found(SEOUL, machine("eu-west-1"), &[], &[&format!("Dimensions/StateMachineArn: {message}")]);
        let integration = "arn:aws:states:::lambda:invoke";
        let name = "ServiceIntegrationsFailed";
        found(
            SEOUL,
            metric("AWS/States", name, &[("ServiceIntegrationResourceArn", integration)], "Sum"),
            &[],
            &[],
        );
    }
}
