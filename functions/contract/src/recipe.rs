//! A recipe on the wire. Its JSON schema is what the model is asked to fill in.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value};

use crate::{
    bounded::{List, NonNegative},
    record,
    text::{self, Prose},
    visible::is_ignorable,
};

/// Most ingredients and most steps a recipe may have: far above any real one, far below what a state may carry.
pub const MAX_LINES: usize = 200;

/// The ingredients of a recipe.
pub type RecipeIngredients = List<RecipeIngredient, 1, MAX_LINES>;
/// The steps of a recipe.
pub type Steps = List<Prose<1>, 1, MAX_LINES>;

/// A recipe as the model wrote it, checked: a name, at least one ingredient and one step, no negative nutrition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "레시피")]
pub struct Recipe {
    /// 레시피명
    #[serde(deserialize_with = "text::name")]
    pub name: Prose<1>,
    /// An https address of a picture, or nothing. Our pages never load it.
    #[schemars(description = "이미지 URL (https), 없으면 생략")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<HttpsUrl>,
    /// 1인분 영양 정보
    pub nutrition: Nutrition,
    /// 재료
    pub ingredients: RecipeIngredients,
    /// 조리순서
    pub steps: Steps,
    /// 타겟별 특화 정보
    #[serde(default)]
    pub target_specific_info: Map<String, Value>,
}

record!(Recipe {
    NAME = name: Prose<1> as "name",
    IMAGE = image: Option<HttpsUrl> as "image",
    NUTRITION = nutrition: Nutrition as "nutrition",
    INGREDIENTS = ingredients: RecipeIngredients as "ingredients",
    STEPS = steps: Steps as "steps",
    TARGET_SPECIFIC_INFO = target_specific_info: Map<String, Value> as "targetSpecificInfo",
});

/// Nutrition of one serving.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "1인분 영양 정보")]
pub struct Nutrition {
    /// kcal
    pub calories: NonNegative,
    /// g
    pub protein: NonNegative,
    /// g
    pub carbs: NonNegative,
    /// g
    pub fat: NonNegative,
}

/// One ingredient of a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "재료")]
pub struct RecipeIngredient {
    /// 재료명
    #[serde(deserialize_with = "text::name")]
    pub name: Prose<1>,
    /// 양
    #[serde(default)]
    pub amount: Amount,
    /// 단위
    #[serde(default)]
    pub unit: Prose<0>,
}

/// How much of an ingredient: a text on the wire. A model's number is converted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Amount(Prose<0>);

impl std::ops::Deref for Amount {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => return Err(D::Error::custom("invalid type: expected a text or a number")),
        };
        Prose::new(&text).map(Self).map_err(D::Error::custom)
    }
}

impl JsonSchema for Amount {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// An address that begins with `https://` and has no white space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// The address, if it is one that decision D22 allows.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let host = text.strip_prefix("https://")?;
        let clean = !text.chars().any(|c| c.is_whitespace() || text::is_hidden(c) || is_ignorable(c));
        (clean && !host.is_empty() && !host.starts_with('/') && text.len() <= 2_048)
            .then(|| Self(text.to_owned()))
    }
}

impl std::ops::Deref for HttpsUrl {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for HttpsUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| D::Error::custom("expected an https address"))
    }
}

impl JsonSchema for HttpsUrl {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "HttpsUrl".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^https://" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(patch: impl FnOnce(&mut Value)) -> Result<Recipe, serde_json::Error> {
        let mut value = serde_json::json!({
            "name": "두부구이",
            "nutrition": {"calories": 210, "protein": 18.5, "carbs": 4, "fat": 12},
            "ingredients": [{"name": "두부", "amount": "1", "unit": "모"}],
            "steps": ["두부를 굽는다"],
        });
        patch(&mut value);
        serde_json::from_value(value)
    }

    #[test]
    fn a_number_as_amount_is_converted() {
        let recipe = recipe(|r| r["ingredients"][0]["amount"] = 1.5.into()).unwrap();
        assert_eq!(&*recipe.ingredients[0].amount, "1.5");
    }

    #[test]
    fn a_name_has_no_invisible_characters() {
        let named = |name: &str| recipe(|r| r["ingredients"][0]["name"] = name.into());
        let name = named("\u{FEFF}순\u{3000}두\u{200D}부\u{FE0F}").unwrap().ingredients[0].name.to_string();
        assert_eq!(name, "순 두부");
        let empty = named("\u{3164}").unwrap_err().to_string();
        assert_eq!(empty, "expected a text that is not empty");
        // A step is not a name: an emoji of several parts stays one.
        let step = recipe(|r| r["steps"][0] = "👩\u{200D}🍳 \u{200B}볶는다".into()).unwrap();
        assert_eq!(&*step.steps[0], "👩\u{200D}🍳 볶는다");
    }

    #[test]
    fn what_a_recipe_must_have() {
        assert!(recipe(|_| {}).is_ok());
        assert!(recipe(|r| r["name"] = " ".into()).is_err());
        assert!(recipe(|r| r["steps"] = Value::Array(vec![])).is_err());
        assert!(recipe(|r| r["ingredients"] = Value::Array(vec![])).is_err());
        assert!(recipe(|r| r["ingredients"][0]["name"] = "".into()).is_err());
        assert!(recipe(|r| r["nutrition"]["fat"] = (-1).into()).is_err());
        assert!(recipe(|r| r["nutrition"]["fat"] = "12".into()).is_err());
        assert!(recipe(|r| r["image"] = "http://example.com/a.jpg".into()).is_err());
        assert!(recipe(|r| r["image"] = "https://example.com/a.jpg".into()).is_ok());
    }
}
