//! The Amazon States Language, `JSONPath` dialect: model, parser, checks, interpreter and history.
//!
//! Here lives what the language says and what Step Functions does with it, and nothing about who calls it: no AWS
//! SDK, no pipeline, no disk, no network. Tasks leave through the [`run::World`] port; time is `tokio::time`, so it
//! is virtual under a paused clock.
//!
//! What is not run is refused by name while parsing and never ignored: see [`parse`].
//!
//! | folder | answers |
//! | --- | --- |
//! | [`model`] | what a definition says, typed; and back to the same JSON |
//! | [`parse`] | text to model, or every refusal |
//! | [`jsonpath`] | the paths of the language |
//! | [`mod@check`] | what is wrong with a definition that parses |
//! | [`run`] | what happens when it is executed |
//! | [`history`] | what AWS's `GetExecutionHistory` would list |
//! | [`errors`] | the reserved error names |

pub mod check;
pub mod errors;
pub mod history;
pub mod jsonpath;
pub mod model;
#[cfg(test)]
mod mutation_tests;
pub mod parse;
pub mod run;

pub use check::{Problem, check};
pub use model::StateMachine;
pub use parse::Refusal;
