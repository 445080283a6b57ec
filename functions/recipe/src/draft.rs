//! From a JSON object to a checked recipe. `contract` knows what a recipe is; what may be nearly right is `repair`'s, but for
//! the image (decision D22). Reasons name a place and never quote the model.

use contract::{Recipe, recipe::HttpsUrl};
use serde_json::Value;

/// Why a JSON object is not a recipe. Paths are those of the wire: `ingredients[2].name`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// A field that every recipe has is not there.
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
    /// A text with markup of a tool call, and more behind it that belongs to no field.
    #[error("the model's recipe has markup of a tool call in a text: {path}")]
    Markup {
        /// The field.
        path: String,
    },
    /// A field of the right type whose value no recipe may have: empty, negative, too many.
    #[error("the model's recipe has a field out of bounds, {problem}: {path}")]
    OutOfBounds {
        /// The field.
        path: String,
        /// What was expected and how much was found, in numbers.
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

/// How many of a recipe's own fields an object has: of several objects that are no recipe, the nearest one says why.
#[must_use]
pub fn nearness(object: &Value) -> usize {
    ["name", "nutrition", "ingredients", "steps"]
        .into_iter()
        .filter(|field| object.get(field).is_some())
        .count()
}

/// The first place where something else stands for an object. serde would take a list as the fields in their order, and
/// a list of four numbers as nutrition in an order that nobody agreed on.
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

/// Takes out an image that is no https address (decision D22).
pub fn take_unusable_image(object: &mut Value) -> Option<Value> {
    let fields = object.as_object_mut()?;
    let usable = |image: &Value| image.as_str().and_then(HttpsUrl::new).is_some();
    if fields.get("image").is_some_and(|image| !usable(image)) {
        return fields.remove("image");
    }
    None
}

/// serde's messages are one text for people. The part that quotes the model's words is between the prefix and the last
/// `, expected `, so only what stands behind that is taken over.
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
        // `contract` writes its bounds as `expected ..`, without the text that broke them.
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

    /// A recipe of our own in its shortest complete form.
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

    fn with(pointer: &str, value: Value) -> Value {
        let mut recipe = tofu();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        match recipe.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[field.parse::<usize>().unwrap()] = value,
            parent => parent[field] = value,
        }
        recipe
    }

    fn without(pointer: &str) -> Value {
        let mut recipe = tofu();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        recipe.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field).unwrap();
        recipe
    }

    fn refuse(object: Value, expect: &str) {
        assert_eq!(check(object).unwrap_err().to_string(), expect);
    }

    #[test]
    fn a_recipe_is_one() {
        assert_eq!(&*check(tofu()).unwrap().name, "두부 된장국");
    }

    #[test]
    fn a_missing_field_is_named_with_its_path() {
        refuse(without("/steps"), "the model's recipe lacks a field: steps");
        refuse(without("/nutrition/fat"), "the model's recipe lacks a field: nutrition.fat");
        refuse(without("/ingredients/1/name"), "the model's recipe lacks a field: ingredients[1].name");
    }

    #[test]
    fn a_wrong_type_is_named_with_its_path() {
        let says = |expected_at: &str| {
            format!("the model's recipe has a field of the wrong type, expected {expected_at}")
        };
        refuse(with("/nutrition/calories", json!("420")), &says("a number: nutrition.calories"));
        refuse(with("/nutrition", json!("420 kcal")), &says("an object: nutrition"));
        refuse(with("/steps", json!("끓인다")), &says("a list of 1 to 200 items: steps"));
        refuse(with("/steps/1", json!(2)), &says("a string: steps[1]"));
        refuse(
            with("/ingredients/0/amount", json!(["150"])),
            &says("a text or a number: ingredients[0].amount"),
        );
        refuse(json!([1]), &says("an object: recipe"));
    }

    #[test]
    fn a_list_is_no_object() {
        let expect = |path: &str| {
            format!("the model's recipe has a field of the wrong type, expected an object: {path}")
        };
        let fields: Vec<Value> = tofu().as_object().unwrap().values().cloned().collect();
        refuse(json!(fields), &expect("recipe"));
        refuse(with("/nutrition", json!([180, 14.5, 9, 8])), &expect("nutrition"));
        refuse(with("/ingredients/1", json!(["된장", "1", "큰술"])), &expect("ingredients[1]"));
    }

    #[test]
    fn an_impossible_value_is_named_with_its_path() {
        let says = |problem_at: &str| format!("the model's recipe has a field out of bounds, {problem_at}");
        refuse(with("/name", json!(" ")), &says("expected a text that is not empty: name"));
        refuse(with("/ingredients", json!([])), &says("expected at least 1 items, got 0: ingredients"));
        refuse(with("/steps", json!([])), &says("expected at least 1 items, got 0: steps"));
        refuse(
            with("/steps", json!(vec!["끓인다"; 201])),
            &says("expected at most 200 items, got more: steps"),
        );
        refuse(
            with("/nutrition/fat", json!(-1)),
            &says("expected a number of 0 or more, got -1: nutrition.fat"),
        );
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

    #[test]
    fn a_number_as_an_amount_is_converted() {
        let recipe = check(with("/ingredients/0/amount", json!(150))).unwrap();
        assert_eq!(&*recipe.ingredients[0].amount, "150");
    }
}
