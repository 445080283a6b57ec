//! The two state machines: the workflow, and the closer with the rule that starts it.

use std::collections::BTreeMap;

use asl::StateMachine as Definition;
use cfn::{
    Attribute, GetAtt, List, LogicalId, Prop, Resource, Sub, Template, Value, Whole, checked,
    name::{QueueName, RuleName, ServicePrincipal, StateMachineName, TargetId},
    policy::{Operator, PolicyDocument, Principal, ResourceStatement, Statement},
    resource::{
        DataKeyReuseS, DeadLetter, EventPattern, InputTransformer, LogDestination, MachineLogLevel,
        MachineLogging, MachineTracing, MachineType, Match, Queue, QueuePolicy, QueueRetentionS,
        RemovalPolicy, RetryPolicy, Rule, RuleTarget, StateMachine, StateMachineEncryption, Tags,
    },
};
use contract::task::TaskKind;

use super::{
    add, ids,
    logs::log_group,
    permissions::{self, allow},
    text,
};
use crate::{app::App, closer, expect_valid::expect_valid};

/// The logical ids of one machine and of what belongs to it.
struct Place {
    machine: LogicalId,
    role: LogicalId,
    logs: LogicalId,
    name: String,
}

pub(super) fn add_machines(template: &mut Template, app: &App) {
    let names = app.environment().names();
    let workflow = Place {
        machine: ids::MACHINE,
        role: ids::MACHINE_ROLE,
        logs: ids::MACHINE_LOGS,
        name: names.machine(),
    };
    add_machine(template, app, &workflow, app.machine(), vec![invoke_functions(), fail_session()]);

    let closer =
        Place { machine: ids::CLOSER, role: ids::CLOSER_ROLE, logs: ids::CLOSER_LOGS, name: names.closer() };
    add_machine(template, app, &closer, app.closer(), vec![fail_session()]);
    add_rule(template, &names.closer());
}

fn add_machine(
    template: &mut Template,
    app: &App,
    place: &Place,
    definition: &Definition,
    own: Vec<Statement>,
) {
    add(
        template,
        place.logs.clone(),
        log_group(app.environment().names().machine_logs(&place.name), app.environment()),
    );

    let key = Prop::reference(ids::KEY_ARN);
    let common = permissions::of_machine(&place.name, Some(&key), true, true);
    let own = own.into_iter().chain([permissions::use_table_key()]);
    let states = checked!(ServicePrincipal, "states.amazonaws.com");
    let role = permissions::role(states, "Runs a state machine", own.chain(common));
    add(template, place.role.clone(), role);

    let machine = StateMachine {
        state_machine_name: Some(expect_valid(StateMachineName::new(place.name.clone())).into()),
        machine_type: MachineType::Standard,
        definition: expect_valid(Sub::parse(definition.to_json_string())).into(),
        role_arn: Prop::arn_of(place.role.clone()),
        logging: Some(MachineLogging {
            level: MachineLogLevel::Error,
            include_execution_data: false,
            destinations: [LogDestination::log_group(Prop::arn_of(place.logs.clone()))],
        }),
        tracing: MachineTracing { enabled: true },
        encryption: Some(StateMachineEncryption::CustomerManaged {
            kms_key_id: key,
            data_key_reuse_s: Some(checked!(DataKeyReuseS, 300)),
        }),
        tags: Tags::default(),
    };
    add(template, place.machine.clone(), Resource::new(machine).on_removal(RemovalPolicy::Delete));
}

/// The functions and every version of them: executions that are running stay with the version they began with.
fn invoke_functions() -> Statement {
    let both = TaskKind::ALL.iter().flat_map(|task| {
        let id = ids::function(*task);
        let versions = expect_valid(Sub::parse(format!("${{{id}.Arn}}:*")));
        [Value::arn_of(id), versions.into()]
    });
    allow("InvokeFunctions", &["lambda:InvokeFunction"], both)
}

/// The one write of the state machines to the sessions table.
fn fail_session() -> Statement {
    let table = [Prop::arn_of(ids::SESSIONS_TABLE)];
    allow("FailSession", &["dynamodb:UpdateItem"], table)
}

/// Starts the closer for every execution of the workflow that ended without success.
fn add_rule(template: &mut Template, name: &str) {
    let start = allow("StartCloser", &["states:StartExecution"], [Prop::arn_of(ids::CLOSER)]);
    let events = || checked!(ServicePrincipal, "events.amazonaws.com");
    add(template, ids::CLOSER_RULE_ROLE, permissions::role(events(), "Starts the session closer", [start]));

    let detail = BTreeMap::from([
        ("status".to_owned(), Match::any_of(closer::STATUSES)),
        ("stateMachineArn".to_owned(), Match::any_of([Value::arn_of(ids::MACHINE)])),
    ]);
    let rule = Rule {
        name: Some(expect_valid(RuleName::new(name)).into()),
        description: Some(expect_valid(cfn::Text::new(
            "Executions that ended without success: their sessions are closed",
        ))),
        event_pattern: EventPattern {
            source: vec!["aws.states".to_owned()],
            detail_type: vec!["Step Functions Execution Status Change".to_owned()],
            resources: Vec::new(),
            detail,
        },
        targets: List::of([RuleTarget {
            id: checked!(TargetId, "Closer"),
            arn: Prop::arn_of(ids::CLOSER),
            role_arn: Some(Prop::arn_of(ids::CLOSER_RULE_ROLE)),
            input_transformer: Some(name_and_status()),
            // An hour: by then the session's deadline has passed, and readers treat it as failed.
            retry_policy: Some(RetryPolicy {
                attempts: checked!(Attempts, 20),
                event_age_s: checked!(EventAgeS, 3_600),
            }),
            dead_letter: Some(DeadLetter { arn: Prop::arn_of(ids::CLOSER_DEAD_LETTERS) }),
        }]),
    };
    add(template, ids::CLOSER_RULE, Resource::new(rule).depends_on(ids::CLOSER_DEAD_LETTERS_POLICY));
    add_dead_letters(template, name);
}

type Attempts = Whole<0, 185>;
type EventAgeS = Whole<60, 86_400>;

/// The name and the status of the execution, and nothing else of the event: its input and cause may hold health
/// data.
fn name_and_status() -> InputTransformer {
    let paths = [("name", "$.detail.name"), ("status", "$.detail.status")];
    InputTransformer {
        input_paths: paths.map(|(name, path)| (name.to_owned(), path.to_owned())).into(),
        // EventBridge puts quotes around a text that it fills in.
        input_template: text(format!(
            "{{\"{}\": <name>, \"{}\": <status>}}",
            closer::SESSION_ID,
            closer::STATUS
        )),
    }
}

/// The dead-letter queue of the closer. An event may hold health data, so the queue is encrypted.
fn add_dead_letters(template: &mut Template, name: &str) {
    let queue = Queue {
        queue_name: Some(expect_valid(QueueName::new(format!("{name}-dead-letters"))).into()),
        kms_master_key_id: Some(Prop::reference(ids::KEY_ARN)),
        message_retention_s: Some(checked!(QueueRetentionS, 1_209_600)),
        tags: Tags::default(),
    };
    add(template, ids::CLOSER_DEAD_LETTERS, Resource::new(queue).on_removal(RemovalPolicy::Delete));

    // The rule's ARN by its name: the rule depends on this policy, so a reference would be circular.
    let rule = format!("arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{name}");
    let send = allow("KeepDeadLetters", &["sqs:SendMessage"], [Prop::arn_of(ids::CLOSER_DEAD_LETTERS)]).when(
        Operator::ArnEquals,
        "aws:SourceArn",
        [expect_valid(Sub::parse(rule)).into()],
    );
    let policy = QueuePolicy {
        queues: List::of([
            GetAtt { resource: ids::CLOSER_DEAD_LETTERS, attribute: Attribute::QueueUrl }.into()
        ]),
        document: PolicyDocument::new([ResourceStatement {
            principal: Principal::Service(checked!(ServicePrincipal, "events.amazonaws.com")),
            statement: send,
        }]),
    };
    add(template, ids::CLOSER_DEAD_LETTERS_POLICY, policy);
}
