//! Bedrock's runtime.
//!
//! Source: <https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html>
//!
//! `Invocations` counts successful requests alone. Requests in all are the sum of `Invocations`, `InvocationClientErrors`,
//! `InvocationServerErrors` and `InvocationThrottles`.

use super::{Completeness, MetricSpec, Namespace, Sensible, Sets, Stamp};
use crate::Unit;

const NAME: &str = "AWS/Bedrock";
/// Not published; assumed.
const BEDROCK_DELAY_S: u32 = 180;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[],
    // Service tiers have metrics of their own; no page of AWS lists their sets.
    completeness: Completeness::FurtherSets(&["ServiceTier", "ResolvedServiceTier"]),
};

const MODEL: Sets = &[&["ModelId"]];
const IMAGE: Sets = &[&["ModelId"], &["BucketedStepSize", "ImageSize", "ModelId"]];
/// The page's dimension "Across all model IDs" is read as the total without dimensions; not verified on AWS.
const ALL_MODELS: Sets = &[&[]];

const fn count(name: &'static str, sets: Sets) -> MetricSpec {
    // The page's unit is SampleCount: a point of value 1 for each request.
    MetricSpec::new(NAME, name, Unit::Count, sets, BEDROCK_DELAY_S).statistics(Sensible::COUNT)
}

const fn tokens(name: &'static str) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Count, MODEL, BEDROCK_DELAY_S).statistics(Sensible::AMOUNT)
}

const fn time(name: &'static str) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Milliseconds, MODEL, BEDROCK_DELAY_S).statistics(Sensible::DURATION)
}

const fn log_delivery(name: &'static str) -> MetricSpec {
    count(name, ALL_MODELS).uses("model invocation logging is on")
}

const METRICS: &[MetricSpec] = &[
    count("Invocations", MODEL),
    time("InvocationLatency"),
    count("InvocationClientErrors", MODEL).on_errors(),
    count("InvocationServerErrors", MODEL).on_errors(),
    // Each retry of the SDK counts.
    count("InvocationThrottles", MODEL).on_errors(),
    tokens("InputTokenCount"),
    tokens("OutputTokenCount"),
    count("LegacyModelInvocations", MODEL).uses("the model's lifecycle is LEGACY"),
    count("OutputImageCount", IMAGE).statistics(Sensible::AMOUNT).uses("the model makes images"),
    time("TimeToFirstToken").uses("the streaming operations are called"),
    // An estimate: throttling goes by the tokens that are reserved.
    tokens("EstimatedTPMQuotaUsage").stamped(Stamp::Sampled),
    tokens("CacheReadInputTokens").uses("prompt caching is on"),
    tokens("CacheWriteInputTokens").uses("prompt caching is on"),
    log_delivery("ModelInvocationLogsCloudWatchDeliverySuccess"),
    log_delivery("ModelInvocationLogsCloudWatchDeliveryFailure").on_errors(),
    log_delivery("ModelInvocationLogsS3DeliverySuccess"),
    log_delivery("ModelInvocationLogsS3DeliveryFailure").on_errors(),
    log_delivery("ModelInvocationLargeDataS3DeliverySuccess"),
    log_delivery("ModelInvocationLargeDataS3DeliveryFailure").on_errors(),
];
