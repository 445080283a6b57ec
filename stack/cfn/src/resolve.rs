//! Resolves a template in one account: every resource gets its physical name and ARN, every intrinsic function is replaced
//! by its value, as CloudFormation does.
//!
//! Nothing is asked of AWS. What AWS generates at random (the ends of names, ids) is derived from a hash of the stack and
//! the logical id, so that the same template resolves to the same values.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::{
    DanglingReference, Intrinsic, LogicalId, Prop, Properties, Template,
    references::escaped,
    sub::Part,
    value::{Attribute, GetAtt, Pseudo, Target},
};

mod naming;
mod resolved;

pub use resolved::{Physical, Resolved, ResolvedResource};

/// Where a template is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The stack's region, `ap-northeast-2`.
    pub region: String,
    /// The account's 12 digits.
    pub account_id: String,
    pub stack_name: String,
    /// The values of the template's parameters, by their names.
    pub parameters: BTreeMap<String, String>,
}

/// Why a template cannot be resolved. No variant repeats the value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    #[error(transparent)]
    DanglingReference(#[from] DanglingReference),
    #[error("resources wait for each other: {}", .0.join(" -> "))]
    Circular(Vec<String>),
    #[error("a parameter has no value: {0}")]
    MissingParameter(LogicalId),
    #[error("the template has no such parameter: {0}")]
    UnknownParameter(String),
    #[error("parameter {name}: expected {expected}")]
    RefusedParameter { name: LogicalId, expected: String },
    /// `AWS::NoValue` stands where a text is needed.
    #[error("{path}: no value where one is needed")]
    NoValue { path: String },
    /// A literal object would be taken for an intrinsic function by CloudFormation, or a computed value, such as a
    /// physical name, is outside of its type.
    #[error("{path}: {message}")]
    Malformed { path: String, message: String },
}

impl ResolveError {
    /// The place in the template, as a JSON pointer.
    pub fn path(&self) -> String {
        match self {
            Self::DanglingReference(dangling) => dangling.reference().path.clone(),
            Self::Circular(chain) => format!("/Resources/{}", chain.first().map_or("", String::as_str)),
            Self::MissingParameter(name) | Self::RefusedParameter { name, .. } => {
                format!("/Parameters/{name}")
            }
            Self::UnknownParameter(_) => "/Parameters".to_owned(),
            Self::NoValue { path } | Self::Malformed { path, .. } => path.clone(),
        }
    }

    pub fn hint(&self) -> Option<String> {
        match self {
            Self::DanglingReference(dangling) => dangling.hint(),
            Self::MissingParameter(_) => {
                Some("give it in the account's parameters, or a default in the template".to_owned())
            }
            Self::Circular(_)
            | Self::UnknownParameter(_)
            | Self::RefusedParameter { .. }
            | Self::NoValue { .. }
            | Self::Malformed { .. } => None,
        }
    }
}

/// Resolves a template in an account.
///
/// # Errors
/// A reference dangles, resources depend on each other, a parameter is missing, unknown or not allowed, or a computed
/// value is outside of its type.
pub fn resolve(template: &Template, account: &Account) -> Result<Resolved, ResolveError> {
    if let Some(dangling) = template.dangling().into_iter().next() {
        return Err(dangling.into());
    }
    if let Some(cycle) = template.dependency_cycle() {
        return Err(ResolveError::Circular(cycle.iter().map(ToString::to_string).collect()));
    }
    let parameters = parameters(template, account)?;
    Resolver { template, account, parameters, names: BTreeMap::new() }.resolved()
}

fn parameters(template: &Template, account: &Account) -> Result<BTreeMap<LogicalId, String>, ResolveError> {
    if let Some(name) =
        account.parameters.keys().find(|name| !template.parameters.contains_key(name.as_str()))
    {
        return Err(ResolveError::UnknownParameter(name.clone()));
    }
    template
        .parameters
        .iter()
        .map(|(name, parameter)| {
            let given = account.parameters.get(name.as_str()).or(parameter.default.as_ref());
            let value = given.ok_or_else(|| ResolveError::MissingParameter(name.clone()))?;
            match parameter.violation(value) {
                Some(expected) => Err(ResolveError::RefusedParameter { name: name.clone(), expected }),
                None => Ok((name.clone(), value.clone())),
            }
        })
        .collect()
}

/// The longest generated id of what has no physical name.
const UNNAMED_MAX: usize = 80;

struct Resolver<'a> {
    template: &'a Template,
    account: &'a Account,
    parameters: BTreeMap<LogicalId, String>,
    names: BTreeMap<LogicalId, String>,
}

impl<'a> Resolver<'a> {
    /// The physical name of a resource. Names may be computed from other resources, but not in a cycle.
    fn name(&mut self, id: &LogicalId) -> Result<String, ResolveError> {
        if let Some(name) = self.names.get(id) {
            return Ok(name.clone());
        }
        let properties = &self.resource(id, "/Resources")?.properties;
        let (property, longest) = properties.naming().unwrap_or(("", UNNAMED_MAX));
        let given = serde_json::to_value(properties).ok().and_then(|written| written.get(property).cloned());
        let name = match given {
            Some(given) => self.json(&given, &format!("/Resources/{id}/Properties/{property}"))?,
            None => None,
        };
        let name = match name {
            Some(Json::String(name)) => name,
            Some(_) | None => naming::generated(&self.account.stack_name, id, longest),
        };
        self.names.insert(id.clone(), name.clone());
        Ok(name)
    }

    fn resource(&self, id: &LogicalId, path: &str) -> Result<&'a crate::Resource, ResolveError> {
        self.template.resources.get(id).ok_or_else(|| ResolveError::Malformed {
            path: path.to_owned(),
            message: format!("not a resource: {id}"),
        })
    }

    /// A typed property as text; nothing where it is `AWS::NoValue`.
    fn optional<T: AsRef<str>>(
        &mut self,
        prop: &Prop<T>,
        path: &str,
    ) -> Result<Option<String>, ResolveError> {
        match prop {
            Prop::Literal(text) => Ok(Some(text.as_ref().to_owned())),
            Prop::Intrinsic(intrinsic) => self.intrinsic(intrinsic, path),
        }
    }

    /// A typed property as text.
    fn text<T: AsRef<str>>(&mut self, prop: &Prop<T>, path: &str) -> Result<String, ResolveError> {
        self.optional(prop, path)?.ok_or_else(|| ResolveError::NoValue { path: path.to_owned() })
    }

    /// A node of a rendered template with every intrinsic function in it replaced; nothing where it is `AWS::NoValue`.
    fn json(&mut self, node: &Json, path: &str) -> Result<Option<Json>, ResolveError> {
        if let Some(parsed) = Intrinsic::from_json(node) {
            let intrinsic = parsed.map_err(|error| ResolveError::Malformed {
                path: path.to_owned(),
                message: error.to_string(),
            })?;
            return Ok(self.intrinsic(&intrinsic, path)?.map(Json::String));
        }
        Ok(Some(match node {
            Json::Object(fields) => {
                let mut resolved = serde_json::Map::new();
                for (key, value) in fields {
                    if let Some(value) = self.json(value, &format!("{path}/{}", escaped(key)))? {
                        resolved.insert(key.clone(), value);
                    }
                }
                Json::Object(resolved)
            }
            Json::Array(items) => {
                let mut resolved = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    resolved.extend(self.json(item, &format!("{path}/{index}"))?);
                }
                Json::Array(resolved)
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => node.clone(),
        }))
    }

    fn intrinsic(&mut self, intrinsic: &Intrinsic, path: &str) -> Result<Option<String>, ResolveError> {
        match intrinsic {
            Intrinsic::Ref(Target::Pseudo(Pseudo::NoValue)) => Ok(None),
            Intrinsic::Ref(target) => self.reference(target, path).map(Some),
            Intrinsic::GetAtt(get_att) => self.attribute(get_att, path).map(Some),
            Intrinsic::Join(join) => {
                let mut values = Vec::with_capacity(join.values.len());
                for value in &join.values {
                    values.push(self.text(value, path)?);
                }
                Ok(Some(values.join(&join.delimiter)))
            }
            Intrinsic::Sub(sub) => {
                let mut text = String::with_capacity(sub.text().len());
                for part in sub.parts() {
                    match part {
                        Part::Text(literal) => text.push_str(literal),
                        Part::Escaped(literal) => {
                            text.push_str("${");
                            text.push_str(literal);
                            text.push('}');
                        }
                        Part::Ref(target) => text.push_str(&self.reference(&target, path)?),
                        Part::GetAtt(get_att) => text.push_str(&self.attribute(&get_att, path)?),
                    }
                }
                Ok(Some(text))
            }
        }
    }

    /// What `Ref` gives.
    fn reference(&mut self, target: &Target, path: &str) -> Result<String, ResolveError> {
        let id = match target {
            Target::Pseudo(pseudo) => {
                let value = naming::pseudo(*pseudo, self.account);
                return value.ok_or_else(|| ResolveError::NoValue { path: path.to_owned() });
            }
            Target::Logical(id) => id,
        };
        if let Some(value) = self.parameters.get(id) {
            return Ok(value.clone());
        }
        let name = self.name(id)?;
        Ok(self.reference_to(&self.resource(id, path)?.properties, name))
    }

    /// What `Ref` gives for a resource of this physical name.
    fn reference_to(&self, properties: &Properties, name: String) -> String {
        let attribute = properties.ref_attribute();
        attribute.and_then(|attribute| self.attribute_of(properties, attribute, &name)).unwrap_or(name)
    }

    /// What `Fn::GetAtt` gives.
    fn attribute(&mut self, get_att: &GetAtt, path: &str) -> Result<String, ResolveError> {
        let GetAtt { resource: id, attribute } = get_att;
        let name = self.name(id)?;
        let properties = &self.resource(id, path)?.properties;
        self.attribute_of(properties, *attribute, &name)
            .filter(|_| properties.attributes().contains(attribute))
            .ok_or_else(|| ResolveError::Malformed {
                path: path.to_owned(),
                message: format!("{} has no such attribute: {attribute}", properties.resource_type()),
            })
    }

    fn attribute_of(&self, properties: &Properties, attribute: Attribute, name: &str) -> Option<String> {
        match attribute {
            Attribute::Arn | Attribute::TopicArn => naming::arn(properties, self.account, name),
            Attribute::Id | Attribute::Name | Attribute::QueueName | Attribute::TopicName => {
                Some(name.to_owned())
            }
            Attribute::QueueUrl => Some(naming::queue_url(self.account, name)),
            Attribute::RoleId => Some(naming::role_id(self.account, name)),
        }
    }
}

#[cfg(test)]
mod tests;
