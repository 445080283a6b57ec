//! JSON schemas from the types, so that no schema is written by hand.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The schema of a type, without references: tools that take a schema (a model's among them) get one whole.
#[must_use]
pub fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

#[cfg(test)]
mod tests {
    use crate::{MealPlan, Recipe, Session, order_file::OrderFile};

    #[test]
    fn schemas_are_whole_and_reviewed() {
        for (name, schema) in [
            ("order", super::of::<OrderFile>()),
            ("recipe", super::of::<Recipe>()),
            ("meal-plan", super::of::<MealPlan>()),
            ("session", super::of::<Session>()),
        ] {
            assert!(!schema.to_string().contains("$ref"), "{name}");
            insta::assert_snapshot!(name, serde_json::to_string_pretty(&schema).unwrap());
        }
    }
}
