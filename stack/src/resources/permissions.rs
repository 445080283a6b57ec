//! Statements that more than one role has, and the list of actions that no resource can be named for (D27).

use cfn::{
    Prop, Pseudo, Sub, Value, checked,
    name::{Action, PolicyName, ServicePrincipal, Sid},
    policy::{Operator, PolicyDocument, Statement, TrustStatement},
    resource::{InlinePolicy, Role, Tags},
};

use super::{ids, text};
use crate::constant::constant;

/// An action that takes no resource, so that it can only be allowed on `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unscoped {
    /// The action.
    pub action: &'static str,
    /// Why it stands here.
    pub reason: &'static str,
}

const TRACES: &str = "X-Ray's writes take no resource: a trace does not exist before its first segment";
const DELIVERIES: &str = "Step Functions asks with it for the delivery of its logs; CloudWatch Logs knows no resource \
     for a delivery";

/// Every action that may stand on `*`, once, with its reason (D27). The rule `broad-permission` allows exactly these.
///
/// Source: the actions tables of AWS's Service Authorization Reference for X-Ray and CloudWatch Logs.
pub const UNSCOPED: [Unscoped; 12] = [
    Unscoped {
        action: "xray:PutTraceSegments",
        reason: TRACES,
    },
    Unscoped {
        action: "xray:PutTelemetryRecords",
        reason: TRACES,
    },
    Unscoped {
        action: "xray:GetSamplingRules",
        reason: "the rules of an account are one thing",
    },
    Unscoped {
        action: "xray:GetSamplingTargets",
        reason: "the rules of an account are one thing",
    },
    Unscoped {
        action: "logs:CreateLogDelivery",
        reason: DELIVERIES,
    },
    Unscoped {
        action: "logs:GetLogDelivery",
        reason: DELIVERIES,
    },
    Unscoped {
        action: "logs:UpdateLogDelivery",
        reason: DELIVERIES,
    },
    Unscoped {
        action: "logs:DeleteLogDelivery",
        reason: DELIVERIES,
    },
    Unscoped {
        action: "logs:ListLogDeliveries",
        reason: DELIVERIES,
    },
    Unscoped {
        action: "logs:PutResourcePolicy",
        reason: DELIVERIES,
    },
    Unscoped {
        action: "logs:DescribeResourcePolicies",
        reason: DELIVERIES,
    },
    Unscoped {
        action: "logs:DescribeLogGroups",
        reason: DELIVERIES,
    },
];

/// A statement about actions of this list.
fn unscoped(sid: Sid, fits: impl Fn(&str) -> bool) -> Statement {
    let actions = UNSCOPED
        .iter()
        .map(|unscoped| unscoped.action)
        .filter(|action| fits(action));
    Statement::allow(
        sid,
        actions.map(|action| constant(Action::new(action))),
        [text("*")],
    )
}

/// Writes traces, as a function does.
pub(super) fn write_traces() -> Statement {
    unscoped(checked!(Sid, "WriteTraces"), |action| {
        action.starts_with("xray:Put")
    })
}

/// Writes traces and asks which, as a state machine does.
pub(super) fn sample_and_write_traces() -> Statement {
    unscoped(checked!(Sid, "WriteTraces"), |action| action.starts_with("xray:"))
}

/// Has logs delivered to a log group, as a state machine does.
pub(super) fn deliver_logs() -> Statement {
    unscoped(checked!(Sid, "DeliverLogs"), |action| action.starts_with("logs:"))
}

/// Encrypts and decrypts the executions of one state machine, and its logs on their way.
///
/// Source: Step Functions Developer Guide, "Data at rest encryption", permissions of the execution role.
pub(super) fn encrypt_executions(machine_name: &str) -> [Statement; 2] {
    let machine = machine_arn(machine_name);
    let logs = cfn::sub!("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*");
    let key = || [Prop::reference(ids::KEY_ARN)];
    [
        Statement::allow(
            checked!(Sid, "EncryptExecutions"),
            [
                checked!(Action, "kms:Decrypt"),
                checked!(Action, "kms:GenerateDataKey"),
            ],
            key(),
        )
        .when(
            Operator::StringEquals,
            "kms:EncryptionContext:aws:states:stateMachineArn",
            [machine],
        ),
        Statement::allow(
            checked!(Sid, "EncryptLogDelivery"),
            [checked!(Action, "kms:GenerateDataKey")],
            key(),
        )
        .when(
            Operator::StringEquals,
            "kms:EncryptionContext:SourceArn",
            [logs.into()],
        ),
    ]
}

/// Uses the tables' key through DynamoDB and in no other way.
///
/// Source: DynamoDB Developer Guide, "Encryption at rest": whoever reads or writes a table uses its key.
pub(super) fn use_table_key() -> Statement {
    let actions = [
        checked!(Action, "kms:Decrypt"),
        checked!(Action, "kms:DescribeKey"),
        checked!(Action, "kms:Encrypt"),
        checked!(Action, "kms:GenerateDataKey"),
        checked!(Action, "kms:ReEncryptFrom"),
        checked!(Action, "kms:ReEncryptTo"),
    ];
    let dynamodb = cfn::sub!("dynamodb.${AWS::Region}.${AWS::URLSuffix}");
    Statement::allow(
        checked!(Sid, "UseTableKey"),
        actions,
        [Prop::reference(ids::KEY_ARN)],
    )
    .when(Operator::StringEquals, "kms:ViaService", [dynamodb.into()])
}

/// The one write of the state machines to the sessions table.
pub(super) fn fail_sessions() -> Statement {
    Statement::allow(
        checked!(Sid, "FailSession"),
        [checked!(Action, "dynamodb:UpdateItem")],
        [Prop::arn_of(ids::SESSIONS_TABLE)],
    )
}

/// The ARN of a state machine by its name: its own role cannot refer to it, because it refers to its role.
fn machine_arn(name: &str) -> Value {
    let arn =
        format!("arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:{name}");
    constant(Sub::parse(arn)).into()
}

/// A role for a service, which takes it on for this account only.
pub(super) fn role(
    service: ServicePrincipal,
    description: &'static str,
    statements: impl IntoIterator<Item = Statement>,
) -> Role {
    let account = [Prop::pseudo(Pseudo::AccountId)];
    let trust = match service.as_str() {
        // Lambda's own calls carry no source account when it takes on an execution role.
        "lambda.amazonaws.com" => TrustStatement::service(service),
        _ => TrustStatement::service(service).when(Operator::StringEquals, "aws:SourceAccount", account),
    };
    Role {
        role_name: None,
        description: Some(constant(cfn::Text::new(description))),
        trust: PolicyDocument::new([trust]),
        max_session_s: None,
        policies: vec![InlinePolicy {
            name: checked!(PolicyName, "Own"),
            document: PolicyDocument::new(statements),
        }],
        tags: Tags::default(),
    }
}
