//! From a JSON object to a checked recipe. `contract` defines a recipe; deviations are repaired in `repair`, except for the
//! image (decision D22). Errors name a path and never quote the model.

use contract::{Recipe, recipe::HttpsUrl};
use serde_json::Value;

/// Why a JSON object is not a recipe. Paths are those of the wire: `ingredients[2].name`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// A required field is missing.
    #[error("the model's recipe lacks a field: {path}")]
    MissingField {
        /// The field.
        path: String,
    },
    /// A field of another type.
    #[error("the model's recipe has a field of the wrong type, expected {expected}: {path}")]
    WrongType {
        /// The field.
        path: String,
        /// The type it should have.
        expected: String,
    },
    /// A text with markup of a tool call, and text behind it that belongs to no field.
    #[error("the model's recipe has markup of a tool call in a text: {path}")]
    Markup {
        /// The field.
        path: String,
    },
    /// A field of the right type with an invalid value: empty, negative, too many.
    #[error("the model's recipe has a field out of bounds, {problem}: {path}")]
    OutOfBounds {
        /// The field.
        path: String,
        /// What was expected, and the number that was found.
        problem: String,
    },
}

/// Checks a JSON object against `contract`'s recipe.
///
/// It is strict: see [`take_unusable_image`] for the one field that may be left out.
///
/// # Errors
/// The object is not a recipe: the first place where it is not.
pub fn check(object: Value) -> Result<Recipe, DraftError> {
    if let Some(path) = list_for_object(&object) {
        return Err(DraftError::WrongType { path, expected: "an object".to_owned() });
    }
    serde_path_to_error::deserialize(object).map_err(|error| reason(&error))
}

/// How many of a recipe's fields an object has. Of several objects that are no recipe, the one with most gives the error.
#[must_use]
pub fn nearness(object: &Value) -> usize {
    ["name", "nutrition", "ingredients", "steps"]
        .into_iter()
        .filter(|field| object.get(field).is_some())
        .count()
}

/// The first path with another type than the schema's object. serde would read a list as the fields in their order, and so a
/// list of four numbers as nutrition.
fn list_for_object(object: &Value) -> Option<String> {
    let Some(fields) = object.as_object() else {
        return Some("recipe".to_owned());
    };
    if fields.get("nutrition").is_some_and(Value::is_array) {
        return Some("nutrition".to_owned());
    }
    let ingredients = fields.get("ingredients")?.as_array()?;
    let at = ingredients.iter().position(Value::is_array)?;
    Some(format!("ingredients[{at}]"))
}

/// Removes an image that is no https address (decision D22).
pub fn take_unusable_image(object: &mut Value) -> Option<Value> {
    let fields = object.as_object_mut()?;
    let usable = |image: &Value| image.as_str().and_then(HttpsUrl::new).is_some();
    if fields.get("image").is_some_and(|image| !usable(image)) {
        return fields.remove("image");
    }
    None
}

/// serde's messages are one text for people. The part that quotes the model's words is between the prefix and the last
/// `, expected `, so only the text behind that is used.
fn reason(error: &serde_path_to_error::Error<serde_json::Error>) -> DraftError {
    let message = error.inner().to_string();
    let parent = error.path().to_string();
    let parent = if parent == "." { "" } else { &parent };
    let whole = || {
        if parent.is_empty() { "recipe".to_owned() } else { parent.to_owned() }
    };

    if let Some((field, _)) = message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
        let path = if parent.is_empty() { field.to_owned() } else { format!("{parent}.{field}") };
        return DraftError::MissingField { path };
    }
    let wrong_type = message.strip_prefix("invalid type: ").map(|rest| {
        let expected = rest.rsplit_once(", expected ").map_or(rest, |(_, expected)| expected);
        plain(expected.strip_prefix("expected ").unwrap_or(expected))
    });
    match wrong_type {
        Some(expected) => DraftError::WrongType { path: whole(), expected },
        // `contract` writes its bounds as `expected ..`, without the invalid text.
        None if message.starts_with("expected ") => {
            DraftError::OutOfBounds { path: whole(), problem: message }
        }
        None => DraftError::OutOfBounds { path: whole(), problem: "a value that no recipe has".to_owned() },
    }
}

/// serde's names of Rust types in words.
fn plain(expected: &str) -> String {
    if expected == "f64" {
        "a number".to_owned()
    } else if expected.starts_with("struct ") || expected == "a map" {
        "an object".to_owned()
    } else {
        expected.to_owned()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// The shortest complete recipe.
    pub(crate) fn tofu() -> Value {
        json!({
            "name": "두부 된장국",
            "nutrition": { "calories": 180, "protein": 14.5, "carbs": 9, "fat": 8 },
            "ingredients": [
                { "name": "두부", "amount": "150", "unit": "g" },
                { "name": "된장", "amount": "1", "unit": "큰술" },
            ],
            "steps": ["물을 끓여 된장을 푼다", "두부를 넣고 5분 끓인다"],
            "targetSpecificInfo": {},
        })
    }

    /// The recipe with another value at this pointer.
    pub(crate) fn with(pointer: &str, value: Value) -> Value {
        let mut recipe = tofu();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        match recipe.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[field.parse::<usize>().unwrap()] = value,
            parent => parent[field] = value,
        }
        recipe
    }

    #[test]
    fn the_models_words_are_not_quoted() {
        let secret = "페니실린, expected 비밀";
        for pointer in ["/nutrition/calories", "/nutrition", "/steps", "/ingredients", "/targetSpecificInfo"]
        {
            let error = check(with(pointer, json!(secret))).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("페니실린") && !text.contains("비밀"), "{text}");
        }
    }

    #[test]
    fn an_unusable_image_is_left_out() {
        for image in [json!("http://example.com/a.jpg"), json!("이미지URL"), json!(null), json!(7), json!("")]
        {
            let mut object = with("/image", image.clone());
            assert_eq!(take_unusable_image(&mut object), Some(image));
            assert_eq!(object, tofu());
        }
        let mut object = with("/image", json!("https://example.com/a.jpg"));
        assert_eq!(take_unusable_image(&mut object), None);
        let image = check(object).unwrap().image;
        assert_eq!(image.as_deref(), Some("https://example.com/a.jpg"));
    }
}
