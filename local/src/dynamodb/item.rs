//! Items in plain JSON and in `DynamoDB`'s own (`{"S": ".."}`).

use serde_json::{Map, Value, json};

/// A plain value in `DynamoDB`'s own JSON.
pub fn attribute(plain: &Value) -> Value {
    match plain {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(value) => json!({ "BOOL": value }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::String(text) => json!({ "S": text }),
        Value::Array(list) => json!({ "L": list.iter().map(attribute).collect::<Vec<_>>() }),
        Value::Object(fields) => json!({ "M": attributes(fields) }),
    }
}

/// A plain object as an item.
pub fn attributes(fields: &Map<String, Value>) -> Map<String, Value> {
    fields.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

/// A value in `DynamoDB`'s own JSON as a plain one; nothing for what plain JSON has no word for (sets, bytes).
pub fn plain(attribute: &Value) -> Option<Value> {
    let (kind, value) = attribute.as_object()?.iter().next()?;
    match kind.as_str() {
        "NULL" => Some(Value::Null),
        "S" | "BOOL" => Some(value.clone()),
        "N" => serde_json::from_str(value.as_str()?).ok(),
        "L" => value.as_array()?.iter().map(plain).collect(),
        "M" => plain_object(value),
        _ => None,
    }
}

pub fn plain_object(item: &Value) -> Option<Value> {
    let fields = item.as_object()?.iter();
    let fields = fields.map(|(name, value)| Some((name.clone(), plain(value)?)));
    fields.collect::<Option<Map<_, _>>>().map(Value::Object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let value = json!({
            "text": "두부", "none": null, "yes": true, "whole": 86_400, "part": 1.5,
            "list": [1, "a", []], "map": { "in": {} },
        });
        assert_eq!(plain(&attribute(&value)), Some(value));
    }

    #[test]
    fn what_has_no_plain_form() {
        assert_eq!(plain(&json!({ "SS": ["a"] })), None);
        assert_eq!(plain(&json!("a")), None);
        assert_eq!(plain(&json!({})), None);
    }
}
