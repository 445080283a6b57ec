//! A plausible Korean recipe for a wish, the same for the same wish.

use serde_json::{Value, json};

use super::prompt::{Kind, PromptRequest};

/// An ingredient for one serving.
struct Part {
    name: &'static str,
    amount: u64,
    unit: &'static str,
}

const fn part(name: &'static str, amount: u64, unit: &'static str) -> Part {
    Part { name, amount, unit }
}

/// A dish: what a good cook would make for the kind of person.
struct Dish {
    name: &'static str,
    /// kcal, protein, carbs and fat of one serving.
    nutrition: [u64; 4],
    parts: [Part; 5],
    steps: [&'static str; 4],
}

const KETO: Dish = Dish {
    name: "버터 새우 아보카도 샐러드",
    nutrition: [420, 25, 8, 35],
    parts: [
        part("새우", 150, "g"),
        part("아보카도", 1, "개"),
        part("버터", 1, "큰술"),
        part("마늘", 2, "쪽"),
        part("올리브유", 1, "큰술"),
    ],
    steps: [
        "새우는 껍질을 벗기고 내장을 제거한다",
        "마늘을 얇게 썰고 아보카도는 한입 크기로 자른다",
        "팬에 버터를 녹여 마늘과 새우를 볶는다",
        "아보카도 위에 올리고 올리브유를 두른다",
    ],
};

const BABY: Dish = Dish {
    name: "소고기 애호박 죽",
    nutrition: [150, 8, 22, 3],
    parts: [
        part("쌀", 30, "g"),
        part("소고기", 20, "g"),
        part("애호박", 20, "g"),
        part("당근", 10, "g"),
        part("참기름", 1, "방울"),
    ],
    steps: [
        "쌀을 30분 불려 곱게 간다",
        "소고기와 채소를 푹 익혀 잘게 다진다",
        "쌀과 물을 저어 가며 약한 불에서 끓인다",
        "다진 재료를 넣고 부드러워질 때까지 더 끓여 식힌다",
    ],
};

const DIABETES: Dish = Dish {
    name: "닭가슴살 두부 채소찜",
    nutrition: [310, 34, 14, 12],
    parts: [
        part("닭가슴살", 120, "g"),
        part("두부", 100, "g"),
        part("브로콜리", 80, "g"),
        part("버섯", 50, "g"),
        part("간장", 1, "작은술"),
    ],
    steps: [
        "닭가슴살과 두부를 한입 크기로 썬다",
        "브로콜리와 버섯을 손질한다",
        "찜기에 모두 담아 12분 찐다",
        "간장을 조금 곁들여 낸다",
    ],
};

const GENERAL: Dish = Dish {
    name: "돼지고기 김치찌개",
    nutrition: [480, 28, 18, 30],
    parts: [
        part("돼지고기", 100, "g"),
        part("김치", 150, "g"),
        part("두부", 80, "g"),
        part("대파", 20, "g"),
        part("양파", 40, "g"),
    ],
    steps: [
        "돼지고기와 김치를 먹기 좋게 썬다",
        "냄비에 돼지고기를 볶다가 김치를 넣어 함께 볶는다",
        "물을 붓고 15분 끓인다",
        "두부와 대파를 넣고 5분 더 끓인다",
    ],
};

/// The recipe in the shape of S3.
pub(super) fn cook(wish: &PromptRequest) -> Value {
    let dish = match wish.kind {
        Kind::Keto => &KETO,
        Kind::Baby => &BABY,
        Kind::Diabetes => &DIABETES,
        Kind::Fridge | Kind::General => &GENERAL,
    };
    let [calories, protein, carbs, fat] = dish.nutrition;
    let (name, ingredients, steps) = match wish.available.first() {
        Some(first) => from_fridge(first, wish),
        None => from_dish(dish, wish),
    };
    json!({
        "name": name,
        "image": "https://example.com/recipe-image.jpg",
        "nutrition": { "calories": calories, "protein": protein, "carbs": carbs, "fat": fat },
        "ingredients": ingredients,
        "steps": steps,
        "targetSpecificInfo": target_info(wish),
    })
}

fn from_dish(dish: &Dish, wish: &PromptRequest) -> (String, Vec<Value>, Vec<String>) {
    let allowed = |name: &str| !wish.avoid.iter().any(|avoided| name.contains(avoided.as_str()));
    let mut ingredients: Vec<_> = dish
        .parts
        .iter()
        .filter(|part| allowed(part.name))
        .map(|part| {
            let amount = (part.amount * wish.servings).to_string();
            json!({ "name": part.name, "amount": amount, "unit": part.unit })
        })
        .collect();
    if ingredients.is_empty() {
        ingredients.push(json!({ "name": "현미", "amount": (80 * wish.servings).to_string(), "unit": "g" }));
    }
    // What must be avoided is not named either: another part of the dish stands in its place.
    let instead = dish.parts.iter().map(|part| part.name).find(|name| allowed(name)).unwrap_or("현미");
    let harmless =
        |text: &str| wish.avoid.iter().fold(text.to_owned(), |text, avoided| text.replace(avoided, instead));
    let steps = dish.steps.iter().map(|step| harmless(step));
    (harmless(dish.name), ingredients, steps.collect())
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

fn target_info(wish: &PromptRequest) -> Value {
    match wish.kind {
        Kind::Keto => json!({ "ketoInfo": {
            "netCarbs": 5, "ketoScore": "완벽", "tip": "적응기에는 전해질 보충이 중요해요!",
        }}),
        Kind::Baby => json!({ "babyInfo": {
            "texture": "부드러운 죽", "storage": "냉장 2일", "tip": "처음 먹는 재료는 한 번에 하나씩 주세요.",
        }}),
        Kind::Diabetes => json!({ "diabetesInfo": {
            "glycemicLoad": "낮음", "fiber": 6, "tip": "채소부터 먹으면 혈당이 천천히 올라요.",
        }}),
        Kind::Fridge => json!({ "fridgeInfo": {
            "usedIngredients": wish.available, "cookingTime": 20, "tip": "오래된 재료부터 쓰세요.",
        }}),
        Kind::General => {
            json!({ "generalInfo": { "difficulty": "쉬움", "tip": "묵은 김치를 쓰면 더 깊은 맛이 나요." } })
        }
    }
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
