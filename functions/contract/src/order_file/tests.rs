//! Orders as people write them: `orders.jsonl` has those on both sides of every bound, accepted or rejected at which leaf
//! with which words. The tests below it read what an accepted order becomes.

use cases::{ensure, says};
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    order: cases::Source,
    /// The leaf, and a part of what was expected there.
    refused: Option<(String, String)>,
    #[serde(default)]
    accepted: bool,
    /// Words of the order that no message may repeat.
    #[serde(default)]
    secrets: Vec<String>,
}

impl Line {
    fn check(&self) -> Result<(), String> {
        let parsed = Order::parse(&self.order.bytes(), || SessionId::new("generated").unwrap());
        match (&self.refused, self.accepted, parsed) {
            (None, true, Ok(_)) => Ok(()),
            (None, true, Err(error)) => Err(format!("should be accepted: {error}")),
            (Some(_), false, Ok(_)) => Err("should be refused".to_owned()),
            (Some((path, expected)), false, Err(error)) => {
                ensure(error.path == *path, || format!("expected at `{path}`, got: {error}"))?;
                says(&error.message, expected)?;
                let text = format!("{error} {error:?}");
                let repeated = self.secrets.iter().find(|secret| text.contains(secret.as_str()));
                ensure(repeated.is_none(), || format!("repeats {repeated:?}: {text}"))
            }
            (None, false, _) | (Some(_), true, _) => Err("needs either `refused` or `accepted`".to_owned()),
        }
    }
}

#[test]
fn orders_are_accepted_or_refused_as_their_lines_say() {
    cases::check("orders.jsonl", include_str!("orders.jsonl"), 216, Line::check);
}

const GENERAL: &str = r#""target":"general","budget":10000,"servings":2"#;

fn parse(text: &str) -> Result<Order, OrderError> {
    Order::parse(text.as_bytes(), || SessionId::new("generated").unwrap())
}

/// A profile of these answers.
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
fn an_unknown_key_is_shown_to_be_found_and_its_value_is_not() {
    let key = |key: &str, path: &str| {
        let error = parse(&profile(&format!(r#"{GENERAL},"{key}":"비밀""#))).unwrap_err();
        assert_eq!(error.path, path);
        assert!(error.message.starts_with("unknown field, expected one of `target`"), "{error}");
        assert!(!error.message.contains(key) && !error.to_string().contains("비밀"), "{error}");
    };
    key("allergy", "profile.allergy");
    key("a.servings", "profile.a.servings");
    key("a`, expected b", "profile.a`, expected b");
    key(r"a\u202eb", "profile.a\u{FFFD}b");
    key(r"a\u200bb", "profile.a\u{FFFD}b");
    key(&"가".repeat(300), &format!("profile.{}…", "가".repeat(192)));
}
