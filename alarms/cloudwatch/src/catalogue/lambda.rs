//! Lambda.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/durable-monitoring.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-monitoring.html>
//!
//! There is no metric of timeouts: they count as `Errors`. Throttled invocations are in neither `Invocations` nor `Errors`.

use super::{
    Completeness, MetricSpec, Namespace,
    Precondition::{EventSourceMetrics, ProvisionedConcurrency, QualifiedInvocation},
    Sensible, Sets, Stamp,
};
use crate::Unit;

const NAME: &str = "AWS/Lambda";
/// "Lambda sends metric data to CloudWatch in 1-minute intervals", after the function has finished; a minute on top is
/// assumed.
const LAMBDA_DELAY_S: u32 = 120;
/// Metrics of Managed Instances are published at 5-minute intervals; two minutes on top are assumed.
const MANAGED_INSTANCES_DELAY_S: u32 = 420;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[
        (&["FunctionName", "Resource"], QualifiedInvocation),
        (&["ExecutedVersion", "FunctionName", "Resource"], QualifiedInvocation),
    ],
    completeness: Completeness::Complete,
};

const INVOCATION: Sets = &[
    &["FunctionName"],
    &["FunctionName", "Resource"],
    &["ExecutedVersion", "FunctionName", "Resource"],
    &[],
];
const FUNCTION: Sets = &[&["FunctionName"], &["FunctionName", "Resource"], &[]];
const STREAM: Sets = &[&["FunctionName"], &["FunctionName", "Resource"], &["EventSourceMappingUUID"], &[]];
const MAPPING: Sets = &[&["EventSourceMappingUUID"]];
const ACCOUNT: Sets = &[&[]];
const PROVIDER: Sets = &[&["CapacityProviderName", "InstanceType"]];
const PROVIDER_FUNCTION: Sets =
    &[&["CapacityProviderName", "FunctionName"], &["CapacityProviderName", "FunctionName", "Resource"]];

/// Stamped with the start of the invocation and sent after its end.
const fn count(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Count, sets, LAMBDA_DELAY_S).stamped(Stamp::Start)
}

const fn time(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Milliseconds, sets, LAMBDA_DELAY_S)
        .stamped(Stamp::Start)
        .statistics(Sensible::DURATION)
}

const fn level(name: &'static str, unit: Unit, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, unit, sets, LAMBDA_DELAY_S).gauge()
}

const fn mapping(name: &'static str) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Count, MAPPING, LAMBDA_DELAY_S).needs(EventSourceMetrics)
}

const fn instances(name: &'static str, unit: Unit, sets: Sets) -> MetricSpec {
    level(name, unit, sets).delayed(MANAGED_INSTANCES_DELAY_S).uses(MANAGED)
}

const MANAGED: &str = "the function runs on Lambda Managed Instances";
const DURABLE: &str = "the function is a durable function";
const URL: &str = "the function has a function URL";
const STREAMING: &str = "the function streams its response";
const ASYNCHRONOUS: &str = "the function is invoked asynchronously";
const PROVISIONED_MODE: &str = "the event source mapping is in provisioned mode";
const KAFKA: &str = "the event source is Apache Kafka";
const READS_STREAM: &str = "the event source is a stream";

const METRICS: &[MetricSpec] = &[
    count("Invocations", INVOCATION).statistics(Sensible::COUNT),
    count("Errors", INVOCATION).statistics(Sensible::OUTCOME),
    count("Throttles", INVOCATION).statistics(Sensible::OUTCOME),
    count("DeadLetterErrors", FUNCTION).on_errors().uses("the function has a dead-letter queue"),
    count("DestinationDeliveryFailures", FUNCTION).on_errors().uses("the function has a destination"),
    count("CPUThrottles", FUNCTION).uses(MANAGED),
    count("MemoryThrottles", FUNCTION).uses(MANAGED),
    count("DiskThrottles", FUNCTION).uses(MANAGED),
    count("ConcurrencyThrottles", FUNCTION).uses(MANAGED),
    count("OversizedRecordCount", FUNCTION).on_errors().uses("the event source is DocumentDB"),
    count("ProvisionedConcurrencyInvocations", INVOCATION).needs(ProvisionedConcurrency),
    count("ProvisionedConcurrencySpilloverInvocations", INVOCATION).needs(ProvisionedConcurrency),
    count("RecursiveInvocationsDropped", FUNCTION).on_errors(),
    count("SignatureValidationErrors", FUNCTION).on_errors().uses("the code signing policy is Warn"),
    time("Duration", INVOCATION),
    time("PostRuntimeExtensionsDuration", INVOCATION).uses("the function has an extension"),
    time("IteratorAge", STREAM).uses(READS_STREAM),
    level("OffsetLag", Unit::Count, FUNCTION).uses(KAFKA),
    level("ConcurrentExecutions", Unit::Count, INVOCATION),
    level("ProvisionedConcurrentExecutions", Unit::Count, INVOCATION).needs(ProvisionedConcurrency),
    // A fraction: 0.7 for 7 of 10.
    level("ProvisionedConcurrencyUtilization", Unit::None, INVOCATION).needs(ProvisionedConcurrency),
    level("UnreservedConcurrentExecutions", Unit::Count, ACCOUNT),
    level("ClaimedAccountConcurrency", Unit::Count, ACCOUNT),
    count("AsyncEventsReceived", FUNCTION).uses(ASYNCHRONOUS),
    time("AsyncEventAge", FUNCTION).uses(ASYNCHRONOUS),
    count("AsyncEventsDropped", FUNCTION).on_errors().uses(ASYNCHRONOUS),
    mapping("PolledEventCount"),
    mapping("FilteredOutEventCount"),
    mapping("InvokedEventCount"),
    mapping("FailedInvokeEventCount"),
    mapping("DroppedEventCount"),
    mapping("OnFailureDestinationDeliveredEventCount"),
    mapping("DeletedEventCount"),
    mapping("CommittedEventCount"),
    mapping("PollingErrorCount").on_errors(),
    mapping("InvokeErrorCount").on_errors(),
    mapping("OnFailureDestinationDeliveryErrorCount").on_errors(),
    mapping("SchemaRegistryErrorCount").on_errors(),
    mapping("CommitErrorCount").on_errors(),
    mapping("MaxOffsetLag").gauge(),
    mapping("SumOffsetLag").gauge(),
    level("ProvisionedPollers", Unit::Count, MAPPING).uses(PROVISIONED_MODE),
    level("EventPollerUnit", Unit::Count, MAPPING).statistics(Sensible::AMOUNT).uses(PROVISIONED_MODE),
    level("EventPollerThroughputInBytes", Unit::Bytes, MAPPING)
        .statistics(Sensible::SUM)
        .uses(PROVISIONED_MODE),
    level("ApproximateRunningDurableExecutions", Unit::Count, ACCOUNT).uses(DURABLE),
    level("ApproximateRunningDurableExecutionsUtilization", Unit::Percent, ACCOUNT).uses(DURABLE),
    time("DurableExecutionDuration", INVOCATION).uses(DURABLE),
    count("DurableExecutionStarted", INVOCATION).uses(DURABLE),
    count("DurableExecutionStopped", INVOCATION).uses(DURABLE),
    count("DurableExecutionSucceeded", INVOCATION).uses(DURABLE),
    count("DurableExecutionFailed", INVOCATION).uses(DURABLE),
    count("DurableExecutionTimedOut", INVOCATION).uses(DURABLE),
    count("DurableExecutionOperations", INVOCATION).statistics(Sensible::AMOUNT).uses(DURABLE),
    MetricSpec::new(NAME, "DurableExecutionStorageWrittenBytes", Unit::Bytes, INVOCATION, LAMBDA_DELAY_S)
        .statistics(Sensible::AMOUNT)
        .uses(DURABLE),
    count("UrlRequestCount", INVOCATION).statistics(Sensible::COUNT).uses(URL),
    count("Url4xxCount", INVOCATION).statistics(Sensible::OUTCOME).uses(URL),
    count("Url5xxCount", INVOCATION).statistics(Sensible::OUTCOME).uses(URL),
    time("UrlRequestLatency", INVOCATION).uses(URL),
    MetricSpec::new(NAME, "StreamedOutboundBytes", Unit::Bytes, INVOCATION, LAMBDA_DELAY_S)
        .statistics(Sensible::AMOUNT)
        .uses(STREAMING),
    MetricSpec::new(NAME, "StreamedOutboundThroughput", Unit::BytesPerSecond, INVOCATION, LAMBDA_DELAY_S)
        .statistics(Sensible::DURATION)
        .uses(STREAMING),
    time("TimeToFirstByteLatency", INVOCATION).uses(STREAMING),
    time("TimeToLastByteLatency", INVOCATION).uses(STREAMING),
    instances("CPUUtilization", Unit::Percent, PROVIDER),
    instances("MemoryUtilization", Unit::Percent, PROVIDER),
    instances("vCPUAvailable", Unit::Count, PROVIDER),
    instances("MemoryAvailable", Unit::Bytes, PROVIDER),
    instances("vCPUAllocated", Unit::Count, PROVIDER),
    instances("MemoryAllocated", Unit::Bytes, PROVIDER),
    instances("ExecutionEnvironmentConcurrency", Unit::Count, PROVIDER_FUNCTION),
    instances("ExecutionEnvironmentConcurrencyLimit", Unit::Count, PROVIDER_FUNCTION),
    instances("ExecutionEnvironmentCPUUtilization", Unit::Percent, PROVIDER_FUNCTION),
    instances("ExecutionEnvironmentMemoryUtilization", Unit::Percent, PROVIDER_FUNCTION),
];
