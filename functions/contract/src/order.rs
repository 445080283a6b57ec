//! What a person asks for, as the state machine takes it. How a person writes it is in [`crate::order_file`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    SessionId,
    bounded::List,
    profile::{Name, Profile},
    record,
    text::Text,
};

/// An amount or a unit: 0 to 30 characters.
pub type Quantity = Text<0, 30>;
/// At most 50 ingredients.
pub type Ingredients = List<Ingredient, 0, 50>;

/// One ingredient to price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ingredient {
    /// What it is.
    pub name: Name,
    /// How much; empty when the person did not say.
    #[serde(default)]
    pub amount: Quantity,
    /// Of which unit; empty when the person did not say.
    #[serde(default)]
    pub unit: Quantity,
}

/// A complete order, as the state machine takes it: every field is there, so that no path of the machine can miss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Order {
    /// The session and the execution that this order becomes.
    pub session_id: SessionId,
    /// For whom.
    pub profile: Profile,
    /// What to price.
    pub ingredients: Ingredients,
}

record!(Order {
    SESSION_ID = session_id: SessionId as "sessionId",
    PROFILE = profile: Profile as "profile",
    INGREDIENTS = ingredients: Ingredients as "ingredients",
});
