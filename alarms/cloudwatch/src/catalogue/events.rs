//! EventBridge's event buses.
//!
//! Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html>

use super::{
    Completeness, MetricSpec, Namespace,
    Precondition::{CustomEventBus, DefaultEventBus},
    Sensible, Sets,
};
use crate::Unit;

const NAME: &str = "AWS/Events";
/// "Every minute", best effort; two minutes on top are assumed.
const EVENTS_DELAY_S: u32 = 180;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[(&["RuleName"], DefaultEventBus), (&["EventBusName", "RuleName"], CustomEventBus)],
    completeness: Completeness::Complete,
};

const RULE: Sets = &[&["RuleName"], &["EventBusName", "RuleName"]];
const RULE_OR_ACCOUNT: Sets = &[&["RuleName"], &["EventBusName", "RuleName"], &[]];
const RULE_OR_BUS: Sets = &[&["RuleName"], &["EventBusName", "RuleName"], &["EventBusName"], &[]];
const MATCHED: Sets = &[
    &["RuleName"],
    &["EventBusName", "RuleName"],
    &["EventBusName"],
    &["EventSourceName"],
    &["EventBusName", "EventSourceName"],
];
const BUS: Sets = &[&["EventBusName"]];
const SOURCE: Sets = &[&["EventSourceName"]];
const ACCOUNT: Sets = &[&[]];

const fn count(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Count, sets, EVENTS_DELAY_S).statistics(Sensible::COUNT)
}

const fn time(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Milliseconds, sets, EVENTS_DELAY_S).statistics(Sensible::DURATION)
}

const fn partner(name: &'static str) -> MetricSpec {
    count(name, ACCOUNT).uses(PARTNER)
}

const PARTNER: &str = "the account is a SaaS partner's";
const DEAD_LETTERS: &str = "the target has a dead-letter queue";
const BUS_KEY: &str = "the bus is encrypted with a customer key";

const METRICS: &[MetricSpec] = &[
    // Not sent when it is zero.
    count("Invocations", RULE_OR_ACCOUNT),
    count("FailedInvocations", RULE).on_errors(),
    // Events that are dropped to avoid a loop, not dead letters.
    count("DeadLetterInvocations", RULE).on_errors(),
    count("InvocationsSentToDlq", RULE).on_errors().uses(DEAD_LETTERS),
    count("InvocationsFailedToBeSentToDlq", RULE).on_errors().uses(DEAD_LETTERS),
    count("InvocationsCreated", ACCOUNT),
    count("InvocationAttempts", RULE_OR_BUS),
    count("RetryInvocationAttempts", RULE_OR_BUS).on_errors(),
    count("SuccessfulInvocationAttempts", RULE_OR_BUS),
    count("TriggeredRules", RULE_OR_BUS),
    count("ThrottledRules", RULE_OR_BUS).on_errors(),
    count("MatchedEvents", MATCHED),
    count("Events", SOURCE).uses("the bus receives the events of a partner"),
    time("IngestiontoInvocationStartLatency", RULE_OR_BUS),
    time("IngestiontoInvocationCompleteLatency", RULE_OR_BUS),
    time("IngestionToInvocationSuccessLatency", RULE_OR_BUS),
    count("EventBusEncryptionStarted", BUS).uses(BUS_KEY),
    count("EventBusEncryptionCompleted", BUS).uses(BUS_KEY),
    count("EventBusEncryptionFailed", BUS).on_errors().uses(BUS_KEY),
    count("PutEventsApproximateCallCount", ACCOUNT),
    count("PutEventsApproximateSuccessCount", ACCOUNT),
    count("PutEventsApproximateFailedCount", ACCOUNT),
    count("PutEventsApproximateThrottledCount", ACCOUNT),
    count("PutEventsEntriesCount", ACCOUNT),
    count("PutEventsFailedEntriesCount", ACCOUNT),
    time("PutEventsLatency", ACCOUNT),
    MetricSpec::new(NAME, "PutEventsRequestSize", Unit::Bytes, ACCOUNT, EVENTS_DELAY_S)
        .statistics(Sensible::AMOUNT),
    partner("PutPartnerEventsApproximateCallCount"),
    partner("PutPartnerEventsApproximateSuccessCount"),
    partner("PutPartnerEventsApproximateFailedCount"),
    partner("PutPartnerEventsApproximateThrottledCount"),
    partner("PutPartnerEventsEntriesCount"),
    partner("PutPartnerEventsFailedEntriesCount"),
    time("PutPartnerEventsLatency", ACCOUNT).uses(PARTNER),
];
