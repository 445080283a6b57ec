//! Evaluates paths, with Jayway's messages for a definite path that matches nothing.

use std::{borrow::Cow, fmt::Write as _};

use serde_json::Value;

use super::{Path, Step};

/// A definite path that matches nothing, with the message of Jayway's library as Step Functions reports it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The last name or index is not there.
    #[error("No results for path: {0}")]
    Leaf(String),
    /// A name on the way is not there.
    #[error("Missing property in path {0}")]
    OnTheWay(String),
    /// A name is asked of something that is no object.
    #[error(
        "Expected to find an object with property ['{property}'] in path {path} but found '{found}'. \
         This is not a json object according to the JsonProvider: \
         'com.jayway.jsonpath.spi.json.JacksonJsonProvider'."
    )]
    NotAnObject {
        property: String,
        path: String,
        /// The Java class of what is there.
        found: &'static str,
    },
    /// An index is asked of something that is no array.
    #[error("Filter: [{index}] can only be applied to arrays. Current context is: {found}")]
    NotAnArray {
        /// The index asked for.
        index: i64,
        /// What is there, as JSON.
        found: String,
    },
}

impl Path {
    /// What the path matches in `data`: the place itself if the path is definite, else an array of all matches.
    pub fn read<'a>(&self, data: &'a Value) -> Result<Cow<'a, Value>, Missing> {
        if self.is_definite() {
            return self.read_one(data).map(Cow::Borrowed);
        }
        let mut places = vec![data];
        for step in &self.steps {
            let mut next = Vec::new();
            for place in places {
                matches(step, place, &mut next);
            }
            places = next;
        }
        Ok(Cow::Owned(Value::Array(places.into_iter().cloned().collect())))
    }

    fn read_one<'a>(&self, data: &'a Value) -> Result<&'a Value, Missing> {
        let mut place = data;
        for (at, step) in self.steps.iter().enumerate() {
            let found = match step {
                Step::Field(name) => place.get(name.as_str()),
                Step::Index(index) => element(place, *index),
                Step::Wildcard | Step::Slice { .. } | Step::Fields(_) | Step::Indexes(_) | Step::Descend => {
                    None
                }
            };
            place = found.ok_or_else(|| self.missing(at, step, place))?;
        }
        Ok(place)
    }

    fn missing(&self, at: usize, step: &Step, place: &Value) -> Missing {
        match step {
            Step::Field(name) if !place.is_object() => Missing::NotAnObject {
                property: name.clone(),
                path: self.canonical(at),
                found: java_class(place),
            },
            Step::Index(index) if !place.is_array() => {
                Missing::NotAnArray { index: *index, found: place.to_string() }
            }
            Step::Field(_) if at + 1 < self.steps.len() => Missing::OnTheWay(self.canonical(at + 1)),
            _ => Missing::Leaf(self.canonical(self.steps.len())),
        }
    }

    /// The first `count` steps in Jayway's spelling: `$['a'][0]`.
    fn canonical(&self, count: usize) -> String {
        let mut text = "$".to_owned();
        for step in self.steps.iter().take(count) {
            // Only definite paths can miss, and they have these two kinds of steps.
            let _ = match step {
                Step::Field(name) => write!(text, "['{name}']"),
                Step::Index(index) => write!(text, "[{index}]"),
                Step::Wildcard | Step::Slice { .. } | Step::Fields(_) | Step::Indexes(_) | Step::Descend => {
                    Ok(())
                }
            };
        }
        text
    }
}

fn matches<'a>(step: &Step, place: &'a Value, out: &mut Vec<&'a Value>) {
    match step {
        Step::Field(name) => out.extend(place.get(name.as_str())),
        Step::Fields(names) => out.extend(names.iter().filter_map(|name| place.get(name.as_str()))),
        Step::Index(index) => out.extend(element(place, *index)),
        Step::Indexes(indexes) => out.extend(indexes.iter().filter_map(|index| element(place, *index))),
        Step::Wildcard => match place {
            Value::Array(items) => out.extend(items),
            Value::Object(fields) => out.extend(fields.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        },
        Step::Slice { start, end } => {
            if let Value::Array(items) = place {
                let from = start.map_or(0, |n| bound(n, items.len()));
                let to = end.map_or(items.len(), |n| bound(n, items.len()));
                out.extend(items.get(from..to).unwrap_or_default());
            }
        }
        Step::Descend => descend(place, out),
    }
}

fn descend<'a>(place: &'a Value, out: &mut Vec<&'a Value>) {
    out.push(place);
    match place {
        Value::Array(items) => items.iter().for_each(|item| descend(item, out)),
        Value::Object(fields) => fields.values().for_each(|item| descend(item, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn element(place: &Value, index: i64) -> Option<&Value> {
    let items = place.as_array()?;
    let at = if index < 0 {
        items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?
    } else {
        usize::try_from(index).ok()?
    };
    items.get(at)
}

/// A bound of a slice as a position: negative counts from the end, and both ends are kept inside.
fn bound(n: i64, len: usize) -> usize {
    let distance = usize::try_from(n.unsigned_abs()).unwrap_or(usize::MAX);
    if n < 0 { len.saturating_sub(distance) } else { distance.min(len) }
}

/// How Jayway's Jackson provider names what it finds.
fn java_class(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "java.lang.Boolean",
        Value::Number(n) if n.is_f64() => "java.lang.Double",
        Value::Number(_) => "java.lang.Integer",
        Value::String(_) => "java.lang.String",
        Value::Array(_) => "java.util.ArrayList",
        Value::Object(_) => "java.util.LinkedHashMap",
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "a case reads better without borrows")]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(path: &str, expect: Value) {
        let data = json!({"a": {"b": [10, 20, 30]}, "n": null, "list": [{"x": 1}, {"y": 2}, {"x": 3}]});
        assert_eq!(Path::parse(path).unwrap().read(&data).unwrap().into_owned(), expect, "{path}");
    }

    fn missing(path: &str, data: Value, expect: &str) {
        assert_eq!(Path::parse(path).unwrap().read(&data).unwrap_err().to_string(), expect);
    }

    #[test]
    fn a_definite_path_is_the_place() {
        check("$.a.b[1]", json!(20));
        check("$.a.b[-1]", json!(30));
        check("$.n", json!(null));
    }

    #[test]
    fn any_other_path_is_an_array_of_matches() {
        check("$.a.b[*]", json!([10, 20, 30]));
        check("$.a.b[1:]", json!([20, 30]));
        check("$.a.b[:-1]", json!([10, 20]));
        check("$.a.b[0,2]", json!([10, 30]));
        check("$.a.b[2:1]", json!([]));
        check("$.list[*].x", json!([1, 3]));
        check("$..x", json!([1, 3]));
        check("$.nothing[*].x", json!([]));
        check("$['n','a']", json!([null, {"b": [10, 20, 30]}]));
    }

    #[test]
    fn a_missing_place_is_said_as_jayway_says_it() {
        missing("$.x", json!({}), "No results for path: $['x']");
        missing("$.x.y", json!({}), "Missing property in path $['x']");
        missing("$.x[3]", json!({"x": [1]}), "No results for path: $['x'][3]");
        missing(
            "$.x[0]",
            json!({"x": 7}),
            "Filter: [0] can only be applied to arrays. Current context is: 7",
        );
        missing(
            "$.x.y",
            json!({"x": "text"}),
            "Expected to find an object with property ['y'] in path $['x'] but found 'java.lang.String'. This is \
             not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonProvider'.",
        );
    }
}
