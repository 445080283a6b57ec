//! Who in a template needs which permission, and why: the other side of the double entry whose first side are the roles
//! that `resources` writes. The rules `role-wider-than-function` and `missing-permission` compare both.
//!
//! What a machine needs is read from its own definition, what a rule needs from its targets. What a function's code asks
//! AWS for stands here, once: whoever adds a call to a function adds it here and in its role. That the code asks for just
//! that is seen end to end, in `tests/permissions.rs`.

use asl::{
    StateMachine as Definition,
    model::{Integration, State, States},
};
use cfn::{
    Intrinsic, LogicalId, Prop, Template, Value,
    policy::Statement,
    resource::{Function, Logging, Rule, StateMachine, StateMachineEncryption, Tracing},
};
use contract::task::{PriceFetcher, RecipeGenerator, ResultCombiner};

use crate::{
    environment::{Environment, Reach},
    resources::{ids, permissions::UNSCOPED},
};

/// One permission that somebody needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    /// The action.
    pub(crate) action: String,
    /// On what.
    pub(crate) on: On,
    /// Whether it fails without it. What comes with a release may be granted before.
    pub(crate) is_required: bool,
    /// What a call to KMS tells of its reason: the key of the condition that lets it through. One key of the environment
    /// serves several reasons, so a statement about one of them is none about another.
    pub(crate) reason: Option<&'static str>,
}

/// DynamoDB asks, for a table.
const THROUGH_A_SERVICE: &str = "kms:ViaService";
/// SSM asks, for a secret.
const FOR_A_SECRET: &str = "kms:EncryptionContext:PARAMETER_ARN";
/// Step Functions asks, for executions.
const FOR_EXECUTIONS: &str = "kms:EncryptionContext:aws:states:stateMachineArn";
/// Step Functions asks, for logs on their way.
const FOR_LOG_DELIVERY: &str = "kms:EncryptionContext:SourceArn";

/// The resource of a permission, as the text that [`text`] makes of a statement's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum On {
    /// Exactly this.
    This(String),
    /// An ARN with this end: its region, account and partition are for others to judge.
    EndingWith(String),
    /// Whatever: nobody here knows the service.
    Anything,
}

/// Somebody with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder<'t> {
    /// The function, machine or rule.
    pub(crate) id: &'t LogicalId,
    /// The property with its role.
    pub(crate) property: &'static str,
    /// Its role, if it is one of the template.
    pub(crate) role: Option<&'t LogicalId>,
    /// What it needs.
    pub(crate) needs: Vec<Need>,
}

impl Need {
    fn new(action: impl Into<String>, on: On) -> Self {
        Self {
            action: action.into(),
            on,
            is_required: true,
            reason: None,
        }
    }

    fn of_key(word: &str, key: On, reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..Self::new(format!("kms:{word}"), key)
        }
    }

    /// Whether the conditions of a statement are those of this need.
    pub(crate) fn fits(&self, statement: &Statement) -> bool {
        let mut keys = statement.conditions.values().flat_map(|keys| keys.keys());
        keys.all(|key| !key.starts_with("kms:") || self.reason.is_none_or(|reason| reason == key))
    }

    /// Whether a statement that allows an action on a resource gives it, or a part of it.
    pub(crate) fn is_given_by(&self, action: &str, resource: &str) -> bool {
        // IAM reads actions without regard to case.
        self.action.eq_ignore_ascii_case(action)
            && match &self.on {
                On::This(text) => resource == text,
                On::EndingWith(end) => resource.ends_with(end.as_str()) && !resource.contains('*'),
                On::Anything => true,
            }
    }
}

/// Everybody who has a role, with what each needs.
pub(crate) fn holders<'t>(template: &'t Template, environment: &Environment) -> Vec<Holder<'t>> {
    let functions = template.resources_of::<Function>().map(|(id, function)| Holder {
        id,
        property: "Role",
        role: role_of(&function.role),
        needs: of_function(id, function, environment),
    });
    let machines = template
        .resources_of::<StateMachine>()
        .map(|(id, machine)| Holder {
            id,
            property: "RoleArn",
            role: role_of(&machine.role_arn),
            needs: of_machine(machine),
        });
    let rules = template
        .resources_of::<Rule>()
        .flat_map(|(id, rule)| of_rule(id, rule));
    functions.chain(machines).chain(rules).collect()
}

/// A rule takes on a role for each target; targets that share one need it together.
fn of_rule<'t>(id: &'t LogicalId, events: &'t Rule) -> Vec<Holder<'t>> {
    let mut holders: Vec<Holder<'t>> = Vec::new();
    for target in &events.targets {
        let Some(arn) = &target.role_arn else { continue };
        let role = role_of(arn);
        let start = Need::new("states:StartExecution", On::This(text(&target.arn)));
        match holders.iter_mut().find(|holder| holder.role == role) {
            Some(holder) => holder.needs.push(start),
            None => holders.push(Holder {
                id,
                property: "Targets",
                role,
                needs: vec![start],
            }),
        }
    }
    holders
}

fn role_of(role: &Value) -> Option<&LogicalId> {
    match role.intrinsic()? {
        Intrinsic::GetAtt(get_att) => Some(&get_att.resource),
        Intrinsic::Ref(_) | Intrinsic::Sub(_) | Intrinsic::Join(_) => None,
    }
}

/// A resource of a statement as one text: what is computed stands as a placeholder, as in `Fn::Sub`.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Prop::Literal(text) => text.clone(),
        Prop::Intrinsic(Intrinsic::Ref(target)) => format!("${{{target}}}"),
        Prop::Intrinsic(Intrinsic::GetAtt(get_att)) => {
            format!("${{{}.{}}}", get_att.resource, get_att.attribute)
        }
        Prop::Intrinsic(Intrinsic::Sub(sub)) => sub.text().to_owned(),
        Prop::Intrinsic(Intrinsic::Join(join)) => {
            let parts: Vec<String> = join.values.iter().map(text).collect();
            parts.join(&join.delimiter)
        }
    }
}

fn this(value: &Value) -> On {
    On::This(text(value))
}

fn arn_of(id: LogicalId) -> On {
    this(&Prop::arn_of(id))
}

fn of_function(id: &LogicalId, function: &Function, environment: &Environment) -> Vec<Need> {
    let mut needs = Vec::new();
    if let Some(Logging::Json { log_group, .. } | Logging::Text { log_group }) = &function.logging
        && let Some(Intrinsic::Ref(group)) = log_group.as_ref().and_then(Prop::intrinsic)
    {
        let group = On::This(format!("${{{group}.Arn}}"));
        for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
            needs.push(Need::new(action, group.clone()));
        }
    }
    if function.tracing == Some(Tracing::Active) {
        needs.extend(everywhere("xray:Put"));
    }
    if *id == ids::function::<RecipeGenerator>() {
        needs.extend(of_recipe(environment));
    } else if *id == ids::function::<PriceFetcher>() {
        needs.extend(of_price(environment));
    } else if *id == ids::function::<ResultCombiner>() {
        needs.extend(of_combine());
    }
    needs
}

/// Asks the model (D9): by its own ARN, and by the profile's when it answers through one.
fn of_recipe(environment: &Environment) -> Vec<Need> {
    let id = &environment.model.id;
    let model = format!("::foundation-model/{}", id.foundation_model());
    let profile = (id.reach() != Reach::Region).then(|| format!(":inference-profile/{id}"));
    [Some(model), profile]
        .into_iter()
        .flatten()
        .map(|end| Need::new("bedrock:InvokeModel", On::EndingWith(end)))
        .collect()
}

/// Reads the keys of its sources by name (D10); keeps answers and counts calls in its table.
fn of_price(environment: &Environment) -> Vec<Need> {
    let read = environment.secrets().into_iter().map(|name| {
        let name = name.as_str().trim_start_matches('/');
        Need::new("ssm:GetParameter", On::EndingWith(format!(":parameter/{name}")))
    });
    let keep = ["BatchGetItem", "GetItem", "PutItem", "UpdateItem"];
    let keep = keep.map(|action| Need::new(format!("dynamodb:{action}"), arn_of(ids::PRICES_TABLE)));
    let decrypt = Need::of_key("Decrypt", key(), FOR_A_SECRET);
    read.chain([decrypt]).chain(keep).chain(table_key()).collect()
}

/// Writes result and session in one transaction, and reads back who was first (D5).
fn of_combine() -> Vec<Need> {
    let own = [
        Need::new("dynamodb:PutItem", arn_of(ids::RESULTS_TABLE)),
        Need::new("dynamodb:UpdateItem", arn_of(ids::SESSIONS_TABLE)),
        Need::new("dynamodb:GetItem", arn_of(ids::SESSIONS_TABLE)),
    ];
    own.into_iter().chain(table_key()).collect()
}

fn key() -> On {
    this(&Prop::reference(ids::KEY_ARN))
}

/// What whoever uses a table needs of its key.
///
/// Source: DynamoDB Developer Guide, "Encryption at rest", the key policy for principals that use a table.
fn table_key() -> impl Iterator<Item = Need> {
    let words = [
        "Decrypt",
        "DescribeKey",
        "Encrypt",
        "GenerateDataKey",
        "ReEncryptFrom",
        "ReEncryptTo",
    ];
    words
        .into_iter()
        .map(|word| Need::of_key(word, key(), THROUGH_A_SERVICE))
}

/// The actions without resources whose names begin so (D27).
fn everywhere(begins: &'static str) -> impl Iterator<Item = Need> {
    let actions = UNSCOPED.into_iter().map(|unscoped| unscoped.action);
    actions
        .filter(move |action| action.starts_with(begins))
        .map(|action| Need::new(action, On::This("*".to_owned())))
}

fn of_machine(machine: &StateMachine) -> Vec<Need> {
    let mut needs = Vec::new();
    if machine.logging.is_some() {
        needs.extend(everywhere("logs:"));
    }
    if machine.tracing {
        needs.extend(everywhere("xray:"));
    }
    if let Some(StateMachineEncryption::CustomerManaged { kms_key_id, .. }) = &machine.encryption {
        for word in ["Decrypt", "GenerateDataKey"] {
            needs.push(Need::of_key(word, this(kms_key_id), FOR_EXECUTIONS));
        }
        if machine.logging.is_some() {
            needs.push(Need::of_key(
                "GenerateDataKey",
                this(kms_key_id),
                FOR_LOG_DELIVERY,
            ));
        }
    }
    // A definition that does not parse is another rule's.
    if let Ok(definition) = Definition::parse(&text(&machine.definition)) {
        of_states(&definition.states, &mut needs);
    }
    needs
}

fn of_states(states: &States, needs: &mut Vec<Need>) {
    for state in states.values() {
        if let State::Task(task) = state {
            match task.resource.integration() {
                Integration::Function => {
                    let arn = task.resource.as_str();
                    let invoke = |arn| Need::new("lambda:InvokeFunction", On::This(arn));
                    let call = invoke(arn.to_owned());
                    // Another state calls it too.
                    if needs.contains(&call) {
                        continue;
                    }
                    needs.push(call);
                    // Executions that are running stay with the version they began with.
                    needs.push(Need {
                        is_required: false,
                        ..invoke(format!("{arn}:*"))
                    });
                }
                Integration::Service {
                    resource_type,
                    action,
                } => needs.extend(of_service(resource_type, action, state)),
            }
        }
        for branch in state.branches() {
            of_states(&branch.states, needs);
        }
    }
}

fn of_service(resource_type: &str, action: &str, state: &State) -> Vec<Need> {
    let service = resource_type.trim_start_matches("aws-sdk:");
    let mut letters = action.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let action: String = first.into_iter().chain(letters).collect();
    let on = if service == "dynamodb" {
        table_of(state)
    } else {
        On::Anything
    };
    let own = Need::new(format!("{service}:{action}"), on);
    let key = (service == "dynamodb").then(table_key);
    std::iter::once(own).chain(key.into_iter().flatten()).collect()
}

/// The table that a call names, as the ARN that a role needs.
fn table_of(state: &State) -> On {
    let json = serde_json::to_value(state).unwrap_or_default();
    match json
        .pointer("/Parameters/TableName")
        .and_then(|name| name.as_str())
    {
        Some(name) => match name.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            Some(id) => On::This(format!("${{{id}.Arn}}")),
            None => On::EndingWith(format!(":table/{name}")),
        },
        None => On::Anything,
    }
}

#[cfg(test)]
mod tests;
