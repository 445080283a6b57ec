//! Data of an execution: a value and its JSON text.
//!
//! Both are shared, so that a state that passes its input on copies nothing, and the text for the history and the size
//! limit is serialised once.

use std::sync::Arc;

use serde_json::Value;

use super::{MAX_DEPTH, MAX_PAYLOAD_BYTES, failure::Failure};

/// Data of a state, within the size limit.
#[derive(Debug, Clone)]
pub(super) struct Data {
    value: Arc<Value>,
    text: Arc<str>,
}

impl Data {
    /// Takes a value. `owner` is what made it: a state's name, or the resource of a task.
    pub(super) fn new(value: Arc<Value>, owner: &str) -> Result<Self, Failure> {
        if !nests_within(&value, MAX_DEPTH) {
            return Err(Failure::too_deep(owner));
        }
        let text: Arc<str> = value.to_string().into();
        if text.len() > MAX_PAYLOAD_BYTES {
            return Err(Failure::data_limit(owner));
        }
        Ok(Self { value, text })
    }

    /// The same data if `value` is it, else new data: the text is made again only where something changed.
    pub(super) fn or_new(&self, value: Arc<Value>, owner: &str) -> Result<Self, Failure> {
        if Arc::ptr_eq(&self.value, &value) { Ok(self.clone()) } else { Self::new(value, owner) }
    }

    pub(super) fn value(&self) -> &Arc<Value> {
        &self.value
    }

    pub(super) fn text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    pub(super) fn into_value(self) -> Value {
        Arc::unwrap_or_clone(self.value)
    }
}

/// Whether a value nests no deeper than `levels`. Looks no deeper than that either.
fn nests_within(value: &Value, levels: usize) -> bool {
    let left = levels.checked_sub(1);
    match value {
        Value::Array(items) => left.is_some_and(|left| items.iter().all(|value| nests_within(value, left))),
        Value::Object(fields) => {
            left.is_some_and(|left| fields.values().all(|value| nests_within(value, left)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}
