//! WAF.
//!
//! Source: <https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html>,
//! <https://docs.aws.amazon.com/waf/latest/developerguide/monitoring-cloudwatch.html>

use super::{
    Completeness, MetricSpec, Namespace,
    Precondition::{CloudFrontWebAcl, RegionalWebAcl},
    Sets,
};
use crate::Unit;

const NAME: &str = "AWS/WAFV2";
/// "Once a minute"; a minute on top is assumed.
const WAF_DELAY_S: u32 = 120;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[
        (&["Region", "Rule", "WebACL"], RegionalWebAcl),
        (&["Region", "RuleGroup", "WebACL"], RegionalWebAcl),
        (&["Region", "Rule", "RuleGroup"], RegionalWebAcl),
        (&["Rule", "WebACL"], CloudFrontWebAcl),
        (&["RuleGroup", "WebACL"], CloudFrontWebAcl),
        (&["Rule", "RuleGroup"], CloudFrontWebAcl),
    ],
    // Metrics of labels, countries, devices and attacks: the sets are not known.
    completeness: Completeness::FurtherSets(&[
        "Attack",
        "Country",
        "Device",
        "Label",
        "LabelName",
        "LabelNamespace",
        "LoadBalancerArn",
        "ManagedRuleGroup",
        "ManagedRuleGroupRule",
        "Resource",
        "ResourceType",
        "VulnerabilityCategory",
        "WebACLArn",
    ]),
};

const WEB_ACL: Sets = &[
    &["Region", "Rule", "WebACL"],
    &["Region", "RuleGroup", "WebACL"],
    &["Region", "Rule", "RuleGroup"],
    &["Rule", "WebACL"],
    &["RuleGroup", "WebACL"],
    &["Rule", "RuleGroup"],
];

/// Sent only when it is not zero; valid statistic: `Sum`.
const fn count(name: &'static str) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Count, WEB_ACL, WAF_DELAY_S)
}

const CAPTCHA: &str = "a rule's action is CAPTCHA";
const CHALLENGE: &str = "a rule's action is Challenge";

const METRICS: &[MetricSpec] = &[
    count("AllowedRequests"),
    count("BlockedRequests"),
    count("CountedRequests"),
    count("PassedRequests").uses("a rule group is in use"),
    count("CaptchaRequests").uses(CAPTCHA),
    count("RequestsWithValidCaptchaToken").uses(CAPTCHA),
    count("CaptchasAttempted").uses(CAPTCHA),
    count("CaptchasSolved").uses(CAPTCHA),
    count("ChallengeRequests").uses(CHALLENGE),
    count("RequestsWithValidChallengeToken").uses(CHALLENGE),
    count("ChallengesAttempted").uses(CHALLENGE),
    count("ChallengesSolved").uses(CHALLENGE),
];
