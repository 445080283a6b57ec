//! A small template with every type of resource, for the tests of this crate.

use std::collections::BTreeMap;

use crate::{
    List, LogicalId, Output, Parameter, Prop, Pseudo, RemovalPolicy, Resource, Sub, Template, Text, Value,
    checked,
    name::{
        Action, AlarmName, AttributeName, FilterName, FunctionName, LogGroupName, PolicyName, QueueName,
        RoleName, RuleName, ServicePrincipal, Sid, StateMachineName, TableName, TagKey, TargetId, TopicName,
        VariableName,
    },
    parameter::AllowedPattern,
    policy::{Operator, PolicyDocument, Principal, ResourceStatement, Statement, TrustStatement},
    resource::{
        ActionConfiguration, Alarm, Architecture, BillingMode, Code, CompositeAlarm, DataKeyReuseS,
        Datapoints, DeadLetter, Dimension, Environment, EventPattern, Function, FunctionTimeoutS,
        FunctionUrl, InlinePolicy, InputTransformer, LogDestination, LogGroup, LogLevel, Logging,
        MachineLogLevel, MachineLogging, MachineTracing, MachineType, Match, MemoryMb, Metric,
        MetricDataQuery, MetricFilter, MetricStat, MetricTransformation, PeriodS, Permission,
        PointInTimeRecovery, Protocol, Queue, QueuePolicy, QueueRetentionS, Retention, RetryPolicy, Role,
        Rule, RuleTarget, Runtime, Sse, StateMachine, StateMachineEncryption, Subscription, SuppressorS,
        SystemLogLevel, Table, Tags, TagsPropagation, TextKey, TimeToLive, Topic, TopicPolicy, Tracing,
        UrlAuth, WarmUp,
    },
    sub,
};

pub(crate) fn id(text: &str) -> LogicalId {
    LogicalId::new(text).unwrap()
}

fn key_arn() -> Value {
    Prop::reference(id("KeyArn"))
}

fn tags() -> Tags {
    Tags::from_iter([(checked!(TagKey, "environment"), Value::pseudo(Pseudo::StackName))])
}

fn role(service: &'static str, statements: Vec<Statement>) -> Role {
    let trust = TrustStatement::service(ServicePrincipal::new(service).unwrap());
    Role {
        role_name: None,
        description: Some(checked!(Text<1_000>, "what it may do")),
        trust: PolicyDocument::new([trust]),
        policies: vec![InlinePolicy {
            name: checked!(PolicyName, "own"),
            document: PolicyDocument::new(statements),
        }],
        tags: tags(),
    }
}

fn log_group(name: &str) -> Resource {
    Resource::new(LogGroup {
        log_group_name: Some(LogGroupName::new(name).unwrap().into()),
        retention: Some(Retention::Days30),
        kms_key_id: Some(key_arn()),
        tags: tags(),
    })
    .on_removal(RemovalPolicy::Delete)
}

fn function() -> Function {
    Function {
        function_name: Some(checked!(FunctionName, "greeter").into()),
        description: Some(checked!(Text<256>, "greets")),
        code: Code { bucket: Prop::reference(id("Bucket")), key: "greeter.zip".into() },
        handler: checked!(Text<128>, "bootstrap"),
        runtime: Runtime::ProvidedAl2023,
        architecture: Architecture::X86_64,
        memory_mb: checked!(MemoryMb, 256),
        timeout_s: checked!(FunctionTimeoutS, 10),
        role: Prop::arn_of(id("GreeterRole")),
        environment: Environment::from_iter([
            (checked!(VariableName, "TABLE"), Prop::reference(id("Greetings"))),
            (checked!(VariableName, "GREETING"), "안녕하세요".into()),
        ]),
        logging: Some(Logging::Json {
            log_group: Some(Prop::reference(id("GreeterLogs"))),
            system_log_level: SystemLogLevel::Info,
            application_log_level: LogLevel::Info,
        }),
        tracing: Some(Tracing::Active),
        reserved_concurrent_executions: Some(5),
        tags: tags(),
    }
}

fn table() -> Resource {
    Resource::new(Table {
        table_name: Some(checked!(TableName, "greetings").into()),
        key: TextKey(checked!(AttributeName, "who")),
        time_to_live: Some(TimeToLive { attribute: checked!(AttributeName, "TTL") }),
        billing_mode: BillingMode::PayPerRequest,
        point_in_time_recovery: PointInTimeRecovery { enabled: true },
        sse: Some(Sse { kms_key: key_arn() }),
        deletion_protection: true,
        tags: tags(),
    })
    .on_removal(RemovalPolicy::Retain)
}

/// The definition of the sample's state machine, as the template holds it.
pub(crate) const DEFINITION: &str = concat!(
    r#"{"StartAt":"Greet","States":{"Greet":{"Type":"Task","Resource":"${Greeter.Arn}","#,
    r#""TimeoutSeconds":20,"End":true}}}"#
);

fn state_machine() -> StateMachine {
    StateMachine {
        state_machine_name: Some(checked!(StateMachineName, "greeting").into()),
        machine_type: MachineType::Standard,
        definition: Sub::parse(DEFINITION).unwrap().into(),
        role_arn: Prop::arn_of(id("GreetingRole")),
        logging: Some(MachineLogging {
            level: MachineLogLevel::Error,
            include_execution_data: false,
            destinations: [LogDestination::log_group(Prop::arn_of(id("GreetingLogs")))],
        }),
        tracing: MachineTracing { enabled: true },
        encryption: Some(StateMachineEncryption::CustomerManaged {
            kms_key_id: key_arn(),
            data_key_reuse_s: Some(checked!(DataKeyReuseS, 300)),
        }),
        tags: tags(),
    }
}

fn rule() -> Rule {
    let status = [
        ("status".to_owned(), Match::any_of(["FAILED", "TIMED_OUT"])),
        ("stateMachineArn".to_owned(), Match::any_of([Value::reference(id("Greeting"))])),
    ];
    Rule {
        name: Some(checked!(RuleName, "ended").into()),
        description: Some(checked!(Text<512>, "greets again")),
        event_pattern: EventPattern {
            source: vec!["aws.states".to_owned()],
            detail_type: vec!["Step Functions Execution Status Change".to_owned()],
            resources: vec![],
            detail: BTreeMap::from(status),
        },
        targets: List::of([RuleTarget {
            id: checked!(TargetId, "again"),
            arn: Prop::arn_of(id("Greeter")),
            role_arn: None,
            input_transformer: Some(InputTransformer {
                input_paths: BTreeMap::from([("name".to_owned(), "$.detail.name".to_owned())]),
                input_template: r#"{"name": <name>}"#.into(),
            }),
            retry_policy: Some(RetryPolicy {
                attempts: checked!(crate::Whole<0, 185>, 8),
                event_age_s: checked!(crate::Whole<60, 86_400>, 3_600),
            }),
            dead_letter: Some(DeadLetter { arn: Prop::arn_of(id("Lost")) }),
        }]),
    }
}

fn queue() -> Queue {
    Queue {
        queue_name: Some(checked!(QueueName, "lost").into()),
        kms_master_key_id: Some(key_arn()),
        message_retention_s: Some(checked!(QueueRetentionS, 1_209_600)),
        tags: tags(),
    }
}

fn queue_policy() -> QueuePolicy {
    QueuePolicy {
        queues: List::of([Prop::reference(id("Lost"))]),
        document: PolicyDocument::new([ResourceStatement {
            principal: Principal::Service(checked!(ServicePrincipal, "events.amazonaws.com")),
            statement: Statement::allow(
                checked!(Sid, "Rule"),
                [checked!(Action, "sqs:SendMessage")],
                [Prop::arn_of(id("Lost"))],
            )
            .when(Operator::ArnEquals, "aws:SourceArn", [Prop::arn_of(id("Ended"))]),
        }]),
    }
}

fn metric_filter() -> MetricFilter {
    MetricFilter {
        filter_name: Some(checked!(FilterName, "late").into()),
        log_group_name: Prop::reference(id("GreeterLogs")),
        filter_pattern: checked!(Text<1_024>, "{ $.late = true }"),
        transformations: List::of([MetricTransformation {
            metric_namespace: checked!(Text<255>, "Greetings"),
            metric_name: checked!(Text<255>, "Late"),
            metric_value: "1".to_owned(),
            default_value: Some(0.0),
            unit: Some("Count".to_owned()),
        }]),
    }
}

fn topic() -> Topic {
    Topic {
        topic_name: Some(checked!(TopicName, "late").into()),
        display_name: Some(checked!(Text<100>, "greetings")),
        kms_master_key_id: Some(key_arn()),
        tags: tags(),
    }
}

fn topic_policy() -> TopicPolicy {
    TopicPolicy {
        topics: List::of([Prop::reference(id("Late"))]),
        document: PolicyDocument::new([ResourceStatement {
            principal: Principal::Service(checked!(ServicePrincipal, "cloudwatch.amazonaws.com")),
            statement: Statement::allow(
                checked!(Sid, "Publish"),
                [checked!(Action, "sns:Publish")],
                [Prop::reference(id("Late"))],
            ),
        }]),
    }
}

fn alarm() -> Alarm {
    let metric = Metric {
        namespace: "AWS/Lambda".to_owned(),
        metric_name: "Errors".to_owned(),
        dimensions: vec![Dimension {
            name: "FunctionName".to_owned(),
            value: Prop::reference(id("Greeter")),
        }],
    };
    let stat = MetricStat { metric, period_s: checked!(PeriodS, 60), stat: "Sum".to_owned() };
    let query = |id: &str, metric_stat, expression, return_data| MetricDataQuery {
        id: id.to_owned(),
        metric_stat,
        expression,
        return_data,
    };
    Alarm {
        alarm_name: Some(checked!(AlarmName, "late").into()),
        description: Some("greets late".into()),
        metrics: List::of([
            query("errors", Some(stat), None, false),
            query("twice", None, Some(checked!(Text<2_048>, "2 * errors")), true),
        ]),
        comparison_operator: "GreaterThanThreshold".to_owned(),
        threshold: 1.5,
        evaluation_periods: checked!(Datapoints, 3),
        datapoints_to_alarm: checked!(Datapoints, 2),
        treat_missing_data: "notBreaching".to_owned(),
        alarm_actions: vec![Prop::reference(id("Late"))],
        ok_actions: vec![Prop::reference(id("Late"))],
        warm_up: Some(WarmUp { minutes: checked!(crate::Whole<1, 2_880>, 30), only_after: false }),
        actions: Some(ActionConfiguration { alarm_tags_propagation: TagsPropagation { enabled: true } }),
        tags: tags(),
    }
}

fn composite_alarm() -> CompositeAlarm {
    CompositeAlarm {
        alarm_name: Some(checked!(AlarmName, "late-for-long").into()),
        description: None,
        alarm_rule: checked!(Text<10_240>, "ALARM(\"late\")"),
        actions_suppressor: Some("late".into()),
        suppressor_wait_s: Some(checked!(SuppressorS, 120)),
        suppressor_extension_s: Some(checked!(SuppressorS, 60)),
        alarm_actions: vec![Prop::reference(id("Late"))],
        ok_actions: Vec::new(),
        tags: Tags::default(),
    }
}

fn subscription() -> Subscription {
    Subscription {
        topic_arn: Prop::reference(id("Late")),
        protocol: Protocol::Email,
        endpoint: "on-call@example.com".into(),
    }
}

fn permission() -> Permission {
    Permission {
        function_name: Prop::reference(id("Greeter")),
        action: checked!(Action, "lambda:InvokeFunction"),
        principal: checked!(ServicePrincipal, "events.amazonaws.com"),
        source_arn: Some(Prop::arn_of(id("Ended"))),
        source_account: Some(Prop::pseudo(Pseudo::AccountId)),
    }
}

fn url() -> FunctionUrl {
    FunctionUrl { function_arn: Prop::arn_of(id("Greeter")), auth: UrlAuth::AwsIam }
}

/// The resources of the sample, in an order of no meaning.
pub(crate) fn resources() -> Vec<(LogicalId, Resource)> {
    let write = Statement::allow(
        checked!(Sid, "Store"),
        [checked!(Action, "dynamodb:PutItem")],
        [Prop::arn_of(id("Greetings"))],
    );
    let log = Statement::allow(
        checked!(Sid, "Log"),
        [checked!(Action, "logs:CreateLogStream"), checked!(Action, "logs:PutLogEvents")],
        [Prop::arn_of(id("GreeterLogs"))],
    );
    let call = Statement::allow(
        checked!(Sid, "Call"),
        [checked!(Action, "lambda:InvokeFunction")],
        [
            Prop::arn_of(id("Greeter")),
            sub!("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:other").into(),
        ],
    );
    let mut greeter_role = role("lambda.amazonaws.com", vec![write, log]);
    greeter_role.role_name = Some(checked!(RoleName, "greeter-role").into());
    let mut greeting_role = role("states.amazonaws.com", vec![call]);
    for trust in &mut greeting_role.trust.statements {
        let account = Prop::pseudo(Pseudo::AccountId);
        *trust = trust.clone().when(Operator::StringEquals, "aws:SourceAccount", [account]);
    }
    vec![
        (id("Greeter"), Resource::new(function()).depends_on(id("GreeterLogs"))),
        (id("GreeterRole"), greeter_role.into()),
        (id("GreeterUrl"), url().into()),
        (id("GreeterLogs"), log_group("/greeter")),
        (id("Greetings"), table()),
        (id("Greeting"), state_machine().into()),
        (id("GreetingRole"), greeting_role.into()),
        (id("GreetingLogs"), log_group("/aws/vendedlogs/states/greeting")),
        (id("Ended"), rule().into()),
        (id("EndedCalls"), permission().into()),
        (id("Lost"), Resource::new(queue()).on_removal(RemovalPolicy::Delete)),
        (id("LostPolicy"), queue_policy().into()),
        (id("LateFilter"), metric_filter().into()),
        (id("Late"), topic().into()),
        (id("LatePolicy"), topic_policy().into()),
        (id("LateMail"), subscription().into()),
        (id("LateAlarm"), alarm().into()),
        (id("LateForLong"), Resource::new(composite_alarm()).depends_on(id("LateAlarm"))),
    ]
}

pub(crate) fn template() -> Template {
    let mut template =
        Template { description: Some(checked!(Text<1_024>, "a sample")), ..Template::default() };
    for (id, resource) in resources() {
        template.add(id, resource).unwrap();
    }
    let bucket = Parameter::described(checked!(Text<4_000>, "the bucket with the zip files"));
    let key = Parameter {
        allowed_pattern: Some(AllowedPattern::new("arn:[a-z-]+:kms:.+").unwrap()),
        ..Parameter::described(checked!(Text<4_000>, "the key of everything"))
    };
    template.add_parameter(id("Bucket"), bucket).unwrap();
    template.add_parameter(id("KeyArn"), key).unwrap();
    let machine = Output::new(checked!(Text<1_024>, "the state machine"), Prop::reference(id("Greeting")));
    template.add_output(id("MachineArn"), machine).unwrap();
    template
}
