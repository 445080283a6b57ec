//! The final result, which is also the execution's output.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Pricing, Recipe, Timestamp};

/// A recipe with its prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MealPlan {
    /// What to cook.
    pub recipe: Recipe,
    /// What it costs.
    pub pricing: Pricing,
    /// When the two were put together.
    pub generated_at: Timestamp,
}
