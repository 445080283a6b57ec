//! Everything that is read here, with mutated input.

use crate::{
    MealPlan, Order, Pricing, Recipe, Session, SessionId,
    text::{Prose, Text},
};

const RECIPE: &str = r#"{"name":"버터 새우","image":"https://example.com/a.jpg","nutrition":{"calories":420,"protein":25.5,"carbs":8,"fat":35},"ingredients":[{"name":"새우","amount":"300","unit":"g"},{"name":"마늘","amount":4,"unit":"쪽"}],"steps":["새우는 껍질을 벗긴다","볶는다"],"targetSpecificInfo":{"ketoInfo":{"netCarbs":6,"ketoScore":9.5,"tip":"good"}}}"#;

const PRICING: &str = r#"{"total":16850,"optimal":{"vendor":"홈플러스","items":[{"name":"아보카도","price":2550,"quantity":"1개"}]},"alternatives":[{"vendor":"쿠팡","total":8710,"items":[{"name":"새우","price":8710,"quantity":"200g"}]}],"unpriced":[{"name":"마늘","reason":"notSearched"},{"name":"소금","reason":"noOffer"}]}"#;

fn plan() -> String {
    format!(r#"{{"recipe":{RECIPE},"pricing":{PRICING},"generatedAt":"2026-11-23T00:00:00Z"}}"#)
}

fn session() -> String {
    format!(
        r#"{{"sessionId":"s-1","status":"completed","createdAt":"2026-11-23T00:00:00Z","deadlineAt":"2026-11-23T00:10:00Z","TTL":1795392000,"executionId":"arn:aws:states:us-east-1:1:execution:m:s-1","result":{},"completedAt":"2026-11-23T00:00:01Z"}}"#,
        plan()
    )
}

#[test]
fn a_mutated_order_is_refused_with_a_word_or_accepted_again() {
    let samples = [
        include_str!("../../../orders/keto.json"),
        include_str!("../../../orders/baby.json"),
        include_str!("../../../orders/diabetes.json"),
        include_str!("../../../orders/fridge.json"),
        include_str!("../../../orders/general.json"),
    ];
    let words = ["sessionId", "target", "months", "\"budget\":0", "bloodSugar", "\u{202e}", "\u{200f}"];
    mutations::check(&samples, &words, |bytes| {
        match Order::parse(bytes, || SessionId::new("generated").unwrap()) {
            Ok(order) => {
                let wire = serde_json::to_vec(&order).unwrap();
                assert_eq!(serde_json::from_slice::<Order>(&wire).unwrap(), order);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    });
}

#[test]
fn mutated_texts_keep_their_bounds() {
    let samples = ["s-1", "aeaeb4ca-2974-495e-81c4-d241d6741825", " 두부 ", "_"];
    let words = ["\u{200f}", "\u{85}", "\u{2028}", "\u{61c}", "aaaaaaaaaaaaaaaaaaaaaaaa"];
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(id) = SessionId::new(text.as_ref()) {
            assert_eq!(SessionId::new(id.to_string()).unwrap(), id);
        }
        if let Ok(bounded) = Text::<1, 100>::new(&text) {
            assert!((1..=100).contains(&bounded.chars().count()));
        }
        let _either = Prose::<1>::new(&text);
    });
}

#[test]
fn a_mutated_result_is_refused_or_read_again() {
    let samples = [RECIPE.to_owned(), PRICING.to_owned(), plan(), session()];
    let words = ["pending", "failed", "noKnownPrice", "targetSpecificInfo", "quantity", "TTL"];
    mutations::check(&samples, &words, |bytes| {
        let _either = serde_json::from_slice::<Recipe>(bytes);
        if let Ok(pricing) = serde_json::from_slice::<Pricing>(bytes) {
            let _names = pricing.priced().count();
        }
        if let Ok(plan) = serde_json::from_slice::<MealPlan>(bytes) {
            let wire = serde_json::to_vec(&plan).unwrap();
            assert!(serde_json::from_slice::<MealPlan>(&wire).is_ok());
        }
        if let Ok(session) = serde_json::from_slice::<Session>(bytes) {
            let wire = serde_json::to_vec(&session).unwrap();
            assert!(serde_json::from_slice::<Session>(&wire).is_ok());
        }
    });
}
