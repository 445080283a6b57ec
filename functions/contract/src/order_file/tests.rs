//! Orders as people write them: what is taken, and what is refused with which words.

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
        ("carbLimit", r#""target":"keto","budget":1,"servings":1,"phase":"적응기""#, 0, 500),
        ("months", r#""target":"baby","budget":1,"servings":1"#, 0, 36),
        ("bloodSugar", r#""target":"diabetes","budget":1,"servings":1"#, 20, 600),
        ("cookingTime", r#""target":"fridge","budget":1,"servings":1"#, 1, 600),
    ];
    for (field, others, min, max) in cases {
        let with = |number: &str| profile(&format!(r#"{others},"{field}":{number}"#));
        let expected = format!("a whole number from {min} to {max}");
        for ok in [min, max] {
            parse(&with(&ok.to_string())).unwrap();
        }
        for bad in [(min - 1).to_string(), (max + 1).to_string(), "1.5".into(), "\"7\"".into(), "[]".into()] {
            refused(&with(&bad), &format!("profile.{field}"), &expected);
        }
        refused(&with(&format!("1{}", "0".repeat(400))), &format!("profile.{field}"), "number out of range");
    }
}

#[test]
fn every_bound_of_a_text_and_a_list_from_both_sides() {
    let ingredient = |name: &str| format!(r#"{{"name":"{name}"}}"#);
    let order = |items: &str| format!(r#"{{"profile":{{{GENERAL}}},"ingredients":[{items}]}}"#);
    parse(&order(&ingredient(&"파".repeat(100)))).unwrap();
    refused(&order(&ingredient(&"파".repeat(101))), "ingredients[0].name", "1 to 100 characters, got 101");
    refused(&order(&ingredient("  ")), "ingredients[0].name", "1 to 100 characters, got 0");
    refused(&order(&ingredient(r"\u200b\u3164\ufeff")), "ingredients[0].name", "1 to 100 characters, got 0");
    parse(&order(&ingredient(&"\u{AD}파".repeat(100)))).unwrap();
    refused(&order(&ingredient("파\\u202e")), "ingredients[0].name", "U+202E");
    refused(&order(&ingredient("\\u0007")), "ingredients[0].name", "U+0007");
    let with = |key: &str, n: usize| order(&format!(r#"{{"name":"파","{key}":"{}"}}"#, "9".repeat(n)));
    for key in ["amount", "unit"] {
        parse(&with(key, 30)).unwrap();
        refused(&with(key, 31), &format!("ingredients[0].{key}"), "0 to 30 characters, got 31");
    }
    parse(&order(&vec![ingredient("파"); 50].join(","))).unwrap();
    refused(&order(&vec![ingredient("파"); 51].join(",")), "ingredients", "at most 50 items");
    refused(&order(r#"{"name":"파","amount":200}"#), "ingredients[0].amount", "a string");
}

#[test]
fn missing_unknown_and_doubled_fields_name_the_leaf() {
    refused("{}", "profile", "expected, but it is missing");
    refused(&profile(r#""target":"general","budget":1"#), "profile.servings", "expected, but it is missing");
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
    refused(&profile(&format!(r#"{GENERAL},"colour":3"#)), "profile.colour", "unknown field");
    refused(&profile(&format!(r#"{GENERAL},"budget":3"#)), "profile.budget", "duplicate field");
    refused(
        &profile(r#""target":"vegan","budget":1,"servings":1"#),
        "profile.target",
        "expected one of `keto`",
    );
    refused(&format!(r#"{{"profile":{{{GENERAL}}},"extra":1}}"#), "extra", "unknown field");
    refused(&format!(r#"{{"profile":{{{GENERAL}}},"sessionId":"a b"}}"#), "sessionId", "A-Z a-z 0-9 _ -");
}

#[test]
fn what_is_no_order_at_all() {
    refused(r#"{"profile":{"target":"general",}}"#, "profile", "trailing comma");
    refused("", "order", "EOF");
    refused("[]", "order", "a list, expected an object");
    refused(r#"{"profile":["general",1,1]}"#, "profile", "a list, expected an object");
    refused(&format!(r#"{{"profile":{{{GENERAL}}},"ingredients":[["두부"]]}}"#), "ingredients[0]", "a list");
    refused("7", "order", "expected struct");
    refused("{\"profile\":", "profile", "EOF");
    refused(&format!("{}{}", profile(GENERAL), "{}"), "order", "trailing characters");
    refused(&"[".repeat(60_000), "order", "a list, expected an object");
    refused(&format!(r#"{{"profile":{}"#, r#"{"a":"#.repeat(10_000)), "profile.a", "unknown field");
    let order = profile(GENERAL);
    parse(&format!("{order}{}", " ".repeat(MAX_ORDER_BYTES - order.len()))).unwrap();
    refused(&" ".repeat(MAX_ORDER_BYTES + 1), "order", "at most 65536 bytes, got 65537");
    let error = Order::parse(b"{\"\xff\"}", || unreachable!()).unwrap_err();
    assert!(error.message.contains("expected UTF-8, got an invalid byte at 2"), "{error}");
}

#[test]
fn an_error_repeats_no_value() {
    fn check(answers: &str, expect: &str) {
        let error = parse(&profile(answers)).expect_err(answers);
        assert_eq!(error.to_string(), expect);
    }
    let sugar = |value: &str| {
        format!(r#""target":"diabetes","budget":1,"servings":1,"medication":[],"bloodSugar":{value}"#)
    };
    for value in ["777", "-777", "77.7", "\"비밀 수치\"", "\"a, expected b\"", "true", "[777]"] {
        check(&sugar(value), "profile.bloodSugar: expected a whole number from 20 to 600");
    }
    check(
        r#""target":"비밀","budget":1,"servings":1"#,
        "profile.target: expected one of `keto`, `baby`, `diabetes`, `fridge`, `general`",
    );
    check(
        r#""target":"baby","budget":1,"servings":1,"months":3,"allergies":[{"비밀":1}]"#,
        "profile.allergies[0]: expected a string",
    );
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
