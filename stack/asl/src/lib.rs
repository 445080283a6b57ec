//! The Amazon States Language, `JSONPath` dialect: model, parser, checks, interpreter and history.
//!
//! The crate knows the language and how Step Functions executes it. It uses no AWS SDK, disk or network and knows no
//! pipeline. Tasks are called through [`run::TaskExecutor`]. Time is `tokio::time`, which is virtual under a paused clock.
//!
//! The parser rejects by name what the interpreter does not support: see [`parse`].
//!
//! | folder | answers |
//! | --- | --- |
//! | [`model`] | what a definition says, typed; and back to the same JSON |
//! | [`parse`] | from text to the model, or all errors |
//! | [`jsonpath`] | the paths of the language |
//! | [`mod@check`] | what is wrong with a definition that parses |
//! | [`run`] | the interpreter |
//! | [`history`] | what AWS's `GetExecutionHistory` would list |
//! | [`errors`] | the reserved error names |

#![expect(missing_docs, reason = "nobody outside of the workspace uses this crate")]

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
pub use parse::ParseError;
