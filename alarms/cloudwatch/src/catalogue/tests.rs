//! The catalogue's shape and lookups, and the dead alarms of public projects.

use std::collections::BTreeSet;

use super::*;
use crate::Statistic;

fn spec(namespace: &str, name: &str) -> &'static MetricSpec {
    find(namespace, name).unwrap_or_else(|| panic!("{namespace} {name}"))
}

fn all() -> impl Iterator<Item = &'static MetricSpec> {
    namespaces().flat_map(metrics)
}

#[test]
fn each_name_stands_once_in_its_namespace() {
    assert_eq!(namespaces().collect::<BTreeSet<_>>().len(), namespaces().count());
    let mut names = BTreeSet::new();
    for metric in all() {
        assert!(names.insert((metric.namespace, metric.name)), "{} {}", metric.namespace, metric.name);
    }
    for namespace in namespaces() {
        assert!(metrics(namespace).iter().all(|metric| metric.namespace == namespace), "{namespace}");
    }
}

#[test]
fn sets_are_sorted_and_stand_once() {
    for metric in all() {
        assert!(!metric.dimension_sets.is_empty(), "{}", metric.name);
        for set in metric.dimension_sets {
            assert!(set.is_sorted(), "{} {set:?}", metric.name);
            assert_eq!(set.iter().collect::<BTreeSet<_>>().len(), set.len(), "{} {set:?}", metric.name);
        }
        let sets: BTreeSet<_> = metric.dimension_sets.iter().collect();
        assert_eq!(sets.len(), metric.dimension_sets.len(), "{}", metric.name);
    }
}

/// A new metric without dimensions has to be meant: it is a total of the account.
#[test]
fn these_namespaces_have_totals_of_the_account() {
    let totals: BTreeSet<_> = all()
        .filter(|metric| metric.dimension_sets.contains(&&[][..]))
        .map(|metric| metric.namespace)
        .collect();
    let expected = ["Bedrock", "DynamoDB", "EC2", "Events", "Lambda", "Logs", "SNS", "States"];
    assert!(totals.into_iter().eq(expected.map(|name| format!("AWS/{name}"))));
}

#[test]
fn every_metric_has_a_statistic_and_a_delay() {
    for metric in all() {
        assert!(!metric.statistics.to_string().is_empty(), "{}", metric.name);
        assert!((60..=3_720).contains(&metric.delay_s), "{}", metric.name);
    }
}

#[test]
fn every_precondition_of_a_set_belongs_to_a_published_set() {
    for namespace in &CATALOGUE {
        for (set, _) in namespace.set_preconditions {
            let mut metrics = namespace.metrics.iter();
            assert!(metrics.any(|metric| metric.dimension_sets.contains(set)), "{} {set:?}", namespace.name);
        }
    }
}

#[test]
fn an_unknown_namespace_is_not_judged() {
    assert!(!is_known_namespace("AiChefOps"));
    assert!(!is_known_namespace("aws/states"));
    assert_eq!(nearest_name("AiChefOps", "ExecutionsFailed"), None);
    assert!(metrics("AiChefOps").is_empty());
}

#[test]
fn metric_names_that_do_not_exist_are_found() {
    for (namespace, name, nearest) in [
        ("AWS/States", "ExecutionsFailedCount", Some("ExecutionsFailed")),
        ("AWS/States", "ExecutionsTimeOut", Some("ExecutionsTimedOut")),
        ("AWS/States", "executionsfailed", Some("ExecutionsFailed")),
        ("AWS/Lambda", "Error", Some("Errors")),
        ("AWS/Lambda", "Timeouts", None),
        ("AWS/ApiGateway", "5XXErrors", Some("5XXError")),
        ("AWS/SQS", "", None),
        ("AWS/EC2", "CPUUtilisation", Some("CPUUtilization")),
        ("AWS/EC2", "WebServerCpuHighUtilization", None),
        ("AWS/EC2", "AppServerCpuLowUtilization", None),
    ] {
        assert_eq!(find(namespace, name), None, "{name}");
        assert_eq!(nearest_name(namespace, name), nearest, "{name}");
    }
}

#[test]
fn dimension_sets_that_are_never_published_are_found() {
    for (namespace, name, dimensions, nearest) in [
        ("AWS/DynamoDB", "SystemErrors", &["TableName"][..], &["Operation", "TableName"][..]),
        ("AWS/DynamoDB", "UserErrors", &["TableName"], &[]),
        (
            "AWS/DynamoDB",
            "ReadThrottleEvents",
            &["TableName", "GlobalSecondaryIndex"],
            &["GlobalSecondaryIndexName", "TableName"],
        ),
        (
            "AWS/DynamoDB",
            "WriteThrottleEvents",
            &["TableName", "GlobalSecondaryIndex"],
            &["GlobalSecondaryIndexName", "TableName"],
        ),
        // A dimension's name taken from a logical id.
        ("AWS/Lambda", "Errors", &["RecipeLambdaFunction"], &["FunctionName"]),
        ("AWS/States", "LambdaFunctionsFailed", &["StateMachineArn"], &["LambdaFunctionArn"]),
        ("AWS/ApiGateway", "4XXError", &["ApiId"], &["ApiName"]),
        ("AWS/SNS", "NumberOfNotificationsFailed", &["TopicArn"], &["TopicName"]),
        ("AWS/Bedrock", "Invocations", &["Model"], &["ModelId"]),
        ("AWS/WAFV2", "BlockedRequests", &["Region", "WebAclName", "Rule"], &["Region", "Rule", "WebACL"]),
    ] {
        let metric = spec(namespace, name);
        let given = || dimensions.iter().copied();
        assert_eq!(metric.published(given()), Published::Never, "{name} {dimensions:?}");
        assert!(!metric.publishes(given()));
        assert_eq!(metric.nearest_set(given()), Some(nearest), "{name} {dimensions:?}");
    }
}

#[test]
fn published_sets_are_known_in_any_order() {
    for (namespace, name, dimensions) in [
        ("AWS/DynamoDB", "SystemErrors", &["TableName", "Operation"][..]),
        ("AWS/DynamoDB", "UserErrors", &[]),
        ("AWS/DynamoDB", "ReadThrottleEvents", &["TableName", "GlobalSecondaryIndexName"]),
        ("AWS/Lambda", "Errors", &["FunctionName"]),
        ("AWS/Lambda", "Errors", &["Resource", "FunctionName"]),
        ("AWS/States", "ExecutionsFailed", &["StateMachineArn"]),
        ("AWS/Bedrock", "InvocationThrottles", &["ModelId"]),
    ] {
        let metric = spec(namespace, name);
        assert!(metric.publishes(dimensions.iter().copied()), "{name} {dimensions:?}");
        assert_eq!(metric.nearest_set(dimensions.iter().copied()).unwrap().len(), dimensions.len());
    }
    // One dimension twice is no set of two.
    assert!(!spec("AWS/Lambda", "Errors").publishes(["FunctionName", "FunctionName"]));
}

#[test]
fn a_set_of_known_names_is_not_judged_where_the_list_is_open() {
    let blocked = spec("AWS/WAFV2", "BlockedRequests");
    assert_eq!(blocked.published(["WebACL", "LabelNamespace", "Label"]), Published::NotKnown);
    assert_eq!(blocked.published(["WebACL", "Host"]), Published::Never);
    assert_eq!(spec("AWS/Bedrock", "Invocations").published(["ModelId", "ServiceTier"]), Published::NotKnown);
    assert_eq!(spec("AWS/Lambda", "Errors").published(["Resource"]), Published::Never);
}

/// The web ACL of a load balancer has a `Region`, one for `CloudFront` has none: the scope tells them apart.
#[test]
fn preconditions_come_from_the_metric_and_from_the_set() {
    let blocked = spec("AWS/WAFV2", "BlockedRequests");
    assert_eq!(blocked.preconditions(["WebACL", "Rule"]), [Precondition::CloudFrontWebAcl]);
    assert_eq!(blocked.preconditions(["WebACL", "Rule", "Region"]), [Precondition::RegionalWebAcl]);
    let failed = spec("AWS/States", "LambdaFunctionsFailed");
    assert_eq!(failed.preconditions(["LambdaFunctionArn"]), [Precondition::LambdaArnTask]);
    let errors = spec("AWS/ApiGateway", "5XXError");
    let method = ["ApiName", "Stage", "Method", "Resource"];
    assert_eq!(errors.preconditions(method), [Precondition::RestApi, Precondition::DetailedApiMetrics]);
    assert_eq!(spec("AWS/Lambda", "Errors").preconditions(["FunctionName"]), []);
}

#[test]
fn statistics_that_say_nothing_are_known() {
    for (namespace, name, statistic, is_sensible) in [
        ("AWS/States", "ExecutionsFailed", "Sum", true),
        ("AWS/States", "ExecutionsFailed", "p99", false),
        ("AWS/States", "ExecutionsStarted", "SampleCount", false),
        ("AWS/States", "ExecutionTime", "p90", true),
        ("AWS/States", "ExecutionTime", "Sum", false),
        ("AWS/Lambda", "Duration", "p99.9", true),
        ("AWS/Lambda", "Errors", "Average", true),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", true),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Sum", false),
        ("AWS/DynamoDB", "SystemErrors", "Average", false),
    ] {
        let statistic: Statistic = statistic.parse().unwrap();
        assert_eq!(spec(namespace, name).judges(statistic), is_sensible, "{name} {statistic}");
    }
    assert_eq!(spec("AWS/DynamoDB", "SystemErrors").statistics.to_string(), "Sum, SampleCount");
    assert_eq!(Sensible::DURATION.to_string(), "Average, Minimum, Maximum, a percentile");
}

#[test]
fn stamps_and_presence_are_those_of_the_documents() {
    assert_eq!(spec("AWS/Lambda", "Errors").stamp, Stamp::Start);
    assert_eq!(spec("AWS/Lambda", "FailedInvokeEventCount").stamp, Stamp::End);
    assert_eq!(spec("AWS/States", "ExecutionTime").stamp, Stamp::End);
    assert_eq!(spec("AWS/States", "ExecutionThrottled").presence, Presence::OnErrors);
    assert_eq!(spec("AWS/DynamoDB", "SystemErrors").presence, Presence::OnErrors);
    assert_eq!(spec("AWS/DynamoDB", "ConsumedReadCapacityUnits").presence, Presence::Always);
    assert_eq!(spec("AWS/SQS", "ApproximateAgeOfOldestMessage").presence, Presence::WhileActive);
}

const ACCOUNT: &str = "ap-northeast-2:123456789012";

#[test]
fn a_value_of_the_wrong_kind_is_found() {
    let states = |rest: &str| format!("arn:aws:states:{ACCOUNT}:{rest}");
    let lambda = |rest: &str| format!("arn:aws:lambda:{ACCOUNT}:{rest}");
    for (dimension, value, problem) in [
        ("StateMachineArn", states("stateMachine:Cook"), None),
        ("StateMachineArn", "Cook".to_owned(), Some("is not an ARN")),
        ("StateMachineArn", lambda("function:f"), Some("is the ARN of another service")),
        ("StateMachineArn", states("activity:a"), Some("is the ARN of another kind of resource")),
        (
            "StateMachineArn",
            states("stateMachine:Cook:live"),
            Some("is the ARN of a version or an alias, which are dimensions of their own"),
        ),
        (
            "StateMachineArn",
            states("stateMachine:요리"),
            Some("has characters beyond ASCII, which CloudWatch drops or replaces"),
        ),
        ("LambdaFunctionArn", lambda("function:f:live"), None),
        ("LambdaFunctionArn", "f".to_owned(), Some("is not an ARN")),
        ("ServiceIntegrationResourceArn", "arn:aws:states:::lambda:invoke".to_owned(), None),
        (
            "ServiceIntegrationResourceArn",
            lambda("function:f"),
            Some("is not the ARN of an integration, such as arn:aws:states:::lambda:invoke"),
        ),
        ("FunctionName", "RecipeGenerator".to_owned(), None),
        ("FunctionName", lambda("function:f"), Some("is an ARN, not a name")),
        ("FunctionName", "f:live".to_owned(), Some("has characters that such a name cannot have")),
        ("FunctionName", String::new(), Some("is empty")),
        ("TableName", format!("arn:aws:dynamodb:{ACCOUNT}:table/orders"), Some("is an ARN, not a name")),
        ("TopicName", format!("arn:aws:sns:{ACCOUNT}:page"), Some("is an ARN, not a name")),
        ("QueueName", "orders.fifo".to_owned(), None),
        (
            "QueueName",
            "https://sqs.ap-northeast-2.amazonaws.com/123456789012/orders".to_owned(),
            Some("is a URL, not a name"),
        ),
        ("LogGroupName", "/aws/lambda/f".to_owned(), None),
        ("ModelId", "global.anthropic.claude-sonnet-4-5-20250929-v1:0".to_owned(), None),
        ("ModelId", format!("arn:aws:bedrock:{ACCOUNT}:application-inference-profile/a1"), None),
        ("ModelId", "Claude Sonnet".to_owned(), Some("is not the id or the ARN of a model")),
        ("Region", "us-gov-west-1".to_owned(), None),
        ("Region", "us-east-1a".to_owned(), Some("is not a region, such as us-east-1")),
        ("Region", "Seoul".to_owned(), Some("is not a region, such as us-east-1")),
        ("EventSourceMappingUUID", "a1b2c3d4-5678-90ab-cdef-111111111111".to_owned(), None),
        ("EventSourceMappingUUID", "orders".to_owned(), Some("is not a UUID")),
        ("Resource", "anything".to_owned(), None),
        ("Operation", "GetItem".to_owned(), None),
    ] {
        assert_eq!(value_problem(dimension, &value), problem, "{dimension} {value}");
    }
}

/// The README says this number.
#[test]
fn the_catalogue_has_as_many_metrics_as_it_is_said_to_have() {
    assert_eq!(all().count(), 332);
}
