//! The request's body in Anthropic's Messages format.

use std::num::NonZeroU32;

use contract::{Profile, Recipe, schema};
use serde_json::json;

use crate::prompt;

/// The version of the Messages form. Source: the seed.
pub const ANTHROPIC_VERSION: &str = "bedrock-2023-05-31";

/// The tool that the model has to call. Its input is the recipe, so that the reply is JSON (decision D13).
pub const TOOL: &str = "submit_recipe";

/// The JSON body that asks for a recipe: the prompt, and [`TOOL`] forced.
#[must_use]
pub fn body(profile: &Profile, max_tokens: NonZeroU32) -> Vec<u8> {
    let body = json!({
        "anthropic_version": ANTHROPIC_VERSION,
        "max_tokens": max_tokens,
        "system": prompt::RULES,
        "messages": [{ "role": "user", "content": prompt::of(profile) }],
        "tools": [{
            "name": TOOL,
            "description": "완성된 레시피를 제출합니다.",
            "input_schema": schema::of::<Recipe>(),
        }],
        "tool_choice": { "type": "tool", "name": TOOL },
    });
    body.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use contract::limits::DEFAULT_MAX_TOKENS;
    use serde_json::Value;

    use super::*;

    fn general() -> Value {
        let profile = json!({ "target": "general", "budget": 30_000, "servings": 4 });
        let profile = serde_json::from_value(profile).unwrap();
        let max_tokens = NonZeroU32::new(DEFAULT_MAX_TOKENS).unwrap();
        serde_json::from_slice(&body(&profile, max_tokens)).unwrap()
    }

    #[test]
    fn the_whole_body() {
        insta::assert_json_snapshot!(general());
    }

    #[test]
    fn the_forced_tool_is_the_one_that_is_offered() {
        let body = general();
        assert_eq!(body["tool_choice"]["type"], "tool");
        assert_eq!(body["tool_choice"]["name"], body["tools"][0]["name"]);
        // Source: Anthropic's rule for the name of a tool, ^[a-zA-Z0-9_-]{1,64}$.
        assert!(TOOL.len() <= 64 && TOOL.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'));
    }

    #[test]
    fn the_schema_is_whole_and_an_object() {
        let schema = general()["tools"][0]["input_schema"].clone();
        assert_eq!(schema["type"], "object");
        assert!(!schema.to_string().contains("$ref"), "{schema}");
        for field in ["name", "nutrition", "ingredients", "steps"] {
            assert!(schema["required"].as_array().unwrap().contains(&field.into()), "{field}");
        }
    }
}
