//! The table of permissions: which AWS actions each task's code calls, and on which resources. Roles are generated from it. The
//! rules `missing-permission` and `role-wider-than-function` compare the roles of a template with it, so they find a changed role
//! and not a wrong table: `tests/permissions.rs` compares the table with the calls that the functions make.
//!
//! Also the list of actions that have no resource-level permissions.

use cfn::{
    Prop, Pseudo, Sub, Value, checked,
    name::{Action, PolicyName, ServicePrincipal, Sid},
    policy::{Operator, PolicyDocument, Statement, TrustStatement},
    resource::{InlinePolicy, Role, Tags},
};
use contract::task::TaskKind;

use super::{ids, text};
use crate::{
    environment::{Environment, InferenceScope, Model, Region},
    expect_valid::expect_valid,
};

/// An action that takes no resource, so that it can only be allowed on `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unscoped {
    pub action: &'static str,
    pub reason: &'static str,
}

const TRACES: &str = "X-Ray's writes take no resource: a trace does not exist before its first segment";
const DELIVERIES: &str = "Step Functions asks with it for the delivery of its logs; CloudWatch Logs knows no resource \
     for a delivery";

/// Every action that may stand on `*`, once, with its reason. The rule `broad-permission` allows exactly these.
///
/// Source: the actions tables of AWS's Service Authorization Reference for X-Ray and CloudWatch Logs.
pub const UNSCOPED: [Unscoped; 12] = [
    Unscoped { action: "xray:PutTraceSegments", reason: TRACES },
    Unscoped { action: "xray:PutTelemetryRecords", reason: TRACES },
    Unscoped { action: "xray:GetSamplingRules", reason: "the rules of an account are one thing" },
    Unscoped { action: "xray:GetSamplingTargets", reason: "the rules of an account are one thing" },
    Unscoped { action: "logs:CreateLogDelivery", reason: DELIVERIES },
    Unscoped { action: "logs:GetLogDelivery", reason: DELIVERIES },
    Unscoped { action: "logs:UpdateLogDelivery", reason: DELIVERIES },
    Unscoped { action: "logs:DeleteLogDelivery", reason: DELIVERIES },
    Unscoped { action: "logs:ListLogDeliveries", reason: DELIVERIES },
    Unscoped { action: "logs:PutResourcePolicy", reason: DELIVERIES },
    Unscoped { action: "logs:DescribeResourcePolicies", reason: DELIVERIES },
    Unscoped { action: "logs:DescribeLogGroups", reason: DELIVERIES },
];

/// The AWS actions that the code of a task calls. `tests/permissions.rs` compares them with the calls that the functions
/// make.
fn of_task(task: TaskKind, environment: &Environment) -> Vec<Statement> {
    match task {
        TaskKind::RecipeGenerator => vec![allow(
            "AskTheModel",
            &["bedrock:InvokeModel"],
            model_arns(&environment.model, environment.bedrock_region.as_str()),
        )],
        // Keys are read by name, because neither a template nor an environment variable may hold them. The cached prices of
        // an order are read in one batch. A budget is one row, which all functions update on a condition.
        TaskKind::PriceFetcher => vec![
            allow("ReadSecrets", &["ssm:GetParameter"], secrets(environment)),
            allow("DecryptSecrets", &["kms:Decrypt"], [Prop::reference(ids::KEY_ARN)]).when(
                Operator::StringEquals,
                "kms:EncryptionContext:PARAMETER_ARN",
                secrets(environment),
            ),
            allow(
                "KeepPrices",
                &["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                [Prop::arn_of(ids::PRICES_TABLE)],
            ),
            use_table_key(),
        ],
        // A transaction needs the permissions of its writes, and none of its own name. After a lost answer the session is
        // read to see whether the transaction was committed.
        TaskKind::ResultCombiner => vec![
            allow("StoreResult", &["dynamodb:PutItem"], [Prop::arn_of(ids::RESULTS_TABLE)]),
            allow(
                "CompleteSession",
                &["dynamodb:UpdateItem", "dynamodb:GetItem"],
                [Prop::arn_of(ids::SESSIONS_TABLE)],
            ),
            use_table_key(),
        ],
    }
}

/// The permissions of a function: logs, traces, and the calls of its task.
pub(crate) fn of_function(
    task: Option<TaskKind>,
    environment: &Environment,
    log_group_arn: Option<Value>,
    is_traced: bool,
) -> Vec<Statement> {
    let logs = log_group_arn.map(|arn| {
        let actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
        allow("WriteLogs", &actions, [arn])
    });
    let traces = is_traced.then(|| unscoped("WriteTraces", |action| action.starts_with("xray:Put")));
    let own = task.map(|task| of_task(task, environment));
    logs.into_iter().chain(traces).chain(own.into_iter().flatten()).collect()
}

/// The permissions of a state machine beside the calls of its states.
///
/// Source: Step Functions Developer Guide, "Data at rest encryption", permissions of the execution role.
pub(crate) fn of_machine(name: &str, key: Option<&Value>, has_logs: bool, is_traced: bool) -> Vec<Statement> {
    let encryption = |key: &Value| {
        let logs = cfn::sub!("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*");
        let executions = allow("EncryptExecutions", &["kms:Decrypt", "kms:GenerateDataKey"], [key.clone()]);
        let deliveries = allow("EncryptLogDelivery", &["kms:GenerateDataKey"], [key.clone()]);
        [
            Some(executions.when(
                Operator::StringEquals,
                "kms:EncryptionContext:aws:states:stateMachineArn",
                [machine_arn(name)],
            )),
            has_logs.then(|| {
                deliveries.when(Operator::StringEquals, "kms:EncryptionContext:SourceArn", [logs.into()])
            }),
        ]
    };
    let logs = has_logs.then(|| unscoped("DeliverLogs", |action| action.starts_with("logs:")));
    let traces = is_traced.then(|| unscoped("WriteTraces", |action| action.starts_with("xray:")));
    let encryption = key.map(encryption).into_iter().flatten();
    encryption.chain([logs, traces]).flatten().collect()
}

/// Lets a principal use the tables' key through DynamoDB alone.
///
/// Source: DynamoDB Developer Guide, "Encryption at rest": whoever reads or writes a table uses its key.
pub(crate) fn use_table_key() -> Statement {
    let actions = [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ];
    let dynamodb = cfn::sub!("dynamodb.${AWS::Region}.${AWS::URLSuffix}");
    allow("UseTableKey", &actions, [Prop::reference(ids::KEY_ARN)]).when(
        Operator::StringEquals,
        "kms:ViaService",
        [dynamodb.into()],
    )
}

/// A statement whose words are constants.
pub(super) fn allow(
    sid: &'static str,
    actions: &[&'static str],
    resources: impl IntoIterator<Item = Value>,
) -> Statement {
    let actions = actions.iter().map(|action| expect_valid(Action::new(*action)));
    Statement::allow(expect_valid(Sid::new(sid)), actions, resources)
}

/// A statement about actions of [`UNSCOPED`].
fn unscoped(sid: &'static str, fits: impl Fn(&str) -> bool) -> Statement {
    let actions = UNSCOPED.iter().map(|unscoped| unscoped.action);
    let actions: Vec<_> = actions.filter(|action| fits(action)).collect();
    allow(sid, &actions, [text("*")])
}

/// The ARN of a state machine by its name: its own role cannot refer to it, because it refers to its role.
fn machine_arn(name: &str) -> Value {
    let arn =
        format!("arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:{name}");
    expect_valid(Sub::parse(arn)).into()
}

/// The parameters with the keys of the price sources.
fn secrets(environment: &Environment) -> Vec<Value> {
    let names = environment.secrets().into_iter();
    let arns = names.map(|name| {
        let name = name.as_str().trim_start_matches('/');
        format!("arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/{name}")
    });
    arns.map(|arn| expect_valid(Sub::parse(arn)).into()).collect()
}

/// The ARNs that a role must allow for a model: of a bare model, its own; of a profile, the profile's and the model's in
/// the region that is called and in each region that may serve the call. A global profile needs an ARN without region.
fn model_arns(model: &Model, region: &str) -> Vec<Value> {
    let in_region = |region: &str| {
        let id = model.id.foundation_model();
        format!("arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/{id}")
    };
    let id = &model.id;
    let profile =
        format!("arn:${{AWS::Partition}}:bedrock:{region}:${{AWS::AccountId}}:inference-profile/{id}");
    let arns = match model.id.inference_scope() {
        InferenceScope::Region => vec![in_region(region)],
        InferenceScope::Global => vec![profile, in_region(region), in_region("")],
        InferenceScope::Geographic => {
            let others =
                model.destination_regions.iter().map(Region::as_str).filter(|other| *other != region);
            [profile, in_region(region)].into_iter().chain(others.map(in_region)).collect()
        }
    };
    arns.into_iter().map(|arn| expect_valid(Sub::parse(arn)).into()).collect()
}

/// A role that a service assumes for this account only.
pub(super) fn role(
    service: ServicePrincipal,
    description: &'static str,
    statements: impl IntoIterator<Item = Statement>,
) -> Role {
    let account = [Prop::pseudo(Pseudo::AccountId)];
    let trust = match service.as_str() {
        // Lambda assumes an execution role without a source account.
        "lambda.amazonaws.com" => TrustStatement::service(service),
        _ => TrustStatement::service(service).when(Operator::StringEquals, "aws:SourceAccount", account),
    };
    Role {
        role_name: None,
        description: Some(expect_valid(cfn::Text::new(description))),
        trust: PolicyDocument::new([trust]),
        policies: vec![InlinePolicy {
            name: checked!(PolicyName, "Own"),
            document: PolicyDocument::new(statements),
        }],
        tags: Tags::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{environment::ModelId, tests::example};

    #[track_caller]
    fn check(id: &str, regions: &[&str], expect: &[&str]) {
        let mut model = example("dev").environment().model.clone();
        model.id = ModelId::new(id).unwrap();
        model.destination_regions = regions.iter().map(|region| Region::new(region).unwrap()).collect();
        let arns = model_arns(&model, "us-east-1");
        let texts: Vec<&str> = arns
            .iter()
            .map(|arn| match arn {
                Prop::Intrinsic(cfn::Intrinsic::Sub(sub)) => {
                    sub.text().strip_prefix("arn:${AWS::Partition}:bedrock:").unwrap()
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, expect);
    }

    #[test]
    fn a_model_needs_what_its_reach_needs() {
        check("anthropic.claude-x", &[], &["us-east-1::foundation-model/anthropic.claude-x"]);
        check(
            "global.anthropic.claude-x",
            &[],
            &[
                "us-east-1:${AWS::AccountId}:inference-profile/global.anthropic.claude-x",
                "us-east-1::foundation-model/anthropic.claude-x",
                "::foundation-model/anthropic.claude-x",
            ],
        );
        check(
            "us.anthropic.claude-x",
            &["us-east-1", "us-west-2"],
            &[
                "us-east-1:${AWS::AccountId}:inference-profile/us.anthropic.claude-x",
                "us-east-1::foundation-model/anthropic.claude-x",
                "us-west-2::foundation-model/anthropic.claude-x",
            ],
        );
    }
}
