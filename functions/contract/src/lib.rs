//! The types on the wire: orders, the inputs, outputs and errors of the three tasks, their metrics and environment variables,
//! with bounds and JSON schemas.
//!
//! Not here: I/O (SDKs, HTTP, clocks), deployment, and secrets (they are in `runtime`).
//!
//! Every bound is checked while parsing, so a value of these types is a valid one. The seed's camelCase is the wire.

pub mod bounded;
pub mod env_var;
pub mod error_name;
pub mod ids;
pub mod ingredient_name;
pub mod limits;
pub mod meal_plan;
pub mod metric;
#[cfg(test)]
mod mutation_tests;
pub mod order;
pub mod order_file;
pub mod price_source;
pub mod pricing;
pub mod profile;
pub mod recipe;
pub mod record;
pub mod schema;
pub mod schema_error;
pub mod session;
pub mod task;
pub mod text;
pub mod visible;

pub use env_var::EnvVar;
pub use error_name::{ErrorName, TaskError};
pub use ids::{AsOf, ExecutionId, SessionId, Timestamp};
pub use meal_plan::MealPlan;
pub use order::{Ingredient, Order};
pub use order_file::OrderError;
pub use price_source::PriceSource;
pub use pricing::Pricing;
pub use profile::{Profile, Target};
pub use recipe::Recipe;
pub use record::{Field, Record};
pub use schema_error::SchemaError;
pub use session::{Session, Status};
pub use task::Task;
