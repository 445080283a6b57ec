//! The words on the wire: what an order says, what the three tasks take and give, which errors they name, which
//! metrics they emit and which environment variables they read.
//!
//! Here live types, their bounds and their JSON schemas. What does not live here: anything that talks to somebody
//! (SDKs, HTTP, clocks), anything that knows how the tasks are deployed, and secrets (they live in `runtime`).
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
