//! Input and output processing of a state: `InputPath`, `Parameters`, `ResultSelector`, `ResultPath`, `OutputPath`.

use std::{borrow::Cow, sync::Arc};

use serde_json::{Map, Value};

use super::{context::ContextObject, failure::Failure};
use crate::{
    jsonpath::Path,
    model::{Field, Placement, Selection, Template},
};

/// Applies `InputPath` or `OutputPath`.
pub(super) fn select(
    selection: &Selection,
    data: &Arc<Value>,
    context: &ContextObject<'_>,
) -> Result<Arc<Value>, Failure> {
    match selection {
        Selection::Discard => Ok(Arc::new(Value::Object(Map::new()))),
        Selection::Path(path) if path.is_root() => Ok(Arc::clone(data)),
        Selection::Path(path) => read(path, data, context).map(|value| Arc::new(value.into_owned())),
    }
}

/// What a path of a field of a state matches.
pub(super) fn read<'d>(
    path: &Path,
    data: &'d Value,
    context: &ContextObject<'_>,
) -> Result<Cow<'d, Value>, Failure> {
    context.read(path, data).map_err(|missing| Failure::invalid_path(&context.place, path, &missing))
}

/// Applies `Parameters` or `ResultSelector`; without one the data stays as it is.
pub(super) fn fill(
    template: Option<&Template>,
    data: &Arc<Value>,
    context: &ContextObject<'_>,
) -> Result<Arc<Value>, Failure> {
    match template {
        None => Ok(Arc::clone(data)),
        Some(template) => fill_one(template, data, context).map(Arc::new),
    }
}

fn fill_one(template: &Template, data: &Value, context: &ContextObject<'_>) -> Result<Value, Failure> {
    Ok(match template {
        Template::Null => Value::Null,
        Template::Bool(b) => Value::Bool(*b),
        Template::Number(n) => Value::Number(n.clone()),
        Template::Text(s) => Value::String(s.clone()),
        Template::Array(items) => {
            Value::Array(items.iter().map(|item| fill_one(item, data, context)).collect::<Result<_, _>>()?)
        }
        Template::Object(fields) => {
            let mut object = Map::new();
            for (name, field) in fields {
                let value = match field {
                    Field::Value(template) => fill_one(template, data, context)?,
                    Field::Path(path) => context
                        .read(path, data)
                        .map_err(|_| not_found(name, path, data, context))?
                        .into_owned(),
                };
                object.insert(name.clone(), value);
            }
            Value::Object(object)
        }
    })
}

/// AWS's words for a payload template's path that matches nothing. They quote the data, as AWS does.
fn not_found(field: &str, path: &Path, data: &Value, context: &ContextObject<'_>) -> Failure {
    let cause = format!(
        "The JSONPath '{path}' specified for the field '{field}.$' could not be found in the input '{data}'"
    );
    Failure::runtime(&context.place, &cause)
}

/// Applies `ResultPath`: the input with the result at that place.
pub(super) fn place(
    placement: &Placement,
    input: &Arc<Value>,
    result: Arc<Value>,
    context: &ContextObject<'_>,
) -> Result<Arc<Value>, Failure> {
    match placement {
        Placement::Discard => Ok(Arc::clone(input)),
        Placement::At(path) if path.is_root() => Ok(result),
        Placement::At(path) => {
            let mut whole = Value::clone(input);
            path.place(&mut whole, Arc::unwrap_or_clone(result))
                .map_err(|error| Failure::result_path(&context.place, &error.to_string()))?;
            Ok(Arc::new(whole))
        }
    }
}
