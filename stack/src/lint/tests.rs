//! The public dead alarms with their corrected twins, our own templates, and what is read of a template.

mod hostile;

use super::*;
use crate::tests::{apps, local};

/// As `severity rule resource/property: message; hint`.
fn told(report: &Report) -> Vec<String> {
    let told = report.findings.iter().map(|own| {
        let severity = if own.severity == Severity::Error { "error" } else { "warning" };
        format!("{severity} {} {}/{}: {}; {}", own.rule, own.resource, own.property, own.message, own.hint)
    });
    told.collect()
}

macro_rules! fixture {
    ($name:literal, $end:literal) => {
        [
            include_str!(concat!("fixtures/", $name, "-dead.", $end)),
            include_str!(concat!("fixtures/", $name, "-corrected.", $end)),
        ]
    };
}

const INDEX: &str = "ThrottleEvents is never published with {GlobalSecondaryIndex, TableName}; it is published with {GlobalSecondaryIndexName, TableName}";

/// Kinds of alarms that were public for years and could never fire: what is found in each. Their corrected twins have no finding.
const DEAD: [([&str; 2], &[&str]); 9] = [
    (
        fixture!("d1", "yaml"),
        &[
            "error unknown-metric WorkflowErrorsAlarm/MetricName: AWS/States has no metric ExecutionsFailedCount; ExecutionsFailed is meant",
        ],
    ),
    (
        fixture!("d2", "json"),
        &[
            "error unknown-metric OrdersStepFunctionsStateMachineExecutionsTimeOutAlarm/MetricName: AWS/States has no metric ExecutionsTimeOut; ExecutionsTimedOut is meant",
        ],
    ),
    (
        fixture!("d3", "json"),
        &[
            "error dimensions-never-published DdbSystemErrorsAlarmOrdersTable/Dimensions: AWS/DynamoDB SystemErrors is never published with {TableName}; it is published with {Operation, TableName}",
        ],
    ),
    (
        fixture!("d4", "json"),
        &[
            "error dimensions-never-published DdbUserErrorsAlarmOrdersTable/Dimensions: AWS/DynamoDB UserErrors is never published with {TableName}; it is published with no dimension",
        ],
    ),
    (
        fixture!("d5", "json"),
        &[
            "error dimensions-never-published DdbReadThrottleEventsAlarmByDay/Dimensions: AWS/DynamoDB Read",
            "error dimensions-never-published DdbWriteThrottleEventsAlarmByDay/Dimensions: AWS/DynamoDB Write",
        ],
    ),
    (
        fixture!("d6", "json"),
        &[
            "error unmet-precondition MonitoringFailedAlarm9C0D/Metrics/0/MetricStat/Metric/Dimensions: LambdaFunctionsFailed with these dimensions has data only where a task's Resource is the function's ARN, not arn:aws:states:::lambda:invoke; watch AWS/Lambda Errors by FunctionName",
        ],
    ),
    (
        fixture!("d7", "json"),
        &[
            "error dimensions-never-published FooFunctionErrorsAlarm/Dimensions: AWS/Lambda Errors is never published with {FooLambdaFunction}; it is published with {FunctionName}",
        ],
    ),
    (
        fixture!("d8", "yaml"),
        &[
            "error unknown-metric AppServerCpuLowAlarm/MetricName: AWS/EC2 has no metric AppServerCpuLowUtilization; AWS/EC2 has CPUUtilization",
            "error unknown-metric WebServerCpuHighAlarm/MetricName: AWS/EC2 has no metric WebServerCpuHighUtilization; AWS/EC2 has CPUUtilization",
        ],
    ),
    (
        fixture!("d9", "json"),
        &[
            "error unmet-precondition FormsDdosAlarm/Dimensions: BlockedRequests with these dimensions has data only where the web ACL's scope is CLOUDFRONT; add the dimension Region: the web ACL's scope is REGIONAL",
        ],
    ),
];

#[test]
fn dead_alarms_are_found_and_corrected_ones_are_not() {
    for (at, ([dead, corrected], expected)) in DEAD.into_iter().enumerate() {
        let name = format!("d{}", at + 1);
        let found = told(&lint_text(&name, dead, None).unwrap());
        assert_eq!(found.len(), expected.len(), "{name}: {found:#?}");
        for (found, begin) in found.iter().zip(expected) {
            assert!(found.starts_with(begin), "{name}: {found}");
            assert!(name != "d5" || found.contains(INDEX), "{found}");
        }
        let report = lint_text(&name, corrected, None).unwrap();
        assert_eq!(told(&report), Vec::<String>::new(), "{name}");
    }
}

/// Our own templates are held to the same rules.
#[test]
fn our_own_templates_have_no_finding() {
    for app in apps() {
        let environment = app.environment();
        let report = lint_template(&app.lower(), &environment.region.to_string()).unwrap();
        assert_eq!(told(&report), Vec::<String>::new(), "{}", environment.name);
    }
}

/// The rules do see our alarms: each of these changes is found.
#[test]
fn a_mistake_in_our_own_template_is_found() {
    let text = local().lower().to_json_string();
    for (from, to, rule) in [
        ("\"ExecutionsTimedOut\"", "\"ExecutionsTimeOut\"", "unknown-metric"),
        ("\"StateMachineArn\"", "\"StateMachine\"", "dimensions-never-published"),
        ("${StateMachine.Arn}", "${StateMachine.Name}", "wrong-dimension-value"),
        ("\"Stat\": \"Sum\"", "\"Stat\": \"p99\"", "senseless-statistic"),
        ("\"ApplicationLogLevel\": \"INFO\"", "\"ApplicationLogLevel\": \"WARN\"", "log-level-drops-metrics"),
        ("Timeouts\"", "Timeout\"", "missing-metric-filter"),
        ("ALARM(\\\"", "ALARM(\\\"x-", "missing-child-alarm"),
    ] {
        // Once, so that a filter and its alarm differ.
        let changed =
            if rule == "missing-metric-filter" { text.replacen(from, to, 1) } else { text.replace(from, to) };
        assert_ne!(changed, text, "{from}");
        let report = lint_text("template.json", &changed, Some("ap-northeast-2")).unwrap();
        let rules: Vec<_> = report.findings.iter().map(|own| own.rule).collect();
        assert!(rules.contains(&rule), "{rule}: {rules:?}");
    }
}

/// What a template says of its resources, in both forms of alarms.
const SHOP: &str = r#"
Parameters:
  Limit: {Type: Number}
  Periods: {Type: Number}
Resources:
  Page: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: alias/aws/sns}}
  Slow: {Type: AWS::Lambda::Function, Properties: {Timeout: 900}}
  Acl: {Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: g, FilterPattern: x, MetricTransformations: [{MetricNamespace: Shop, MetricName: Refusals, MetricValue: "1"}]}}
  A: &alarm
    Type: AWS::CloudWatch::Alarm
    Properties: &properties
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions: [{Name: FunctionName, Value: !Ref Slow}]
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      AlarmActions: [!Ref Page]
"#;

/// Findings and reasons on an alarm `B` that is like `A` but for these properties.
fn on_shop(properties: &str, region: Option<&str>) -> (Vec<String>, Vec<String>) {
    let text = format!(
        "{SHOP}  B: {{Type: AWS::CloudWatch::Alarm, Properties: {{<<: *properties, {properties}}}}}\n"
    );
    let report = lint_text("shop.yaml", &text, region).unwrap();
    let findings = told(&report).into_iter().filter(|finding| finding.contains(" B/"));
    let reasons = report.not_judged.iter().filter(|own| own.resource == "B").map(|own| own.reason.clone());
    (findings.map(|finding| finding.split(" B/").collect::<Vec<_>>().join(" ")).collect(), reasons.collect())
}

#[test]
fn what_belongs_to_an_alarm_is_read_from_the_template() {
    let report = lint_text("shop.yaml", SHOP, None).unwrap();
    let rules: Vec<_> = report.findings.iter().map(|own| (own.rule, own.resource.as_str())).collect();
    let expected = [
        ("window-shorter-than-timeout", "A"),
        ("alarm-topic-with-default-key", "Page"),
        ("alarm-topic-without-subscriber", "Page"),
    ];
    assert_eq!(rules, expected);
}

#[test]
fn each_property_counts() {
    const WIDE: &str = "Period: 3600, ";
    for (properties, region, findings, reasons) in [
        ("", None, &["error window-shorter-than-timeout"][..], &[][..]),
        (WIDE, None, &[], &[]),
        ("Period: 3600, AlarmActions: []", None, &["warning alarm-without-action"], &[]),
        ("Period: 3600, ActionsEnabled: false", None, &["warning alarm-without-action"], &[]),
        ("Period: \"90\"", None, &["error window-shorter", "error alarm-definition"], &[]),
        ("Period: 3600, Statistic: Sums", None, &["error alarm-definition"], &[]),
        ("Period: 3600, ComparisonOperator: Greater", None, &["error alarm-definition"], &[]),
        ("Period: 3600, Threshold: [1]", None, &["error alarm-definition"], &[]),
        (
            "Dimensions: [{Name: FunctionName, Value: !GetAtt Slow.Arn}]",
            None,
            &["error wrong-dimension-value"],
            &[],
        ),
        ("Dimensions: [{Name: FunctionName, Value: Slow}]", None, &["error wrong-dimension-value"], &[]),
        ("Namespace: Shop, MetricName: Refusal, Dimensions: []", None, &["error missing-metric-filter"], &[]),
        ("Namespace: Shop, MetricName: Refusals, Dimensions: []", None, &[], &[]),
        (
            "Namespace: AWS/Bedrock, MetricName: Invocations, Dimensions: [{Name: ModelId, Value: us.x}]",
            Some("ap-northeast-2"),
            &["error metric-of-another-region"],
            &[],
        ),
        (
            "Metrics: [{Id: m, ReturnData: false, MetricStat: {Metric: {Namespace: AWS/SQS, MetricName: NumberOfMessagesSent, Dimensions: [{Name: QueueName, Value: q}]}, Period: 60, Stat: Sum}}, {Id: e, Expression: \"FILL(m, 0)\"}]",
            None,
            &["error fill-decides"],
            &[],
        ),
        (
            "Period: 3600, Threshold: !Ref Limit, EvaluationPeriods: !Ref Periods",
            None,
            &[],
            &["known only once it is deployed: EvaluationPeriods, Threshold"],
        ),
        (
            "Period: 3600, ComparisonOperator: GreaterThanUpperThreshold",
            None,
            &[],
            &["not judged: a band of anomaly detection"],
        ),
        (
            "Metrics: [{Id: q, Expression: SELECT SUM(Errors) FROM x, Period: 60}]",
            None,
            &[],
            &["not judged: a query of Metrics Insights"],
        ),
        (
            "Metrics: [{Id: q, Expression: \"SUM(SEARCH('x', 'Sum', 60))\"}]",
            None,
            &[],
            &["not judged: the function SEARCH is not supported here"],
        ),
        ("ExtendedStatistic: tm99, Period: 3600", None, &[], &["not judged: the statistic tm99"]),
        (
            "MetricName: !ImportValue x",
            None,
            &[],
            &["the metric is known only once it is deployed: ${Fn::ImportValue}"],
        ),
    ] {
        let (found, why) = on_shop(properties, region);
        assert_eq!(found.len(), findings.len(), "{properties}: {found:?}");
        for (found, begin) in found.iter().zip(findings) {
            assert!(found.starts_with(begin), "{properties}: {found}");
        }
        assert_eq!(why, reasons, "{properties}");
    }
}

#[test]
fn other_kinds_of_alarms_are_named() {
    let text = "
Resources:
  L: {Type: AWS::CloudWatch::LogAlarm}
  O: {Type: AWS::CloudWatch::Alert}
  P: {Type: AWS::CloudWatch::Alarm, Properties: {EvaluationCriteria: {PromQLCriteria: {Query: up}}, AlarmActions: [a]}}
  C: {Type: AWS::CloudWatch::CompositeAlarm, Properties: {AlarmRule: !Sub 'ALARM(${L}) OR ALARM(${P.Arn}) OR ALARM(${Q})', AlarmActions: [a]}}
";
    let report = lint_text("t", text, None).unwrap();
    assert_eq!(told(&report), Vec::<String>::new());
    let reasons: Vec<_> =
        report.not_judged.iter().map(|own| format!("{}: {}", own.resource, own.reason)).collect();
    let expected = [
        "C: known only once it is deployed: AlarmRule ${Q}",
        "L: not judged: AWS::CloudWatch::LogAlarm",
        "O: not judged: AWS::CloudWatch::Alert",
        "P: not judged: EvaluationCriteria, which is PromQL",
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn a_region_is_taken_from_what_the_roles_may_call() {
    let text = |region: &str| {
        format!(
            "
Resources:
  R: {{Type: AWS::IAM::Role, Properties: {{Policies: [{{PolicyDocument: {{Statement: [{{Action: 'bedrock:InvokeModel', Resource: !Sub 'arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/x'}}]}}}}]}}}}
  A: {{Type: AWS::CloudWatch::Alarm, Properties: {{Namespace: AWS/Bedrock, MetricName: InvocationThrottles, Dimensions: [{{Name: ModelId, Value: x}}], Statistic: Sum, Period: 60, EvaluationPeriods: 5, Threshold: 1, ComparisonOperator: GreaterThanThreshold, AlarmActions: [a]}}}}
"
        )
    };
    let rules = |region: &str| {
        let report = lint_text("t", &text(region), Some("ap-northeast-2")).unwrap();
        report.findings.iter().map(|own| own.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules("us-east-1"), ["metric-of-another-region"]);
    assert_eq!(rules("${AWS::Region}"), Vec::<&str>::new());
    assert_eq!(rules("*"), Vec::<&str>::new());
}
