//! A plausible Korean recipe for a wish, the same for the same wish.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::prompt::{Kind, PromptRequest};

#[derive(Deserialize)]
struct Dishes {
    keto: Dish,
    baby: Dish,
    diabetes: Dish,
    general: Dish,
}

#[derive(Deserialize)]
struct Dish {
    name: String,
    /// Of one serving.
    nutrition: Value,
    /// Each ingredient's name, its amount for one serving and the unit.
    parts: Vec<(String, u64, String)>,
    steps: Vec<String>,
    /// What the recipe tells whoever eats like this.
    info: Value,
}

#[expect(clippy::expect_used, reason = "every test of this file reads the dishes")]
static DISHES: LazyLock<Dishes> =
    LazyLock::new(|| serde_json::from_str(include_str!("recipe/dishes.json")).expect("dishes in JSON"));

/// The recipe as the model writes it, by the fields of the contract.
pub(super) fn cook(wish: &PromptRequest) -> Value {
    let dish = match wish.kind {
        Kind::Keto => &DISHES.keto,
        Kind::Baby => &DISHES.baby,
        Kind::Diabetes => &DISHES.diabetes,
        Kind::Fridge | Kind::General => &DISHES.general,
    };
    let info = match wish.kind {
        Kind::Fridge => json!({ "fridgeInfo": {
            "usedIngredients": wish.available, "cookingTime": 20, "tip": "오래된 재료부터 쓰세요.",
        }}),
        Kind::Keto | Kind::Baby | Kind::Diabetes | Kind::General => dish.info.clone(),
    };
    let (name, ingredients, steps) = match wish.available.first() {
        Some(first) => from_fridge(first, wish),
        None => from_dish(dish, wish),
    };
    json!({
        "name": name,
        "image": "https://example.com/recipe-image.jpg",
        "nutrition": dish.nutrition,
        "ingredients": ingredients,
        "steps": steps,
        "targetSpecificInfo": info,
    })
}

fn from_dish(dish: &Dish, wish: &PromptRequest) -> (String, Vec<Value>, Vec<String>) {
    let allowed = |name: &str| !wish.avoid.iter().any(|avoided| name.contains(avoided.as_str()));
    let mut ingredients: Vec<_> = dish
        .parts
        .iter()
        .filter(|(name, ..)| allowed(name))
        .map(|(name, amount, unit)| {
            json!({ "name": name, "amount": (amount * wish.servings).to_string(), "unit": unit })
        })
        .collect();
    if ingredients.is_empty() {
        ingredients.push(json!({ "name": "현미", "amount": (80 * wish.servings).to_string(), "unit": "g" }));
    }
    // What must be avoided is not named either: another part of the dish stands in its place.
    let instead =
        dish.parts.iter().map(|(name, ..)| name.as_str()).find(|name| allowed(name)).unwrap_or("현미");
    let harmless =
        |text: &str| wish.avoid.iter().fold(text.to_owned(), |text, avoided| text.replace(avoided, instead));
    let steps = dish.steps.iter().map(|step| harmless(step));
    (harmless(&dish.name), ingredients, steps.collect())
}

fn from_fridge(first: &str, wish: &PromptRequest) -> (String, Vec<Value>, Vec<String>) {
    let ingredients = wish.available.iter().map(|name| {
        let amount = (100 * wish.servings).to_string();
        json!({ "name": name, "amount": amount, "unit": "g" })
    });
    let steps = vec![
        format!("{} 손질해 먹기 좋게 썬다", wish.available.join(", ")),
        format!("팬에 기름을 두르고 {first}부터 볶는다"),
        "나머지 재료를 넣고 간을 맞춘다".to_owned(),
    ];
    (format!("{first} 냉장고 볶음"), ingredients.collect(), steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stubs::prompt::read;

    fn check(prompt: &str) -> contract::Recipe {
        serde_json::from_value(cook(&read(prompt))).unwrap()
    }

    #[test]
    fn every_kind_is_a_recipe_of_the_contract() {
        for prompt in ["케톤", "이유식", "당뇨", "냉장고 재료: 두부, 김치", "냉장고 재료: ", "일반"]
        {
            check(prompt);
        }
    }

    #[test]
    fn the_fridge_is_used_and_allergies_are_avoided() {
        let fridge = check("냉장고 재료: 두부, 김치, 시간: 10");
        let names: Vec<_> = fridge.ingredients.iter().map(|i| i.name.to_string()).collect();
        assert_eq!(names, ["두부", "김치"]);
        let baby = check("이유식, 알레르기: 소고기, 쌀\n");
        assert!(baby.ingredients.iter().all(|i| &*i.name != "소고기" && &*i.name != "쌀"));
        assert!(!baby.name.contains("소고기"), "{}", baby.name);
        assert!(baby.steps.iter().all(|step| !step.contains("소고기")), "{:?}", baby.steps);
        assert!(!check("이유식, 알레르기: 쌀, 소고기, 애호박, 당근, 참기름").ingredients.is_empty());
    }

    #[test]
    fn servings_scale_amounts() {
        assert_eq!(&*check("일반, 인분: 3").ingredients[0].amount, "300");
    }
}
