//! The files of a release that people and CloudFormation read. Same definitions, same bytes.

use std::collections::BTreeMap;

use contract::{MealPlan, Order, Pricing, Recipe, Session, order_file::OrderFile, schema};
use serde_json::Value;

use crate::app::App;

/// Every file with its name, which may have a folder in it.
pub fn synth(app: &App) -> Vec<(String, Vec<u8>)> {
    let file = |name: &str, text: String| (name.to_owned(), text.into_bytes());
    vec![
        file("template.json", app.lower().to_json_string()),
        file("state-machine.asl.json", with_newline(app.machine().to_json_string())),
        file("closer.asl.json", with_newline(app.closer().to_json_string())),
        // What a person writes, and what the machine is started with: the order with every default filled in.
        file("schemas/order.json", pretty(schema::of::<OrderFile>())),
        file("schemas/machine-input.json", pretty(schema::of::<Order>())),
        file("schemas/recipe.json", pretty(schema::of::<Recipe>())),
        file("schemas/pricing.json", pretty(schema::of::<Pricing>())),
        file("schemas/meal-plan.json", pretty(schema::of::<MealPlan>())),
        file("schemas/session.json", pretty(schema::of::<Session>())),
    ]
}

/// A schema as text. Keys are ordered here: whether `serde_json` orders them is up to the features of the whole build.
fn pretty(schema: Value) -> String {
    with_newline(format!("{:#}", ordered(schema)))
}

fn ordered(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            Value::Object(fields.into_iter().map(|(key, value)| (key, ordered(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(ordered).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn with_newline(mut text: String) -> String {
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{apps, local};

    #[test]
    fn every_file_is_json_and_ends_with_a_newline() {
        for (name, bytes) in synth(&local()) {
            assert!(bytes.ends_with(b"\n"), "{name}");
            assert!(serde_json::from_slice::<Value>(&bytes).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_person_may_leave_out_what_the_machine_is_given() {
        let files = synth(&local());
        let required = |name: &str| {
            let (_, bytes) = files.iter().find(|(file, _)| file == name).unwrap();
            let schema: Value = serde_json::from_slice(bytes).unwrap();
            schema["required"].clone()
        };
        assert_eq!(required("schemas/order.json"), serde_json::json!(["profile"]));
        assert_eq!(
            required("schemas/machine-input.json"),
            serde_json::json!(["sessionId", "profile", "ingredients"])
        );
    }

    #[test]
    fn the_machine_keeps_its_placeholders() {
        let files = synth(&local());
        let text = |name: &str| {
            let (_, bytes) = files.iter().find(|(file, _)| file == name).unwrap();
            String::from_utf8(bytes.clone()).unwrap()
        };
        insta::assert_snapshot!("state-machine.asl.json", text("state-machine.asl.json"));
        insta::assert_snapshot!("closer.asl.json", text("closer.asl.json"));
    }

    #[test]
    fn the_template_of_each_environment_as_it_differs_from_the_local_one() {
        let base = local().lower().to_json_string();
        insta::assert_snapshot!("template-local.json", base);
        for app in apps().into_iter().skip(1) {
            let text = app.lower().to_json_string();
            let difference = similar::TextDiff::from_lines(&base, &text);
            let name = format!("template-{}.diff", app.environment().name);
            insta::assert_snapshot!(name, difference.unified_diff().context_radius(1));
        }
    }
}
