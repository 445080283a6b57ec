//! A template and its JSON. Its permissions are listed by `grants`.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value as Json;

use crate::{LogicalId, Output, Parameter, Resource, ResourceType, Text};

mod grants;

pub use grants::{Grant, Granted};

/// A CloudFormation template. Everything is ordered by name, so that the same definitions give the same bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template {
    pub description: Option<Text<1_024>>,
    /// Metadata for tools, which CloudFormation ignores.
    pub metadata: BTreeMap<String, Json>,
    pub parameters: BTreeMap<LogicalId, Parameter>,
    pub resources: BTreeMap<LogicalId, Resource>,
    pub outputs: BTreeMap<LogicalId, Output>,
}

/// A logical id that is taken: resources and parameters share their names, outputs have their own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template has this name already: {0}")]
pub struct DuplicateId(pub LogicalId);

impl Template {
    pub fn add(&mut self, id: LogicalId, resource: impl Into<Resource>) -> Result<(), DuplicateId> {
        if self.is_taken(&id) {
            return Err(DuplicateId(id));
        }
        self.resources.insert(id, resource.into());
        Ok(())
    }

    pub fn add_parameter(&mut self, id: LogicalId, parameter: Parameter) -> Result<(), DuplicateId> {
        if self.is_taken(&id) {
            return Err(DuplicateId(id));
        }
        self.parameters.insert(id, parameter);
        Ok(())
    }

    pub fn add_output(&mut self, id: LogicalId, output: Output) -> Result<(), DuplicateId> {
        if self.outputs.contains_key(&id) {
            return Err(DuplicateId(id));
        }
        self.outputs.insert(id, output);
        Ok(())
    }

    fn is_taken(&self, id: &LogicalId) -> bool {
        self.resources.contains_key(id) || self.parameters.contains_key(id)
    }

    /// The resources of one type with their names, in order.
    pub fn resources_of<R: ResourceType>(&self) -> impl Iterator<Item = (&LogicalId, &R)> {
        self.resources.iter().filter_map(|(id, resource)| Some((id, R::of(&resource.properties)?)))
    }

    /// As [`Template::resources_of`], to be changed.
    pub fn resources_of_mut<R: ResourceType>(&mut self) -> impl Iterator<Item = (&LogicalId, &mut R)> {
        self.resources
            .iter_mut()
            .filter_map(|(id, resource)| Some((id, R::of_mut(&mut resource.properties)?)))
    }

    /// The template as JSON.
    ///
    /// # Panics
    /// Never: keys are texts and nothing here fails to be written.
    pub fn to_json(&self) -> Json {
        #[expect(clippy::expect_used, reason = "keys are texts and no `Serialize` here fails")]
        serde_json::to_value(self).expect("a template is JSON")
    }

    /// The template as text: indented, ordered, with a newline at its end.
    ///
    /// # Panics
    /// As [`Template::to_json`].
    pub fn to_json_string(&self) -> String {
        #[expect(clippy::expect_used, reason = "keys are texts and no `Serialize` here fails")]
        let mut text = serde_json::to_string_pretty(self).expect("a template is JSON");
        text.push('\n');
        text
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // Source: the format's only version.
        map.serialize_entry("AWSTemplateFormatVersion", "2010-09-09")?;
        if let Some(description) = &self.description {
            map.serialize_entry("Description", description)?;
        }
        if !self.metadata.is_empty() {
            let metadata: BTreeMap<_, _> =
                self.metadata.iter().map(|(key, value)| (key, sorted(value))).collect();
            map.serialize_entry("Metadata", &metadata)?;
        }
        if !self.parameters.is_empty() {
            map.serialize_entry("Parameters", &self.parameters)?;
        }
        map.serialize_entry("Resources", &self.resources)?;
        if !self.outputs.is_empty() {
            map.serialize_entry("Outputs", &self.outputs)?;
        }
        map.end()
    }
}

/// `serde_json` keeps the order of insertion where any crate of a build asks for it: the bytes must not depend on that.
fn sorted(value: &Json) -> Json {
    match value {
        Json::Object(fields) => {
            let ordered: BTreeMap<_, _> = fields.iter().collect();
            Json::Object(ordered.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests;
