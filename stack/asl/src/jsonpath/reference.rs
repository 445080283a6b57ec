//! Reference paths: paths that name exactly one place in the state's data, and putting a value there.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Path, PathError, Root, Step};

/// A path of names and indexes only, rooted in `$`: where a result is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferencePath(Path);

/// The place cannot be created: a value on the path is no object, or an array is too short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Unable to apply ReferencePath {path} to input {input}")]
pub struct NoPlace {
    /// The reference path.
    pub path: String,
    /// The value it was applied to, as JSON.
    pub input: String,
}

impl ReferencePath {
    /// `$`: everything is replaced.
    #[must_use]
    pub fn root() -> Self {
        Self(Path::root())
    }

    /// This path with one more name behind it.
    #[must_use]
    pub fn field(self, name: &str) -> Self {
        Self(self.0.field(name))
    }

    /// Reads a reference path.
    ///
    /// # Errors
    /// If the text is no path, or one that may match more or less than one place.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let path = Path::parse(text)?;
        let one_place = path.starts() == Root::State
            && path.steps().iter().all(|step| match step {
                Step::Field(_) => true,
                Step::Index(index) => *index >= 0,
                Step::Wildcard | Step::Slice { .. } | Step::Fields(_) | Step::Indexes(_) | Step::Descend => {
                    false
                }
            });
        if one_place { Ok(Self(path)) } else { Err(PathError::NotOnePlace(text.to_owned())) }
    }

    pub const fn path(&self) -> &Path {
        &self.0
    }

    /// `$` itself.
    pub fn is_root(&self) -> bool {
        self.0.is_root()
    }

    /// Puts `value` at the place in `data`. Objects on the way are made where nothing stands.
    ///
    /// # Errors
    /// If something stands on the way that is no object, or an index has no element. `data` is then unchanged.
    pub fn place(&self, data: &mut Value, value: Value) -> Result<(), NoPlace> {
        if !can_place(self.0.steps(), data) {
            return Err(NoPlace { path: self.0.to_string(), input: data.to_string() });
        }
        let mut place = data;
        for step in self.0.steps() {
            place = match step {
                Step::Index(index) => match usize::try_from(*index).ok().and_then(|at| place.get_mut(at)) {
                    Some(element) => element,
                    None => return Ok(()),
                },
                Step::Field(name) => {
                    if !place.is_object() {
                        *place = Value::Object(Map::new());
                    }
                    let Some(fields) = place.as_object_mut() else {
                        return Ok(());
                    };
                    fields.entry(name.as_str()).or_insert(Value::Null)
                }
                Step::Wildcard | Step::Slice { .. } | Step::Fields(_) | Step::Indexes(_) | Step::Descend => {
                    return Ok(());
                }
            };
        }
        *place = value;
        Ok(())
    }
}

/// Whether the place is there or can be made: below something absent, only objects can.
fn can_place(steps: &[Step], data: &Value) -> bool {
    let mut place = Some(data);
    for step in steps {
        place = match (step, place) {
            (Step::Field(_), None) => None,
            (Step::Field(name), Some(Value::Object(fields))) => fields.get(name),
            (Step::Index(index), Some(Value::Array(items))) => {
                match usize::try_from(*index).ok().and_then(|at| items.get(at)) {
                    Some(element) => Some(element),
                    None => return false,
                }
            }
            _ => return false,
        };
    }
    true
}

impl fmt::Display for ReferencePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for ReferencePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "a case reads better without borrows")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check(path: &str, mut data: Value, expect: Value) {
        ReferencePath::parse(path).unwrap().place(&mut data, json!("new")).unwrap();
        assert_eq!(data, expect, "{path}");
    }

    #[test]
    fn the_place_is_replaced_or_made() {
        check("$", json!({"a": 1}), json!("new"));
        check("$.a", json!({"a": 1}), json!({"a": "new"}));
        check("$.b.c", json!({"a": 1}), json!({"a": 1, "b": {"c": "new"}}));
        check("$.a[1].x", json!({"a": [1, {"y": 2}]}), json!({"a": [1, {"x": "new", "y": 2}]}));
    }

    #[test]
    fn what_stands_in_the_way_is_left_alone() {
        for (path, before) in [("$.a.b", json!({"a": 1})), ("$.a[1]", json!({"a": [0]})), ("$.x", json!([1]))]
        {
            let mut data = before.clone();
            let error = ReferencePath::parse(path).unwrap().place(&mut data, json!(1)).unwrap_err();
            assert_eq!(error.to_string(), format!("Unable to apply ReferencePath {path} to input {before}"));
            assert_eq!(data, before);
        }
    }

    #[test]
    fn only_one_place_is_a_reference() {
        for path in ["$.a[*]", "$..a", "$[1:2]", "$[-1]", "$$.Execution.Id", "$['a','b']"] {
            assert_eq!(ReferencePath::parse(path), Err(PathError::NotOnePlace(path.to_owned())));
        }
    }

    fn name() -> impl Strategy<Value = String> {
        "[a-c]{1,2}"
    }

    proptest! {
        /// What is placed is read back, and placing twice is placing once.
        #[test]
        fn placed_is_read_back(
            names in prop::collection::vec(name(), 0..4),
            keys in prop::collection::btree_map(name(), 0..9_u8, 0..4),
            value in 0..100_u8,
        ) {
            let path = names.iter().fold(ReferencePath::root(), |path, name| path.field(name));
            let before = json!(keys);
            let mut once = before.clone();
            if path.place(&mut once, json!(value)).is_err() {
                prop_assert_eq!(once, before);
                return Ok(());
            }
            prop_assert_eq!(path.path().read(&once).unwrap().into_owned(), json!(value));
            let mut twice = once.clone();
            path.place(&mut twice, json!(value)).unwrap();
            prop_assert_eq!(&twice, &once);
            // Everything beside the place is as it was.
            if let Some(first) = names.first() {
                for (key, old) in keys.iter().filter(|(key, _)| *key != first) {
                    prop_assert_eq!(&once[key], &json!(old));
                }
            }
        }
    }
}
