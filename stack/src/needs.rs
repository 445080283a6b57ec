//! The permissions that each function, machine and rule of a template needs. The rules `role-wider-than-function` and
//! `missing-permission` compare the roles of the template with them.
//!
//! Two sources are independent of our roles: the calls of a machine, from its definition, and the targets of a rule. The needs
//! of a function, and of a machine's keys, logs and traces, come from the table [`crate::resources::permissions`], from which
//! our roles are generated: for those the comparison finds a role that was changed by hand. Whether the table is what the
//! functions call is tested with real processes (`tests/permissions.rs`).

use asl::{
    StateMachine as Definition,
    model::{Integration, State, States},
};
use cfn::{
    Intrinsic, LogicalId, Prop, Target, Template, Value,
    name::StateMachineName,
    policy::Statement,
    resource::{Function, Logging, Rule, StateMachine, StateMachineEncryption, Tracing},
};
use contract::task::TaskKind;

use crate::{environment::Environment, resources::permissions};

/// A permission that a principal needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) action: String,
    pub(crate) on: ResourceMatch,
    /// False for a permission that only a later release needs: it may be granted already.
    pub(crate) is_required: bool,
    /// The condition key of a KMS permission: it says what the environment's key is used for. A statement with one such condition
    /// grants nothing for another use.
    pub(crate) reason: Option<String>,
}

/// The resource of a permission, as the text that [`text`] makes of a statement's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ResourceMatch {
    /// Exactly this.
    Exact(String),
    /// An ARN with this end, whatever its region, account and partition.
    EndsWith(String),
    /// Any resource: the service is unknown here.
    Any,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal<'t> {
    pub(crate) id: &'t LogicalId,
    pub(crate) property: &'static str,
    pub(crate) role: Option<&'t LogicalId>,
    pub(crate) needs: Vec<Need>,
}

impl Need {
    fn new(action: impl Into<String>, on: ResourceMatch) -> Self {
        Self { action: action.into(), on, is_required: true, reason: None }
    }

    /// What a statement of the table allows.
    fn all_of(statement: &Statement) -> impl Iterator<Item = Self> {
        let mut keys = statement.conditions.values().flat_map(|keys| keys.keys());
        let reason = keys.find(|key| key.starts_with("kms:"));
        statement.actions.iter().flat_map(move |action| {
            let resources = statement.resources.iter();
            resources.map(move |resource| Self {
                reason: reason.cloned(),
                ..Self::new(action.as_str(), ResourceMatch::Exact(text(resource)))
            })
        })
    }

    /// Whether the conditions of a statement are those of this need.
    pub(crate) fn fits(&self, statement: &Statement) -> bool {
        let mut keys = statement.conditions.values().flat_map(|keys| keys.keys());
        keys.all(|key| !key.starts_with("kms:") || self.reason.as_ref().is_none_or(|reason| reason == key))
    }

    /// Whether a statement that allows an action on a resource gives it, or a part of it.
    pub(crate) fn is_given_by(&self, action: &str, resource: &str) -> bool {
        // IAM reads actions without regard to case.
        self.action.eq_ignore_ascii_case(action)
            && match &self.on {
                ResourceMatch::Exact(text) => resource == text,
                ResourceMatch::EndsWith(end) => resource.ends_with(end.as_str()) && !resource.contains('*'),
                ResourceMatch::Any => true,
            }
    }
}

/// Every function, machine and rule with a role, and the permissions that it needs.
pub(crate) fn principals<'t>(template: &'t Template, environment: &Environment) -> Vec<Principal<'t>> {
    let functions = template.resources_of::<Function>().map(|(id, function)| Principal {
        id,
        property: "Role",
        role: role_of(&function.role),
        needs: of_function(id, function, environment),
    });
    let machines = template.resources_of::<StateMachine>().map(|(id, machine)| Principal {
        id,
        property: "RoleArn",
        role: role_of(&machine.role_arn),
        needs: of_machine(machine),
    });
    let rules = template.resources_of::<Rule>().flat_map(|(id, rule)| of_rule(id, rule));
    functions.chain(machines).chain(rules).collect()
}

/// A rule assumes one role a target; the needs of targets that share a role are added up.
fn of_rule<'t>(id: &'t LogicalId, events: &'t Rule) -> Vec<Principal<'t>> {
    let mut principals: Vec<Principal<'t>> = Vec::new();
    for target in &events.targets {
        let Some(arn) = &target.role_arn else { continue };
        let role = role_of(arn);
        let start = Need::new("states:StartExecution", ResourceMatch::Exact(text(&target.arn)));
        match principals.iter_mut().find(|principal| principal.role == role) {
            Some(principal) => principal.needs.push(start),
            None => principals.push(Principal { id, property: "Targets", role, needs: vec![start] }),
        }
    }
    principals
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

fn of_function(id: &LogicalId, function: &Function, environment: &Environment) -> Vec<Need> {
    let log_group = match &function.logging {
        Some(Logging::Json { log_group, .. } | Logging::Text { log_group }) => log_group.as_ref(),
        None => None,
    };
    let log_group_arn = match log_group.and_then(Prop::intrinsic) {
        Some(Intrinsic::Ref(Target::Logical(group))) => Some(Prop::arn_of(group.clone())),
        Some(_) | None => None,
    };
    let is_traced = function.tracing == Some(Tracing::Active);
    let statements = permissions::of_function(TaskKind::named(id), environment, log_group_arn, is_traced);
    statements.iter().flat_map(Need::all_of).collect()
}

fn of_machine(machine: &StateMachine) -> Vec<Need> {
    let key = match &machine.encryption {
        Some(StateMachineEncryption::CustomerManaged { kms_key_id, .. }) => Some(kms_key_id),
        Some(StateMachineEncryption::AwsOwned) | None => None,
    };
    let name = machine.state_machine_name.as_ref().and_then(Prop::literal);
    let statements = permissions::of_machine(
        name.map_or("", StateMachineName::as_str),
        key,
        machine.logging.is_some(),
        machine.tracing.enabled,
    );
    let mut needs = statements.iter().flat_map(Need::all_of).collect();
    // A definition that does not parse is reported by another rule.
    if let Ok(definition) = text(&machine.definition).parse::<Definition>() {
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
                    let invoke = |arn| Need::new("lambda:InvokeFunction", ResourceMatch::Exact(arn));
                    let call = invoke(arn.to_owned());
                    // Another state calls it too.
                    if needs.contains(&call) {
                        continue;
                    }
                    needs.push(call);
                    // Executions that are running stay with the version they began with.
                    needs.push(Need { is_required: false, ..invoke(format!("{arn}:*")) });
                }
                Integration::Service { resource_type, action } => {
                    needs.extend(of_service(resource_type, action, state));
                }
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
    let on = if service == "dynamodb" { table_of(state) } else { ResourceMatch::Any };
    let own = Need::new(format!("{service}:{action}"), on);
    let mut needs = vec![own];
    if service == "dynamodb" {
        needs.extend(Need::all_of(&permissions::use_table_key()));
    }
    needs
}

/// The table that a call names, as the ARN that a role needs.
fn table_of(state: &State) -> ResourceMatch {
    let json = serde_json::to_value(state).unwrap_or_default();
    match json.pointer("/Parameters/TableName").and_then(|name| name.as_str()) {
        Some(name) => match name.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            Some(id) => ResourceMatch::Exact(format!("${{{id}.Arn}}")),
            None => ResourceMatch::EndsWith(format!(":table/{name}")),
        },
        None => ResourceMatch::Any,
    }
}

#[cfg(test)]
mod tests;
