//! Mutated input for all of this crate's parsers.

use contract::Profile;
use serde_json::{Value, json};

use crate::{ModelError, draft, json as readable, markup, model::Said, objects, prompt, repair, reply};

const RECIPE: &str = r#"{"name":"버터 새우","nutrition":{"calories":420,"protein":25.5,"carbs":8,"fat":35},"ingredients":[{"name":"새우","amount":"300","unit":"g"}],"steps":["새우는 껍질을 벗긴다","볶는다"],"targetSpecificInfo":{"ketoInfo":{"netCarbs":6}}}"#;

#[test]
fn a_mutated_reply_is_a_recipe_or_an_error() {
    let fenced = Value::from(format!("Here it is:\n```json\n{RECIPE}\n```\nEnjoy {{it}}!"));
    let samples = [
        format!(
            r#"{{"content":[{{"type":"tool_use","id":"t","name":"recipe","input":{RECIPE}}}],"stop_reason":"tool_use","usage":{{"input_tokens":500,"output_tokens":300}}}}"#
        ),
        json!({"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": fenced}]})
            .to_string(),
        r#"{"content":[{"type":"text","text":"{\"name\":\"a"}],"stop_reason":"max_tokens"}"#.to_owned(),
        r#"{"content":[],"stop_reason":"refusal"}"#.to_owned(),
    ];
    let words = ["tool_use", "redacted_thinking", "max_tokens", "```json", "{\"", "\\ud99c", "input"];
    mutations::check(&samples, &words, |bytes| {
        if let Err(error) = reply::read(bytes).recipe {
            let _hint = error.hint();
            assert!(!error.to_string().is_empty());
        }
    });
}

#[test]
fn mutated_objects_in_prose_are_read() {
    let samples = [
        RECIPE,
        "a {\"b\": [1, \"}\"]} c {d} ```json\n{\"e\":{}}\n```",
        "{\"a\": \"{\\\"b\\\"",
        "{{{{\"a\":1}",
    ];
    let words = ["{\"", "\":", "{\"a\":", "[{", "}]", "```", "\\\"", "\\u00", "\\ud99c", "1e400", "null"];
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for object in objects::find(&readable::readable_text(&text)).objects {
            let object = repair::unwrapped(object);
            let _fields = draft::nearness(&object);
            if let Ok((object, _)) = repair::fields(object) {
                let _either = draft::check(object);
            }
        }
    });
}

#[test]
fn no_mutated_markup_is_in_a_recipe() {
    let samples = [
        "국</name>\n<parameter name=\"image\">https://a/b.jpg",
        "<thinking>a<draft>b</draft></thinking>국 < 3 <b>c</b>",
        "a</ns:parameter></reasoning>국",
    ];
    let words = ["<", ">", "</", "name", "image", "parameter", " name=\"", "thinking", "ns:", "/>", "draft"];
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Some(left) = markup::without_thinking(&text, |at| at % 7 == 0) {
            assert!(left.len() <= text.len());
        }
        let image = |name: &str| (name == "image").then_some("image");
        if let Some(split) = markup::split(&text, "name", image, |name| name == "step") {
            assert!(!split.text.contains("</name>"));
        }
    });
}

#[test]
fn a_mutated_error_repeats_no_health_data() {
    let profile =
        json!({"target": "baby", "months": 8, "allergies": ["우유"], "budget": 15_000, "servings": 1});
    let profile: Profile = serde_json::from_value(profile).unwrap();
    let samples = [
        "ValidationException\nmax_tokens: 9000 > 8192",
        "ThrottlingException\nToo many tokens, please wait: 두부, 우유",
    ];
    let words = ["우유", "메트포르민", "\\uc6b0\\uc720", "\u{202e}", "우 유"];
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let (code, message) = text.split_once('\n').unwrap_or((&text, ""));
        let error = ModelError::Throttled(Said::new(code, message));
        let shown = error.withholding(|text| prompt::is_repeated_in(&profile, text)).to_string();
        assert!(code.contains("우유") || !shown.contains("우유"), "{shown}");
    });
}
