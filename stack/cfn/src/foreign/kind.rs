//! Types of resources that a foreign template may have: what a reference gives, and what their ARNs look like.

/// What a resource is, whichever of several types it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A metric alarm.
    Alarm,
    /// A composite alarm.
    CompositeAlarm,
    /// An alarm over the lines of a log group.
    LogAlarm,
    /// An alert of CloudWatch Omni.
    Alert,
    /// A dashboard.
    Dashboard,
    /// A topic.
    Topic,
    /// Somebody who gets a topic's messages.
    Subscription,
    /// A topic's policy.
    TopicPolicy,
    /// A channel of a chat that gets a topic's messages.
    ChatChannel,
    /// A metric filter.
    MetricFilter,
    /// A function.
    Function,
    /// A state machine.
    StateMachine,
    /// A web ACL.
    WebAcl,
    /// A rule of an event bus.
    EventRule,
    /// A role or a policy.
    Iam,
    /// A mute rule of alarms.
    MuteRule,
    /// Any other.
    Other,
}

/// What `Ref` gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    Name,
    Arn,
    /// With `{name}`, `{region}` and `{account}`.
    Text(&'static str),
    /// An id that AWS makes.
    NotKnown,
}

/// What is known of a type.
pub(super) struct Spec {
    pub(super) kind: Kind,
    /// The property with its physical name; empty if there is none.
    pub(super) name: &'static str,
    /// What its ARN has after the account, with `{name}`, and the service in front; empty if that is not known.
    pub(super) arn: &'static str,
    pub(super) reference: Reference,
}

use Reference::{Arn, Name, NotKnown, Text};

type Row = (&'static str, Kind, &'static str, &'static str, Reference);

const TYPES: &[Row] = &[
    ("AWS::CloudWatch::Alarm", Kind::Alarm, "AlarmName", "cloudwatch alarm:{name}", Name),
    ("AWS::CloudWatch::CompositeAlarm", Kind::CompositeAlarm, "AlarmName", "cloudwatch alarm:{name}", Name),
    ("AWS::CloudWatch::LogAlarm", Kind::LogAlarm, "AlarmName", "cloudwatch alarm:{name}", Name),
    ("AWS::CloudWatch::Alert", Kind::Alert, "Name", "cloudwatch alert:{name}", Name),
    ("AWS::CloudWatch::AlarmMuteRule", Kind::MuteRule, "Name", "", Name),
    ("AWS::CloudWatch::Dashboard", Kind::Dashboard, "DashboardName", "", Name),
    ("AWS::SNS::Topic", Kind::Topic, "TopicName", "sns {name}", Arn),
    ("AWS::SNS::Subscription", Kind::Subscription, "", "", NotKnown),
    ("AWS::SNS::TopicPolicy", Kind::TopicPolicy, "", "", NotKnown),
    ("AWS::SNS::TopicInlinePolicy", Kind::TopicPolicy, "", "", NotKnown),
    ("AWS::Chatbot::SlackChannelConfiguration", Kind::ChatChannel, "", "", NotKnown),
    ("AWS::Chatbot::MicrosoftTeamsChannelConfiguration", Kind::ChatChannel, "", "", NotKnown),
    ("AWS::Logs::MetricFilter", Kind::MetricFilter, "FilterName", "", Name),
    ("AWS::Logs::LogGroup", Kind::Other, "LogGroupName", "logs log-group:{name}:*", Name),
    ("AWS::Lambda::Function", Kind::Function, "FunctionName", "lambda function:{name}", Name),
    ("AWS::Serverless::Function", Kind::Function, "FunctionName", "lambda function:{name}", Name),
    ("AWS::Lambda::Alias", Kind::Other, "Name", "lambda function:function:{name}", Arn),
    ("AWS::Lambda::Version", Kind::Other, "", "lambda function:{name}:1", Arn),
    (
        "AWS::StepFunctions::StateMachine",
        Kind::StateMachine,
        "StateMachineName",
        "states stateMachine:{name}",
        Arn,
    ),
    ("AWS::Serverless::StateMachine", Kind::StateMachine, "Name", "states stateMachine:{name}", Arn),
    ("AWS::StepFunctions::StateMachineAlias", Kind::Other, "Name", "states stateMachine:machine:{name}", Arn),
    ("AWS::StepFunctions::StateMachineVersion", Kind::Other, "", "states stateMachine:{name}:1", Arn),
    ("AWS::StepFunctions::Activity", Kind::Other, "Name", "states activity:{name}", Arn),
    ("AWS::DynamoDB::Table", Kind::Other, "TableName", "dynamodb table/{name}", Name),
    ("AWS::DynamoDB::GlobalTable", Kind::Other, "TableName", "dynamodb table/{name}", Name),
    ("AWS::Serverless::SimpleTable", Kind::Other, "TableName", "dynamodb table/{name}", Name),
    (
        "AWS::SQS::Queue",
        Kind::Other,
        "QueueName",
        "sqs {name}",
        Text("https://sqs.{region}.amazonaws.com/{account}/{name}"),
    ),
    ("AWS::Events::Rule", Kind::EventRule, "Name", "events rule/{name}", Name),
    ("AWS::Events::EventBus", Kind::Other, "Name", "events event-bus/{name}", Name),
    ("AWS::ApiGateway::RestApi", Kind::Other, "Name", "", NotKnown),
    ("AWS::Serverless::Api", Kind::Other, "Name", "", NotKnown),
    (
        "AWS::WAFv2::WebACL",
        Kind::WebAcl,
        "Name",
        "wafv2 regional/webacl/{name}/id",
        Text("{name}|id|REGIONAL"),
    ),
    ("AWS::IAM::Role", Kind::Iam, "RoleName", "", Name),
    ("AWS::IAM::Policy", Kind::Iam, "", "", NotKnown),
    ("AWS::IAM::ManagedPolicy", Kind::Iam, "", "", NotKnown),
    ("AWS::KMS::Alias", Kind::Other, "AliasName", "", Name),
];

pub(super) fn spec(type_name: &str) -> Spec {
    let row = TYPES.iter().find(|(name, ..)| *name == type_name);
    row.map_or(Spec { kind: Kind::Other, name: "", arn: "", reference: NotKnown }, |row| {
        let (_, kind, name, arn, reference) = *row;
        Spec { kind, name, arn, reference }
    })
}
