//! For whom the recipe is: five targets, each with its own questions, all with a budget and servings. Their bounds are decision D20.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    bounded::{List, Whole},
    text::Text,
};

/// A name of something to eat or to take: 1 to 100 characters.
pub type Name = Text<1, 100>;
/// At most 50 names.
pub type Names = List<Name, 0, 50>;
/// What the meal may cost, in KRW.
pub type BudgetKrw = Whole<1, 10_000_000>;
/// For how many people.
pub type Servings = Whole<1, 100>;
/// The phase of a ketogenic diet, in the person's words.
pub type Phase = Text<1, 100>;
/// Carbohydrates a day, in grams.
pub type CarbLimitG = Whole<0, 500>;
/// A baby's age in months.
pub type Months = Whole<0, 36>;
/// Blood sugar in mg/dL.
pub type BloodSugarMgDl = Whole<20, 600>;
/// Cooking time in minutes.
pub type CookingTimeMin = Whole<1, 600>;

/// The five kinds of profile, without their answers. Safe to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A ketogenic diet.
    Keto,
    /// Baby food.
    Baby,
    /// Diabetes.
    Diabetes,
    /// What is in the fridge.
    Fridge,
    /// A plain meal.
    General,
}

impl Target {
    /// Every target, in the seed's order.
    pub const ALL: [Self; 5] = [Self::Keto, Self::Baby, Self::Diabetes, Self::Fridge, Self::General];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keto => "keto",
            Self::Baby => "baby",
            Self::Diabetes => "diabetes",
            Self::Fridge => "fridge",
            Self::General => "general",
        }
    }
}

/// For whom the recipe is. Holds health data: it goes into the prompt and nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Answers", into = "Answers")]
pub struct Profile {
    /// The target with its own answers.
    pub needs: Needs,
    /// What the meal may cost.
    pub budget_krw: BudgetKrw,
    /// For how many people.
    pub servings: Servings,
}

/// What each target asks beside budget and servings.
#[derive(Clone, PartialEq, Eq)]
pub enum Needs {
    /// A ketogenic diet.
    Keto {
        /// Its phase.
        phase: Phase,
        /// Carbohydrates allowed.
        carb_limit_g: CarbLimitG,
    },
    /// Baby food.
    Baby {
        /// The baby's age.
        months: Months,
        /// What the baby must not eat.
        allergies: Names,
    },
    /// Diabetes.
    Diabetes {
        /// Blood sugar.
        blood_sugar_mg_dl: BloodSugarMgDl,
        /// Medication taken.
        medication: Names,
    },
    /// What is in the fridge.
    Fridge {
        /// What there is.
        ingredients: Names,
        /// Time to cook.
        cooking_time_min: CookingTimeMin,
    },
    /// A plain meal.
    General,
}

impl Profile {
    /// The kind of profile.
    #[must_use]
    pub const fn target(&self) -> Target {
        match self.needs {
            Needs::Keto { .. } => Target::Keto,
            Needs::Baby { .. } => Target::Baby,
            Needs::Diabetes { .. } => Target::Diabetes,
            Needs::Fridge { .. } => Target::Fridge,
            Needs::General => Target::General,
        }
    }
}

/// Prints the kind alone: a profile's answers are health data.
impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").field("target", &self.target()).finish_non_exhaustive()
    }
}

/// A profile as it is written: one flat object. Which answers must and may be there follows from `target`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Profile")]
pub struct Answers {
    target: Target,
    budget: BudgetKrw,
    servings: Servings,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phase: Option<Phase>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    carb_limit: Option<CarbLimitG>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    months: Option<Months>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allergies: Option<Names>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blood_sugar: Option<BloodSugarMgDl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    medication: Option<Names>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ingredients: Option<Names>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cooking_time: Option<CookingTimeMin>,
}

/// An answer that the target needs and lacks, or has and does not ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The target needs this answer.
    #[error("{field}: expected by target `{}`, but it is missing", target.name())]
    Missing {
        /// The answer's name on the wire.
        field: &'static str,
        /// The profile's target.
        target: Target,
    },
    /// The target does not ask for this answer.
    #[error("{field}: not a field of target `{}`", target.name())]
    Foreign {
        /// The answer's name on the wire.
        field: &'static str,
        /// The profile's target.
        target: Target,
    },
}

impl Answers {
    /// The profile that these answers describe.
    ///
    /// # Errors
    /// An answer is missing, or belongs to another target. Lists that are left out are empty, as in the seed.
    pub fn into_profile(mut self) -> Result<Profile, ProfileError> {
        let target = self.target;
        let needed = |field| ProfileError::Missing { field, target };
        let needs = match target {
            Target::Keto => Needs::Keto {
                phase: self.phase.take().ok_or(needed("phase"))?,
                carb_limit_g: self.carb_limit.take().ok_or(needed("carbLimit"))?,
            },
            Target::Baby => Needs::Baby {
                months: self.months.take().ok_or(needed("months"))?,
                allergies: self.allergies.take().unwrap_or_default(),
            },
            Target::Diabetes => Needs::Diabetes {
                blood_sugar_mg_dl: self.blood_sugar.take().ok_or(needed("bloodSugar"))?,
                medication: self.medication.take().unwrap_or_default(),
            },
            Target::Fridge => Needs::Fridge {
                ingredients: self.ingredients.take().unwrap_or_default(),
                cooking_time_min: self.cooking_time.take().ok_or(needed("cookingTime"))?,
            },
            Target::General => Needs::General,
        };
        match self.left_over() {
            Some(field) => Err(ProfileError::Foreign { field, target }),
            None => Ok(Profile { needs, budget_krw: self.budget, servings: self.servings }),
        }
    }

    fn left_over(&self) -> Option<&'static str> {
        [
            ("phase", self.phase.is_some()),
            ("carbLimit", self.carb_limit.is_some()),
            ("months", self.months.is_some()),
            ("allergies", self.allergies.is_some()),
            ("bloodSugar", self.blood_sugar.is_some()),
            ("medication", self.medication.is_some()),
            ("ingredients", self.ingredients.is_some()),
            ("cookingTime", self.cooking_time.is_some()),
        ]
        .into_iter()
        .find_map(|(field, there)| there.then_some(field))
    }
}

impl TryFrom<Answers> for Profile {
    type Error = ProfileError;
    fn try_from(answers: Answers) -> Result<Self, ProfileError> {
        answers.into_profile()
    }
}

impl From<Profile> for Answers {
    fn from(profile: Profile) -> Self {
        let mut answers = Self {
            target: profile.target(),
            budget: profile.budget_krw,
            servings: profile.servings,
            phase: None,
            carb_limit: None,
            months: None,
            allergies: None,
            blood_sugar: None,
            medication: None,
            ingredients: None,
            cooking_time: None,
        };
        match profile.needs {
            Needs::Keto { phase, carb_limit_g } => {
                answers.phase = Some(phase);
                answers.carb_limit = Some(carb_limit_g);
            }
            Needs::Baby { months, allergies } => {
                answers.months = Some(months);
                answers.allergies = Some(allergies);
            }
            Needs::Diabetes { blood_sugar_mg_dl, medication } => {
                answers.blood_sugar = Some(blood_sugar_mg_dl);
                answers.medication = Some(medication);
            }
            Needs::Fridge { ingredients, cooking_time_min } => {
                answers.ingredients = Some(ingredients);
                answers.cooking_time = Some(cooking_time_min);
            }
            Needs::General => {}
        }
        answers
    }
}

impl JsonSchema for Profile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Answers::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Answers::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_flat_on_the_wire_and_reads_back() {
        for wire in [
            r#"{"target":"keto","budget":30000,"servings":2,"phase":"적응기","carbLimit":20}"#,
            r#"{"target":"baby","budget":30000,"servings":1,"months":7,"allergies":["우유"]}"#,
            r#"{"target":"diabetes","budget":30000,"servings":2,"bloodSugar":140,"medication":[]}"#,
            r#"{"target":"fridge","budget":30000,"servings":2,"ingredients":["두부"],"cookingTime":30}"#,
            r#"{"target":"general","budget":30000,"servings":2}"#,
        ] {
            let profile: Profile = serde_json::from_str(wire).unwrap();
            assert_eq!(serde_json::to_string(&profile).unwrap(), wire);
        }
    }

    #[test]
    fn debug_shows_the_target_and_no_answer() {
        let wire = r#"{"target":"diabetes","budget":30000,"servings":2,"bloodSugar":140,"medication":["메트포르민"]}"#;
        let profile: Profile = serde_json::from_str(wire).unwrap();
        assert_eq!(format!("{profile:?}"), "Profile { target: Diabetes, .. }");
    }
}
