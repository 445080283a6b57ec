//! The three tasks: their names, limits, inputs, outputs and errors, and the ways to call them. They are the
//! only definition for deployment, workflow and functions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    ExecutionId, MealPlan, Pricing, Profile, Recipe, Record, SessionId, TaskError,
    error_name::{CombineError, PriceError, RecipeError},
    order::Ingredients,
    recipe::RecipeIngredients,
    record,
};

/// One unit of work of the pipeline, done by one function.
pub trait Task: 'static {
    /// The function's name in `prod` (decision D14).
    const NAME: &'static str;
    /// The function's timeout in seconds (decision D21).
    const TIMEOUT_S: u32;
    /// The function's memory in MB (decision D21).
    const MEMORY_MB: u32;
    /// What it takes.
    type Input: Correlated + Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    /// What it gives.
    type Output: Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    /// How it fails.
    type Error: TaskError;
}

/// One way to call a task: what a state of the workflow hands over. A task has at least one.
pub trait Call: 'static {
    /// Whom it calls.
    type Task: Task;
    /// What it hands over: fields of the task's input.
    type Input: Record + Serialize + JsonSchema;
}

/// An input with ids, which are on every log line of a function.
pub trait Correlated {
    /// The session.
    fn session_id(&self) -> &SessionId;
    /// The execution.
    fn execution_id(&self) -> &ExecutionId;
}

/// A result that becomes a part of the meal plan. The workflow keeps it under its name until the plan is made.
pub trait Part {
    /// The field of [`CombineInput`] that takes it.
    const NAME: &'static str;
}

impl Part for Recipe {
    const NAME: &'static str = CombineInput::RECIPE.name();
}

impl Part for Pricing {
    const NAME: &'static str = CombineInput::PRICING.name();
}

/// Builds a recipe from a profile.
pub enum RecipeGenerator {}
/// Prices ingredients.
pub enum PriceFetcher {}
/// Prices what the recipe has and the order did not: the second pass of [`PriceFetcher`].
pub enum RecipePricer {}
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
    type Input = PriceRequest;
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

macro_rules! tasks {
    ($($task:ident $program:literal)+) => {
        /// Every task as a value. What is made, packaged or measured once for each task goes over [`TaskKind::ALL`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TaskKind {
            $(#[doc = concat!("[`", stringify!($task), "`](enum@", stringify!($task), ").")] $task,)+
        }

        impl TaskKind {
            /// Every one, in the order of the workflow.
            pub const ALL: &[Self] = &[$(Self::$task,)+];

            /// [`Task::NAME`].
            pub const fn name(self) -> &'static str {
                match self { $(Self::$task => $task::NAME,)+ }
            }

            /// The program that does it, as cargo names it.
            pub const fn program(self) -> &'static str {
                match self { $(Self::$task => $program,)+ }
            }

            /// [`Task::TIMEOUT_S`].
            pub const fn timeout_s(self) -> u32 {
                match self { $(Self::$task => $task::TIMEOUT_S,)+ }
            }

            /// [`Task::MEMORY_MB`].
            pub const fn memory_mb(self) -> u32 {
                match self { $(Self::$task => $task::MEMORY_MB,)+ }
            }

            /// The words for its own errors.
            pub fn errors(self) -> Vec<&'static str> {
                match self { $(Self::$task => errors_of::<$task>(),)+ }
            }
        }
    };
}

tasks! {
    RecipeGenerator "recipe"
    PriceFetcher "price"
    ResultCombiner "combine"
}

impl TaskKind {
    /// The task of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|task| task.name() == name)
    }
}

fn errors_of<T: Task>() -> Vec<&'static str> {
    T::Error::ALL.iter().map(|error| error.name().as_str()).collect()
}

impl Call for RecipeGenerator {
    type Task = Self;
    type Input = RecipeInput;
}

impl Call for PriceFetcher {
    type Task = Self;
    type Input = PriceInput;
}

impl Call for RecipePricer {
    type Task = PriceFetcher;
    type Input = RecipePriceInput;
}

impl Call for ResultCombiner {
    type Task = Self;
    type Input = CombineInput;
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

/// What the price function takes in its first pass: never a profile, which may hold health data (decision D7).
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

/// What the price function takes in its second pass: the recipe's ingredients and nothing else of it, since a recipe's
/// free part may hold health data (decision D7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecipePriceInput {
    /// Whose work it is.
    pub session_id: SessionId,
    /// Which execution asks.
    pub execution_id: ExecutionId,
    /// What the first pass was asked for.
    pub ingredients: Ingredients,
    /// What the recipe has.
    pub recipe_ingredients: RecipeIngredients,
    /// What the first pass found.
    pub pricing: Pricing,
}

record!(RecipePriceInput {
    SESSION_ID = session_id: SessionId as "sessionId",
    EXECUTION_ID = execution_id: ExecutionId as "executionId",
    INGREDIENTS = ingredients: Ingredients as "ingredients",
    RECIPE_INGREDIENTS = recipe_ingredients: RecipeIngredients as "recipeIngredients",
    PRICING = pricing: Pricing as "pricing",
});

/// What the price function reads: either of its two inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriceRequest {
    /// Whose work it is.
    pub session_id: SessionId,
    /// Which execution asks.
    pub execution_id: ExecutionId,
    /// What was ordered.
    pub ingredients: Ingredients,
    /// What the recipe has: the second pass alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe_ingredients: Option<RecipeIngredients>,
    /// What the first pass found: the second pass alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
}

/// Which pass of the price function a request is.
#[derive(Debug, Clone, PartialEq)]
pub enum PricePass {
    /// What was ordered, beside the recipe.
    Order(Ingredients),
    /// What the recipe has, behind it.
    Recipe {
        /// What the recipe has.
        ingredients: RecipeIngredients,
        /// What the first pass found.
        pricing: Pricing,
    },
}

impl PriceRequest {
    /// The pass; nothing for one half of the second.
    #[must_use]
    pub fn pass(self) -> Option<PricePass> {
        match (self.recipe_ingredients, self.pricing) {
            (None, None) => Some(PricePass::Order(self.ingredients)),
            (Some(ingredients), Some(pricing)) => Some(PricePass::Recipe { ingredients, pricing }),
            (Some(_), None) | (None, Some(_)) => None,
        }
    }
}

/// What the combine function takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CombineInput {
    /// Whose work it is.
    pub session_id: SessionId,
    /// Which execution asks. A session that it completed already may be asked for again (decision D5).
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

correlated!(RecipeInput, PriceRequest, CombineInput);
