//! An order as a person writes it. An error of [`Order::parse`] names the field and what was expected there.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Order, SchemaError, SessionId,
    order::{Ingredient, Ingredients, Quantity},
    profile::{Answers, Needs, Profile},
    text::is_hidden,
    visible::is_ignorable,
};

/// Largest order in bytes (decision D20).
pub const MAX_ORDER_BYTES: usize = 65_536;

/// An order as a person writes it: the session id may be generated, the ingredients may be the fridge's.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "OrderFile")]
pub struct OrderFile {
    #[serde(default)]
    session_id: Option<SessionId>,
    profile: Answers,
    #[serde(default)]
    ingredients: Option<Ingredients>,
}

/// An invalid order: the field, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct OrderError {
    /// The field, as `profile.months` or `ingredients[3].name`; `order` for the whole text. It ends in an unknown key as the person
    /// wrote it, in its visible form and cut to 200 characters.
    pub path: String,
    /// What was expected, without values of the order, which may be health data, except for a number of elements and the code of
    /// a hidden character.
    pub message: String,
}

impl Order {
    /// Reads an order as a person wrote it. `new_session` is asked for an id when the order has none.
    ///
    /// # Errors
    /// The order is too large, is not JSON, or a field of it is missing, unknown or out of bounds.
    pub fn parse(bytes: &[u8], new_session: impl FnOnce() -> SessionId) -> Result<Self, OrderError> {
        let whole = |message: String| OrderError { path: "order".to_owned(), message };
        if bytes.len() > MAX_ORDER_BYTES {
            return Err(whole(format!("expected at most {MAX_ORDER_BYTES} bytes, got {}", bytes.len())));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            whole(format!("expected UTF-8, got an invalid byte at {}", error.valid_up_to()))
        })?;
        let mut json = serde_json::Deserializer::from_str(text);
        only_objects(text)?;
        let file: OrderFile =
            serde_path_to_error::deserialize(&mut json).map_err(|error| SchemaError::from(&error))?;
        // The error is a position without a quotation.
        json.end().map_err(|error| whole(error.to_string()))?;

        let profile = file.profile.into_profile().map_err(|error| {
            let text = error.to_string();
            let (field, message) = text.split_once(": ").unwrap_or(("", &text));
            OrderError { path: format!("profile.{field}"), message: message.to_owned() }
        })?;
        let ingredients = file.ingredients.unwrap_or_else(|| from_fridge(&profile));
        Ok(Self { session_id: file.session_id.unwrap_or_else(new_session), profile, ingredients })
    }
}

/// A `fridge` order without ingredients prices what is in the fridge, any other prices nothing (decision D7).
fn from_fridge(profile: &Profile) -> Ingredients {
    let Needs::Fridge { ingredients, .. } = &profile.needs else {
        return Ingredients::default();
    };
    let names = ingredients.iter().cloned();
    let items = names.map(|name| Ingredient { name, amount: Quantity::default(), unit: Quantity::default() });
    Ingredients::new(items.collect()).unwrap_or_default()
}

/// serde also reads a struct from a list, field by field in order. In an order that is an error.
fn only_objects(text: &str) -> Result<(), OrderError> {
    let refused =
        |path: String| OrderError { path, message: "invalid type: a list, expected an object".to_owned() };
    if text.trim_start().starts_with('[') {
        return Err(refused("order".to_owned()));
    }
    // A text that is no JSON at all gets its own message from the reader that follows.
    let Ok(order) = serde_json::from_str::<Value>(text) else {
        return Ok(());
    };
    let items = order.get("ingredients").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let items = items.iter().enumerate().map(|(i, item)| (format!("ingredients[{i}]"), Some(item)));
    let profile = [("profile".to_owned(), order.get("profile"))];
    match profile.into_iter().chain(items).find(|(_, place)| place.is_some_and(Value::is_array)) {
        Some((path, _)) => Err(refused(path)),
        None => Ok(()),
    }
}

impl From<SchemaError> for OrderError {
    fn from(error: SchemaError) -> Self {
        let places = [Some(error.path), error.unknown_key];
        let places: Vec<_> = places.into_iter().flatten().filter(|place| !place.is_empty()).collect();
        let path = if places.is_empty() { "order".to_owned() } else { shown(&places.join(".")) };
        Self { path, message: error.message }
    }
}

/// A person's key may be of any length and hold anything: what is shown on a terminal is short and visible.
fn shown(text: &str) -> String {
    const MOST: usize = 200;
    let unseen = |c| is_hidden(c) || is_ignorable(c);
    let clean = text.chars().map(|c| if unseen(c) { '\u{FFFD}' } else { c });
    let mut short: String = clean.take(MOST).collect();
    if text.chars().count() > MOST {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
