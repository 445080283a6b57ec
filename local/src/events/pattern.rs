//! Whether an event matches a rule's pattern.

use serde_json::Value;

/// Whether every field that the pattern names has one of the values that the pattern lists. Content filters (`prefix`,
/// `anything-but` ..) have no place in the type of a template's pattern.
pub fn matches(pattern: &Value, event: &Value) -> bool {
    match pattern {
        Value::Object(fields) => {
            fields.iter().all(|(name, wanted)| event.get(name).is_some_and(|found| matches(wanted, found)))
        }
        Value::Array(values) => match event {
            Value::Array(several) => several.iter().any(|found| values.contains(found)),
            single => values.contains(single),
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(pattern: &Value, expected: bool) {
        let event = json!({
            "source": "aws.states",
            "resources": ["arn:1", "arn:2"],
            "detail": { "status": "FAILED", "stateMachineArn": "m" },
        });
        assert_eq!(matches(pattern, &event), expected, "{pattern}");
    }

    #[test]
    fn every_named_field_has_to_fit() {
        check(&json!({}), true);
        check(&json!({ "source": ["aws.states"] }), true);
        check(&json!({ "source": ["aws.lambda", "aws.states"] }), true);
        check(&json!({ "source": ["aws.lambda"] }), false);
        check(&json!({ "detail": { "status": ["FAILED", "ABORTED"], "stateMachineArn": ["m"] } }), true);
        check(&json!({ "detail": { "status": ["FAILED"], "stateMachineArn": ["other"] } }), false);
        check(&json!({ "detail": { "missing": ["x"] } }), false);
        check(&json!({ "resources": ["arn:2"] }), true);
        check(&json!({ "resources": ["arn:3"] }), false);
    }
}
