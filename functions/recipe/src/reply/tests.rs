//! `replies.jsonl` has whole bodies, each with the recipe's fate. The tests below it are of what a body is made of.

use cases::ensure;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::draft::tests::tofu;

mod nearly;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    body: cases::Source,
    /// The whole reason why there is no recipe.
    failed: Option<String>,
    /// There is a recipe.
    #[serde(default)]
    recipe: bool,
    /// Texts in its JSON.
    #[serde(default)]
    shows: Vec<String>,
}

impl Line {
    fn check(&self) -> Result<(), String> {
        match (&self.failed, self.recipe, read(&self.body.bytes()).recipe) {
            (Some(reason), false, Err(error)) => {
                ensure(error.to_string() == *reason, || format!("expected `{reason}`, got: {error}"))
            }
            (None, true, Ok(recipe)) => {
                let text = serde_json::to_string(&recipe).unwrap();
                ensure(recipe.name.ends_with('국'), || format!("another recipe: {text}"))?;
                let lacking = self.shows.iter().find(|shown| !text.contains(*shown));
                ensure(lacking.is_none(), || format!("no {lacking:?} in {text}"))
            }
            (_, _, found) => Err(format!("{found:?}")),
        }
    }
}

#[test]
fn bodies_give_a_recipe_or_a_reason_as_their_lines_say() {
    cases::check("replies.jsonl", include_str!("replies.jsonl"), 57, Line::check);
}

fn reply(content: impl Into<Value>, stop_reason: &str) -> Vec<u8> {
    let usage = json!({ "input_tokens": 310, "output_tokens": 420, "cache_read_input_tokens": 9 });
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude",
        "content": content.into(), "stop_reason": stop_reason, "stop_sequence": null, "usage": usage,
    })
    .to_string()
    .into_bytes()
}

fn tool(input: impl Into<Value>) -> Value {
    json!({ "type": "tool_use", "id": "toolu_1", "name": crate::request::TOOL, "input": input.into() })
}

fn text(text: impl Into<String>) -> Value {
    json!({ "type": "text", "text": text.into() })
}

fn thinking() -> Value {
    json!({ "type": "thinking", "thinking": "두부가 {있다}", "signature": "c2ln" })
}

fn named(name: &str) -> Value {
    let mut recipe = tofu();
    recipe["name"] = name.into();
    recipe
}

/// Expects a recipe of that name.
fn gives(content: Value, stop_reason: &str, name: &str) {
    let recipe = read(&reply(content, stop_reason)).recipe.unwrap();
    assert_eq!(&*recipe.name, name);
}

/// Expects no recipe, with that reason.
fn fails(content: Value, stop_reason: &str, reason: &str) {
    let reading = read(&reply(content, stop_reason));
    assert_eq!(reading.recipe.unwrap_err().to_string(), reason);
    assert_eq!(reading.usage, Usage { input_tokens: Some(310), output_tokens: Some(420) });
}

const CUT: &str = "the model's reply was cut at the token limit";

#[test]
fn tool_input_before_text() {
    let content = json!([text(named("글").to_string()), tool(named("도구"))]);
    gives(content, "tool_use", "도구");
}

#[test]
fn text_where_the_tool_input_is_no_recipe() {
    gives(json!([text(named("글").to_string()), tool(json!({}))]), "tool_use", "글");
}

#[test]
fn bare_text() {
    gives(json!([text(tofu().to_string())]), "end_turn", "두부 된장국");
}

#[test]
fn closed_and_open_fence_with_prose() {
    gives(
        json!([text(format!("여기 있어요:\n```json\n{:#}\n```\n맛있게!", tofu()))]),
        "end_turn",
        "두부 된장국",
    );
    gives(json!([text(format!("```json\n{:#}", tofu()))]), "end_turn", "두부 된장국");
}

#[test]
fn braces_inside_strings() {
    let name = "볼 {큰 것} } ``` \"국\"";
    gives(json!([text(format!("```json\n{}\n```", named(name)))]), "end_turn", name);
}

#[test]
fn the_first_of_several_objects_that_is_a_recipe() {
    let several = format!("{} 대신 {} 또는 {}", json!({"note": "재료"}), named("첫째"), named("둘째"));
    gives(json!([text(several)]), "end_turn", "첫째");
}

#[test]
fn an_object_over_two_text_blocks() {
    let whole = tofu().to_string();
    let (start, end) = whole.split_at(whole.find("된장").unwrap());
    gives(json!([thinking(), text(start), text(end)]), "end_turn", "두부 된장국");
}

#[test]
fn thinking_is_not_read() {
    gives(json!([thinking(), text(tofu().to_string())]), "end_turn", "두부 된장국");
    let block = json!({ "type": "thinking", "thinking": tofu().to_string() });
    fails(json!([block]), "end_turn", "the model's reply holds its thinking only");
    fails(json!([block, text("")]), "end_turn", "the model's reply holds no JSON object");
}

#[test]
fn blocks_of_a_new_kind_are_ignored() {
    gives(json!([{ "type": "citation", "x": 1 }, tool(tofu())]), "tool_use", "두부 된장국");
}

/// A body or a text that is cut behind any byte gives no recipe.
#[test]
fn a_cut_reply_is_no_recipe() {
    let written = format!("네!\n```json\n{:#}\n```", tofu());
    for content in [tool(tofu()), text(tofu().to_string()), text(&*written)] {
        let body = reply(json!([thinking(), content]), "end_turn");
        assert!(read(&body).recipe.is_ok());
        for at in 0..body.len() {
            let recipe = read(&body[..at]).recipe;
            assert!(matches!(recipe, Err(ReplyError::NotMessages { .. })), "{at}: {recipe:?}");
        }
    }
    let end = written.rfind('}').unwrap();
    for at in (0..=end).filter(|&at| written.is_char_boundary(at)) {
        let recipe = read(&reply(json!([text(&written[..at])]), "end_turn")).recipe;
        let said = recipe.unwrap_err().to_string();
        assert!(!said.contains("두부") && !said.contains("된장"), "{at}: {said}");
    }
}

#[test]
fn the_nearest_object_says_why() {
    let mut recipe = tofu();
    recipe["nutrition"]["fat"] = "많음".into();
    let reason = "the model's recipe has a field of the wrong type, expected a number: nutrition.fat";
    // The object with most fields of a recipe gives the error.
    fails(json!([text(format!("{} {recipe} {}", json!({}), json!({"name": "x"})))]), "end_turn", reason);
    fails(json!([tool(json!({}))]), "tool_use", "the model's recipe lacks a field: name");
}

#[test]
fn cut_replies() {
    let whole = tofu().to_string();
    fails(json!([text(&whole[..200])]), "max_tokens", CUT);
    fails(json!([text("두부를")]), "model_context_window_exceeded", CUT);
    fails(json!([thinking()]), "max_tokens", CUT);
    fails(json!([]), "max_tokens", CUT);
    let counted = |stop| read(&reply(json!([tool(tofu())]), stop)).truncated;
    assert!(counted("max_tokens") && !counted("tool_use"));
}

#[test]
fn a_cut_reply_with_a_provably_complete_recipe() {
    gives(json!([text(format!("{} 그리고", tofu()))]), "max_tokens", "두부 된장국");
    gives(json!([tool(tofu()), text("그리고")]), "max_tokens", "두부 된장국");
    // Complete by its schema, but it may have had more steps.
    fails(json!([tool(tofu())]), "max_tokens", CUT);
}

#[test]
fn a_reply_without_usage_has_no_token_counts() {
    let body = json!({ "content": [tool(tofu())] }).to_string();
    let reading = read(body.as_bytes());
    assert!(reading.recipe.is_ok());
    assert_eq!(reading.usage, Usage::default());
}

proptest! {
    #[test]
    fn a_recipe_of_any_words_is_found_in_any_prose(
        before in "[^{}]{0,60}",
        after in "[^{}]{0,60}",
        name in r"\PC{0,10}x\PC{0,10}",
        step in any::<String>().prop_map(|step| step + "."),
        info in any::<String>(),
        quarters in 0..40_000_u32,
    ) {
        let mut recipe = named(&name);
        recipe["steps"] = json!([step]);
        recipe["nutrition"]["calories"] = (f64::from(quarters) / 4.0).into();
        recipe["targetSpecificInfo"] = json!({ "tip": info });
        let expect = draft::check(recipe.clone()).unwrap();
        let body = reply(json!([text(format!("{before}{recipe}{after}"))]), "end_turn");
        prop_assert_eq!(read(&body).recipe.unwrap(), expect);
    }
}
