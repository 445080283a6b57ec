//! The limits of an item in DynamoDB: size, numbers, names, depth. They are checked before any call, so that a result that can
//! never be stored is a clear error and not a refusal with retries.
//!
//! Source: "DynamoDB item sizes and formats" and "Constraints in Amazon DynamoDB" of the developer guide.

use std::collections::HashMap;

use serde_dynamo::AttributeValue;
use serde_json::Value;

/// Largest item in bytes: 400 KB.
pub(crate) const MAX_ITEM_BYTES: usize = 409_600;
/// Deepest nesting of lists and maps.
const MAX_DEPTH: usize = 32;
/// A list or map itself, and each of its elements.
const CONTAINER_BYTES: usize = 3;
const ELEMENT_BYTES: usize = 1;
/// Magnitudes of a number: from the smallest to, not including, one above the largest (38 nines and 88 zeros).
const NUMBER_RANGE: std::ops::Range<f64> = 1e-130..1e126;

/// Why a result does not fit into an item.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unfit {
    /// The item would be too large.
    #[error("result is too large for an item of DynamoDB: {bytes} bytes of at most {MAX_ITEM_BYTES}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// A number that DynamoDB cannot store: too large, too small, or not finite.
    #[error("result has a number that DynamoDB cannot hold: {path}")]
    Number {
        /// Where it is.
        path: String,
    },
    /// An attribute without a name.
    #[error("result has an attribute without a name: {path}")]
    Unnamed {
        /// The map that has it.
        path: String,
    },
    /// Lists and maps nested too deep.
    #[error("result is nested deeper than DynamoDB's {MAX_DEPTH} levels: {path}")]
    TooDeep {
        /// Where it becomes too deep.
        path: String,
    },
    /// A value that items do not have.
    #[error("result cannot be written as an item: {0}")]
    Unwritable(String),
}

/// Replaces a number that an item cannot store by its text, so that an order that was paid for is not lost.
pub(crate) fn numbers_as_text_where_needed(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(number) = number.as_f64().filter(|number| !is_held(*number)) {
                *value = format!("{number:e}").into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(numbers_as_text_where_needed),
        Value::Object(fields) => fields.values_mut().for_each(numbers_as_text_where_needed),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn is_held(number: f64) -> bool {
    number == 0.0 || NUMBER_RANGE.contains(&number.abs())
}

/// Checks an item.
pub(crate) fn check(item: &HashMap<String, AttributeValue>) -> Result<(), Unfit> {
    let mut bytes = 0;
    for (name, value) in item {
        bytes += name.len() + value_bytes(value, &mut Path(vec![name]))?;
    }
    if bytes > MAX_ITEM_BYTES {
        return Err(Unfit::TooLarge { bytes });
    }
    Ok(())
}

/// The path of a value. It ends at the free part of a recipe: the names below are the model's words.
struct Path<'a>(Vec<&'a str>);

impl Path<'_> {
    fn text(&self) -> String {
        const OURS: usize = 3;
        self.0.iter().take(OURS).copied().collect::<Vec<_>>().join(".")
    }
}

fn value_bytes<'a>(value: &'a AttributeValue, path: &mut Path<'a>) -> Result<usize, Unfit> {
    // The item itself is not a level, its attributes' maps and lists are.
    if path.0.len() > MAX_DEPTH + 1 {
        return Err(Unfit::TooDeep { path: path.text() });
    }
    let bytes = match value {
        AttributeValue::Null(_) | AttributeValue::Bool(_) => 1,
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => {
            number_bytes(number).ok_or_else(|| Unfit::Number { path: path.text() })?
        }
        AttributeValue::L(list) => {
            let mut bytes = CONTAINER_BYTES;
            path.0.push("[]");
            for element in list {
                bytes += ELEMENT_BYTES + value_bytes(element, path)?;
            }
            path.0.pop();
            bytes
        }
        AttributeValue::M(map) => {
            let mut bytes = CONTAINER_BYTES;
            for (name, element) in map {
                if name.is_empty() {
                    return Err(Unfit::Unnamed { path: path.text() });
                }
                path.0.push(name);
                bytes += ELEMENT_BYTES + name.len() + value_bytes(element, path)?;
                path.0.pop();
            }
            bytes
        }
        AttributeValue::B(_) | AttributeValue::Ss(_) | AttributeValue::Ns(_) | AttributeValue::Bs(_) => {
            return Err(Unfit::Unwritable("binary data or a set".to_owned()));
        }
    };
    Ok(bytes)
}

/// One byte for two significant digits, one more, and one for a sign: the guide says "approximately", so never less.
fn number_bytes(text: &str) -> Option<usize> {
    text.parse::<f64>().ok().filter(|number| is_held(*number))?;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_matches('0').len();
    Some(significant.div_ceil(2) + 1 + usize::from(text.starts_with('-')))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(value: Value) -> HashMap<String, AttributeValue> {
        serde_dynamo::to_item(value).unwrap()
    }

    fn check_bytes(value: Value, expect: usize) {
        let item = item(value);
        let value = &item["a"];
        assert_eq!(1 + value_bytes(value, &mut Path(vec!["a"])).unwrap(), expect, "{value:?}");
    }

    #[test]
    fn sizes_are_as_in_the_guide() {
        check_bytes(json!({ "a": "abc" }), 1 + 3);
        check_bytes(json!({ "a": "두부" }), 1 + 6);
        check_bytes(json!({ "a": null }), 1 + 1);
        check_bytes(json!({ "a": true }), 1 + 1);
        check_bytes(json!({ "a": [] }), 1 + 3);
        check_bytes(json!({ "a": ["x", "y"] }), 1 + 3 + 2 * (1 + 1));
        check_bytes(json!({ "a": { "k": "v" } }), 1 + 3 + 1 + 1 + 1);
    }

    #[test]
    fn numbers_count_their_significant_digits() {
        check_bytes(json!({ "a": 0 }), 1 + 1);
        check_bytes(json!({ "a": 7 }), 1 + 2);
        check_bytes(json!({ "a": 1_000_000 }), 1 + 2);
        check_bytes(json!({ "a": 7.5 }), 1 + 2);
        check_bytes(json!({ "a": -123 }), 1 + 1 + 3);
        check_bytes(json!({ "a": 0.001_2 }), 1 + 2);
    }

    #[test]
    fn the_limit_is_400_kb_and_not_a_byte_less() {
        let of = |bytes: usize| check(&item(json!({ "a": "x".repeat(bytes - 1) })));
        assert_eq!(of(409_600), Ok(()));
        let error = of(409_601).unwrap_err();
        assert_eq!(error, Unfit::TooLarge { bytes: 409_601 });
        assert_eq!(
            error.to_string(),
            "result is too large for an item of DynamoDB: 409601 bytes of at most 409600"
        );
    }

    #[test]
    fn items_that_dynamodb_would_refuse_are_errors() {
        let error = |value: Value| check(&item(value)).unwrap_err().to_string();
        for number in [1e126, -1e300, 1e-131] {
            let text = error(json!({ "result": { "recipe": { "targetSpecificInfo": { "당뇨": number } } } }));
            assert_eq!(
                text,
                "result has a number that DynamoDB cannot hold: result.recipe.targetSpecificInfo"
            );
        }
        for number in [9.9e125, 1e-130, 0.0, -0.0, 1e17, 1.8e19] {
            assert_eq!(check(&item(json!({ "a": number }))), Ok(()), "{number}");
        }
        assert_eq!(error(json!({ "a": { "": 1 } })), "result has an attribute without a name: a");
    }

    #[test]
    fn a_number_that_no_item_can_store_becomes_text() {
        let mut value = json!({ "a": [1e130, -1e300, 1e-131, 2.5e-310], "b": [1e50, 0.1, 9.9e125, u64::MAX, -0.0, "1e130"] });
        numbers_as_text_where_needed(&mut value);
        assert_eq!(
            value,
            json!({ "a": ["1e130", "-1e300", "1e-131", "2.5e-310"], "b": [1e50, 0.1, 9.9e125, u64::MAX, -0.0, "1e130"] })
        );
    }

    #[test]
    fn depth_ends_at_32() {
        let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(check(&item(json!({ "a": nested(32) }))), Ok(()));
        let error = check(&item(json!({ "a": nested(33) }))).unwrap_err();
        assert!(error.to_string().starts_with("result is nested deeper"), "{error}");
    }
}
