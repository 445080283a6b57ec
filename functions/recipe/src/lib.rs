//! The task `RecipeGenerator`: a person's profile becomes a prompt, a model answers it, the answer becomes a recipe.
//!
//! The core is pure: [`prompt`], [`request`], [`reply`] and what it is made of ([`json`], [`objects`], [`markup`],
//! [`repair`], [`draft`]). [`generate`] drives it through the port [`model::Model`], inside what is left of the function's
//! time. [`bedrock`] is that port's one adapter and, with its `body_limit`, all that knows an SDK; [`settings`] builds it
//! from the environment.
//!
//! What does not live here: the words on the wire (`contract`) and what every function needs around its core (`runtime`).

pub mod bedrock;
mod body_limit;
pub mod draft;
pub mod generate;
pub mod json;
pub mod markup;
pub mod model;
#[cfg(test)]
mod mutation_tests;
pub mod objects;
#[cfg(test)]
mod payloads;
pub mod prompt;
pub mod repair;
pub mod reply;
pub mod request;
pub mod settings;

pub use bedrock::Bedrock;
pub use generate::Generator;
pub use model::{Model, ModelError};
