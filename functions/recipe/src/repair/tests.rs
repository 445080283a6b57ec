//! Each repair, its limits, and its log.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::draft::{
    self,
    tests::{tofu, with},
};

fn repaired(object: Value) -> Result<(Recipe, Vec<String>), String> {
    let (object, repairs) = fields(unwrapped(object)).map_err(|error| error.to_string())?;
    let recipe = draft::check(object).map_err(|error| error.to_string())?;
    Ok((recipe, repairs.iter().map(ToString::to_string).collect()))
}

/// Repaired to our recipe but for these fields, with these words.
fn gives(object: Value, changes: &[(&str, Value)], said: &[&str]) {
    let (recipe, repairs) = repaired(object).unwrap();
    let mut expect = tofu();
    for (pointer, value) in changes {
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        expect.pointer_mut(parent).unwrap()[field] = value.clone();
    }
    assert_eq!(recipe, draft::check(expect).unwrap());
    assert_eq!(repairs, said);
}

fn refused(object: Value, expect: &str) {
    assert_eq!(repaired(object).unwrap_err(), format!("the model's recipe {expect}"));
}

#[test]
fn null_is_absence_where_a_field_may_be_absent() {
    gives(tofu(), &[], &[]);
    gives(with("/image", Value::Null), &[], &["null left out: image"]);
    gives(with("/targetSpecificInfo", Value::Null), &[], &["null left out: targetSpecificInfo"]);
    gives(
        with("/ingredients/1/unit", Value::Null),
        &[("/ingredients/1/unit", "".into())],
        &["null left out: ingredients[1].unit"],
    );
    gives(
        with("/ingredients/0/amount", Value::Null),
        &[("/ingredients/0/amount", "".into())],
        &["null left out: ingredients[0].amount"],
    );
    // The free part has no schema.
    let own = json!({ "note": null });
    gives(with("/targetSpecificInfo", own.clone()), &[("/targetSpecificInfo", own)], &[]);
}

#[test]
fn null_in_a_required_field_is_refused_by_name() {
    let wrong = |expected: &str| format!("has a field of the wrong type, expected {expected}");
    refused(with("/name", Value::Null), &wrong("a string: name"));
    refused(with("/nutrition", Value::Null), &wrong("an object: nutrition"));
    refused(with("/nutrition/fat", Value::Null), &wrong("a number: nutrition.fat"));
    refused(with("/steps", Value::Null), &wrong("a list of 1 to 200 items: steps"));
    refused(with("/steps/1", Value::Null), &wrong("a string: steps[1]"));
    refused(with("/ingredients/1/name", Value::Null), &wrong("a string: ingredients[1].name"));
}

#[test]
fn an_object_in_one_key_is_unwrapped_once() {
    for key in ["$PARAMETER_NAME", "recipe", "arguments", "input", ""] {
        gives(json!({ key: tofu() }), &[], &[]);
        gives(json!({ key: tofu().to_string() }), &[], &[]);
    }
    gives(json!({ "recipe": tofu(), "image": null, "name": null }), &[], &[]);
    for text in [format!("{}</recipe>", tofu()), format!("<recipe>\n{:#}\n</recipe>\n</parameter", tofu())] {
        gives(json!({ "recipe": text }), &[], &[]);
        gives(json!(text), &[], &[]);
    }
    for text in [
        format!("{}</recipe> 더", tofu()),
        format!("<thinking>{}</thinking>", tofu()),
        format!("{}{}", tofu(), tofu()),
    ] {
        refused(json!({ "recipe": text }), "lacks a field: name");
    }
    refused(json!({ "a": { "b": tofu() } }), "lacks a field: name");
    refused(json!({ "a": tofu(), "b": 1 }), "lacks a field: name");
    refused(json!({ "a": [tofu()] }), "lacks a field: name");
    // Unwrapped objects are checked too.
    refused(
        json!({ "a": with("/steps", json!([])) }),
        "has a field out of bounds, expected at least 1 items, got 0: steps",
    );
}

#[test]
fn complete_json_text_of_the_declared_type_is_parsed() {
    gives(json!(tofu().to_string()), &[], &[]);
    gives(json!(json!({ "recipe": tofu() }).to_string()), &[], &[]);
    for field in ["steps", "ingredients", "nutrition", "targetSpecificInfo"] {
        let text = format!(" {}\n", tofu()[field]);
        gives(with(&format!("/{field}"), text.into()), &[], &[&format!("JSON text read: {field}")]);
    }
    let ingredient = tofu()["ingredients"][1].to_string();
    gives(with("/ingredients/1", ingredient.into()), &[], &["JSON text read: ingredients[1]"]);
    let inner = json!([{ "name": "두부", "amount": "150", "unit": null }]).to_string();
    gives(
        with("/ingredients", inner.into()),
        &[("/ingredients", json!([{ "name": "두부", "amount": "150" }]))],
        &["JSON text read: ingredients", "null left out: ingredients[0].unit"],
    );
    for text in [
        r#"["<step>물을 끓인다</step>", "<step>두부를 넣는다</step>"]"#,
        r#"<steps>["물을 끓인다</step>", "<item>두부를 넣는다"]</steps>"#,
    ] {
        gives(
            with("/steps", text.into()),
            &[("/steps", json!(["물을 끓인다", "두부를 넣는다"]))],
            &["JSON text read: steps", "markup left out: steps[0]", "markup left out: steps[1]"],
        );
    }
    let half = r#"["\ud99c끓인다"]"#;
    gives(with("/steps", half.into()), &[("/steps", json!(["\u{FFFD}끓인다"]))], &["JSON text read: steps"]);
}

#[test]
fn other_json_text_stays_text() {
    let list = |found: &str| with("/steps", found.into());
    for found in [r#"["끓인다", "담는"#, r#"["끓인다"] 그리고"#, r#"{"0": "끓인다"}"#, r#""[\"끓인다\"]""#]
    {
        refused(list(found), "has a field of the wrong type, expected a list of 1 to 200 items: steps");
    }
    refused(
        with("/nutrition/fat", "8".into()),
        "has a field of the wrong type, expected a number: nutrition.fat",
    );
    for (pointer, text) in
        [("/steps/0", r#"["끓인다"]"#), ("/name", r#"{"name": "국"}"#), ("/ingredients/0/unit", "null")]
    {
        assert_eq!(repaired(with(pointer, text.into())).unwrap().1, Vec::<String>::new());
    }
    let tip = json!({ "tip": "{\"a\": 1}", "list": ["[1]"] });
    gives(with("/targetSpecificInfo", tip.clone()), &[("/targetSpecificInfo", tip)], &[]);
}

#[test]
fn markup_is_cut_and_its_parameters_go_to_their_fields() {
    gives(
        with("/name", "두부 된장국</name>\n<parameter name=\"image\">https://example.com/a.jpg".into()),
        &[("/image", "https://example.com/a.jpg".into())],
        &["markup left out: name", "parameter in a text became its field: image"],
    );
    let mut steps =
        with("/name", format!("두부 된장국</name><parameter name=\"steps\">{}", tofu()["steps"]).into());
    steps.as_object_mut().unwrap().remove("steps");
    gives(steps, &[], &["markup left out: name", "parameter in a text became its field: steps"]);
    let mut unit = with("/ingredients/1/amount", "1</amount>\n<unit>큰술</unit>".into());
    unit["ingredients"][1].as_object_mut().unwrap().remove("unit");
    gives(
        unit,
        &[],
        &[
            "markup left out: ingredients[1].amount",
            "parameter in a text became its field: ingredients[1].unit",
        ],
    );
    let text = format!("{}</steps>\n<parameter name=\"image\">https://example.com/a.jpg", tofu()["steps"]);
    gives(
        with("/steps", text.into()),
        &[("/image", "https://example.com/a.jpg".into())],
        &["markup left out: steps", "JSON text read: steps", "parameter in a text became its field: image"],
    );
}

#[test]
fn every_name_of_the_call_is_markup() {
    for tag in
        ["</recipe>", "</Recipe>", "</submit_recipe>", "</step>", "</ingredients>", "</ingredient\r\n>"]
    {
        let gives = |pointer: &str, text: &str, at: &str| {
            let value = with(pointer, format!("{text}{tag}").into());
            gives(value, &[], &[&format!("markup left out: {at}")]);
        };
        gives("/name", "두부 된장국", "name");
        gives("/ingredients/0/name", "두부", "ingredients[0].name");
    }
    gives(
        with("/name", "두부 된장국\r\n<parameter=image>https://example.com/a.jpg".into()),
        &[("/image", "https://example.com/a.jpg".into())],
        &["markup left out: name", "parameter in a text became its field: image"],
    );
}

#[test]
fn what_is_removed_is_reported() {
    for image in [json!("http://example.com/a.jpg"), json!(7), json!("")] {
        gives(with("/image", image), &[], &["unusable image left out: image"]);
    }
    gives(
        with("/targetSpecificInfo", json!({ "tip": "앞", "tip</tip>": "뒤" })),
        &[("/targetSpecificInfo", json!({ "tip": "뒤" }))],
        &["markup left out: targetSpecificInfo", "first of two equal names left out: targetSpecificInfo"],
    );
}

#[test]
fn text_without_a_field_is_reported_or_refused() {
    gives(
        with(
            "/name",
            "두부 된장국</name><parameter name=\"steps\">[]</parameter><parameter name=\"비밀\">x".into(),
        ),
        &[],
        &[
            "markup left out: name",
            "parameter in a text left out: steps",
            "parameter in a text left out: a field that no recipe has",
        ],
    );
    gives(with("/steps/1", "두부를 넣고 5분 끓인다</step>".into()), &[], &["markup left out: steps[1]"]);
    let markup = |path: &str| format!("has markup of a tool call in a text: {path}");
    refused(with("/steps/0", "물을 끓인다</step><step>된장을 푼다".into()), &markup("steps[0]"));
    refused(with("/targetSpecificInfo", json!({ "비밀": "팁</비밀> 더" })), &markup("targetSpecificInfo"));
    refused(json!("국</name> 더"), &markup("recipe"));
    refused(
        with("/name", "<thinking>음".into()),
        "has a field out of bounds, expected a text that is not empty: name",
    );
}

#[test]
fn the_free_part_has_no_markup_either() {
    gives(
        with("/targetSpecificInfo", json!({ "tip</tip>": ["맛</item>", { "c": "<b>2 < 3</b></item>" }] })),
        &[("/targetSpecificInfo", json!({ "tip": ["맛", { "c": "<b>2 < 3</b>" }] }))],
        &["markup left out: targetSpecificInfo"; 3],
    );
    // A field with the name of a thinking tag.
    gives(
        with("/targetSpecificInfo", json!({ "notes": "<note>짜지 않게</note>" })),
        &[("/targetSpecificInfo", json!({ "notes": "짜지 않게" }))],
        &["markup left out: targetSpecificInfo"],
    );
}

proptest! {
    #[test]
    fn a_recipe_of_plain_words_is_not_changed(words in "[^<]{0,20}x", key in "[^<]{0,10}") {
        let mut recipe = tofu();
        recipe["name"] = words.clone().into();
        recipe["steps"] = json!([words]);
        recipe["targetSpecificInfo"] = json!({ key: { "list": [words, 1e50, null, true] } });
        let (same, repairs) = fields(unwrapped(recipe.clone())).unwrap();
        prop_assert_eq!(same, recipe);
        prop_assert!(repairs.is_empty());
    }
}
