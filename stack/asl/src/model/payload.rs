//! How a state selects, shapes and places its data: `InputPath`, `Parameters`, `ResultSelector`, `ResultPath`,
//! `OutputPath`.

use indexmap::IndexMap;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Number, Value};

use super::{Path, ReferencePath};

/// `InputPath` or `OutputPath`: what part goes on. The language's default is all of it, `$`.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// `null`: nothing goes on, the data is `{}`.
    Discard,
    Path(Path),
}

/// `ResultPath`: where a result goes in the state's input. The language's default is `$`: it replaces the input.
#[derive(Debug, Clone, PartialEq)]
pub enum Placement {
    /// `null`: the result is dropped, the input goes on.
    Discard,
    /// At this place.
    At(ReferencePath),
}

/// A payload template: JSON whose object fields may be filled from a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Template {
    /// `null`.
    Null,
    Bool(bool),
    Number(Number),
    /// Text, never evaluated.
    Text(String),
    /// A list; its objects may have paths.
    Array(Vec<Template>),
    /// Fields in the order of the definition, by their name without `.$`.
    Object(IndexMap<String, Field>),
}

/// A field of a payload template.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// `"name.$": "$.path"`.
    Path(Path),
    /// `"name": ..`.
    Value(Template),
}

impl Template {
    /// An object of these fields.
    #[must_use]
    pub fn object<N: Into<String>>(fields: impl IntoIterator<Item = (N, Field)>) -> Self {
        Self::Object(fields.into_iter().map(|(name, field)| (name.into(), field)).collect())
    }

    /// A value without paths. Names are taken as they are.
    #[must_use]
    pub fn literal(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Bool(b),
            Value::Number(n) => Self::Number(n),
            Value::String(s) => Self::Text(s),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::literal).collect()),
            Value::Object(fields) => Self::object(
                fields.into_iter().map(|(name, value)| (name, Field::Value(Self::literal(value)))),
            ),
        }
    }
}

impl From<&str> for Template {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Path> for Field {
    fn from(path: Path) -> Self {
        Self::Path(path)
    }
}

impl From<Template> for Field {
    fn from(template: Template) -> Self {
        Self::Value(template)
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Value(text.into())
    }
}

impl Default for Selection {
    fn default() -> Self {
        Self::Path(Path::root())
    }
}

impl Default for Placement {
    fn default() -> Self {
        Self::At(ReferencePath::root())
    }
}

impl Selection {
    /// Whether it is the language's default and need not be written.
    pub fn is_default(&self) -> bool {
        matches!(self, Self::Path(path) if path.is_root())
    }
}

impl Placement {
    /// Whether it is the language's default and need not be written.
    pub fn is_default(&self) -> bool {
        matches!(self, Self::At(path) if path.is_root())
    }
}

impl Serialize for Selection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Discard => serializer.serialize_unit(),
            Self::Path(path) => path.serialize(serializer),
        }
    }
}

impl Serialize for Placement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Discard => serializer.serialize_unit(),
            Self::At(path) => path.serialize(serializer),
        }
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(b) => serializer.serialize_bool(*b),
            Self::Number(n) => n.serialize(serializer),
            Self::Text(s) => serializer.serialize_str(s),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, field) in fields {
                    match field {
                        Field::Path(path) => map.serialize_entry(&format!("{name}.$"), path)?,
                        Field::Value(template) => map.serialize_entry(name, template)?,
                    }
                }
                map.end()
            }
        }
    }
}
