//! A resolved template, as JSON and as typed views of what runs.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{ResolveError, Resolver, naming};
use crate::{
    LogicalId, Whole,
    name::AttributeName,
    resource::{self, MachineType, PrimaryKey, Properties, RetryPolicy},
};

/// What a template means in one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// Every resource by its logical id.
    pub resources: BTreeMap<LogicalId, ResolvedResource>,
    /// Every output.
    pub outputs: BTreeMap<LogicalId, String>,
    functions: Vec<Function>,
    tables: Vec<Table>,
    state_machines: Vec<StateMachine>,
    rules: Vec<Rule>,
    queues: Vec<Queue>,
}

impl Resolved {
    /// The functions, ordered by logical id.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The tables, ordered by logical id.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The state machines, ordered by logical id.
    pub fn state_machines(&self) -> &[StateMachine] {
        &self.state_machines
    }

    /// The event rules, ordered by logical id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The queues, ordered by logical id.
    pub fn queues(&self) -> &[Queue] {
        &self.queues
    }
}

/// A resource as it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedResource {
    /// CloudFormation's word for the type.
    pub resource_type: &'static str,
    /// The physical name, given or generated.
    pub name: String,
    /// The ARN as `Fn::GetAtt` gives it, if the type has one.
    pub arn: Option<String>,
    /// What `Ref` gives.
    pub reference: String,
    /// The properties as CloudFormation hands them on, without any intrinsic function.
    pub properties: Json,
}

/// A function as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name in the template.
    pub logical_id: LogicalId,
    /// Its physical name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The ARN of its role.
    pub role_arn: String,
    /// The bucket of its zip file.
    pub code_bucket: String,
    /// The key of its zip file.
    pub code_key: String,
    /// What the runtime starts.
    pub handler: String,
    /// Timeout in seconds.
    pub timeout_s: u32,
    /// Memory in MB.
    pub memory_mb: u32,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// What its logs look like, with the log group as it is in the template.
    pub logging: Option<resource::Logging>,
    /// The log group that its lines go to.
    pub log_group: String,
}

/// A table as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in the template.
    pub logical_id: LogicalId,
    /// Its physical name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What finds an item: attributes with name and type.
    pub key: PrimaryKey,
    /// The attribute that says when an item expires.
    pub ttl_attribute: Option<AttributeName>,
}

/// A state machine as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateMachine {
    /// Its name in the template.
    pub logical_id: LogicalId,
    /// Its physical name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The ARN of its role.
    pub role_arn: String,
    /// The definition in the States Language, with every placeholder replaced.
    pub definition: String,
    /// Standard or express.
    pub machine_type: MachineType,
}

/// An event rule as it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name in the template.
    pub logical_id: LogicalId,
    /// Its physical name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Which events, in EventBridge's own JSON.
    pub event_pattern: Json,
    /// To whom.
    pub targets: Vec<RuleTarget>,
}

/// A target of a rule as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTarget {
    /// Its name inside of the rule.
    pub id: String,
    /// The target's ARN.
    pub arn: String,
    /// The ARN of the role that the rule takes on.
    pub role_arn: Option<String>,
    /// What the target gets instead of the event.
    pub input_transformer: Option<InputTransformer>,
    /// How long it is tried.
    pub retry_policy: Option<RetryPolicy>,
    /// The ARN of the queue for events that could not be delivered.
    pub dead_letter_arn: Option<String>,
}

/// How a target's input is made from parts of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputTransformer {
    /// Name and path of each part.
    pub input_paths: BTreeMap<String, String>,
    /// The input with `<name>` where a part goes.
    pub input_template: String,
}

/// A queue as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its name in the template.
    pub logical_id: LogicalId,
    /// Its physical name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its URL.
    pub url: String,
    /// How long a message is kept, in seconds.
    pub message_retention_s: u32,
}

pub(super) fn resolved(resolver: &mut Resolver<'_>) -> Result<Resolved, ResolveError> {
    let template = resolver.template;
    let mut all = Resolved {
        resources: BTreeMap::new(),
        outputs: BTreeMap::new(),
        functions: Vec::new(),
        tables: Vec::new(),
        state_machines: Vec::new(),
        rules: Vec::new(),
        queues: Vec::new(),
    };
    for (id, resource) in &template.resources {
        let properties = &resource.properties;
        let name = resolver.name(id)?;
        let at = Place {
            path: format!("/Resources/{id}/Properties"),
            arn: naming::arn(properties, resolver.account, &name).unwrap_or_default(),
            id: id.clone(),
            name: name.clone(),
        };
        let rendered = resolver.rendered(properties, &at.path)?;
        match properties {
            Properties::Function(function) => all.functions.push(at.function(function, resolver)?),
            Properties::Table(table) => all.tables.push(at.table(table)),
            Properties::StateMachine(machine) => {
                all.state_machines.push(at.state_machine(machine, resolver)?);
            }
            Properties::Rule(rule) => all.rules.push(at.rule(rule, &rendered, resolver)?),
            Properties::Queue(queue) => all.queues.push(at.queue(queue, resolver)),
            // Nothing that runs: their properties are enough.
            Properties::Role(_)
            | Properties::FunctionUrl(_)
            | Properties::LogGroup(_)
            | Properties::Permission(_)
            | Properties::QueuePolicy(_) => {}
        }
        let resource = ResolvedResource {
            resource_type: properties.resource_type(),
            arn: naming::arn(properties, resolver.account, &name),
            reference: naming::reference(properties, resolver.account, name.clone()),
            name,
            properties: rendered,
        };
        all.resources.insert(id.clone(), resource);
    }
    for (id, output) in &template.outputs {
        let value = resolver.text(&output.value, &format!("/Outputs/{id}/Value"))?;
        if let Some(export) = &output.export {
            resolver.text(export, &format!("/Outputs/{id}/Export/Name"))?;
        }
        all.outputs.insert(id.clone(), value);
    }
    Ok(all)
}

impl Resolver<'_> {
    fn rendered(&mut self, properties: &Properties, path: &str) -> Result<Json, ResolveError> {
        let rendered = serde_json::to_value(properties).map_err(|error| ResolveError::Malformed {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        Ok(self.json(&rendered, path)?.unwrap_or_default())
    }
}

/// A resource whose view is being made.
struct Place {
    path: String,
    id: LogicalId,
    name: String,
    arn: String,
}

impl Place {
    fn below(&self, property: &str) -> String {
        format!("{}/{property}", self.path)
    }

    fn function(
        self,
        function: &resource::Function,
        resolver: &mut Resolver<'_>,
    ) -> Result<Function, ResolveError> {
        let mut environment = BTreeMap::new();
        for (name, value) in &function.environment.variables {
            let path = self.below(&format!("Environment/Variables/{name}"));
            if let Some(value) = resolver.optional(value, &path)? {
                environment.insert(name.to_string(), value);
            }
        }
        let (resource::Logging::Text { log_group } | resource::Logging::Json { log_group, .. }) = function
            .logging
            .clone()
            .unwrap_or(resource::Logging::Text { log_group: None });
        let log_group = match log_group {
            Some(given) => resolver.optional(&given, &self.below("LoggingConfig/LogGroup"))?,
            None => None,
        };
        Ok(Function {
            role_arn: resolver.text(&function.role, &self.below("Role"))?,
            code_bucket: resolver.text(&function.code.bucket, &self.below("Code/S3Bucket"))?,
            code_key: resolver.text(&function.code.key, &self.below("Code/S3Key"))?,
            handler: function.handler.as_str().to_owned(),
            timeout_s: function.timeout_s.get(),
            memory_mb: function.memory_mb.get(),
            environment,
            logging: function.logging.clone(),
            // Source: Lambda's own name for a function's log group.
            log_group: log_group.unwrap_or_else(|| format!("/aws/lambda/{}", self.name)),
            logical_id: self.id,
            name: self.name,
            arn: self.arn,
        })
    }

    fn table(self, table: &resource::Table) -> Table {
        Table {
            logical_id: self.id,
            name: self.name,
            arn: self.arn,
            key: table.key.clone(),
            ttl_attribute: table.time_to_live.as_ref().map(|ttl| ttl.attribute.clone()),
        }
    }

    fn state_machine(
        self,
        machine: &resource::StateMachine,
        resolver: &mut Resolver<'_>,
    ) -> Result<StateMachine, ResolveError> {
        Ok(StateMachine {
            role_arn: resolver.text(&machine.role_arn, &self.below("RoleArn"))?,
            definition: resolver.text(&machine.definition, &self.below("DefinitionString"))?,
            machine_type: machine.machine_type,
            logical_id: self.id,
            name: self.name,
            arn: self.arn,
        })
    }

    fn rule(
        self,
        rule: &resource::Rule,
        rendered: &Json,
        resolver: &mut Resolver<'_>,
    ) -> Result<Rule, ResolveError> {
        let mut targets = Vec::new();
        for (index, target) in rule.targets.iter().enumerate() {
            targets.push(rule_target(
                target,
                &self.below(&format!("Targets/{index}")),
                resolver,
            )?);
        }
        Ok(Rule {
            event_pattern: rendered.get("EventPattern").cloned().unwrap_or_default(),
            targets,
            logical_id: self.id,
            name: self.name,
            arn: self.arn,
        })
    }

    fn queue(self, queue: &resource::Queue, resolver: &Resolver<'_>) -> Queue {
        // Source: SQS keeps a message for four days if it is not told otherwise.
        const DEFAULT_RETENTION_S: u32 = 345_600;
        Queue {
            url: naming::queue_url(resolver.account, &self.name),
            message_retention_s: queue.message_retention_s.map_or(DEFAULT_RETENTION_S, Whole::get),
            logical_id: self.id,
            name: self.name,
            arn: self.arn,
        }
    }
}

fn rule_target(
    target: &resource::RuleTarget,
    path: &str,
    resolver: &mut Resolver<'_>,
) -> Result<RuleTarget, ResolveError> {
    let role_arn = match &target.role_arn {
        Some(role) => resolver.optional(role, &format!("{path}/RoleArn"))?,
        None => None,
    };
    let dead_letter_arn = match &target.dead_letter {
        Some(dead_letter) => resolver.optional(&dead_letter.arn, &format!("{path}/DeadLetterConfig/Arn"))?,
        None => None,
    };
    let input_transformer = match &target.input_transformer {
        Some(transformer) => Some(InputTransformer {
            input_paths: transformer.input_paths.clone(),
            input_template: resolver.text(
                &transformer.input_template,
                &format!("{path}/InputTransformer/InputTemplate"),
            )?,
        }),
        None => None,
    };
    Ok(RuleTarget {
        id: target.id.to_string(),
        arn: resolver.text(&target.arn, &format!("{path}/Arn"))?,
        role_arn,
        input_transformer,
        retry_policy: target.retry_policy,
        dead_letter_arn,
    })
}
