//! A resolved template: the resource types themselves, with literals in the place of intrinsic functions.

use std::collections::BTreeMap;

use serde_path_to_error::Segment;

use super::{ResolveError, Resolver, naming};
use crate::{Literal, LogicalId, Properties, ResourceType, references::escaped};

/// What a template means in one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    pub resources: BTreeMap<LogicalId, ResolvedResource>,
    pub outputs: BTreeMap<LogicalId, String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedResource {
    /// CloudFormation's word for the type.
    pub resource_type: &'static str,
    pub name: String,
    /// The ARN as `Fn::GetAtt` gives it, if the type has one.
    pub arn: Option<String>,
    /// What `Ref` gives.
    pub reference: String,
    /// The properties as CloudFormation hands them on, without any intrinsic function.
    pub properties: Properties<Literal>,
}

/// A resolved resource of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Physical<'a, R> {
    /// Its name in the template.
    pub logical_id: &'a LogicalId,
    pub name: &'a str,
    /// Its ARN, empty if the type has none.
    pub arn: &'a str,
    pub properties: &'a R,
}

impl Resolved {
    /// The resources of one type, ordered by logical id: `resolved.of::<Function<Literal>>()`.
    pub fn of<R: ResourceType<Literal>>(&self) -> impl Iterator<Item = Physical<'_, R>> {
        self.resources.iter().filter_map(|(logical_id, resource)| {
            Some(Physical {
                logical_id,
                name: &resource.name,
                arn: resource.arn.as_deref().unwrap_or_default(),
                properties: R::of(&resource.properties)?,
            })
        })
    }
}

impl Resolver<'_> {
    pub(super) fn resolved(&mut self) -> Result<Resolved, ResolveError> {
        let template = self.template;
        let mut resolved = Resolved { resources: BTreeMap::new(), outputs: BTreeMap::new() };
        for (id, resource) in &template.resources {
            let name = self.name(id)?;
            let properties = &resource.properties;
            let resource = ResolvedResource {
                resource_type: properties.resource_type(),
                arn: naming::arn(properties, self.account, &name),
                reference: self.reference_to(properties, name.clone()),
                properties: self.literal(properties, &format!("/Resources/{id}/Properties"))?,
                name,
            };
            resolved.resources.insert(id.clone(), resource);
        }
        for (id, output) in &template.outputs {
            let value = self.text(&output.value, &format!("/Outputs/{id}/Value"))?;
            resolved.outputs.insert(id.clone(), value);
        }
        Ok(resolved)
    }

    /// The same properties with literals: written, every intrinsic function replaced, and read back.
    fn literal(&mut self, properties: &Properties, path: &str) -> Result<Properties<Literal>, ResolveError> {
        let malformed = |path: String, message: String| ResolveError::Malformed { path, message };
        let written = serde_json::to_value(properties)
            .map_err(|error| malformed(path.to_owned(), error.to_string()))?;
        let replaced = self.json(&written, path)?.unwrap_or_default();
        let mut track = serde_path_to_error::Track::new();
        let read = properties.read_resolved(serde_path_to_error::Deserializer::new(&replaced, &mut track));
        read.map_err(|error| {
            let below = track.path();
            let below = below.iter().map(|step| match step {
                Segment::Map { key } => format!("/{}", escaped(key)),
                Segment::Seq { index } => format!("/{index}"),
                Segment::Enum { .. } | Segment::Unknown => String::new(),
            });
            malformed(std::iter::once(path.to_owned()).chain(below).collect(), error.to_string())
        })
    }
}
