//! The task `RecipeGenerator`: a person's profile becomes a prompt, a model answers it, the answer becomes a recipe.
//!
//! The core is pure: [`prompt`], [`request`], [`reply`] and its parts ([`json`], [`objects`], [`markup`], [`repair`],
//! [`draft`]). [`generate`] calls the port [`model::Model`] within the function's time. [`bedrock`] is its adapter and, with
//! `body_limit`, the only module that knows an SDK; [`settings`] builds it from the environment.

#![expect(missing_docs, reason = "a crate of this workspace only")]

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
pub use generate::{Generator, LastDay};
pub use model::{Model, ModelError};
