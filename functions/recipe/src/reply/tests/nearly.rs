//! Replies that are repaired: drafts, wrappers, lone surrogates, and their tokens.

use super::*;

#[test]
fn a_draft_in_an_unknown_tag_is_not_the_answer() {
    let (draft, answer) = (named("초안"), named("답"));
    for tag in ["생각", "사고과정", "검토", "notes", "internal", "attempt", "example"] {
        for written in [
            format!("<{tag}>{draft}</{tag}>\n{answer}"),
            format!("<{tag} a=\"1\">음 <b>{draft}</b></{tag}><answer>```json\n{answer:#}\n```</answer>"),
            format!("{answer}<{tag}>{draft}</{tag}>"),
        ] {
            gives(json!([text(written)]), "end_turn", "답");
        }
    }
    // Alone it is the answer, unless the answer was cut.
    for tag in ["answer", "recipe", "result", "div"] {
        gives(json!([text(format!("<{tag}>{answer}</{tag}>"))]), "end_turn", "답");
    }
    for tag in ["answer", "recipe"] {
        gives(json!([text(format!("<{tag}>{answer}</{tag}>"))]), "max_tokens", "답");
    }
    let broken = &answer.to_string()[..90];
    let written = format!("<example>{draft}</example>{broken}");
    fails(json!([text(&*written)]), "max_tokens", CUT);
    let reading = read(&reply(json!([text(written)]), "end_turn"));
    assert!(matches!(reading.recipe, Err(ReplyError::BrokenJson(_))));
    // Tags in its texts are not around it.
    let mut tagged = named("<i>답</i>");
    tagged["steps"] = json!(["<i>", "끓인다"]);
    gives(json!([text(format!("{tagged}{draft}</i>"))]), "end_turn", "<i>답</i>");
}

#[test]
fn a_draft_in_thinking_tags_is_not_the_answer() {
    let (draft, answer) = (named("초안"), named("답"));
    for written in [
        format!("<thinking>{draft}</thinking>\n{answer}"),
        format!("<thinking>it's {{a}} {draft}</thinking>```json\n{answer:#}\n```"),
        format!("{answer}<REASONING a=\"b\">{draft}"),
        format!("<scratchpad>{draft}<draft>{draft}</draft></scratchpad>{answer}<thinking>{draft}</thinking>"),
        format!("{draft}</thinking>{answer}"),
    ] {
        gives(json!([text(&*written)]), "end_turn", "답");
        gives(json!([text(&written[..9]), text(&written[9..])]), "end_turn", "답");
    }
    for written in [
        format!("<thinking>{draft}</thinking>"),
        format!("<thinking>{draft}"),
        format!("<thinking>{}", &draft.to_string()[..90]),
    ] {
        fails(json!([text(written)]), "end_turn", "the model's reply holds no JSON object");
    }
    // A tag in a string of the answer removes words of that string and no object.
    let mut tagged = named("답");
    tagged["targetSpecificInfo"]["tip"] = "<thinking>".into();
    gives(json!([text(format!("{tagged} {draft}"))]), "end_turn", "답");
}

#[test]
fn a_recipe_is_repaired_in_every_kind_of_block() {
    let wrapped = json!({ "$PARAMETER_NAME": tofu() });
    gives(json!([tool(wrapped.clone())]), "tool_use", "두부 된장국");
    gives(json!([text(wrapped.to_string())]), "end_turn", "두부 된장국");
    gives(json!([tool(tofu().to_string())]), "tool_use", "두부 된장국");
    gives(json!([text(json!(tofu().to_string()).to_string())]), "end_turn", "두부 된장국");
    let reading = read(&reply(json!([tool(json!({ "a": { "image": null, "steps": [] } }))]), "tool_use"));
    assert!(reading.recipe.is_err() && reading.repairs.is_empty());
    let mut with_null = tofu();
    with_null["image"] = Value::Null;
    let reading = read(&reply(json!([tool(with_null)]), "tool_use"));
    assert_eq!(reading.repairs.len(), 1);
}

/// A body with bytes that `serde_json` would not write.
fn raw(content: &str) -> Reading {
    let body = format!(
        r#"{{"content": {content}, "stop_reason": "end_turn", "usage": {{"input_tokens": 7, "output_tokens": 9}}}}"#
    );
    read(body.as_bytes())
}

const COUNTED: Usage = Usage { input_tokens: Some(7), output_tokens: Some(9) };

#[test]
fn a_lone_surrogate_is_replaced_by_one_character() {
    let recipe = named("@").to_string().replace('@', "현\\ud99c물");
    let in_text = json!([{ "type": "text", "text": recipe }]).to_string();
    let by_escape =
        format!(r#"[{{"type": "text", "text": "\udc00"}}, {{"type": "tool_use", "input": {recipe}}}]"#);
    let once_escaped = in_text.replace("\\\\ud99c", "\\ud99c");
    for content in [in_text, by_escape, once_escaped] {
        let reading = raw(&content);
        assert_eq!(&*reading.recipe.unwrap().name, "현\u{FFFD}물", "{content}");
        assert_eq!(reading.usage, COUNTED);
    }
}

#[test]
fn tokens_are_counted_in_invalid_replies() {
    for content in ["7", "[{\"type\": \"tool_use\"}]", "[", "\"\u{7}\"", "[1e400]", &"[".repeat(1_000)] {
        let reading = raw(content);
        assert!(reading.recipe.is_err(), "{content}");
        assert_eq!(reading.usage, COUNTED, "{content}");
    }
    let cut = br#"{"usage": {"input_tokens": 7, "output_tokens": 9}, "content": [{"type": "text", "text": "\"usage\": {}"#;
    assert_eq!(read(cut).usage, COUNTED);
    assert_eq!(read(br#"{"usage": {"input_tokens": 7, "outp"#).usage, Usage::default());
}

#[test]
fn a_number_beyond_every_double_becomes_its_text() {
    let recipe = tofu()
        .to_string()
        .replace(r#""targetSpecificInfo":{}"#, r#""targetSpecificInfo":{"a":1e400,"b":1e50}"#);
    for content in [
        format!(r#"[{{"type": "tool_use", "input": {recipe}}}]"#),
        json!([{ "type": "text", "text": recipe }]).to_string(),
    ] {
        let recipe = raw(&content).recipe.unwrap();
        assert_eq!(json!(recipe.target_specific_info), json!({ "a": "1e400", "b": 1e50 }));
    }
}
