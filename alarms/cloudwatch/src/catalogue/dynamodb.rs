//! DynamoDB.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html>
//!
//! `UserErrors` is a metric of the account, `SystemErrors` and `ThrottledRequests` are published for each operation of a
//! table and never for the table alone. The dimension of an index is `GlobalSecondaryIndexName`.

use super::{
    Completeness, MetricSpec, Namespace,
    Precondition::{GlobalSecondaryIndex, ProvisionedCapacity},
    Presence, Sensible, Sets, Stamp,
};
use crate::Unit;

const NAME: &str = "AWS/DynamoDB";
/// Aggregated at one-minute intervals; a minute on top is assumed.
const MINUTE_DELAY_S: u32 = 120;
/// Aggregated at five-minute intervals; two minutes on top are assumed.
const FIVE_MINUTES_DELAY_S: u32 = 420;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[
        (&["GlobalSecondaryIndexName", "TableName"], GlobalSecondaryIndex),
        (&["GlobalSecondaryIndexName", "Source", "TableName"], GlobalSecondaryIndex),
    ],
    completeness: Completeness::Complete,
};

const ACCOUNT: Sets = &[&[]];
const TABLE: Sets = &[&["TableName"]];
const TABLE_OR_INDEX: Sets = &[&["TableName"], &["GlobalSecondaryIndexName", "TableName"]];
const WRITES: Sets = &[
    &["TableName"],
    &["GlobalSecondaryIndexName", "TableName"],
    &["Source", "TableName"],
    &["GlobalSecondaryIndexName", "Source", "TableName"],
];
const INDEX: Sets = &[&["GlobalSecondaryIndexName", "TableName"]];
const OPERATION: Sets = &[&["Operation", "TableName"]];
const STATEMENT: Sets = &[&["Operation", "TableName"], &["Operation", "TableName", "Verb"]];
const LATENCY: Sets = &[
    &["Operation", "TableName"],
    &["Operation", "TableName", "Verb"],
    &["Operation", "OperationType", "TableName"],
    &["Operation", "StreamLabel", "TableName"],
];
const STREAM: Sets = &[&["Operation", "StreamLabel", "TableName"]];
const REPLICA: Sets = &[&["ReceivingRegion", "TableName"]];
const REPLICA_PAIR: Sets = &[&["ReceivingRegion", "SourceRegion", "TableName"]];
const DELEGATED: Sets = &[&["DelegatedOperation", "TableName"]];

const ALL: Sensible = Sensible::GAUGE.and(Sensible::COUNT);
const EVENTS: Sensible = Sensible::COUNT.and(Sensible::MINIMUM).and(Sensible::MAXIMUM);

const fn metric(name: &'static str, unit: Unit, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, unit, sets, MINUTE_DELAY_S).stamped(Stamp::Sampled)
}

/// Only sent when it is not zero.
const fn errors(name: &'static str, sets: Sets) -> MetricSpec {
    metric(name, Unit::Count, sets).statistics(Sensible::COUNT).on_errors()
}

const fn throttles(name: &'static str, sets: Sets) -> MetricSpec {
    errors(name, sets).statistics(EVENTS)
}

const fn level(name: &'static str, unit: Unit, sets: Sets) -> MetricSpec {
    metric(name, unit, sets).gauge().delayed(FIVE_MINUTES_DELAY_S)
}

const fn consumed(name: &'static str, sets: Sets) -> MetricSpec {
    metric(name, Unit::Count, sets).statistics(ALL).present(Presence::Always)
}

const fn provisioned(name: &'static str) -> MetricSpec {
    level(name, Unit::Count, TABLE_OR_INDEX).present(Presence::Always).needs(ProvisionedCapacity)
}

const fn index_build(name: &'static str) -> MetricSpec {
    metric(name, Unit::Count, INDEX)
        .statistics(ALL)
        .delayed(FIVE_MINUTES_DELAY_S)
        .uses("an index is being built")
}

const ON_DEMAND_MAXIMUM: &str = "the table has an on-demand maximum";
const GLOBAL_TABLE: &str = "the table is a global table";
const STREAMS: &str = "the table's stream is read";
const KINESIS: &str = "the table has a Kinesis stream as destination";
const TRANSACTIONS: &str = "transactions are used";

const METRICS: &[MetricSpec] = &[
    consumed("ConsumedReadCapacityUnits", TABLE_OR_INDEX),
    consumed("ConsumedWriteCapacityUnits", WRITES),
    provisioned("ProvisionedReadCapacityUnits"),
    provisioned("ProvisionedWriteCapacityUnits"),
    level("OnDemandMaxReadRequestUnits", Unit::Count, TABLE_OR_INDEX).uses(ON_DEMAND_MAXIMUM),
    level("OnDemandMaxWriteRequestUnits", Unit::Count, TABLE_OR_INDEX).uses(ON_DEMAND_MAXIMUM),
    errors("ReadThrottleEvents", TABLE_OR_INDEX),
    errors("WriteThrottleEvents", TABLE_OR_INDEX),
    throttles("ReadAccountLimitThrottleEvents", TABLE_OR_INDEX),
    throttles("ReadKeyRangeThroughputThrottleEvents", TABLE_OR_INDEX),
    throttles("ReadMaxOnDemandThroughputThrottleEvents", TABLE_OR_INDEX),
    throttles("ReadProvisionedThroughputThrottleEvents", TABLE_OR_INDEX),
    // The page names the table alone.
    throttles("WriteAccountLimitThrottleEvents", TABLE),
    throttles("WriteKeyRangeThroughputThrottleEvents", TABLE_OR_INDEX),
    throttles("WriteMaxOnDemandThroughputThrottleEvents", TABLE_OR_INDEX),
    throttles("WriteProvisionedThroughputThrottleEvents", TABLE_OR_INDEX),
    metric("SuccessfulRequestLatency", Unit::Milliseconds, LATENCY).statistics(Sensible::AMOUNT),
    metric("ReturnedItemCount", Unit::Count, STATEMENT).statistics(ALL),
    errors("SystemErrors", OPERATION),
    errors("ThrottledRequests", STATEMENT),
    errors("UserErrors", ACCOUNT),
    errors("ConditionalCheckFailedRequests", TABLE).statistics(ALL),
    errors("TransactionConflict", TABLE).statistics(ALL).uses(TRANSACTIONS),
    metric("TimeToLiveDeletedItemCount", Unit::Count, TABLE).uses("the table has a time to live"),
    errors("FaultInjectionServiceInducedErrors", OPERATION).uses("a fault injection experiment runs"),
    metric("ReturnedBytes", Unit::Bytes, STREAM).statistics(ALL).uses(STREAMS),
    metric("ReturnedRecordsCount", Unit::Count, STREAM).statistics(ALL).uses(STREAMS),
    index_build("OnlineIndexConsumedWriteCapacity"),
    index_build("OnlineIndexPercentageProgress"),
    index_build("OnlineIndexThrottleEvents"),
    level("ReplicationLatency", Unit::Milliseconds, REPLICA).uses(GLOBAL_TABLE),
    level("PendingReplicationCount", Unit::Count, REPLICA)
        .statistics(Sensible::AVERAGE.and(Sensible::COUNT))
        .uses("the table is a global table of version 2017.11.29"),
    // In AWS's table of supported metrics only, which has no units.
    level("ReplicationLag", Unit::None, REPLICA_PAIR).uses(GLOBAL_TABLE),
    level("AgeOfOldestUnreplicatedRecord", Unit::Milliseconds, DELEGATED).uses(KINESIS),
    level("ConsumedChangeDataCaptureUnits", Unit::Count, DELEGATED).uses(KINESIS),
    level("ThrottledPutRecordCount", Unit::Count, DELEGATED)
        .statistics(Sensible::GAUGE.and(Sensible::SAMPLE_COUNT))
        .uses(KINESIS),
    level("FailedToReplicateRecordCount", Unit::Count, DELEGATED)
        .statistics(Sensible::SUM)
        .on_errors()
        .uses(KINESIS),
    level("AccountMaxReads", Unit::Count, ACCOUNT).statistics(Sensible::MAXIMUM),
    level("AccountMaxWrites", Unit::Count, ACCOUNT).statistics(Sensible::MAXIMUM),
    level("AccountMaxTableLevelReads", Unit::Count, ACCOUNT).statistics(Sensible::MAXIMUM),
    level("AccountMaxTableLevelWrites", Unit::Count, ACCOUNT).statistics(Sensible::MAXIMUM),
    level("AccountProvisionedReadCapacityUtilization", Unit::Percent, ACCOUNT),
    level("AccountProvisionedWriteCapacityUtilization", Unit::Percent, ACCOUNT),
    level("MaxProvisionedTableReadCapacityUtilization", Unit::Percent, ACCOUNT),
    level("MaxProvisionedTableWriteCapacityUtilization", Unit::Percent, ACCOUNT),
];
