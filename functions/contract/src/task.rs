//! The three tasks: their names, limits, inputs, outputs and errors. Whoever deploys, wires, runs or implements a task
//! takes them from here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    ExecutionId, MealPlan, Pricing, Profile, Recipe, Record, SessionId, TaskError,
    error_name::{CombineError, PriceError, RecipeError},
    order::Ingredients,
    record,
};

/// One unit of work of the pipeline, done by one function.
pub trait Task: 'static {
    /// The function's name in `prod` (S1, D14).
    const NAME: &'static str;
    /// The function's timeout in seconds (S7, D21).
    const TIMEOUT_S: u32;
    /// The function's memory in MB (S7, D21).
    const MEMORY_MB: u32;
    /// What it takes.
    type Input: Correlated + Record + Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    /// What it gives.
    type Output: Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    /// How it fails.
    type Error: TaskError;
}

/// An input that knows whose work it is: every log line of a function carries both.
pub trait Correlated {
    /// The session.
    fn session_id(&self) -> &SessionId;
    /// The execution.
    fn execution_id(&self) -> &ExecutionId;
}

/// Builds a recipe from a profile.
pub enum RecipeGenerator {}
/// Prices ingredients.
pub enum PriceFetcher {}
/// Stores the result and completes the session.
pub enum ResultCombiner {}

impl Task for RecipeGenerator {
    const NAME: &'static str = "RecipeGenerator";
    const TIMEOUT_S: u32 = 30;
    const MEMORY_MB: u32 = 1_024;
    type Input = RecipeInput;
    type Output = Recipe;
    type Error = RecipeError;
}

impl Task for PriceFetcher {
    const NAME: &'static str = "PriceFetcher";
    const TIMEOUT_S: u32 = 20;
    const MEMORY_MB: u32 = 512;
    type Input = PriceInput;
    type Output = Pricing;
    type Error = PriceError;
}

impl Task for ResultCombiner {
    const NAME: &'static str = "ResultCombiner";
    const TIMEOUT_S: u32 = 10;
    const MEMORY_MB: u32 = 256;
    type Input = CombineInput;
    type Output = MealPlan;
    type Error = CombineError;
}

/// What the recipe function takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecipeInput {
    /// Whose work it is.
    pub session_id: SessionId,
    /// Which execution asks.
    pub execution_id: ExecutionId,
    /// For whom to cook.
    pub profile: Profile,
}

record!(RecipeInput {
    SESSION_ID = session_id: SessionId as "sessionId",
    EXECUTION_ID = execution_id: ExecutionId as "executionId",
    PROFILE = profile: Profile as "profile",
});

/// What the price function takes: never a profile, which may hold health data (D7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriceInput {
    /// Whose work it is.
    pub session_id: SessionId,
    /// Which execution asks.
    pub execution_id: ExecutionId,
    /// What to price.
    pub ingredients: Ingredients,
}

record!(PriceInput {
    SESSION_ID = session_id: SessionId as "sessionId",
    EXECUTION_ID = execution_id: ExecutionId as "executionId",
    INGREDIENTS = ingredients: Ingredients as "ingredients",
});

/// What the combine function takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CombineInput {
    /// Whose work it is.
    pub session_id: SessionId,
    /// Which execution asks. A session that it completed already may be asked for again (D5).
    pub execution_id: ExecutionId,
    /// What to cook.
    pub recipe: Recipe,
    /// What it costs.
    pub pricing: Pricing,
}

record!(CombineInput {
    SESSION_ID = session_id: SessionId as "sessionId",
    EXECUTION_ID = execution_id: ExecutionId as "executionId",
    RECIPE = recipe: Recipe as "recipe",
    PRICING = pricing: Pricing as "pricing",
});

macro_rules! correlated {
    ($($input:ident),+) => {$(
        impl Correlated for $input {
            fn session_id(&self) -> &SessionId {
                &self.session_id
            }
            fn execution_id(&self) -> &ExecutionId {
                &self.execution_id
            }
        }
    )+};
}

correlated!(RecipeInput, PriceInput, CombineInput);
