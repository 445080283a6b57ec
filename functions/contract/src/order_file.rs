//! An order as a person writes it. [`Order::parse`] says which leaf is wrong and what was expected there.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Order, SessionId,
    order::{Ingredient, Ingredients, Quantity},
    profile::{Answers, Needs, Profile},
    text::is_hidden,
};

/// Largest order in bytes (D20).
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

/// An order that is refused: which leaf, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct OrderError {
    /// The leaf, as `profile.months` or `ingredients[3].name`; `order` when it is the whole text.
    pub path: String,
    /// What was expected and what was found. Quotes no text of the order: it may be health data.
    pub message: String,
}

impl Order {
    /// Reads an order as a person wrote it. `new_session` is asked for an id when the order has none.
    ///
    /// # Errors
    /// The order is too large, is not JSON, or a field of it is missing, unknown or out of bounds.
    pub fn parse(bytes: &[u8], new_session: impl FnOnce() -> SessionId) -> Result<Self, OrderError> {
        let whole = |message: String| OrderError {
            path: "order".to_owned(),
            message,
        };
        if bytes.len() > MAX_ORDER_BYTES {
            return Err(whole(format!(
                "expected at most {MAX_ORDER_BYTES} bytes, got {}",
                bytes.len()
            )));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            whole(format!(
                "expected UTF-8, got an invalid byte at {}",
                error.valid_up_to()
            ))
        })?;
        let mut json = serde_json::Deserializer::from_str(text);
        only_objects(text)?;
        let file: OrderFile = serde_path_to_error::deserialize(&mut json).map_err(|error| leaf(&error))?;
        json.end().map_err(|error| whole(without_quotes(&error)))?;

        let profile = file.profile.into_profile().map_err(|error| {
            let text = error.to_string();
            let (field, message) = text.split_once(": ").unwrap_or(("", &text));
            OrderError {
                path: format!("profile.{field}"),
                message: message.to_owned(),
            }
        })?;
        let ingredients = file.ingredients.unwrap_or_else(|| from_fridge(&profile));
        Ok(Self {
            session_id: file.session_id.unwrap_or_else(new_session),
            profile,
            ingredients,
        })
    }
}

/// A `fridge` order without ingredients prices what is in the fridge, any other prices nothing (D7).
fn from_fridge(profile: &Profile) -> Ingredients {
    let Needs::Fridge { ingredients, .. } = &profile.needs else {
        return Ingredients::default();
    };
    let names = ingredients.iter().cloned();
    let items = names.map(|name| Ingredient {
        name,
        amount: Quantity::default(),
        unit: Quantity::default(),
    });
    Ingredients::new(items.collect()).unwrap_or_default()
}

/// serde also reads a struct from a list, field by field in order. Nobody writes an order so: it is a mistake to name.
fn only_objects(text: &str) -> Result<(), OrderError> {
    let refused = |path: String| OrderError {
        path,
        message: "invalid type: a list, expected an object".to_owned(),
    };
    if text.trim_start().starts_with('[') {
        return Err(refused("order".to_owned()));
    }
    // A text that is no JSON at all gets its own message from the reader that follows.
    let Ok(order) = serde_json::from_str::<Value>(text) else {
        return Ok(());
    };
    let items = order
        .get("ingredients")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let items = items
        .iter()
        .enumerate()
        .map(|(i, item)| (format!("ingredients[{i}]"), Some(item)));
    let profile = [("profile".to_owned(), order.get("profile"))];
    match profile
        .into_iter()
        .chain(items)
        .find(|(_, place)| place.is_some_and(Value::is_array))
    {
        Some((path, _)) => Err(refused(path)),
        None => Ok(()),
    }
}

fn leaf(error: &serde_path_to_error::Error<serde_json::Error>) -> OrderError {
    let message = without_quotes(error.inner());
    let parent = error.path().to_string();
    // serde names a missing or an unknown field in its message and leaves the path at the parent.
    let field = ["missing field `", "unknown field `", "duplicate field `"]
        .into_iter()
        .find_map(|start| message.strip_prefix(start)?.split_once('`'));
    let path = match (parent.as_str(), field) {
        (".", None) => "order".to_owned(),
        (".", Some((name, _))) => name.to_owned(),
        (_, Some((name, _))) if !parent.ends_with(name) => format!("{parent}.{name}"),
        _ => parent,
    };
    OrderError {
        path: shown(&path),
        message: shown(&message),
    }
}

/// A person's key may be of any length and hold anything: what is shown on a terminal is short and visible.
fn shown(text: &str) -> String {
    const MOST: usize = 200;
    let clean = text.chars().map(|c| if is_hidden(c) { '\u{FFFD}' } else { c });
    let mut short: String = clean.take(MOST).collect();
    if text.chars().count() > MOST {
        short.push('…');
    }
    short
}

/// serde quotes what it found (`invalid type: string "페니실린", expected ..`). A person's words stay out of errors.
fn without_quotes(error: &serde_json::Error) -> String {
    let text = error.to_string();
    for (start, end, found) in [
        (": string \"", "\", expected ", ": a string"),
        (" variant `", "`, expected ", " word"),
    ] {
        if let (Some((before, _)), Some((_, after))) = (text.split_once(start), text.rsplit_once(end)) {
            return format!("{before}{found}, expected {after}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERAL: &str = r#""target":"general","budget":10000,"servings":2"#;

    fn parse(text: &str) -> Result<Order, OrderError> {
        Order::parse(text.as_bytes(), || SessionId::new("generated").unwrap())
    }

    fn refused(text: &str, path: &str, expected: &str) {
        let error = parse(text).expect_err(text);
        assert_eq!(error.path, path, "{error}");
        assert!(error.message.contains(expected), "{error}");
    }

    /// A profile with one answer more or another than the plain one.
    fn profile(answers: &str) -> String {
        format!(r#"{{"profile":{{{answers}}}}}"#)
    }

    #[test]
    fn the_smallest_order() {
        let order = parse(&profile(GENERAL)).unwrap();
        assert_eq!(&*order.session_id, "generated");
        assert_eq!(order.profile.target(), crate::Target::General);
        assert!(order.ingredients.is_empty());
    }

    #[test]
    fn a_fridge_order_prices_the_fridge_unless_it_says_otherwise() {
        let fridge =
            r#""target":"fridge","budget":1,"servings":1,"cookingTime":30,"ingredients":["두부","김치"]"#;
        let order = parse(&profile(fridge)).unwrap();
        let names: Vec<_> = order.ingredients.iter().map(|i| i.name.to_string()).collect();
        assert_eq!(names, ["두부", "김치"]);

        let order = parse(&format!(r#"{{"profile":{{{fridge}}},"ingredients":[]}}"#)).unwrap();
        assert!(order.ingredients.is_empty(), "an empty list is an answer too");
    }

    #[test]
    fn every_bound_of_a_number_from_both_sides() {
        let cases = [
            ("budget", r#""target":"general","servings":1"#, 1, 10_000_000),
            ("servings", r#""target":"general","budget":1"#, 1, 100),
            (
                "carbLimit",
                r#""target":"keto","budget":1,"servings":1,"phase":"적응기""#,
                0,
                500,
            ),
            ("months", r#""target":"baby","budget":1,"servings":1"#, 0, 36),
            (
                "bloodSugar",
                r#""target":"diabetes","budget":1,"servings":1"#,
                20,
                600,
            ),
            (
                "cookingTime",
                r#""target":"fridge","budget":1,"servings":1"#,
                1,
                600,
            ),
        ];
        for (field, others, min, max) in cases {
            let with = |number: &str| profile(&format!(r#"{others},"{field}":{number}"#));
            let expected = format!("a whole number from {min} to {max}");
            for ok in [min, max] {
                parse(&with(&ok.to_string())).unwrap();
            }
            for bad in [
                (min - 1).to_string(),
                (max + 1).to_string(),
                "1.5".into(),
                "\"7\"".into(),
                "[]".into(),
            ] {
                refused(&with(&bad), &format!("profile.{field}"), &expected);
            }
            refused(
                &with(&format!("1{}", "0".repeat(400))),
                &format!("profile.{field}"),
                "number out of range",
            );
        }
    }

    #[test]
    fn every_bound_of_a_text_and_a_list_from_both_sides() {
        let ingredient = |name: &str| format!(r#"{{"name":"{name}"}}"#);
        let order = |items: &str| format!(r#"{{"profile":{{{GENERAL}}},"ingredients":[{items}]}}"#);
        parse(&order(&ingredient(&"파".repeat(100)))).unwrap();
        refused(
            &order(&ingredient(&"파".repeat(101))),
            "ingredients[0].name",
            "1 to 100 characters, got 101",
        );
        refused(
            &order(&ingredient("  ")),
            "ingredients[0].name",
            "1 to 100 characters, got 0",
        );
        refused(&order(&ingredient("파\\u202e")), "ingredients[0].name", "U+202E");
        refused(&order(&ingredient("\\u0007")), "ingredients[0].name", "U+0007");
        let with = |key: &str, n: usize| order(&format!(r#"{{"name":"파","{key}":"{}"}}"#, "9".repeat(n)));
        for key in ["amount", "unit"] {
            parse(&with(key, 30)).unwrap();
            refused(
                &with(key, 31),
                &format!("ingredients[0].{key}"),
                "0 to 30 characters, got 31",
            );
        }
        parse(&order(&vec![ingredient("파"); 50].join(","))).unwrap();
        refused(
            &order(&vec![ingredient("파"); 51].join(",")),
            "ingredients",
            "at most 50 items",
        );
        refused(
            &order(r#"{"name":"파","amount":200}"#),
            "ingredients[0].amount",
            "a string",
        );
    }

    #[test]
    fn missing_unknown_and_doubled_fields_name_the_leaf() {
        refused("{}", "profile", "missing field");
        refused(
            &profile(r#""target":"general","budget":1"#),
            "profile.servings",
            "missing field",
        );
        refused(
            &profile(r#""target":"baby","budget":1,"servings":1"#),
            "profile.months",
            "expected by target `baby`",
        );
        refused(
            &profile(&format!(r#"{GENERAL},"months":3"#)),
            "profile.months",
            "not a field of target `general`",
        );
        refused(
            &profile(&format!(r#"{GENERAL},"colour":3"#)),
            "profile.colour",
            "unknown field",
        );
        refused(
            &profile(&format!(r#"{GENERAL},"budget":3"#)),
            "profile.budget",
            "duplicate field",
        );
        refused(
            &profile(r#""target":"vegan","budget":1,"servings":1"#),
            "profile.target",
            "expected one of `keto`",
        );
        refused(
            &format!(r#"{{"profile":{{{GENERAL}}},"extra":1}}"#),
            "extra",
            "unknown field",
        );
        refused(
            &format!(r#"{{"profile":{{{GENERAL}}},"sessionId":"a b"}}"#),
            "sessionId",
            "A-Z a-z 0-9 _ -",
        );
    }

    #[test]
    fn what_is_no_order_at_all() {
        refused("", "order", "EOF");
        refused("[]", "order", "a list, expected an object");
        refused(
            r#"{"profile":["general",1,1]}"#,
            "profile",
            "a list, expected an object",
        );
        refused(
            &format!(r#"{{"profile":{{{GENERAL}}},"ingredients":[["두부"]]}}"#),
            "ingredients[0]",
            "a list",
        );
        refused("7", "order", "expected struct");
        refused("{\"profile\":", "profile", "EOF");
        refused(
            &format!("{}{}", profile(GENERAL), "{}"),
            "order",
            "trailing characters",
        );
        refused(&"[".repeat(60_000), "order", "a list, expected an object");
        refused(
            &format!(r#"{{"profile":{}"#, r#"{"a":"#.repeat(10_000)),
            "profile.a",
            "unknown field",
        );
        refused(
            &" ".repeat(MAX_ORDER_BYTES + 1),
            "order",
            "at most 65536 bytes, got 65537",
        );
        let error = Order::parse(b"{\"\xff\"}", || unreachable!()).unwrap_err();
        assert!(
            error.message.contains("expected UTF-8, got an invalid byte at 2"),
            "{error}"
        );
    }

    #[test]
    fn an_error_quotes_nothing_that_a_person_wrote() {
        let health =
            r#""target":"diabetes","budget":1,"servings":1,"bloodSugar":"비밀 수치","medication":[]"#;
        let error = parse(&profile(health)).unwrap_err();
        assert_eq!(error.path, "profile.bloodSugar");
        assert!(!error.to_string().contains("비밀"), "{error}");
        let unknown = parse(&profile(r#""target":"비밀","budget":1,"servings":1"#)).unwrap_err();
        assert!(!unknown.to_string().contains("비밀"), "{unknown}");
    }
}
