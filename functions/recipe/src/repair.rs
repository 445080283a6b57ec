//! Repairs an object before it is checked as a recipe (decision D30): known deviations of models from the schema. Every repair
//! follows from the schema that the model got; nothing else is guessed.
//!
//! - `null` in a field that is not required is absence.
//! - An object with one key whose value is an object is unwrapped, once. Keys with the value `null` do not count.
//! - Complete JSON text of an object or list is parsed where the schema has one, with or without tags around it. Where the
//!   schema has a text it stays text.
//! - An image that is no https address is left out (decision D22).
//! - A text ends where the markup of the tool's call begins. A parameter behind it becomes the field of
//!   that name if the field is declared and absent. Any other text behind the markup has no known field, so the
//!   recipe is refused with the field's name.

use std::{collections::BTreeSet, fmt, sync::LazyLock};

use contract::{Recipe, schema};
use serde_json::{Map, Value};

use crate::{
    draft::{self, DraftError},
    json,
    markup::{self, Split},
    request,
};

/// A repair, without the model's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    what: &'static str,
    path: String,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.path)
    }
}

static SCHEMA: LazyLock<Value> = LazyLock::new(schema::of::<Recipe>);

/// The names of the fields of a recipe and of what it is made of.
static FIELDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    fn collect(schema: &'static Value, names: &mut BTreeSet<&'static str>) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            names.insert(name);
            collect(field, names);
        }
        if let Some(items) = schema.get("items") {
            collect(items, names);
        }
    }
    let mut names = BTreeSet::new();
    collect(&SCHEMA, &mut names);
    names
});

/// The names of the recipe, of the tool that takes it, and of the fields in the singular.
static PARTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let singular = FIELDS.iter().filter_map(|name| name.strip_suffix('s'));
    let title = SCHEMA.get("title").and_then(Value::as_str);
    let names = singular.chain(title).chain([request::TOOL]);
    names.map(str::to_ascii_lowercase).collect()
});

/// The field of a tag's name.
fn declared(name: &str) -> Option<&'static str> {
    FIELDS.iter().copied().find(|field| field.eq_ignore_ascii_case(name))
}

/// The object in a value: itself, as JSON text, or wrapped in one key; else the value.
#[must_use]
pub fn unwrapped(value: Value) -> Value {
    let value = from_text(value, &SCHEMA);
    let mut inner = value.as_object().into_iter().flat_map(Map::values).filter(|inner| !inner.is_null());
    let only = inner.next().filter(|_| inner.next().is_none());
    only.cloned().map(|inner| from_text(inner, &SCHEMA)).filter(Value::is_object).unwrap_or(value)
}

/// Repairs the fields of an [`unwrapped`] value.
///
/// # Errors
/// A text has markup with other text than parameters behind it.
pub fn fields(value: Value) -> Result<(Value, Vec<Repair>), DraftError> {
    let mut walk = Walk::default();
    let mut value = walk.value(value, &SCHEMA, "", "")?;
    if draft::take_unusable_image(&mut value).is_some() {
        walk.note("unusable image left out", "image");
    }
    for (name, _) in std::mem::take(&mut walk.parameters) {
        let known = declared(&name).unwrap_or("a field that no recipe has");
        walk.note("parameter in a text left out", known);
    }
    Ok((value, walk.repairs))
}

/// The object or list in a text, if the schema has one.
fn from_text(value: Value, schema: &Value) -> Value {
    let Value::String(text) = &value else { return value };
    let fits =
        |read: &Value| read.is_object() && is(schema, "object") || read.is_array() && is(schema, "array");
    json_in_tags(text).filter(fits).unwrap_or(value)
}

/// The object or list in a text with nothing else but tags.
fn json_in_tags(text: &str) -> Option<Value> {
    let text = json::readable_text(text);
    let (before, json) = text.split_at_checked(text.find(['{', '['])?)?;
    let mut reader = serde_json::Deserializer::from_str(json).into_iter();
    let read = reader.next()?.ok()?;
    let behind = json.get(reader.byte_offset()..)?;
    (markup::is_only_tags(before) && markup::is_only_tags(behind)).then_some(read)
}

/// The schema of a field.
fn field_of<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    schema.get("properties")?.get(name)
}

/// Whether a schema takes that type.
fn is(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    }
}

#[derive(Default)]
struct Walk {
    repairs: Vec<Repair>,
    /// Parameters from texts that are not assigned to a field yet.
    parameters: Vec<(String, String)>,
}

impl Walk {
    fn note(&mut self, what: &'static str, path: &str) {
        let path = path.to_owned();
        self.repairs.push(Repair { what, path });
    }

    /// `name` is the field's: its own tag may be in its text.
    fn value(&mut self, value: Value, schema: &Value, path: &str, name: &str) -> Result<Value, DraftError> {
        match value {
            Value::String(text) => {
                // JSON text comes first: its own texts may have markup.
                let value = match from_text(Value::String(text), schema) {
                    Value::String(text) => from_text(Value::String(self.text(text, path, name)?), schema),
                    read => read,
                };
                if value.is_string() {
                    return Ok(value);
                }
                self.note("JSON text read", path);
                self.value(value, schema, path, name)
            }
            Value::Array(items) => {
                let repaired = items.into_iter().enumerate();
                let repaired = repaired.map(|(at, item)| {
                    self.value(item, &schema["items"], &child(path, schema, At::Item(at)), name)
                });
                repaired.collect::<Result<_, _>>().map(Value::Array)
            }
            Value::Object(fields) => self.object(fields, schema, path).map(Value::Object),
            other => Ok(other),
        }
    }

    fn object(
        &mut self,
        fields: Map<String, Value>,
        schema: &Value,
        path: &str,
    ) -> Result<Map<String, Value>, DraftError> {
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
        let outer = std::mem::take(&mut self.parameters);
        let mut repaired = Map::new();
        for (name, value) in fields {
            let field = field_of(schema, &name);
            if field.is_none() && schema.get("properties").is_some() {
                // A field that recipes do not have is not read.
                continue;
            }
            let at = child(path, schema, At::Field(&name));
            if value.is_null() && field.is_some() && !required(&name) {
                self.note("null left out", &at);
                continue;
            }
            let own_name = name.split('<').next().unwrap_or_default().trim().to_owned();
            let name = self.text(name, &at, &own_name)?;
            let value = self.value(value, field.unwrap_or(&Value::Null), &at, &name)?;
            if repaired.insert(name, value).is_some() {
                self.note("first of two equal names left out", &at);
            }
        }
        // A parameter belongs to the innermost object that declares it.
        for (name, written) in std::mem::replace(&mut self.parameters, outer) {
            let Some(field) = field_of(schema, &name).filter(|_| !repaired.contains_key(&name)) else {
                self.parameters.push((name, written));
                continue;
            };
            let at = child(path, schema, At::Field(&name));
            self.note("parameter in a text became its field", &at);
            let value = json::read(written.as_bytes()).ok().filter(|_| !is(field, "string"));
            let value = self.value(value.unwrap_or_else(|| written.trim().into()), field, &at, &name)?;
            repaired.insert(name, value);
        }
        Ok(repaired)
    }

    /// A text without markup.
    fn text(&mut self, text: String, path: &str, name: &str) -> Result<String, DraftError> {
        let Some(Split { text, parameters, has_rest }) =
            markup::split(&text, name, declared, |name| PARTS.contains(&name.to_ascii_lowercase()))
        else {
            return Ok(text);
        };
        if has_rest {
            let path = if path.is_empty() { "recipe" } else { path };
            return Err(DraftError::Markup { path: path.to_owned() });
        }
        self.note("markup left out", path);
        self.parameters.extend(parameters);
        Ok(text)
    }
}

/// A path below an object or a list.
#[derive(Clone, Copy)]
enum At<'a> {
    Field(&'a str),
    Item(usize),
}

/// The path of a value. It ends where the schema does: further names are the model's words.
fn child(path: &str, schema: &Value, at: At<'_>) -> String {
    match at {
        At::Field(name) if field_of(schema, name).is_some() && path.is_empty() => name.to_owned(),
        At::Field(name) if field_of(schema, name).is_some() => format!("{path}.{name}"),
        At::Item(at) if schema.get("items").is_some() => format!("{path}[{at}]"),
        _ if path.is_empty() => "recipe".to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests;
