//! The catalogue against AWS's tables of supported dimension combinations (`aws_supported.txt`). Each difference stands
//! here with its reason.

use std::collections::BTreeSet;

use super::{find, metrics, namespaces};

const TABLE: &str = include_str!("aws_supported.txt");

/// A metric with one of its sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    namespace: &'static str,
    metric: &'static str,
    set: String,
}

/// Entries of AWS's tables that the catalogue does not have: namespace, metrics, reason.
const NOT_IN_CATALOGUE: &[(&str, &[&str], &str)] = &[(
    "AWS/EC2",
    &[
        "GPUPowerUtilization",
        "InstanceEBSIOPSExceededCheck",
        "InstanceEBSThroughputExceededCheck",
        "NetworkMirrorIn",
        "NetworkMirrorOut",
        "NetworkPacketsMirrorIn",
        "NetworkPacketsMirrorOut",
        "NetworkPacketsSkipMirrorIn",
        "NetworkPacketsSkipMirrorOut",
        "NetworkSkipMirrorIn",
        "NetworkSkipMirrorOut",
        "StatusCheckFailed_Application",
    ],
    "no metric that an alarm of a serverless stack watches; the namespace is in for the alarms that stacks inherit",
)];

/// Sets of the catalogue, for metrics of AWS's tables, that the tables do not have: namespace, set, reason.
const NOT_IN_AWS_TABLE: &[(&str, &str, &str)] = &[
    ("AWS/Lambda", "", "totals of the account; the tables list sets that identify a resource"),
    ("AWS/Events", "", "totals of the account; the tables list sets that identify a resource"),
    ("AWS/EC2", "", "totals of the region; the tables list sets that identify a resource"),
    (
        "AWS/Lambda",
        "CapacityProviderName,FunctionName",
        "the total of the versions; an older edition of the page",
    ),
    ("AWS/ApiGateway", "ApiName", "the API without its stage: the developer guide of REST APIs"),
    (
        "AWS/ApiGateway",
        "ApiId,Method,Resource,Stage",
        "WebSocket APIs: the developer guide has it beside the route",
    ),
    ("AWS/Bedrock", "ModelId", "OutputImageCount: the user guide has ModelId for all metrics"),
    ("AWS/DynamoDB", "GlobalSecondaryIndexName,TableName", "an index has no tags; the developer guide"),
    (
        "AWS/DynamoDB",
        "Operation,StreamLabel,TableName",
        "SuccessfulRequestLatency of a stream; the developer guide",
    ),
    ("AWS/Events", "EventBusName", "a bus is no rule; the user guide"),
    ("AWS/Events", "RuleName", "latencies on the default bus; the user guide"),
    ("AWS/EC2", "AutoScalingGroupName", "groups of instances; the user guide"),
    ("AWS/EC2", "ImageId", "groups of instances; the user guide"),
    ("AWS/EC2", "InstanceType", "groups of instances; the user guide"),
    ("AWS/SNS", "Application", "mobile push: the developer guide"),
    ("AWS/SNS", "Application,Platform", "mobile push: the developer guide"),
    ("AWS/SNS", "Platform", "mobile push: the developer guide"),
    ("AWS/SNS", "Country,SMSType", "text messages: the developer guide"),
    ("AWS/SNS", "PhoneNumber", "text messages: the developer guide"),
];

fn table() -> BTreeSet<Entry> {
    let mut entries = BTreeSet::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let [_, namespace, sets, names] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        for metric in names.split(' ') {
            let sets = sets.split("; ").map(str::to_owned);
            entries.extend(sets.map(|set| Entry { namespace, metric, set }));
        }
    }
    entries
}

fn catalogue() -> BTreeSet<Entry> {
    let all = namespaces().flat_map(metrics);
    let entries = all.flat_map(|metric| {
        let of_set =
            |set: &&[&str]| Entry { namespace: metric.namespace, metric: metric.name, set: set.join(",") };
        metric.dimension_sets.iter().map(of_set)
    });
    entries.collect()
}

#[test]
fn the_table_is_read_whole() {
    let namespaces: BTreeSet<_> = table().into_iter().map(|entry| entry.namespace).collect();
    let expected = ["ApiGateway", "Bedrock", "DynamoDB", "EC2", "Events", "Lambda", "SNS", "SQS"];
    assert!(namespaces.into_iter().eq(expected.map(|name| format!("AWS/{name}"))));
    assert_eq!(table().len(), 287);
}

#[test]
fn every_combination_of_the_table_is_in_the_catalogue() {
    let excepted = |entry: &Entry| {
        let mut excepted = NOT_IN_CATALOGUE.iter();
        excepted.any(|(namespace, names, _)| *namespace == entry.namespace && names.contains(&entry.metric))
    };
    let missing: Vec<_> =
        table().difference(&catalogue()).filter(|entry| !excepted(entry)).cloned().collect();
    assert!(missing.is_empty(), "{missing:#?}");

    let known: Vec<_> = NOT_IN_CATALOGUE
        .iter()
        .flat_map(|(namespace, names, _)| names.iter().filter_map(|name| find(namespace, name)))
        .collect();
    assert!(known.is_empty(), "no longer a difference: {known:#?}");
}

#[test]
fn every_further_combination_of_the_catalogue_has_a_reason() {
    let table = table();
    let is_judged = |entry: &Entry| {
        table.iter().any(|other| other.namespace == entry.namespace && other.metric == entry.metric)
    };
    let further: BTreeSet<_> = catalogue()
        .difference(&table)
        .filter(|entry| is_judged(entry))
        .map(|entry| (entry.namespace, entry.set.clone()))
        .collect();
    let explained: BTreeSet<_> =
        NOT_IN_AWS_TABLE.iter().map(|(namespace, set, _)| (*namespace, (*set).to_owned())).collect();
    assert_eq!(further, explained);
}
